//! The totals of a run.

use super::{Judged, Tally};
use crate::capture::Skipped;
use crate::check::Level;
use crate::count::{grouped, grouped_amount};
use crate::headers::Fidelity;
use std::collections::BTreeMap;

/// The number of shapes that one line names.
const SHAPES_NAMED: usize = 4;

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
    /// The parts of captures and directories that were skipped.
    pub skipped: Skipped,
    /// The number of unwrapped payloads, by shape and fidelity.
    pub unwrapped: BTreeMap<(&'static str, Fidelity), u64>,
    /// The findings, by code and place.
    pub tally: Tally,
}

impl Summary {
    /// Findings of all levels.
    pub fn findings(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    /// The unwrapped payloads, one line for each fidelity.
    pub fn unwrapped_lines(&self) -> impl Iterator<Item = String> {
        let mut forms: BTreeMap<Fidelity, Vec<(u64, &'static str)>> = BTreeMap::new();
        for ((shape, fidelity), times) in &self.unwrapped {
            forms.entry(*fidelity).or_default().push((*times, shape));
        }
        forms.into_iter().map(|(fidelity, mut shapes)| {
            shapes.sort_by_key(|(times, _)| std::cmp::Reverse(*times));
            let loss = fidelity.loss().map(|loss| format!(": {loss}")).unwrap_or_default();
            format!("unwrapped: {} ({}{loss})", from_shapes(&shapes), fidelity.as_str())
        })
    }

    /// Adds the counts of a later run.
    pub fn merge(&mut self, later: &Self) {
        let add = |one: &mut u64, other: u64| *one = one.saturating_add(other);
        add(&mut self.payloads, later.payloads);
        add(&mut self.valid, later.valid);
        add(&mut self.invalid, later.invalid);
        add(&mut self.errors, later.errors);
        add(&mut self.warnings, later.warnings);
        add(&mut self.notes, later.notes);
        add(&mut self.unreadable, later.unreadable);
        self.skipped.merge(&later.skipped);
        later.tally.rows().cloned().for_each(|row| self.tally.merge(row));
    }

    /// Counts payloads without a finding.
    pub fn add_clean(&mut self, payloads: u64) {
        self.payloads += payloads;
        self.valid += payloads;
    }

    /// Counts one payload.
    pub fn add(&mut self, judged: &Judged<'_>) {
        self.payloads += 1;
        if let Some(enclosed) = judged.frame.enclosed.filter(|enclosed| enclosed.unavailable.is_none()) {
            let outermost = enclosed.origin.steps[0].title();
            *self.unwrapped.entry((outermost, enclosed.origin.fidelity)).or_default() += 1;
        }
        self.valid += u64::from(judged.is_valid());
        self.invalid += u64::from(!judged.is_valid());
        self.add_findings(judged);
    }

    /// Counts findings that are not about a payload.
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

/// `3 payloads from har`, or the number from each of several shapes.
fn from_shapes(shapes: &[(u64, &'static str)]) -> String {
    let all = grouped_amount(shapes.iter().map(|(times, _)| times).sum(), "payload");
    let named = |(_, shape): &(u64, &'static str)| match *shape {
        "json" => "found in JSON".to_owned(),
        "text" => "found in text".to_owned(),
        shape => format!("from {shape}"),
    };
    if let [one] = shapes {
        return format!("{all} {}", named(one));
    }
    let each = shapes.iter().take(SHAPES_NAMED).map(|one| format!("{} {}", grouped(one.0), named(one)));
    let more = match shapes.len().saturating_sub(SHAPES_NAMED) {
        0 => String::new(),
        1 => ", and from one more shape".to_owned(),
        more => format!(", and from {more} more shapes"),
    };
    format!("{all}: {}{more}", each.collect::<Vec<_>>().join(", "))
}
