//! What a run comes to.

use super::{Judged, Tally};
use crate::amount::grouped_amount;
use crate::check::Level;
use crate::input::capture::{Fidelity, Skipped};
use std::collections::BTreeMap;

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
    /// What was skipped in captures and directories.
    pub skipped: Skipped,
    /// What was unwrapped: how many payloads from which shape in which form.
    pub unwrapped: BTreeMap<(&'static str, Fidelity), u64>,
    /// What was found, by code and place.
    pub tally: Tally,
}

impl Summary {
    /// Findings of all levels.
    #[must_use]
    pub fn findings(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    /// What was unwrapped, a line for each shape and form.
    pub fn unwrapped_lines(&self) -> impl Iterator<Item = String> {
        self.unwrapped.iter().map(|((shape, fidelity), times)| {
            let loss = fidelity.loss().map(|loss| format!(": {loss}")).unwrap_or_default();
            format!(
                "unwrapped: {} from {shape} ({}{loss})",
                grouped_amount(*times, "payload"),
                fidelity.as_str()
            )
        })
    }

    /// Counts payloads without a finding.
    pub fn add_clean(&mut self, payloads: u64) {
        self.payloads += payloads;
        self.valid += payloads;
    }

    /// Counts one payload.
    pub fn add(&mut self, judged: &Judged<'_>) {
        self.payloads += 1;
        if let Some(enclosed) = judged.frame.enclosed.filter(|enclosed| enclosed.lost.is_none()) {
            let outermost = enclosed.origin.steps[0].title();
            *self.unwrapped.entry((outermost, enclosed.origin.fidelity)).or_default() += 1;
        }
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
