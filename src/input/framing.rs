//! How a run of bytes splits into payloads. Pure: bytes in, ranges out.
//!
//! In: a buffer, and whether the input ends with it. Out: the ranges of the payloads that are complete, and
//! how many bytes are done with; the rest waits for more bytes.
//! What always holds: where the buffer happens to end never changes a range; a broken payload costs itself
//! and no other; nothing but JSON's white space is ever outside a range.

use super::capture::{Shape, framing_of};
use crate::payload::{BYTE_ORDER_MARK, end_of_value};
use std::ops::Range;

/// How an input is to be split, as a person chooses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// By name (.ndjson, .jsonl), else by content: one payload a line if the first line is one by itself
    #[default]
    Auto,
    /// One document, or several one after another, over any number of lines
    Json,
    /// One payload a line
    Ndjson,
}

/// How an input is split, once that is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One payload a line.
    Lines,
    /// Documents one after another, wherever the lines end.
    Documents,
    /// Server-sent events, with a blank line after each.
    Events,
    /// All of it is one payload: it is not text that could be split, or one capture.
    Whole,
}

impl Framing {
    /// Decides by content: [`Framing::Lines`] if the first line that is not blank is a complete JSON value by
    /// itself; what a known capture is split by, with its shape, if the input begins as one; else
    /// [`Framing::Documents`]. `None` if there is not enough of the input to tell.
    #[must_use]
    pub(super) fn detect(buffer: &[u8], is_end: bool) -> Option<(Self, Option<&'static Shape>)> {
        if buffer.len() < 2 && !is_end {
            return None;
        }
        if is_wide(buffer) {
            return Some((Self::Whole, None));
        }
        let mut lines = Lines { buffer, at: 0, is_end };
        let first = lines.find(|line| !is_blank(&buffer[line.clone()])).or_else(|| is_end.then_some(0..0))?;
        let (start, mut end) = (first.start, first.end);
        let first = &buffer[first];
        let text = first.strip_prefix(BYTE_ORDER_MARK).unwrap_or(first);
        if end_of_value(text).is_ok_and(|end| is_blank(&text[end..])) {
            return Some((Self::Lines, None));
        }
        if first.starts_with(b"id:") || first.starts_with(b"retry:") {
            // Much begins so; the line behind it tells whether it is an event.
            end = lines.next().or_else(|| is_end.then_some(start..end))?.end;
        }
        let shape = framing_of(&buffer[start..end]);
        Some(shape.map_or((Self::Documents, None), |(framing, shape)| (framing, Some(shape))))
    }

    /// Adds the ranges of the payloads that `buffer` holds in full to `ranges`, and tells how many bytes of
    /// it are done with. At the end of the input, that is all of them.
    pub(super) fn split(self, buffer: &[u8], is_end: bool, ranges: &mut Vec<Range<usize>>) -> usize {
        match self {
            Self::Lines => split_lines(buffer, is_end, ranges),
            Self::Documents => split_documents(buffer, is_end, ranges),
            Self::Events => split_events(buffer, is_end, ranges),
            Self::Whole if is_end => {
                ranges.push(0..buffer.len());
                buffer.len()
            }
            Self::Whole => 0,
        }
    }

    /// Where in `buffer`, which begins inside a payload that is given up, the next one can begin.
    pub(super) fn resume(self, buffer: &[u8]) -> Option<usize> {
        match self {
            Self::Lines => memchr::memchr(b'\n', buffer).map(|newline| newline + 1),
            Self::Documents => next_beginning(buffer, 0),
            Self::Events => {
                let mut lines = Lines { buffer, at: 0, is_end: false };
                lines.find(|line| is_blank(&buffer[line.clone()])).map(|line| line.end + 1)
            }
            Self::Whole => None,
        }
    }
}

/// Whether the bytes begin as UTF-16 or UTF-32 text does, where LF is no line end.
fn is_wide(buffer: &[u8]) -> bool {
    matches!(buffer, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

/// Whether there is nothing but JSON's white space.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The lines of a buffer without their LF, up to the last one that is complete.
struct Lines<'a> {
    buffer: &'a [u8],
    at: usize,
    is_end: bool,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        match memchr::memchr(b'\n', &self.buffer[start..]) {
            Some(length) => {
                self.at = start + length + 1;
                Some(start..start + length)
            }
            None if self.is_end && start < self.buffer.len() => {
                self.at = self.buffer.len();
                Some(start..self.at)
            }
            None => None,
        }
    }
}

fn split_lines(buffer: &[u8], is_end: bool, ranges: &mut Vec<Range<usize>>) -> usize {
    let mut lines = Lines { buffer, at: 0, is_end };
    ranges.extend(lines.by_ref().filter(|line| !is_blank(&buffer[line.clone()])));
    lines.at
}

fn split_events(buffer: &[u8], is_end: bool, ranges: &mut Vec<Range<usize>>) -> usize {
    let (mut event, mut done): (Option<Range<usize>>, usize) = (None, 0);
    for line in (Lines { buffer, at: 0, is_end }) {
        if !is_blank(&buffer[line.clone()]) {
            event = Some(event.map_or(line.start, |event| event.start)..line.end);
            continue;
        }
        ranges.extend(event.take());
        done = line.end + 1;
    }
    if !is_end {
        return done;
    }
    ranges.extend(event);
    buffer.len()
}

fn split_documents(buffer: &[u8], is_end: bool, ranges: &mut Vec<Range<usize>>) -> usize {
    let mut at = 0;
    loop {
        at += buffer[at..].iter().take_while(|byte| is_blank(std::slice::from_ref(byte))).count();
        if at == buffer.len() {
            return at;
        }
        let Some(end) = end_of_document(buffer, at, is_end) else { return at };
        ranges.push(at..end);
        at = end;
    }
}

/// Where the document that begins at `start` ends; `None` if the buffer does not tell.
///
/// An object or an array ends with its bracket. Markup, such as an error page, goes on to the next line that
/// begins like a payload. Anything else is no payload and takes the rest of its line.
/// A broken document ends where the next one seems to begin, so that it costs no other.
fn end_of_document(buffer: &[u8], start: usize, is_end: bool) -> Option<usize> {
    let text = &buffer[start..];
    if BYTE_ORDER_MARK.starts_with(text) && !is_end {
        return None;
    }
    let mark = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    if text.get(mark) == Some(&b'<') {
        return next_line(buffer, start, |byte| b"{[".contains(byte))
            .or_else(|| is_end.then_some(buffer.len()));
    }
    if !matches!(text.get(mark), Some(b'{' | b'[')) {
        return Lines { buffer, at: start, is_end }.next().map(|line| line.end);
    }
    match end_of_value(&text[mark..]) {
        Ok(length) => Some(start + mark + length),
        Err(error) if error.is_eof() && !is_end => None,
        Err(_) => next_beginning(buffer, start).or_else(|| is_end.then_some(buffer.len())),
    }
}

/// The first line after `start` that is not blank, indented, or led by a closing bracket or a comma: in
/// pretty-printed text, no continuation looks like that.
fn next_beginning(buffer: &[u8], start: usize) -> Option<usize> {
    next_line(buffer, start, |byte| !b" \t\r\n}],:".contains(byte))
}

fn next_line(buffer: &[u8], start: usize, is_first: impl Fn(&u8) -> bool) -> Option<usize> {
    memchr::memchr_iter(b'\n', &buffer[start..])
        .map(|newline| start + newline + 1)
        .find(|&line| buffer.get(line).is_some_and(&is_first))
}
