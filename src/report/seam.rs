//! The one seam between commands and formats: what is reported begins, goes on item by item, and ends.
//!
//! In: items of one subject, in input order. Out: bytes.
//! Invariants: a format is one file that implements [`Report`]; an input begins by being said to begin; how a report is
//! written never changes an exit code.

use std::io::{self, Write};

/// What a command reports.
pub trait Subject {
    /// What is known before any item: an input, a receiver.
    type Start<'a>;
    /// One thing to report.
    type Item<'a>;
    /// What is known when all is done.
    type End<'a>;
}

/// One format of a report.
pub trait Report<S: Subject> {
    /// Whether items without anything to say about are wanted, too.
    fn wants_clean(&self) -> bool {
        false
    }

    /// An input begins, and its items come next.
    ///
    /// # Errors
    /// `out` cannot be written.
    fn begin(&mut self, _start: &S::Start<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Reports one item.
    ///
    /// # Errors
    /// `out` cannot be written.
    fn item(&mut self, item: &S::Item<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what was held back: there may be nothing more for now.
    ///
    /// # Errors
    /// `out` cannot be written.
    fn pause(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// What there is to remark on what was reported since the last call, a line each, for standard error.
    fn remarks(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Ends what was begun.
    ///
    /// # Errors
    /// `out` cannot be written.
    fn finish(&mut self, _end: &S::End<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// Prints nothing: the exit code is the report.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl<S: Subject> Report<S> for Silent {
    fn item(&mut self, _: &S::Item<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
