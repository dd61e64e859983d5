//! The help of findings, in terms of the command line.
//!
//! In: a finding in the library's words. Out: the same finding, whose help names an option.
//! Invariants: a suggested option can be typed as it is, and works on the input that raised the finding.

use crate::check::{Finding, Remedy};

/// Names the option for the finding's remedy.
pub fn name_option(finding: &mut Finding) {
    let Some(remedy) = finding.remedy else { return };
    let option = match remedy {
        Remedy::Open(shape) => format!("to check what is in it, add: --unwrap {shape}"),
        Remedy::OneDocument => "add --input-format json".to_owned(),
        Remedy::LongerPayloads => "raise --max-payload-bytes".to_owned(),
    };
    let Some(help) = &finding.help else { return };
    let words = remedy.words();
    // Mostly they come last; with many findings, searching for them would take a third of the time.
    finding.help = Some(match help.strip_suffix(words) {
        Some(before) => [before, &option].concat().into(),
        None => help.replace(words, &option).into(),
    });
}
