//! What findings say to do, in the words of the command line.
//!
//! In: a finding as the library words it. Out: the same finding, whose help names an option.
//! Invariants: an option that is named is one to type as it stands, and works on the input that raised the finding.

use crate::check::{Finding, Remedy};

/// Names the option that does what the finding's remedy says.
pub fn name_option(finding: &mut Finding) {
    let Some(remedy) = finding.remedy else { return };
    let option = match remedy {
        Remedy::Open(shape) => format!("to check what is in it, add: --unwrap {shape}"),
        Remedy::OneDocument => "add --input-format json".to_owned(),
        Remedy::LongerPayloads => "raise --max-payload-bytes".to_owned(),
    };
    let Some(help) = &finding.help else { return };
    let words = remedy.words();
    // Of many payloads' findings, `str::replace` would be a third of the time.
    if let Some(at) = memchr::memmem::find(help.as_bytes(), words.as_bytes()) {
        finding.help = Some([&help[..at], &option, &help[at + words.len()..]].concat().into());
    }
}
