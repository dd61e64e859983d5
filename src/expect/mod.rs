//! What fixtures are expected to yield, where that is not simply "no error".
//!
//! In: a payload's findings. Out: what is not as expected, as findings of its own, so that every format and the
//! exit code report it as of anything else.
//! Invariants: what is as expected is not reported; a file that the manifest does not list never passes,
//! nor does an entry that no file was judged for.

mod manifest;
mod recording;

pub use manifest::Manifest;
pub use recording::Recording;

use crate::check::{Code, Finding, Level};
use crate::payload::Pointer;
use crate::read::Frame;

/// What a run expects of its payloads.
#[derive(Debug)]
pub enum Expectation {
    /// That they are valid.
    Valid,
    /// That they are not.
    Invalid,
    /// What a manifest lists for each file.
    Listed(Box<Manifest>),
    /// Whatever they yield, which is recorded.
    Recorded(Box<Recording>),
}

impl Expectation {
    /// A source begins: what comes next are its payloads.
    pub fn begin(&mut self, source: &str) {
        match self {
            Self::Valid | Self::Invalid => {}
            Self::Listed(manifest) => manifest.begin(source),
            Self::Recorded(recording) => recording.begin(source),
        }
    }

    /// What is left to report of a payload's findings. `None` if the payload is the manifest itself, which stands
    /// among the fixtures it is about.
    pub fn weigh(&mut self, frame: Frame<'_>, findings: &[Finding]) -> Option<Vec<Finding>> {
        match self {
            Self::Valid => Some(findings.to_vec()),
            Self::Invalid => Some(unless_invalid(findings)),
            Self::Listed(manifest) => manifest.weigh(frame, findings.to_vec()),
            Self::Recorded(recording) => recording.add(frame, findings).then(Vec::new),
        }
    }
}

fn unless_invalid(findings: &[Finding]) -> Vec<Finding> {
    if findings.iter().any(|finding| finding.level == Level::Error) {
        return Vec::new();
    }
    let (message, help) = match findings.first() {
        None => (
            "the payload is valid but should not be".to_owned(),
            "correct it, or move it to the fixtures that must pass".into(),
        ),
        Some(Finding { code, level, .. }) => (
            format!("the payload is valid but should not be; `{code}` is only a {}", level.as_str()),
            format!("to make it an error: --deny {code}").into(),
        ),
    };
    vec![Finding { help: Some(help), ..at_start(Code::UnexpectedPass, message) }]
}

/// A finding about a payload, or a file, as a whole.
fn at_start(code: Code, message: String) -> Finding {
    Finding::new(code, Pointer::default(), 0..1, message)
}

#[cfg(test)]
mod tests;
