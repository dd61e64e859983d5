//! The payloads whose findings are all omitted, because a report has reached its limit.
//!
//! In: those payloads, one by one. Out: one sentence at the end, and the report's data about the first.
//! Invariants: however many there are, they are counted by code, and take one line of a report.

use super::{Judged, by_code};
use crate::check::{Code, Level};
use std::collections::BTreeMap;

/// The omitted findings.
#[derive(Clone, Debug)]
pub(super) struct Rest<T> {
    first: Option<T>,
    payloads: u64,
    counts: BTreeMap<Code, u64>,
    heaviest: Level,
}

impl<T> Default for Rest<T> {
    fn default() -> Self {
        Self { first: None, payloads: 0, counts: BTreeMap::new(), heaviest: Level::Note }
    }
}

impl<T> Rest<T> {
    /// Counts all findings of a payload; for the first, `about` is kept.
    pub(super) fn add(&mut self, judged: &Judged<'_>, about: impl FnOnce() -> T) {
        self.first.get_or_insert_with(about);
        self.payloads += 1;
        for finding in judged.findings {
            *self.counts.entry(finding.code).or_default() += 1;
            self.heaviest = self.heaviest.max(finding.level);
        }
    }

    /// The kept data, the highest level, and the sentence; `None` if nothing was omitted.
    pub(super) fn take(&mut self) -> Option<(T, Level, String)> {
        let Self { first, payloads, counts, heaviest } = std::mem::take(self);
        let of = if payloads == 1 { "of this payload" } else { "of this payload and of later ones" };
        Some((first?, heaviest, format!("not shown {of}: {}", by_code(&counts))))
    }
}
