//! The interface between commands and formats: a report begins, continues item by item, and ends.
//!
//! In: items of one subject, in input order. Out: bytes.
//! Invariants: a format is one file that implements [`Report`]; each input is announced before its items; the format
//! never changes an exit code.

use crate::check::Unshown;
use std::io::{self, Write};

pub trait Subject {
    /// The facts known before any item: an input, a receiver.
    type Start<'a>;
    /// One thing to report.
    type Item<'a>;
    /// The facts known when all is done.
    type End<'a>;
}

/// One format of a report. An error of any of its functions means that `out` cannot be written.
pub trait Report<S: Subject> {
    /// Whether items without findings are wanted, too.
    fn wants_clean(&self) -> bool {
        false
    }

    /// The findings that it does not show, whatever comes next.
    fn unshown(&self) -> Unshown {
        Unshown::NONE
    }

    /// An input begins, and its items come next.
    fn begin(&mut self, _start: &S::Start<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Reports one item.
    fn item(&mut self, item: &S::Item<'_>, out: &mut dyn Write) -> io::Result<()>;

    /// Writes held-back output: the next item may take long.
    fn pause(&mut self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// The remarks since the last call, one per line, for standard error.
    fn remarks(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// Ends the report.
    fn finish(&mut self, _end: &S::End<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// Prints nothing: the exit code is the report.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl<S: Subject> Report<S> for Silent {
    fn unshown(&self) -> Unshown {
        Unshown::ALL
    }

    fn item(&mut self, _: &S::Item<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}
