//! What a run comes to.

use super::Judged;
use serde::Serialize;

/// Counts over a whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Payloads judged.
    pub payloads: u64,
    /// Payloads without an error.
    pub valid: u64,
    /// Payloads with at least one error.
    pub invalid: u64,
    /// Findings of all payloads.
    pub findings: u64,
    /// Sources that could not be read, or not to their end.
    pub unreadable: u64,
}

impl Summary {
    /// Counts one payload.
    pub fn add(&mut self, judged: &Judged<'_>) {
        self.payloads += 1;
        self.valid += u64::from(judged.is_valid());
        self.invalid += u64::from(!judged.is_valid());
        self.findings += judged.findings.len() as u64;
    }
}
