//! Documents one after another, over any number of lines.
//!
//! In: a buffer that begins with the current document. Out: the ranges of those that have ended. An object or an array
//! ends with its bracket, and another may follow at once. A broken document (a string with a line end in it, brackets
//! that do not match, more text after the last bracket) extends to the line where another one [plainly
//! begins](beginning), and so does text that is not JSON. A bracket at the start of a line always begins a document
//! where the grammar has no place for it, as after a document that is cut.
//! Invariants: well-formed documents are never split, whatever their layout; each byte is looked at once; the state of
//! a document is a bit for each level.

mod nest;

use super::{blanks, is_blank, line_end, look_at};
use crate::payload::{BYTE_ORDER_MARK, end_of_value};
pub(crate) use nest::is_of_literals;
use nest::{Nest, Scan};
use std::ops::Range;

/// The length of text that is not JSON after which it is passed on, in bytes, so that a stream of it needs no more
/// memory.
pub(crate) const TEXT_AT_MOST: usize = 1 << 20;
/// The number of blanks after a bracket that are searched for the next character.
const LOOK_AHEAD: usize = 64;

/// The splitter of a stream of documents.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// The start of the current document in the buffer.
    start: usize,
    /// The end of the part that was searched, relative to the document's start, like all places below.
    at: usize,
    stage: Stage,
    nest: Nest,
}

/// The state of the current document.
#[derive(Clone, Copy, Debug, Default)]
enum Stage {
    /// There is no document yet.
    #[default]
    Between,
    /// Neither an object nor an array: its first line may be another value.
    FirstLine,
    /// An open object or array, or text, or a broken document.
    Open,
    /// One that ended there, unless more follows on the line.
    Closed(usize),
}

/// The result of a step.
enum SplitStep {
    /// More bytes are needed.
    Wait,
    /// There is more to search.
    On,
    /// The document ended, and another can begin there.
    Ended(usize),
    /// It ended where the range begins, and the range is another document.
    Two(Range<usize>),
}

impl Documents {
    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        while ranges.len() < most {
            match self.step(&buffer[self.start..], is_end) {
                SplitStep::Wait => break,
                SplitStep::On => {}
                SplitStep::Ended(end) => self.end(buffer, end, ranges),
                SplitStep::Two(second) => {
                    self.end(buffer, second.start, ranges);
                    self.end(buffer, second.len(), ranges);
                }
            }
        }
        std::mem::take(&mut self.start)
    }

    fn step(&mut self, text: &[u8], is_end: bool) -> SplitStep {
        match self.stage {
            Stage::Between => self.begin(text, is_end),
            Stage::FirstLine => self.first_line(text, is_end),
            Stage::Open => self.open(text, is_end),
            Stage::Closed(end) => self.closed(text, end, is_end),
        }
    }

    /// Passes on a document that has ended, without the white space after it.
    fn end(&mut self, buffer: &[u8], end: usize, ranges: &mut Vec<Range<usize>>) {
        let text = &buffer[self.start..self.start + end];
        ranges.push(self.start..self.start + trimmed(text));
        self.start += end;
        (self.at, self.stage) = (0, Stage::Between);
    }

    /// The finished document, if there is one, once no more bytes will come.
    pub(super) fn complete(&mut self) -> Option<Range<usize>> {
        let Stage::Closed(end) = self.stage else { return None };
        *self = Self::default();
        Some(0..end)
    }

    pub(super) fn looked(&self) -> usize {
        self.at
    }

    /// The searched part of the current document is dropped.
    pub(super) fn forget(&mut self) {
        self.nest.forget(std::mem::take(&mut self.at));
        if let Stage::Closed(end) = &mut self.stage {
            *end = 0;
        }
    }

    fn begin(&mut self, text: &[u8], is_end: bool) -> SplitStep {
        let blank = blanks(text);
        self.start += blank;
        let text = &text[blank..];
        let Some(mark) = mark(text, is_end) else { return SplitStep::Wait };
        let first = text.get(mark);
        if first.is_none() && !is_end || text.is_empty() {
            return SplitStep::Wait;
        }
        self.at = mark;
        (self.stage, self.nest) = match first {
            Some(b'{') => (Stage::Open, Nest::of_object()),
            Some(b'[') => (Stage::Open, Nest::of_array()),
            _ => (Stage::FirstLine, Nest::of_text()),
        };
        SplitStep::On
    }

    /// A line that is a value by itself is a document. Anything else is text.
    fn first_line(&mut self, text: &[u8], is_end: bool) -> SplitStep {
        let Some(end) = line_end(text, self.at).or_else(|| is_end.then_some(text.len())) else {
            self.at = text.len();
            return SplitStep::Wait;
        };
        let line = &text[..end];
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        if end_of_value(line).is_ok_and(|length| is_blank(&line[length..])) {
            return SplitStep::Ended(end);
        }
        (self.at, self.stage) = (0, Stage::Open);
        SplitStep::On
    }

    fn open(&mut self, text: &[u8], is_end: bool) -> SplitStep {
        match self.nest.scan(text, &mut self.at, is_end) {
            Scan::Wait if !is_end => SplitStep::Wait,
            Scan::Wait => self.nest.last_line(text).map_or(SplitStep::Ended(text.len()), SplitStep::Two),
            Scan::Closed => {
                self.stage = Stage::Closed(self.at);
                SplitStep::On
            }
            Scan::Another { line, before } => before.map_or(SplitStep::Ended(line), SplitStep::Two),
        }
    }

    /// Anything else on the line, except another document, belongs to this one, which is then broken.
    fn closed(&mut self, text: &[u8], end: usize, is_end: bool) -> SplitStep {
        let blank = text[self.at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        look_at(blank);
        self.at += blank;
        match text.get(self.at) {
            None if !is_end => SplitStep::Wait,
            Some(b'{' | b'[') if is_no_value(&text[..end]) => self.go_beyond(),
            None | Some(b'\n' | b'{' | b'[' | 0xef) => SplitStep::Ended(end),
            Some(_) => self.go_beyond(),
        }
    }

    /// The rest of the line belongs to the document.
    fn go_beyond(&mut self) -> SplitStep {
        self.nest.go_beyond(self.at);
        self.stage = Stage::Open;
        SplitStep::On
    }
}

/// The length of text in brackets in front of a document, such as `[main]` or `{req-7}`, in bytes.
const PREFIX_AT_MOST: usize = 256;

/// Whether something in brackets is short and not JSON, so that what follows on its line is not another document.
fn is_no_value(text: &[u8]) -> bool {
    let is_short = (1..=PREFIX_AT_MOST).contains(&text.len());
    look_at(if is_short { text.len() } else { 0 });
    is_short && end_of_value(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)).is_err()
}

/// The start of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beginning {
    /// There is not enough of the line to decide.
    Unknown,
    /// The beginning of another document.
    Plain,
    /// A brace with something else after it.
    Brace,
    No,
}

/// Whether the line at the start of `text` plainly begins a document: with an object's brace before a name, or an
/// array's bracket before a string or another container, not indented; or with such a bracket alone on the line. `{x}`
/// and `[2026-11-26]` begin lines of text, too.
fn beginning(text: &[u8], is_end: bool) -> Beginning {
    let Some(mark) = mark(text, is_end) else { return Beginning::Unknown };
    let text = &text[mark..];
    let Some(opener @ (b'{' | b'[')) = text.first() else {
        let is_unknown = text.is_empty() && !is_end;
        return if is_unknown { Beginning::Unknown } else { Beginning::No };
    };
    let inside = &text[1..text.len().min(1 + LOOK_AHEAD)];
    look_at(inside.len());
    match (opener, inside.iter().find(|byte| !matches!(byte, b' ' | b'\t'))) {
        (_, None) if !is_end && inside.len() < LOOK_AHEAD => Beginning::Unknown,
        (_, None | Some(b'\r' | b'\n')) | (b'{', Some(b'"' | b'}')) => Beginning::Plain,
        (b'[', Some(b'{' | b'[' | b'"' | b']')) => Beginning::Plain,
        (b'{', _) => Beginning::Brace,
        _ => Beginning::No,
    }
}

/// The length of the byte order mark at the start of `text`; `None` if more bytes are needed.
fn mark(text: &[u8], is_end: bool) -> Option<usize> {
    if text.starts_with(BYTE_ORDER_MARK) {
        Some(BYTE_ORDER_MARK.len())
    } else {
        (is_end || text.is_empty() || !BYTE_ORDER_MARK.starts_with(text)).then_some(0)
    }
}

/// The length of the text without the white space at its end.
fn trimmed(text: &[u8]) -> usize {
    let blank = text.iter().rev().take_while(|byte| is_blank(std::slice::from_ref(byte))).count();
    look_at(blank);
    text.len() - blank
}
