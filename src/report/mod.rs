//! Telling what was found: one file a format, and the only place that knows formats.
//!
//! In: judged payloads in input order, then the summary. Out: bytes.
//! What always holds: a report is written as it goes, so that what is kept of it does not grow with the stream, except
//! for JUnit's, which begins with counts; no text from a payload, a schema or a file name is written raw; how a report
//! is written never changes the exit code.

mod chart;
mod concise;
mod delivery;
pub mod diff;
pub mod earlier;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod human;
pub mod inspect;
mod job_summary;
mod junit;
pub mod layout;
#[cfg(feature = "http")]
mod live;
mod output;
mod pretty;
mod record;
mod rest;
mod sarif;
#[cfg(feature = "http")]
pub mod send;
mod summary;
mod tally;
mod tee;
mod uri;
pub mod verify;

pub use crate::check::SHOWN_AT_MOST;
pub use concise::Concise;
pub use delivery::{Answered, Delivery, Forward, Unanswered};
#[cfg(feature = "http")]
pub(crate) use delivery::{millis, written};
pub use github::Github;
pub use gitlab::Gitlab;
pub use human::{Human, SummaryLine};
pub use job_summary::JobSummary;
pub use junit::Junit;
#[cfg(feature = "http")]
pub use live::Live;
pub use output::Output;
pub use record::{Json, Ndjson};
pub use sarif::Sarif;
pub use summary::Summary;
pub use tally::{Place, ROWS_AT_MOST, Row, Tally};
pub use tee::Tee;

use crate::check::{Code, Finding, Level, Share};
use crate::engine::Input;
use crate::escape::{is_unsafe, visible};
use crate::event::Recognised;
use crate::payload::Position;
use crate::read::Frame;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

/// How much text those may come to, in bytes, each character counted as long as any format could make it.
const SHOWN_BYTES_AT_MOST: usize = 44 << 10;

/// Which findings of one payload are shown: errors first, as many and as long as a report has room for.
#[must_use]
pub fn shown(findings: &[Finding]) -> Share {
    // Mostly there is room for all, whatever characters they hold.
    if findings.len() <= SHOWN_AT_MOST && findings.iter().map(at_most).sum::<usize>() <= SHOWN_BYTES_AT_MOST {
        return Share::of_payload(findings, |_| true);
    }
    let (mut left, mut room) = (SHOWN_AT_MOST, SHOWN_BYTES_AT_MOST);
    Share::of_payload(findings, |finding| {
        let length = longest(finding);
        let fits = left > 0 && length <= room;
        left -= usize::from(fits);
        room = room.saturating_sub(length);
        fits
    })
}

/// What a finding's own words come to in the longest format, in bytes, about.
const OWN_WORDS: usize = 400;

/// The texts that a finding shows.
fn texts(finding: &Finding) -> impl Iterator<Item = &str> {
    let texts = [finding.label.as_deref(), finding.help.as_deref()];
    [finding.message.as_str(), finding.pointer.as_str()].into_iter().chain(texts.into_iter().flatten())
}

/// No less than [`longest`] makes of a finding: no character takes more than seven bytes for each of its own.
fn at_most(finding: &Finding) -> usize {
    OWN_WORDS + 7 * texts(finding).map(str::len).sum::<usize>()
}

/// What the longest format makes of a finding, in bytes, about.
fn longest(finding: &Finding) -> usize {
    let escaped = |text: &str| -> usize {
        let length = |character: char| match character {
            '"' | '&' | '<' | '>' | '\'' | '%' | '\\' => 7,
            _ if is_unsafe(character) => 7 * character.len_utf16(),
            _ => character.len_utf8(),
        };
        text.chars().map(length).sum()
    };
    OWN_WORDS + texts(finding).map(escaped).sum::<usize>()
}

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
    /// Which of them to show; at most [`shown`].
    pub shown: Share,
    /// The event that it was judged as; `None` if it is another, or no JSON object.
    pub event: Option<Recognised>,
    /// How it was received, if it was just now.
    pub delivery: Option<&'a Delivery>,
}

/// One way of telling.
pub trait Report {
    /// Whether payloads without a finding are to be told of, too.
    fn wants_clean(&self) -> bool {
        false
    }

    /// An input begins, and its payloads come next.
    ///
    /// # Errors
    /// What writing says.
    fn begin(&mut self, _input: &Input<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

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
    /// A payload of which as many findings are shown as a report has room for.
    #[must_use]
    pub fn new(source: &'a str, number: u64, frame: Frame<'a>, findings: &'a [Finding]) -> Self {
        Self { source, number, frame, findings, shown: shown(findings), event: None, delivery: None }
    }

    /// The same, judged as that event.
    #[must_use]
    pub fn as_event(self, event: Option<Recognised>) -> Self {
        Self { event, ..self }
    }

    /// Whether no finding makes the payload invalid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }

    /// The first finding of the highest level there is.
    fn heaviest(&self) -> Option<&'a Finding> {
        self.findings.iter().rev().max_by_key(|finding| finding.level)
    }

    /// The findings to show, each with where it begins and ends in its source.
    fn located(&self) -> impl Iterator<Item = (&'a Finding, Position, Position)> {
        let (mut cursor, mut shown) = (self.frame.cursor(), self.shown);
        self.places().filter(move |(finding, _)| shown.take(finding.level)).map(move |(finding, place)| {
            let start = cursor.advance_to(place.start);
            (finding, start, cursor.clone().advance_to(place.end))
        })
    }

    /// All findings, each with the line it is on.
    fn lines(&self) -> impl Iterator<Item = (&'a Finding, u64)> {
        let mut cursor = self.frame.cursor();
        self.places().map(move |(finding, place)| (finding, cursor.advance_to(place.start).line))
    }

    /// All findings, each with its place in what the payload is written in.
    fn places(&self) -> impl Iterator<Item = (&'a Finding, Range<usize>)> {
        let frame = self.frame;
        self.findings.iter().map(move |finding| (finding, frame.place(&finding.span)))
    }

    /// What the payload was in, as ` in har /log/entries/0/request/postData/text`; empty if in nothing. Safe to print.
    #[must_use]
    pub fn within(&self) -> String {
        self.frame
            .enclosed
            .map_or_else(String::new, |enclosed| visible(&format!(" in {}", enclosed.origin)).into_owned())
    }

    /// `path:line`, and what the payload was in; safe to print.
    #[must_use]
    pub fn place(&self) -> String {
        let mut place = String::new();
        self.put_place(&mut place);
        place
    }

    /// Puts that in the place of what is in `place`.
    fn put_place(&self, place: &mut String) {
        place.clear();
        place.extend([self.source, ":", &self.frame.start.line.to_string()]);
        if self.frame.enclosed.is_some() {
            place.push_str(&self.within());
        }
    }

    /// What the payload was in, as ` (in har /log/entries/0/request/postData/text)`; empty if in nothing. Not escaped.
    fn within_brackets(&self) -> String {
        self.frame.enclosed.map(|enclosed| format!(" (in {})", enclosed.origin)).unwrap_or_default()
    }

    /// What a finding says, what to do about it, and what the payload was in, on one line that is safe to print.
    fn sentence(&self, finding: &Finding) -> String {
        let (within, help) = (self.within_brackets(), finding.help.as_deref());
        let separator = if help.is_some() { "; " } else { "" };
        let sentence = [&finding.message, &within, separator, help.unwrap_or_default()].concat();
        match visible(&sentence) {
            Cow::Borrowed(_) => sentence,
            Cow::Owned(visible) => visible,
        }
    }

    /// How many findings of each code are not shown.
    fn omitted(&self) -> BTreeMap<Code, u64> {
        let (mut omitted, mut shown) = (BTreeMap::new(), self.shown);
        for finding in self.findings.iter().filter(|finding| !shown.take(finding.level)) {
            *omitted.entry(finding.code).or_default() += 1;
        }
        omitted
    }

    /// A sentence on the findings that are not shown, if there are any.
    fn omission(&self) -> Option<String> {
        let omitted = self.omitted();
        (!omitted.is_empty()).then(|| format!("not shown of this payload: {}", by_code(&omitted)))
    }
}

/// How many findings of each code, as `3 schema/type, 1 syntax`.
fn by_code(counts: &BTreeMap<Code, u64>) -> String {
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    counts.join(", ")
}
