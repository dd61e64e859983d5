//! `assoclens filter`: the original bytes of the payloads that match.

use super::judging::{Job, too_long};
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Skipped, Unwrap};
use crate::check::{Code, Finding, Judge, Level, Unshown};
use crate::cli::Filter;
use crate::count::amount;
use crate::engine::{self, Judged, JudgedBlock, Sink};
use crate::escape::visible_bytes;
use crate::read::Frame;
use anyhow::Context as _;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

pub(super) fn run(arguments: &Filter, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let job = Job::new(&arguments.reading, &arguments.judging, Unwrap::Never, streams, "filter")?;
    let mut run = FilterRun {
        arguments,
        judge: Arc::clone(&job.judge),
        written: 0,
        payloads: 0,
        wrappers: 0,
        skipped: Skipped::default(),
        is_unavailable: false,
        streams,
    };
    engine::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.streams.out.flush())
        .context(super::Writing)?;
    if !arguments.quiet {
        let FilterRun { written, payloads, .. } = run;
        // Best effort: a failed write to standard error changes nothing.
        let skipped = run.skipped.words().map(|what| format!("; {what}")).unwrap_or_default();
        let _ = writeln!(run.streams.err, "{written} of {} written{skipped}", amount(payloads, "payload"));
        if run.wrappers > 0 {
            let wrappers = amount(run.wrappers, "payload");
            let _ = writeln!(
                run.streams.err,
                "warning: {wrappers} written with something around the delivery; to filter what is inside, \
                 add: --unwrap auto"
            );
        }
    }
    if run.payloads == 0 && !run.is_unavailable {
        complain(run.streams.err, &nothing_judged());
        return Ok(Exit::Unavailable);
    }
    Ok(if run.is_unavailable { Exit::Unavailable } else { Exit::Clean })
}

struct FilterRun<'a, 's> {
    arguments: &'a Filter,
    judge: Arc<Judge>,
    written: u64,
    payloads: u64,
    /// The number of payloads, taken as they are, that are not deliveries themselves but contain one.
    wrappers: u64,
    /// The parts of captures and directories that were skipped.
    skipped: Skipped,
    is_unavailable: bool,
    streams: &'a mut Streams<'s>,
}

impl FilterRun<'_, '_> {
    fn matches(&self, findings: &[Finding]) -> bool {
        let Filter { valid, code, .. } = self.arguments;
        if !code.is_empty() {
            return findings.iter().any(|finding| code.iter().any(|code| code.selects(finding.code)));
        }
        findings.iter().any(|finding| finding.level == Level::Error) != *valid
    }

    fn write(&mut self, frame: Frame<'_>) -> io::Result<()> {
        self.written += 1;
        if self.streams.is_out_terminal {
            for line in frame.bytes.split_inclusive(|byte| *byte == b'\n') {
                let line = line.strip_suffix(b"\n").unwrap_or(line);
                writeln!(self.streams.out, "{}", visible_bytes(line))?;
            }
            return Ok(());
        }
        self.streams.out.write_all(frame.bytes)?;
        if frame.bytes.ends_with(b"\n") { Ok(()) } else { self.streams.out.write_all(b"\n") }
    }
}

impl Sink for FilterRun<'_, '_> {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for Judged { frame, findings, .. } in block.all() {
            self.payloads += 1;
            let is_wrapper = |finding: &Finding| finding.code == Code::WrappedPayload;
            self.wrappers += u64::from(frame.enclosed.is_none() && findings.iter().any(is_wrapper));
            if !self.matches(findings) {
                continue;
            }
            if frame.bytes.len() > self.judge.limit() {
                self.unavailable(&too_long(&block.source, frame.start.line, self.judge.limit()));
            } else if !frame.bytes.is_empty() {
                self.write(frame)?;
            }
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.skipped.merge(skipped);
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.is_unavailable = true;
        complain(self.streams.err, error);
    }
    /// A payload is written or not, whatever the sentences about it.
    fn unshown(&self) -> Unshown {
        Unshown::ALL
    }
}
