//! The division of bytes into payloads. Pure: bytes in, ranges out.
//!
//! In: a buffer, whether the input ends with it, and the framing. Out: the ranges of the complete payloads, and the
//! number of bytes that are finished; the rest waits for more bytes.
//! Invariants: the end of the buffer never changes a range; each byte is looked at once, however the bytes arrive and
//! whatever they are; a broken payload hides no other that plainly begins after it; only JSON's white space is ever
//! outside of a range.

mod documents;
mod lines;
mod records;

use documents::Documents;
#[cfg(test)]
pub(crate) use documents::TEXT_AT_MOST;
pub(crate) use documents::is_of_literals;
use lines::{Events, Lines};
pub(crate) use records::{LogRecord, function_message, is_time, record};
use std::ops::Range;

/// The framing of an input, once it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One payload per line.
    Lines,
    /// Documents one after another, whatever the line ends.
    Documents,
    /// Server-sent events, with a blank line after each.
    Events,
    /// One payload: text that cannot be split, or one capture.
    Whole,
}

/// Splits one input by its framing, and remembers how far it has searched.
#[derive(Debug)]
pub(crate) enum Split {
    Lines(Lines),
    Documents(Documents),
    Events(Events),
    Whole,
}

impl Split {
    /// Splits as `framing` says. If records of a container's log are joined, those of a message are one payload.
    pub(crate) fn new(framing: Framing, are_joined: bool) -> Self {
        match framing {
            Framing::Lines => Self::Lines(Lines::new(are_joined)),
            Framing::Documents => Self::Documents(Documents::default()),
            Framing::Events => Self::Events(Events::default()),
            Framing::Whole => Self::Whole,
        }
    }

    /// Adds the ranges of the complete payloads in `buffer` to `ranges`, up to `most`, and returns the number of
    /// finished bytes: the next call must pass the buffer from there on. At the end of the input that is all of them,
    /// unless there were too many payloads.
    pub(crate) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        match self {
            Self::Lines(lines) => lines.split(buffer, is_end, most, ranges),
            Self::Documents(documents) => documents.split(buffer, is_end, most, ranges),
            Self::Events(events) => events.split(buffer, is_end, most, ranges),
            Self::Whole if is_end && !buffer.is_empty() => {
                ranges.push(0..buffer.len());
                buffer.len()
            }
            Self::Whole => 0,
        }
    }

    /// The payload that is complete except for the rest of its line, once no more bytes will come.
    pub(crate) fn complete(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Documents(documents) => documents.complete(),
            _ => None,
        }
    }

    /// The part of the current payload that was searched, where `rest` is the remaining buffer.
    pub(crate) fn looked(&self, rest: &[u8]) -> usize {
        match self {
            Self::Lines(lines) => lines.looked(),
            Self::Documents(documents) => documents.looked(),
            Self::Events(events) => events.looked(),
            Self::Whole => rest.len(),
        }
    }

    /// That part is dropped: the next call starts at the new beginning of the buffer.
    pub(crate) fn forget(&mut self) {
        match self {
            Self::Lines(lines) => lines.forget(),
            Self::Documents(documents) => documents.forget(),
            Self::Events(events) => events.forget(),
            Self::Whole => {}
        }
    }
}

/// Whether there is only JSON's white space.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The number of white-space bytes, by JSON's definition, at the start of `bytes`.
fn blanks(bytes: &[u8]) -> usize {
    let blank = bytes.iter().take_while(|byte| is_blank(std::slice::from_ref(byte))).count();
    look_at(blank);
    blank
}

/// The place of the first line end after `from`.
pub(crate) fn line_end(buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    let length = memchr::memchr(b'\n', rest);
    look_at(length.unwrap_or(rest.len()));
    length.map(|length| from + length)
}

/// Counts the bytes that were looked at, for tests that compare their number with the input's length.
fn look_at(_bytes: usize) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + _bytes);
}

#[cfg(test)]
thread_local! {
    /// The number of bytes that were looked at, counting repetitions.
    pub(crate) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
