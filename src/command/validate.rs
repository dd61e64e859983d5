//! `assoclens validate`: judge every payload of every source and report.

use super::judging::Job;
use super::{Exit, Streams, complain, reports};
use crate::cli::Validate;
use crate::pipeline::{self, JudgedBlock, Teller};
use crate::progress::Progress;
use crate::report::{Judged, Report, Summary};
use anyhow::Context as _;
use std::io;
use std::ops::ControlFlow;

pub(super) fn run(arguments: &Validate, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let job = Job::new(&arguments.reading, &arguments.judging, streams, "validate")?;
    let has_bar = streams.is_err_terminal && !arguments.quiet && !arguments.no_progress;
    let mut run = Run {
        report: reports::open(arguments, streams)?,
        summary: Summary::default(),
        progress: Progress::new(has_bar, job.total_bytes()),
        fail_fast: arguments.fail_fast,
        written: Vec::new(),
        streams,
    };
    pipeline::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.finish())
        .context(super::WRITING)?;
    Ok(match run.summary {
        Summary { unreadable: 1.., .. } => Exit::Trouble,
        Summary { invalid: 1.., .. } => Exit::Findings,
        _ => Exit::Clean,
    })
}

struct Run<'a, 's> {
    report: Box<dyn Report>,
    summary: Summary,
    progress: Progress,
    fail_fast: bool,
    /// What a block comes to, so that the bar has to make way only if there is something.
    written: Vec<u8>,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn finish(&mut self) -> io::Result<()> {
        if let Some(rate) = self.progress.finish(self.summary.payloads) {
            // That the rate cannot be told changes nothing.
            let _ = writeln!(self.streams.err, "{rate}");
        }
        self.report.finish(&self.summary, self.streams.out)?;
        self.streams.out.flush()
    }

    /// Tells of the payloads of a block, up to the first that is invalid if that is where to stop.
    fn tell(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        if self.report.wants_clean() || self.fail_fast {
            for (number, frame, findings) in block.all() {
                if self.payload(Judged { source: &block.source, number, frame, findings })?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        } else {
            self.summary.add_clean(block.clean());
            for (number, frame, findings) in block.found() {
                let _ = self.payload(Judged { source: &block.source, number, frame, findings })?;
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn payload(&mut self, judged: Judged<'_>) -> io::Result<ControlFlow<()>> {
        self.summary.add(&judged);
        self.report.payload(&judged, &mut self.written)?;
        let is_last = self.fail_fast && !judged.is_valid();
        Ok(if is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

impl Teller for Run<'_, '_> {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        let flow = self.tell(block)?;
        self.progress.update(block.bytes(), self.summary.payloads, self.summary.invalid);
        if !self.written.is_empty() {
            let (out, written) = (&mut self.streams.out, &self.written);
            self.progress.aside(|| out.write_all(written).and_then(|()| out.flush()))?;
            self.written.clear();
        }
        Ok(flow)
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        let err = &mut self.streams.err;
        self.progress.aside(|| complain(err, error));
    }
}
