//! What is beneath the deepest level of JSON that is searched.
//!
//! In: the tokens on that level, and beneath it. Out: the place of each value beneath it.
//! Invariants: a value costs no memory, however deep it is.

use crate::payload::{Document, Token};
use std::ops::Range;

/// The number of levels that are searched.
pub(super) const LEVELS_AT_MOST: usize = 1 << 20;

/// A container beneath the deepest level that is searched.
#[derive(Default)]
pub(super) struct Beneath {
    start: usize,
    depth: usize,
    /// Its end, if it has just been closed.
    end: Option<usize>,
}

impl Beneath {
    /// Takes a token on the deepest level or beneath. False if it belongs to that level itself.
    pub(super) fn take(&mut self, token: &Token<'_>, document: &Document<'_>) -> bool {
        let was_inside = self.depth > 0;
        match token {
            Token::Open(text) => {
                if !was_inside {
                    self.start = document.span(text).start;
                }
                self.depth += 1;
            }
            Token::Close(text) if was_inside => {
                self.depth -= 1;
                self.end = (self.depth == 0).then(|| document.span(text).end);
            }
            _ => {}
        }
        was_inside || self.depth > 0
    }

    /// Its place in the document's text, in bytes, if the last token closed it.
    pub(super) fn closed(&mut self) -> Option<Range<usize>> {
        Some(self.start..self.end.take()?)
    }
}
