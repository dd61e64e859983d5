//! Telling what was found: one file a format, and the only place that knows formats.
//!
//! In: judged payloads in input order, then the summary. Out: bytes.
//! What always holds: a report is written as it goes, so it does not grow with the stream; no text from a
//! payload, a schema or a file name is written raw; how a report is written never changes the exit code.

pub mod diff;
mod excerpt;
mod human;
pub mod inspect;
pub mod layout;
mod pretty;
mod record;
mod summary;

pub use human::Human;
pub use record::{Json, Ndjson};
pub use summary::Summary;

use crate::check::{Finding, Level};
use crate::input::Frame;
use crate::payload::Cursor;
use crate::payload::Position;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many findings of one payload are shown; the others are counted by code.
pub const SHOWN_AT_MOST: usize = 50;

/// A payload that has been judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The source's name, safe to print.
    pub source: &'a str,
    /// Its number in the source, the first being 1.
    pub number: u64,
    /// Its bytes and place.
    pub frame: Frame<'a>,
    /// All findings, by place.
    pub findings: &'a [Finding],
}

/// One way of telling.
pub trait Report {
    /// Tells of one payload.
    ///
    /// # Errors
    /// What writing says.
    fn payload(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Tells how it all went.
    ///
    /// # Errors
    /// What writing says.
    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()>;
}

/// Says nothing: the exit code tells.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Report for Silent {
    fn payload(&mut self, _: &Judged<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Judged<'a> {
    /// Whether no finding makes the payload invalid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }

    /// The findings to show, each with where it begins and ends in its source.
    fn located(&self) -> impl Iterator<Item = (&'a Finding, Position, Position)> {
        let mut cursor = Cursor::new(self.frame.bytes, self.frame.start);
        self.findings.iter().take(SHOWN_AT_MOST).map(move |finding| {
            let start = cursor.advance_to(finding.span.start);
            (finding, start, cursor.clone().advance_to(finding.span.end))
        })
    }

    /// How many findings of each code are not shown.
    fn omitted(&self) -> BTreeMap<&'static str, u64> {
        let mut omitted = BTreeMap::new();
        for finding in self.findings.iter().skip(SHOWN_AT_MOST) {
            *omitted.entry(finding.code).or_default() += 1;
        }
        omitted
    }
}
