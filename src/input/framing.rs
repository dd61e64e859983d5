//! How a run of bytes splits into payloads. Pure: bytes in, ranges out.
//!
//! In: a buffer, and whether the input ends with it. Out: the ranges of the payloads that are complete, and
//! how many bytes are done with; the rest waits for more bytes.
//! Invariants: where the buffer happens to end never changes a range; each byte is looked at once, however the
//! bytes arrive and whatever they are; a broken payload hides no other that plainly begins behind it; nothing but
//! JSON's white space is ever outside a range.

mod detect;
mod documents;
mod lines;

use super::capture::Shape;
use detect::Detect;
use documents::Documents;
use lines::{Events, Lines};
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

/// Splits one input, and remembers how far it has looked.
#[derive(Debug)]
pub(super) struct Splitter {
    detect: Detect,
    by: Option<By>,
    shape: Option<&'static Shape>,
}

#[derive(Debug)]
enum By {
    Lines(Lines),
    Documents(Documents),
    Events(Events),
    Whole,
}

impl Splitter {
    /// Splits as `framing` says, without one as the content says. What is not split whatever anyone says is UTF-16.
    pub(super) fn new(framing: Option<Framing>) -> Self {
        Self { detect: Detect::new(framing), by: None, shape: None }
    }

    /// The shape of capture that the input as a whole was seen to be.
    pub(super) fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// Adds the ranges of the payloads that `buffer` holds in full to `ranges`, until there are `most`, and returns
    /// how many bytes of it are done with: the next call wants the buffer from there on. At the end of the input that
    /// is all of them, unless there were too many.
    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        let Some(by) = &mut self.by else {
            return match self.detect.decide(buffer, is_end) {
                Err(blank) => blank,
                Ok((framing, shape, start)) => {
                    (self.by, self.shape) = (Some(By::new(framing)), shape);
                    let done = start + self.split(&buffer[start..], is_end, most, ranges);
                    ranges.iter_mut().for_each(|range| *range = start + range.start..start + range.end);
                    done
                }
            };
        };
        match by {
            By::Lines(lines) => lines.split(buffer, is_end, most, ranges),
            By::Documents(documents) => documents.split(buffer, is_end, most, ranges),
            By::Events(events) => events.split(buffer, is_end, most, ranges),
            By::Whole if is_end && !buffer.is_empty() => {
                ranges.push(0..buffer.len());
                buffer.len()
            }
            By::Whole => 0,
        }
    }

    /// The payload that is complete but for what may follow it on its line, once nothing more will come.
    pub(super) fn complete(&mut self) -> Option<Range<usize>> {
        match &mut self.by {
            Some(By::Documents(documents)) => documents.complete(),
            _ => None,
        }
    }

    /// How much of the payload under way was looked through, where `rest` is what is not done with.
    pub(super) fn looked(&self, rest: &[u8]) -> usize {
        match &self.by {
            Some(By::Lines(lines)) => lines.looked(),
            Some(By::Documents(documents)) => documents.looked(),
            Some(By::Events(events)) => events.looked(),
            Some(By::Whole) | None => rest.len(),
        }
    }

    /// That much of it is dropped: the next call wants the buffer from there on.
    pub(super) fn forget(&mut self) {
        match &mut self.by {
            Some(By::Lines(lines)) => *lines = Lines::default(),
            Some(By::Documents(documents)) => documents.forget(),
            Some(By::Events(events)) => events.forget(),
            Some(By::Whole) => {}
            None => self.detect.forget(),
        }
    }
}

impl By {
    fn new(framing: Framing) -> Self {
        match framing {
            Framing::Lines => Self::Lines(Lines::default()),
            Framing::Documents => Self::Documents(Documents::default()),
            Framing::Events => Self::Events(Events::default()),
            Framing::Whole => Self::Whole,
        }
    }
}

/// Whether there is nothing but JSON's white space.
pub(super) fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// How many bytes of JSON's white space `bytes` begin with.
fn blanks(bytes: &[u8]) -> usize {
    let blank = bytes.iter().take_while(|byte| is_blank(std::slice::from_ref(byte))).count();
    look_at(blank);
    blank
}

/// Where the line end after `from` stands.
fn line_end(buffer: &[u8], from: usize) -> Option<usize> {
    let rest = buffer.get(from..)?;
    let length = memchr::memchr(b'\n', rest);
    look_at(length.unwrap_or(rest.len()));
    length.map(|length| from + length)
}

/// Notes that so many bytes were looked at, for the tests that hold that to how many there are.
fn look_at(_bytes: usize) {
    #[cfg(test)]
    tests::LOOKED_AT.set(tests::LOOKED_AT.get() + _bytes);
}

#[cfg(test)]
mod tests;
