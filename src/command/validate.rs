//! `assoclens validate`: check every payload of every source, and report.

use super::judging::Job;
use super::{Exit, Streams, complain, nothing_judged, reports};
use crate::capture::{Skipped, Unwrap};
use crate::check::{Share, Unshown};
use crate::cli::Validate;
use crate::count::grouped_amount;
use crate::engine::{self, Input, Judged, JudgedBlock, Sink};
use crate::escape::visible_path;
use crate::expect::{Expectation, Manifest, Recording};
use crate::interrupt;
use crate::progress::Progress;
use crate::report::{Output, Report, Summary, Verdicts};
use anyhow::{Context as _, anyhow};
use std::io::{self, Write};
use std::ops::ControlFlow;

pub(super) fn run(arguments: &Validate, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let job = Job::new(&arguments.reading, &arguments.judging, Unwrap::Auto, streams, "validate")?;
    let has_bar = streams.shows_progress && !arguments.quiet && !arguments.no_progress;
    let mut run = ValidateRun {
        expectation: expectation(arguments)?,
        report: reports::open(arguments, streams)?,
        manifest: arguments.expecting.expect_write.as_deref().map(Output::create).transpose()?,
        room: arguments.max_findings.map_or(Share::ALL, Share::of_stream),
        summary: Summary::default(),
        progress: Progress::new(has_bar, job.total_bytes()),
        fail_fast: arguments.fail_fast,
        is_quiet: arguments.quiet,
        written: Vec::new(),
        streams,
    };
    engine::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.finish())
        .context(super::Writing)?;
    if run.summary.payloads == 0 && run.summary.unreadable == 0 {
        complain(run.streams.err, &nothing_judged());
        return Ok(Exit::Unavailable);
    }
    Ok(match Exit::of(&run.summary) {
        Exit::Findings if arguments.exit_zero => Exit::Clean,
        exit => exit,
    })
}

fn expectation(arguments: &Validate) -> anyhow::Result<Expectation> {
    if let Some(path) = &arguments.expecting.expect {
        let about = || format!("cannot use the manifest {}", visible_path(path));
        return Manifest::read(path).map(Box::new).map(Expectation::Listed).with_context(about);
    }
    if let Some(path) = &arguments.expecting.expect_write {
        let about = || format!("cannot write the manifest {}", visible_path(path));
        return Recording::new(path).map(Box::new).map(Expectation::Recorded).with_context(about);
    }
    Ok(if arguments.expecting.expect_invalid { Expectation::Invalid } else { Expectation::Valid })
}

struct ValidateRun<'a, 's> {
    expectation: Expectation,
    report: Box<dyn Report<Verdicts>>,
    /// The manifest to record findings in.
    manifest: Option<Output>,
    /// The number of findings that may still be shown.
    room: Share,
    summary: Summary,
    progress: Progress,
    fail_fast: bool,
    is_quiet: bool,
    /// The output of a block, so that the bar makes way only if there is some.
    written: Vec<u8>,
    streams: &'a mut Streams<'s>,
}

/// Standard output after the held-back text, so that the bar makes way only if there is output.
struct Aside<'r> {
    written: &'r mut Vec<u8>,
    progress: &'r mut Progress,
    out: &'r mut dyn Write,
}

/// The text that is held back at most, in bytes: a format may write the output of a whole input at once.
const HELD_BACK: usize = 1 << 20;

impl Write for Aside<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.extend_from_slice(bytes);
        if self.written.len() >= HELD_BACK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.written.is_empty() {
            let (out, written) = (&mut self.out, &self.written);
            self.progress.aside(|| out.write_all(written).and_then(|()| out.flush()))?;
            self.written.clear();
        }
        Ok(())
    }
}

impl ValidateRun<'_, '_> {
    /// Reports the payloads of a block; with --fail-fast, up to the first invalid one.
    fn report_block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        let is_plain = matches!(self.expectation, Expectation::Valid);
        if is_plain && !self.fail_fast && !self.report.wants_clean() {
            self.summary.add_clean(block.clean());
            for payload in block.found() {
                self.payload(payload)?;
            }
            return Ok(ControlFlow::Continue(()));
        }
        for payload in block.all() {
            let invalid = self.summary.invalid;
            if is_plain {
                self.payload(payload)?;
            } else if let Some(left) = self.expectation.weigh(payload.frame, payload.findings) {
                self.payload(Judged { findings: &left, ..payload })?;
            }
            if self.fail_fast && self.summary.invalid > invalid {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn payload(&mut self, judged: Judged<'_>) -> io::Result<()> {
        let judged = self.within_room(judged);
        self.summary.add(&judged);
        self.report(&judged)
    }

    fn report(&mut self, judged: &Judged<'_>) -> io::Result<()> {
        let (report, mut out) = self.reported();
        report.item(judged, &mut out)
    }

    /// The payload with as many of its findings as there is room for.
    fn within_room<'p>(&mut self, judged: Judged<'p>) -> Judged<'p> {
        let shown = self.room.and(judged.within_room().shown);
        self.room = self.room.without(shown);
        Judged { shown, ..judged }
    }

    /// Writes the text collected so far.
    fn flush(&mut self) -> io::Result<()> {
        if let (Expectation::Recorded(recording), Some(file)) = (&mut self.expectation, &mut self.manifest) {
            file.write_all(recording.take().as_bytes())?;
        }
        self.reported().1.flush()
    }

    /// The report, and the place where it writes.
    fn reported(&mut self) -> (&mut dyn Report<Verdicts>, Aside<'_>) {
        let Self { report, written, progress, streams, .. } = self;
        (report.as_mut(), Aside { written, progress, out: &mut *streams.out })
    }

    fn finish(&mut self) -> io::Result<()> {
        interrupt::settle();
        if let Some(rate) = self.progress.finish(self.summary.payloads) {
            // Best effort: a failed write to standard error changes nothing.
            let _ = writeln!(self.streams.err, "{rate}");
        }
        match std::mem::replace(&mut self.expectation, Expectation::Valid) {
            Expectation::Listed(manifest) => self.unmet(&manifest)?,
            Expectation::Recorded(recording) => self.record(*recording)?,
            Expectation::Valid | Expectation::Invalid => {}
        }
        let summary = std::mem::take(&mut self.summary);
        let (report, mut out) = self.reported();
        let result = report.finish(&summary, &mut out);
        self.summary = summary;
        result?;
        self.flush()
    }

    fn unmet(&mut self, manifest: &Manifest) -> io::Result<()> {
        let unmet = manifest.unmet();
        if !unmet.is_empty() {
            // The manifest is reported like a payload of an input, but is neither.
            let input = Input { name: manifest.name(), is_marked: manifest.frame().is_behind_mark() };
            self.begin(&input)?;
            let judged = self.within_room(Judged::new(manifest.name(), 1, manifest.frame(), &unmet));
            self.summary.add_findings(&judged);
            self.report(&judged)?;
        }
        Ok(())
    }

    /// Puts the manifest in place, unless a part of its content is missing.
    fn record(&mut self, recording: Recording) -> io::Result<()> {
        let Some(mut file) = self.manifest.take() else { return Ok(()) };
        match recording.finish() {
            Ok((text, files, findings)) if self.summary.unreadable == 0 && files > 0 => {
                file.write_all(text.as_bytes())?;
                file.close()?;
                if !self.is_quiet {
                    let (files, findings) =
                        (grouped_amount(files, "file"), grouped_amount(findings, "finding"));
                    // Best effort: a failed write to standard error changes nothing.
                    let _ = writeln!(self.streams.err, "manifest written: {files}, {findings}");
                }
            }
            Ok(_) => {
                let why = if self.summary.unreadable > 0 {
                    "an input could not be read"
                } else {
                    "there is nothing to list"
                };
                complain(self.streams.err, &anyhow!("the manifest was not written: {why}"));
            }
            Err(error) => self.unavailable(&error.context("the manifest was not written")),
        }
        Ok(())
    }
}

impl Sink for ValidateRun<'_, '_> {
    fn begin(&mut self, input: &Input<'_>) -> io::Result<()> {
        self.expectation.begin(input.name);
        let (report, mut out) = self.reported();
        report.begin(input, &mut out)
    }

    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        let flow = self.report_block(block)?;
        self.progress.update(block.bytes(), self.summary.payloads, self.summary.invalid);
        self.flush()?;
        Ok(flow)
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.summary.skipped.merge(skipped);
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        let err = &mut self.streams.err;
        self.progress.aside(|| complain(err, error));
    }
    fn unshown(&self) -> Unshown {
        match self.expectation {
            Expectation::Valid => self.report.unshown(),
            // The expectations are compared with all findings.
            _ => Unshown::NONE,
        }
    }
}
