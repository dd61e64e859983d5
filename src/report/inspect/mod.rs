//! Shows payloads: one file per format.
//!
//! In: payloads that were read and judged, in input order. Out: bytes.
//! Invariants: each payload is written as it comes; showing it changes no verdict; no text of a payload is written
//! unescaped.

mod column;
mod field;
mod human;
mod json;
mod payload;
mod picture;
mod records;
mod table;

pub use column::Column;
pub use field::Fields;
pub use human::HumanView;
pub use json::JsonView;
pub use payload::PayloadView;
pub use records::{SeparatedValues, Separator};
pub use table::TableView;

use super::Subject;
use super::layout::Page;
use crate::check::{Code, Level};
use crate::count::amount;
use crate::engine::{Input, Judged};
use crate::event::Delivery;
use crate::payload::Document;
use crate::signature::{Body, Keys, Sent, Verdict};
use std::io;

/// A payload to show.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its bytes, place and findings.
    pub judged: Judged<'a>,
    /// Its text and its members, if it is JSON.
    pub read: Option<(&'a Document<'a>, &'a Delivery<'a>)>,
}

/// The report that `inspect` writes.
#[derive(Clone, Copy, Debug)]
pub enum Views {}

impl Subject for Views {
    type Start<'a> = Input<'a>;
    type Item<'a> = Shown<'a>;
    type End<'a> = ();
}

/// The state of a whole payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It has no error or warning.
    Valid,
    /// It is valid, but something about it is likely a mistake.
    Warned,
    /// It is valid, because the schema accepts it, but is another event.
    Other,
    /// It has an error.
    Invalid,
}

impl Shown<'_> {
    /// Whether the payload has all of these fields; one that is not JSON has none to miss.
    pub fn has_all(&self, fields: &[String]) -> bool {
        self.read.is_none_or(|(document, _)| fields.iter().all(|name| field::find(document, name).is_some()))
    }

    fn standing(&self) -> Standing {
        let is_warned = || self.judged.findings.iter().any(|finding| finding.level == Level::Warning);
        match () {
            () if !self.judged.is_valid() => Standing::Invalid,
            () if self.is_other_event() => Standing::Other,
            () if is_warned() => Standing::Warned,
            () => Standing::Valid,
        }
    }

    /// Whether the payload is another event. It may also be invalid.
    fn is_other_event(&self) -> bool {
        self.judged.findings.iter().any(|finding| finding.code == Code::OtherEvent)
    }

    /// The result for the signature among the captured headers, in one line; `None` if no headers were captured.
    fn signature(&self) -> Option<String> {
        let origin = self.judged.frame.enclosed?.origin;
        if origin.headers.is_empty() {
            return None;
        }
        let (headers, fidelity) = (&origin.headers, origin.fidelity);
        let sent = Sent::of(headers, None);
        if sent.is_some() && origin.is_part_of_body() {
            return Some("covers the whole body, of which this is a part; see assoclens verify".to_owned());
        }
        let body = Body { bytes: self.judged.frame.bytes, headers, fidelity };
        Some(Verdict::of(&body, sent, &Keys::default()).one_line())
    }

    /// `path:line`, safe to print.
    fn place(&self) -> String {
        format!("{}:{}", self.judged.source, self.judged.frame.start.line)
    }

    /// The number of findings of each level, as `2 errors, 1 note`; empty if none.
    fn counts(&self) -> String {
        let of = |level| self.judged.findings.iter().filter(|finding| finding.level == level).count();
        let counts = [Level::Error, Level::Warning, Level::Note].map(|level| (of(level), level.as_str()));
        let shown: Vec<String> = counts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| amount(number as u64, noun))
            .collect();
        shown.join(", ")
    }

    /// The heaviest finding about the member `name` or anything in it.
    fn level_of(&self, name: &str) -> Option<Level> {
        let is_about =
            |pointer: &crate::payload::Pointer| pointer.tokens().next().is_some_and(|first| first == name);
        self.judged
            .findings
            .iter()
            .filter(|finding| is_about(&finding.pointer))
            .map(|finding| finding.level)
            .max()
    }
}

/// The findings in the form of `validate`, without an empty line at the end.
fn findings(judged: &Judged<'_>, page: &Page) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let mut human = super::Human::new(*page, super::SummaryLine::new(page.is_coloured));
    super::Report::item(&mut human, judged, &mut text)?;
    if text.ends_with(b"\n\n") {
        text.pop();
    }
    Ok(text)
}

/// The remarks on payloads that cannot be shown, line by line and without colour.
#[derive(Clone, Debug)]
struct Remarks {
    page: Page,
    lines: Vec<String>,
    /// The number of payloads with remarks.
    payloads: u64,
}

impl Remarks {
    fn new(page: Page) -> Self {
        Self { page: Page { is_coloured: false, ..page }, lines: Vec::new(), payloads: 0 }
    }

    /// Adds the findings of a payload: in full, or one line each if there are too many.
    fn add(&mut self, judged: &Judged<'_>) -> io::Result<()> {
        self.payloads += 1;
        let mut text = Vec::new();
        match self.payloads {
            ..=IN_FULL => text = findings(judged, &self.page)?,
            _ => super::Report::item(&mut super::concise::Concise::default(), judged, &mut text)?,
        }
        self.lines.extend(String::from_utf8_lossy(&text).lines().map(str::to_owned));
        Ok(())
    }

    fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}

/// The number of payloads shown in full: nobody reads more, and a heading takes a tenth of the time.
const IN_FULL: u64 = 1_000;
