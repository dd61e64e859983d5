//! The `payload` format: the payload alone, as JSON laid out for people.
//!
//! What always holds: standard output holds nothing but JSON; what cannot be shown is told on standard error.

use super::{Show, Shown};
use crate::report::layout::Page;
use crate::report::pretty::write_pretty;
use std::io::{self, Write};

/// The `payload` format.
#[derive(Clone, Copy, Debug)]
pub struct Payload(pub Page);

impl Show for Payload {
    fn payload(&mut self, shown: &Shown<'_>, out: &mut dyn Write, err: &mut dyn Write) -> io::Result<bool> {
        if let Some((document, _)) = shown.read {
            write_pretty(document.root().text(), &self.0, out)?;
        } else {
            let page = Page { is_coloured: false, ..self.0 };
            // That it cannot be told changes nothing: the exit code tells.
            let _ = err.write_all(&super::findings(&shown.judged, &page)?);
        }
        Ok(true)
    }
}
