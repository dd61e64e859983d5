//! Findings, counted by code and place: the data of a chart, and of adding up runs.
//!
//! In: judged payloads in order. Out: one row for each pair of code and JSON Pointer, with the first and the last
//! place.
//! Invariants: memory is bounded whatever names a sender chooses, because beyond [`ROWS_AT_MOST`] places of one code
//! the rest share one row; counts are exact.

use super::Judged;
use crate::check::{Code, Finding, Level};
use std::collections::BTreeMap;

/// The number of places of one code that are distinguished.
pub const ROWS_AT_MOST: usize = 100;

/// Findings by code and place.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    codes: BTreeMap<Code, OfCode>,
}

/// Findings of one code.
#[derive(Clone, Debug, Default)]
struct OfCode {
    /// At the payload itself. It is kept apart, because comparing empty strings takes the processor long.
    whole: Option<Row>,
    places: BTreeMap<String, Row>,
    elsewhere: Option<Row>,
}

/// The place of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The source's name.
    pub source: String,
    pub line: u64,
}

/// Findings of one code at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub code: Code,
    /// The level, the highest if there are several.
    pub level: Level,
    /// The JSON Pointer; without one, the row covers all places beyond those distinguished.
    pub pointer: Option<String>,
    /// The number of findings.
    pub count: u64,
    pub first: Place,
    pub last: Place,
}

impl Tally {
    /// Counts the findings of one payload.
    pub fn add(&mut self, judged: &Judged<'_>) {
        for (finding, line) in judged.lines() {
            let code = self.codes.entry(finding.code).or_default();
            let pointer = finding.pointer.as_str();
            let row = |pointer| Row::new(finding, pointer, Place { source: judged.source.to_owned(), line });
            let has_room = code.has_room();
            match code.at(pointer) {
                Some(known) => known.add(finding, judged.source, line),
                None if has_room => code.insert(pointer, row(Some(pointer.to_owned()))),
                None => match &mut code.elsewhere {
                    Some(elsewhere) => elsewhere.add(finding, judged.source, line),
                    None => code.elsewhere = Some(row(None)),
                },
            }
        }
    }

    /// Adds a row of a later run.
    pub fn merge(&mut self, row: Row) {
        let code = self.codes.entry(row.code).or_default();
        let has_room = code.has_room();
        let known = match &row.pointer {
            Some(pointer) if has_room || code.at(pointer).is_some() => code.at(pointer),
            _ => code.elsewhere.as_mut(),
        };
        match (known, row.pointer.clone()) {
            (Some(known), _) => known.merge(row),
            (None, Some(pointer)) if has_room => code.insert(&pointer, row),
            (None, _) => code.elsewhere = Some(Row { pointer: None, ..row }),
        }
    }

    /// The rows, by code and pointer.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.codes
            .values()
            .flat_map(|code| code.whole.iter().chain(code.places.values()).chain(&code.elsewhere))
    }
}

impl OfCode {
    /// The row for that place.
    fn at(&mut self, pointer: &str) -> Option<&mut Row> {
        if pointer.is_empty() { self.whole.as_mut() } else { self.places.get_mut(pointer) }
    }

    fn has_room(&self) -> bool {
        self.places.len() + usize::from(self.whole.is_some()) < ROWS_AT_MOST
    }

    fn insert(&mut self, pointer: &str, row: Row) {
        if pointer.is_empty() {
            self.whole = Some(row);
        } else {
            self.places.insert(pointer.to_owned(), row);
        }
    }
}

impl Row {
    fn new(finding: &Finding, pointer: Option<String>, place: Place) -> Self {
        let Finding { code, level, .. } = *finding;
        Self { code, level, pointer, count: 1, last: place.clone(), first: place }
    }

    /// Adds later findings with the same code and place.
    fn merge(&mut self, later: Self) {
        self.count = self.count.saturating_add(later.count);
        self.level = self.level.max(later.level);
        self.last = later.last;
    }

    /// Counts one more.
    fn add(&mut self, finding: &Finding, source: &str, line: u64) {
        self.count += 1;
        self.level = self.level.max(finding.level);
        self.last.line = line;
        if self.last.source != source {
            source.clone_into(&mut self.last.source);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Judge;
    use crate::payload::Position;
    use crate::read::Frame;

    #[test]
    fn places_beyond_those_distinguished_are_one_row_and_counts_are_exact() {
        let (mut tally, mut findings) = (Tally::default(), Judge::default().judge(b"[]"));
        findings.truncate(1);
        for number in 0..3 * ROWS_AT_MOST {
            findings[0].pointer = format!("/{number}").into();
            let frame = Frame::bare(b"[]", Position::START);
            tally.add(&Judged::new("a.json", 1, frame, &findings));
        }
        let rows: Vec<&Row> = tally.rows().collect();
        assert_eq!(rows.len(), ROWS_AT_MOST + 1);
        let rest = rows[ROWS_AT_MOST];
        assert_eq!((&rest.pointer, rest.count), (&None, 2 * ROWS_AT_MOST as u64));
    }
}
