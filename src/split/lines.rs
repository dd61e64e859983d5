//! Payloads that end where a line does: one a line, or one up to a blank line.
//!
//! Invariants: lines end at LF and nowhere else; each byte is looked at once.

use super::{is_blank, line_end};
use std::ops::Range;

/// One payload a line.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// How far the line that is not complete was looked through.
    at: usize,
}

impl Lines {
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
            if !is_blank(&buffer[start..end]) {
                ranges.push(start..end);
            }
            start = (end + 1).min(buffer.len());
            self.at = 0;
        }
        start
    }

    pub(super) fn looked(&self) -> usize {
        self.at
    }
}

/// One payload up to a blank line.
#[derive(Debug, Default)]
pub(crate) struct Events {
    /// Where the lines of the event under way begin and end.
    event: Option<Range<usize>>,
    /// How far the buffer was looked through, and where the line begins that is not complete.
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

    /// What was looked through of the event under way is dropped.
    pub(super) fn forget(&mut self) {
        self.is_cut |= self.line < self.at;
        (self.at, self.line, self.event) = (0, 0, Some(0..0));
    }
}
