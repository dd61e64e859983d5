//! Splits one input: detects its framing, then splits.
//!
//! In: the requested framing, and the input's bytes as they arrive. Out: the ranges of its payloads, and the shape of
//! the input as a whole.
//! Invariants: those of [`split`](crate::split).

use super::detect::Detect;
use crate::capture::Shape;
use crate::split::{Framing, Split};
use std::ops::Range;

/// How an input is to be split, as a person chooses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum InputFormat {
    /// By name (.ndjson, .jsonl), else by content: one payload per line if the first line is a JSON value
    #[default]
    Auto,
    /// One document, or several one after another, over any number of lines
    Json,
    /// One payload per line
    Ndjson,
}

/// Splits one input, and remembers how far it has searched.
#[derive(Debug)]
pub(super) struct Splitter {
    detect: Detect,
    split: Option<Split>,
    framing: Option<Framing>,
    shape: Option<&'static Shape>,
    /// Whether records of a container's log are joined.
    pub(super) are_joined: bool,
}

impl Splitter {
    /// Splits as `framing` says, or without one as the content shows. UTF-16 is never split.
    pub(super) fn new(framing: Option<Framing>) -> Self {
        Self { detect: Detect::new(framing), split: None, framing: None, shape: None, are_joined: false }
    }

    /// The shape of the input as a whole.
    pub(super) fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The framing that was requested.
    pub(super) fn asked(&self) -> Option<Framing> {
        self.detect.asked
    }

    /// The framing, once it is decided.
    pub(super) fn framing(&self) -> Option<Framing> {
        self.framing
    }

    /// Goes on in an input with that framing and shape, behind its beginning.
    pub(super) fn resume(&mut self, framing: Option<Framing>, shape: Option<&'static Shape>) {
        self.framing = framing;
        self.split = framing.map(|framing| Split::new(framing, self.are_joined));
        self.shape = shape;
    }

    /// Splits `buffer` as [`Split::split`] does, once the framing is decided.
    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        if let Some(split) = &mut self.split {
            return split.split(buffer, is_end, most, ranges);
        }
        match self.detect.decide(buffer, is_end) {
            Err(blank) => blank,
            Ok((framing, shape, start)) => {
                (self.framing, self.shape) = (Some(framing), shape);
                let split = self.split.insert(Split::new(framing, self.are_joined));
                let done = start + split.split(&buffer[start..], is_end, most, ranges);
                ranges.iter_mut().for_each(|range| *range = start + range.start..start + range.end);
                done
            }
        }
    }

    /// The payload that is complete except for the rest of its line, once no more bytes will come.
    pub(super) fn complete(&mut self) -> Option<Range<usize>> {
        self.split.as_mut()?.complete()
    }

    /// The part of the current payload that was searched, where `rest` is the remaining buffer.
    pub(super) fn looked(&self, rest: &[u8]) -> usize {
        self.split.as_ref().map_or(rest.len(), |split| split.looked(rest))
    }

    /// That part is dropped: the next call starts at the new beginning of the buffer.
    pub(super) fn forget(&mut self) {
        match &mut self.split {
            Some(split) => split.forget(),
            None => self.detect.forget(),
        }
    }
}

#[cfg(test)]
mod tests;
