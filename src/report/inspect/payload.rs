//! The `payload` format: the payload alone, as JSON laid out for people.
//!
//! Invariants: standard output holds only JSON; payloads that cannot be shown are named on standard error.

use super::{Remarks, Shown, Views};
use crate::report::Report;
use crate::report::layout::Page;
use crate::report::pretty::write_pretty;
use std::io::{self, Write};

/// The `payload` format.
#[derive(Clone, Debug)]
pub struct PayloadView {
    page: Page,
    remarks: Remarks,
}

impl PayloadView {
    /// Payloads laid out for that page.
    pub fn new(page: Page) -> Self {
        Self { page, remarks: Remarks::new(page) }
    }
}

impl Report<Views> for PayloadView {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        if let Some((document, _)) = shown.read {
            write_pretty(document.root().text(), &self.page, out)?;
        } else {
            self.remarks.add(&shown.judged)?;
        }
        Ok(())
    }

    fn remarks(&mut self) -> Vec<String> {
        self.remarks.take()
    }
}
