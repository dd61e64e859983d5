//! `assoclens filter`: the original bytes of the payloads that match.

use super::judging::Job;
use super::{Exit, Streams, complain};
use crate::check::{Finding, Level};
use crate::cli::Filter;
use crate::input::Frame;
use crate::pipeline::{self, JudgedBlock, JudgedPayload, Teller};
use crate::visible::visible_bytes;
use anyhow::{Context as _, anyhow};
use std::io;
use std::ops::ControlFlow;

pub(super) fn run(arguments: &Filter, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let job = Job::new(&arguments.reading, &arguments.judging, streams, "filter")?;
    let limit = job.judge.limit();
    let mut run = Run { arguments, limit, written: 0, payloads: 0, has_trouble: false, streams };
    pipeline::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.streams.out.flush())
        .context(super::WRITING)?;
    if !arguments.quiet {
        let Run { written, payloads, .. } = run;
        let noun = if payloads == 1 { "payload" } else { "payloads" };
        // That the counts cannot be told does not undo what was written.
        let _ = writeln!(run.streams.err, "{written} of {payloads} {noun} written");
    }
    Ok(if run.has_trouble { Exit::Trouble } else { Exit::Clean })
}

struct Run<'a, 's> {
    arguments: &'a Filter,
    limit: usize,
    written: u64,
    payloads: u64,
    has_trouble: bool,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
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

impl Teller for Run<'_, '_> {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for JudgedPayload { frame, findings, .. } in block.all() {
            self.payloads += 1;
            if !self.matches(findings) {
                continue;
            }
            if frame.bytes.len() > self.limit {
                self.trouble(&anyhow!(
                    "the payload at {}:{} is longer than {} bytes and was not written; raise --max-payload-bytes",
                    block.source,
                    frame.start.line,
                    self.limit
                ));
            } else if !frame.bytes.is_empty() {
                self.write(frame)?;
            }
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.has_trouble = true;
        complain(self.streams.err, error);
    }
}
