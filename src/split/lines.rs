//! Payloads that end at a line end: one per line, or one up to a blank line.
//!
//! Invariants: lines end at LF only; each byte is looked at once.

use super::records::{LineRole, Message};
use super::{is_blank, line_end};
use std::ops::Range;

/// One payload per line, or one message of a container's log if those are joined.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The end of the searched part of the incomplete payload, and the start of its last line.
    at: usize,
    line: usize,
    /// The current message, if records are joined.
    message: Option<Message>,
}

impl Lines {
    pub(super) fn new(are_joined: bool) -> Self {
        Self { message: are_joined.then(Message::default), ..Self::default() }
    }

    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        let mut start = 0;
        while ranges.len() < most && start < buffer.len() {
            let Some(end) = line_end(buffer, start + self.at).or_else(|| is_end.then_some(buffer.len()))
            else {
                self.at = buffer.len() - start;
                return start;
            };
            let next = (end + 1).min(buffer.len());
            let line = start + self.line..end;
            let place =
                self.message.as_mut().map_or(LineRole::Last, |message| message.take(&buffer[line.clone()]));
            let is_last = is_end && next == buffer.len();
            let (end, next) = match place {
                LineRole::Within if !is_last => {
                    (self.at, self.line) = (next - start, next - start);
                    continue;
                }
                // The line is looked at again, as the first of the next message.
                LineRole::Behind => (line.start - 1, line.start),
                LineRole::Within | LineRole::Last => (end, next),
            };
            if !is_blank(&buffer[start..end]) {
                ranges.push(start..end);
            }
            start = next;
            (self.at, self.line) = (0, 0);
        }
        start
    }

    pub(super) fn looked(&self) -> usize {
        self.at
    }

    /// The searched part is dropped.
    pub(super) fn forget(&mut self) {
        *self = Self::new(self.message.is_some());
    }
}

/// One payload up to a blank line.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// The start and end of the lines of the current event.
    event: Option<Range<usize>>,
    /// The end of the searched part of the buffer, and the start of the incomplete line.
    at: usize,
    line: usize,
    /// Whether the beginning of that line was dropped.
    is_cut: bool,
}

impl Events {
    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        is_end: bool,
        most: usize,
        ranges: &mut Vec<Range<usize>>,
    ) -> usize {
        while ranges.len() < most && self.line < buffer.len() {
            let Some(end) = line_end(buffer, self.at).or_else(|| is_end.then_some(buffer.len())) else {
                self.at = buffer.len();
                break;
            };
            if !std::mem::take(&mut self.is_cut) && is_blank(&buffer[self.line..end]) {
                ranges.extend(self.event.take());
            } else {
                let start = self.event.as_ref().map_or(self.line, |event| event.start);
                self.event = Some(start..end);
            }
            self.line = (end + 1).min(buffer.len());
            self.at = self.line;
        }
        if is_end && self.line == buffer.len() && ranges.len() < most {
            ranges.extend(self.event.take());
        }
        let done = self.event.as_ref().map_or(self.line, |event| event.start);
        self.shift(done);
        done
    }

    fn shift(&mut self, done: usize) {
        self.at -= done;
        self.line -= done;
        self.event = self.event.take().map(|event| event.start - done..event.end - done);
    }

    pub(super) fn looked(&self) -> usize {
        self.at
    }

    /// The searched part of the current event is dropped.
    pub(super) fn forget(&mut self) {
        self.is_cut |= self.line < self.at;
        (self.at, self.line, self.event) = (0, 0, Some(0..0));
    }
}
