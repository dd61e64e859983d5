//! Several reports of one run: one on standard output, the others in files.
//!
//! Invariants: every report gets every payload, in the same order; no file is moved to its place before all reports are
//! complete.

use super::{Judged, Output, Report, Summary, Verdicts};
use crate::check::Unshown;
use crate::engine::Input;
use std::io::{self, Write};

/// Reports side by side.
pub struct Tee {
    stdout: Box<dyn Report<Verdicts>>,
    files: Vec<(Box<dyn Report<Verdicts>>, Output)>,
}

impl Tee {
    /// Writes one report with `stdout` to the given stream, and the others to their files.
    pub fn new(stdout: Box<dyn Report<Verdicts>>, files: Vec<(Box<dyn Report<Verdicts>>, Output)>) -> Self {
        Self { stdout, files }
    }
}

impl Report<Verdicts> for Tee {
    fn wants_clean(&self) -> bool {
        self.stdout.wants_clean() || self.files.iter().any(|(report, _)| report.wants_clean())
    }

    fn unshown(&self) -> Unshown {
        let files = self.files.iter().map(|(report, _)| report.unshown());
        files.fold(self.stdout.unshown(), Unshown::and)
    }

    fn begin(&mut self, input: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|(report, file)| report.begin(input, file))?;
        self.stdout.begin(input, out)
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|(report, file)| report.item(judged, file))?;
        self.stdout.item(judged, out)
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|(report, file)| report.finish(summary, file))?;
        self.files.drain(..).try_for_each(|(_, file)| file.close())?;
        self.stdout.finish(summary, out)
    }
}
