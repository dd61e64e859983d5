//! How a run of bytes splits into payloads. Pure: bytes in, ranges out.
//!
//! In: a buffer, whether the input ends with it, and the framing. Out: the ranges of the payloads that are complete, and
//! how many bytes are done with; the rest waits for more bytes.
//! Invariants: where the buffer happens to end never changes a range; each byte is looked at once, however the
//! bytes arrive and whatever they are; a broken payload hides no other that plainly begins behind it; nothing but
//! JSON's white space is ever outside a range.

mod documents;
mod lines;
mod records;

use documents::Documents;
#[cfg(test)]
pub(crate) use documents::TEXT_AT_MOST;
use lines::{Events, Lines};
pub(crate) use records::{Record, is_time, record};
use std::ops::Range;

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

/// Splits one input by its framing, and remembers how far it has looked.
#[derive(Debug)]
pub(crate) enum Split {
    Lines(Lines),
    Documents(Documents),
    Events(Events),
    Whole,
}

impl Split {
    /// Splits as `framing` says. Where the records of a container's log are joined, those of a message are one payload.
    pub(crate) fn new(framing: Framing, are_joined: bool) -> Self {
        match framing {
            Framing::Lines => Self::Lines(Lines::new(are_joined)),
            Framing::Documents => Self::Documents(Documents::default()),
            Framing::Events => Self::Events(Events::default()),
            Framing::Whole => Self::Whole,
        }
    }

    /// Adds the ranges of the payloads that `buffer` holds in full to `ranges`, until there are `most`, and returns
    /// how many bytes of it are done with: the next call wants the buffer from there on. At the end of the input that
    /// is all of them, unless there were too many.
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

    /// The payload that is complete but for what may follow it on its line, once nothing more will come.
    pub(crate) fn complete(&mut self) -> Option<Range<usize>> {
        match self {
            Self::Documents(documents) => documents.complete(),
            _ => None,
        }
    }

    /// How much of the payload under way was looked through, where `rest` is what is not done with.
    pub(crate) fn looked(&self, rest: &[u8]) -> usize {
        match self {
            Self::Lines(lines) => lines.looked(),
            Self::Documents(documents) => documents.looked(),
            Self::Events(events) => events.looked(),
            Self::Whole => rest.len(),
        }
    }

    /// That much of it is dropped: the next call wants the buffer from there on.
    pub(crate) fn forget(&mut self) {
        match self {
            Self::Lines(lines) => lines.forget(),
            Self::Documents(documents) => documents.forget(),
            Self::Events(events) => events.forget(),
            Self::Whole => {}
        }
    }
}

/// Whether there is nothing but JSON's white space.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// How many bytes of JSON's white space `bytes` begin with.
fn blanks(bytes: &[u8]) -> usize {
    let blank = bytes.iter().take_while(|byte| is_blank(std::slice::from_ref(byte))).count();
    look_at(blank);
    blank
}

/// Where the line end after `from` stands.
pub(crate) fn line_end(buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    let length = memchr::memchr(b'\n', rest);
    look_at(length.unwrap_or(rest.len()));
    length.map(|length| from + length)
}

/// Notes that so many bytes were looked at, for the tests that hold that to how many there are.
fn look_at(_bytes: usize) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + _bytes);
}

#[cfg(test)]
thread_local! {
    /// How many bytes were looked at, each time anew.
    pub(crate) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}
