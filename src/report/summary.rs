//! What a run comes to.

use super::{Judged, Tally};
use crate::check::Level;

/// Counts over a whole run.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Payloads judged.
    pub payloads: u64,
    /// Payloads without an error.
    pub valid: u64,
    /// Payloads with at least one error.
    pub invalid: u64,
    /// Findings that make a payload invalid.
    pub errors: u64,
    /// Findings that are likely mistakes.
    pub warnings: u64,
    /// Findings that are worth knowing.
    pub notes: u64,
    /// Sources that could not be read, or not to their end.
    pub unreadable: u64,
    /// What was found, by code and place.
    pub tally: Tally,
}

impl Summary {
    /// Findings of all levels.
    #[must_use]
    pub fn findings(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    /// Counts payloads without a finding.
    pub fn add_clean(&mut self, payloads: u64) {
        self.payloads += payloads;
        self.valid += payloads;
    }

    /// Counts one payload.
    pub fn add(&mut self, judged: &Judged<'_>) {
        self.payloads += 1;
        self.valid += u64::from(judged.is_valid());
        self.invalid += u64::from(!judged.is_valid());
        self.add_findings(judged);
    }

    /// Counts findings about what is no payload.
    pub fn add_findings(&mut self, judged: &Judged<'_>) {
        self.tally.add(judged);
        for finding in judged.findings {
            match finding.level {
                Level::Error => self.errors += 1,
                Level::Warning => self.warnings += 1,
                Level::Note => self.notes += 1,
            }
        }
    }
}
