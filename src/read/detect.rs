//! Detects the framing of an input from its beginning.
//!
//! In: the beginning of an input, as far as it has arrived. Out: a [`Framing`], and the shape of a known capture.
//! Invariants: a line is looked at once, when it is complete; leading blank lines are never kept.

use crate::capture::{Shape, framing_of};
use crate::payload::{BYTE_ORDER_MARK, end_of_value, is_binary};
use crate::split::{Framing, is_blank, line_end};

/// A framing, the shape of a capture, and the start of the first line that is not blank.
type Decision = (Framing, Option<&'static Shape>, usize);

/// The state of an input whose framing is unknown.
#[derive(Debug)]
pub(super) struct Detect {
    /// The framing that was requested.
    pub(super) asked: Option<Framing>,
    /// Whether line ends are single bytes in the encoding.
    is_narrow: bool,
    /// The part of the buffer that was searched.
    at: usize,
    /// Whether the first line was found and the next one is needed, too.
    is_followed: bool,
}

impl Detect {
    pub(super) fn new(asked: Option<Framing>) -> Self {
        Self { asked, is_narrow: false, at: 0, is_followed: false }
    }

    /// The framing that was requested, or that the content shows: [`Framing::Lines`] if the first line that is not
    /// blank is a complete JSON value; that of a known capture, with its shape, if the input begins as one; else
    /// [`Framing::Documents`].
    ///
    /// # Errors
    /// There is not enough of the input to decide. This many leading bytes are blank lines and can be dropped.
    pub(super) fn decide(&mut self, buffer: &[u8], is_end: bool) -> Result<Decision, usize> {
        if !self.is_narrow {
            match is_binary(buffer) {
                Some(true) => return Ok((Framing::Whole, None, 0)),
                None if !is_end => return Err(0),
                _ => self.is_narrow = true,
            }
        }
        if let Some(asked) = self.asked {
            return Ok((asked, None, 0));
        }
        let (start, end) = self.first_line(buffer, is_end)?;
        let (framing, shape) = decided(&buffer[start..end]);
        Ok((framing, shape, start))
    }

    /// The first line that is not blank, with the next one if many things begin like it; none in an input of blanks.
    fn first_line(&mut self, buffer: &[u8], is_end: bool) -> Result<(usize, usize), usize> {
        let mut start = 0;
        loop {
            let Some(end) = line_end(buffer, self.at).or_else(|| is_end.then_some(buffer.len())) else {
                self.at = buffer.len() - start;
                return Err(start);
            };
            let line = &buffer[start..end];
            let is_last = end == buffer.len();
            self.at = end + 1;
            if is_last || self.is_followed || !is_blank(line) && !is_common(line) {
                return Ok((start, end));
            }
            if is_blank(line) {
                start = end + 1;
            } else {
                self.is_followed = true;
            }
        }
    }

    /// The beginning of the input was dropped.
    pub(super) fn forget(&mut self) {
        self.at = 0;
    }
}

/// Whether many things begin with such a line, so that the next one decides whether it is an event.
fn is_common(line: &[u8]) -> bool {
    line.starts_with(b"id:") || line.starts_with(b"retry:")
}

fn decided(beginning: &[u8]) -> (Framing, Option<&'static Shape>) {
    let text = beginning.strip_prefix(BYTE_ORDER_MARK).unwrap_or(beginning);
    if end_of_value(text).is_ok_and(|end| is_blank(&text[end..])) {
        return (Framing::Lines, None);
    }
    framing_of(beginning).map_or((Framing::Documents, None), |(framing, shape)| (framing, Some(shape)))
}
