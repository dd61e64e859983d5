//! A judged payload, which the walk yields and every report reads.
//!
//! In: a frame and its findings. Out: the one type that commands and reports share.
//! Invariants: findings are in the order of their places; the choice of findings to show never changes the verdict.

use super::Receipt;
use crate::check::{Finding, Level, Look, Share};
use crate::escape::visible;
use crate::event::Recognised;
use crate::payload::Position;
use crate::read::Frame;
use std::ops::Range;

/// A payload that has been judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The source's name, safe to print.
    pub source: &'a str,
    /// Its number in the source, from 1.
    pub number: u64,
    /// Its bytes and place.
    pub frame: Frame<'a>,
    /// All findings, by place.
    pub findings: &'a [Finding],
    /// The findings to show.
    pub shown: Share,
    /// The event as which it was judged; `None` if it is another one, or not a JSON object.
    pub event: Option<Recognised>,
    /// Its reception, if it was just received.
    pub receipt: Option<&'a Receipt>,
}

impl<'a> Judged<'a> {
    /// A payload of which all findings are shown.
    pub fn new(source: &'a str, number: u64, frame: Frame<'a>, findings: &'a [Finding]) -> Self {
        Self { source, number, frame, findings, shown: Share::ALL, event: None, receipt: None }
    }

    /// The same, judged as that event.
    pub fn as_event(self, event: Option<Recognised>) -> Self {
        Self { event, ..self }
    }

    /// The same with the results of a look.
    pub(crate) fn found(self, look: &'a Look) -> Self {
        Self { findings: &look.findings, event: look.event, ..self }
    }

    /// Whether no finding makes the payload invalid.
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.level != Level::Error)
    }

    /// The payload's bytes, if there is one and it has at most `limit` bytes.
    pub fn readable(&self, limit: usize) -> Option<&'a [u8]> {
        let is_there = self.frame.enclosed.is_none_or(|enclosed| enclosed.unavailable.is_none());
        Some(self.frame.bytes).filter(|bytes| bytes.len() <= limit && is_there)
    }

    /// The first finding of the highest level there is.
    pub(crate) fn heaviest(&self) -> Option<&'a Finding> {
        self.findings.iter().rev().max_by_key(|finding| finding.level)
    }

    /// The findings to show, each with its start and end in the source.
    pub(crate) fn located(&self) -> impl Iterator<Item = (&'a Finding, Position, Position)> {
        let (mut cursor, mut shown) = (self.frame.cursor(), self.shown);
        self.places().filter(move |(finding, _)| shown.take(finding.level)).map(move |(finding, place)| {
            let start = cursor.advance_to(place.start);
            (finding, start, cursor.clone().advance_to(place.end))
        })
    }

    /// All findings, each with its line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'a Finding, u64)> {
        let (bytes, mut line, mut done) = (self.frame.written(), self.frame.start.line, 0);
        self.places().map(move |(finding, place)| {
            let start = place.start.clamp(done, bytes.len());
            let between = &bytes[done..start];
            // A stream of lines has no line breaks in a payload, and knowing that is quicker than counting.
            if memchr::memchr(b'\n', between).is_some() {
                line += memchr::memchr_iter(b'\n', between).count() as u64;
            }
            done = start;
            (finding, line)
        })
    }

    /// All findings, each with its place in the bytes that hold the payload.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'a Finding, Range<usize>)> {
        let frame = self.frame;
        self.findings.iter().map(move |finding| (finding, frame.place(&finding.span)))
    }

    /// The capture around the payload, as ` in har /log/entries/0/request/postData/text`; empty if there is none. Safe
    /// to print.
    pub fn within(&self) -> String {
        self.frame
            .enclosed
            .map_or_else(String::new, |enclosed| visible(&format!(" in {}", enclosed.origin)).into_owned())
    }

    /// `path:line`, and the capture around the payload; safe to print.
    pub fn place(&self) -> String {
        let mut place = String::new();
        self.put_place(&mut place);
        place
    }

    /// Overwrites `place` with it.
    pub(crate) fn put_place(&self, place: &mut String) {
        place.clear();
        place.extend([self.source, ":", &self.frame.start.line.to_string()]);
        if self.frame.enclosed.is_some() {
            place.push_str(&self.within());
        }
    }

    /// The capture around the payload, as ` (in har /log/entries/0/request/postData/text)`; empty if there is none. Not
    /// escaped.
    pub(crate) fn within_brackets(&self) -> String {
        self.frame.enclosed.map(|enclosed| format!(" (in {})", enclosed.origin)).unwrap_or_default()
    }
}
