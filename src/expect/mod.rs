//! The expectations for fixtures, if they are more than "no error".
//!
//! In: a payload's findings. Out: the deviations, as findings of their own, so that every format and the exit code
//! report them like any other.
//! Invariants: a finding that was expected is not reported; a file that the manifest does not list never passes, nor
//! does an entry without a file.

mod manifest;
mod recording;

pub use manifest::Manifest;
pub use recording::Recording;

use crate::check::{Code, Finding, Level};
use crate::payload::Pointer;
use crate::read::Frame;

/// The expectations of a run for its payloads.
#[derive(Debug)]
pub enum Expectation {
    /// All payloads are valid.
    Valid,
    /// All payloads are invalid.
    Invalid,
    /// Each file yields exactly the findings that a manifest lists.
    Listed(Box<Manifest>),
    /// Any findings, which are recorded.
    Recorded(Box<Recording>),
}

impl Expectation {
    /// A source begins, and its payloads come next.
    pub fn begin(&mut self, source: &str) {
        match self {
            Self::Valid | Self::Invalid => {}
            Self::Listed(manifest) => manifest.begin(source),
            Self::Recorded(recording) => recording.begin(source),
        }
    }

    /// The findings of a payload that remain to be reported. `None` if the payload is the manifest itself, which may be
    /// among its fixtures.
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
