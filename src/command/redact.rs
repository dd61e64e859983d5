//! `assoclens redact`: payloads that can be posted, with the same findings at the same places.

use super::judging::Job;
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Skipped, Unwrap};
use crate::check::{Finding, Judge};
use crate::cli::Redact;
use crate::count::amount;
use crate::engine::{self, Input, Judged, JudgedBlock, Sink};
use crate::escape::{visible_bytes, visible_path};
use crate::event::Wanted;
use crate::payload::{Cursor, Position};
use crate::read::{Frame, read_whole};
use crate::redact::Redactor;
use anyhow::{Context as _, anyhow, bail};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// No key that is taken is longer, in bytes, nor shorter.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64 << 10;

pub(super) fn run(arguments: &Redact, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let redactor = arguments.key.as_deref().map_or_else(Redactor::random, keyed)?;
    let judge = Judge::default().with_events(Wanted::Any);
    let job = Job::of(&arguments.reading, judge, Unwrap::Auto, streams, "redact")?;
    let mut run = Run {
        redactor: if arguments.times { redactor.shifting_times() } else { redactor },
        judge: Arc::clone(&job.judge),
        at: Some(Position::START),
        is_in_line: false,
        written: 0,
        otherwise: 0,
        skipped: Skipped::default(),
        has_trouble: false,
        streams,
    };
    engine::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.end_line())
        .and_then(|()| run.streams.out.flush())
        .context(super::Writing)?;
    if !arguments.quiet {
        run.report();
    }
    if run.written == 0 && !run.has_trouble {
        complain(run.streams.err, &nothing_judged());
        return Ok(Exit::Unavailable);
    }
    Ok(if run.has_trouble { Exit::Unavailable } else { Exit::Clean })
}

fn keyed(path: &Path) -> anyhow::Result<Redactor> {
    let name = visible_path(path);
    let about = || format!("cannot use the key {name}");
    let bytes = read_whole(path, *KEY_BYTES.end() as u64).with_context(about)?;
    if !KEY_BYTES.contains(&bytes.len()) {
        bail!(
            "cannot use the key {name}: it has fewer than {} bytes; make one: head -c 32 /dev/urandom > FILE",
            KEY_BYTES.start()
        );
    }
    let digest = digest(&SHA256, &bytes);
    let key = *digest.as_ref().first_chunk().expect("internal error: a digest is long enough");
    Ok(Redactor::new(key))
}

struct Run<'a, 's> {
    redactor: Redactor,
    judge: Arc<Judge>,
    /// Where in the input what was written ends, so that what comes next stands where it stood; none once something
    /// was taken out of a capture.
    at: Option<Position>,
    /// Whether a line is under way.
    is_in_line: bool,
    written: u64,
    /// How many payloads have other findings than before.
    otherwise: u64,
    skipped: Skipped,
    has_trouble: bool,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn payload(&mut self, frame: Frame<'_>) -> io::Result<()> {
        let redacted = self.redactor.redact(frame.bytes);
        self.written += 1;
        self.otherwise +=
            u64::from(places(&self.judge.judge(&redacted)) != places(&self.judge.judge(frame.bytes)));
        match self.at.filter(|_| frame.enclosed.is_none()) {
            Some(at) => {
                self.write(gap(at, frame.start).as_bytes())?;
                self.write(&redacted)?;
                self.at = Some(Cursor::new(&redacted, frame.start).advance_to(redacted.len()));
                Ok(())
            }
            None => {
                self.at = None;
                self.end_line()?;
                self.write(&redacted)?;
                self.end_line()
            }
        }
    }

    /// Ends the line that is under way, so that what comes next stands on one of its own.
    fn end_line(&mut self) -> io::Result<()> {
        if self.is_in_line { self.write(b"\n") } else { Ok(()) }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.is_in_line = bytes.last().map_or(self.is_in_line, |last| *last != b'\n');
        if !self.streams.is_out_terminal {
            return self.streams.out.write_all(bytes);
        }
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let text = line.strip_suffix(b"\n").unwrap_or(line);
            write!(self.streams.out, "{}", visible_bytes(text))?;
            if text.len() < line.len() {
                self.streams.out.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    /// What was replaced and kept, best effort: a failed write to standard error changes nothing.
    fn report(&mut self) {
        let counts = self.redactor.counts();
        let list = |counts: &BTreeMap<&'static str, u64>| -> Vec<String> {
            counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect()
        };
        let (replaced, mut kept) = (list(&counts.replaced), list(&counts.kept));
        kept.push("the names of members".to_owned());
        let skipped = self.skipped.words().map(|what| format!("; {what}")).unwrap_or_default();
        let err = &mut self.streams.err;
        let _ = writeln!(err, "{} written{skipped}", amount(self.written, "payload"));
        if !replaced.is_empty() {
            let _ = writeln!(err, "replaced: {}", replaced.join(", "));
        }
        let _ = writeln!(err, "kept: {}", kept.join(", "));
        let _ = writeln!(
            err,
            "pseudonymous, not anonymous: lengths, punctuation and structure remain; no signature matches"
        );
        if self.otherwise > 0 {
            let others = amount(self.otherwise, "payload");
            let _ = writeln!(err, "warning: other findings than in the original: {others}");
        }
    }
}

/// What is found, and where, whatever it is called.
fn places(findings: &[Finding]) -> Vec<(&'static str, &str, &std::ops::Range<usize>)> {
    findings.iter().map(|finding| (finding.code.as_str(), finding.pointer.as_str(), &finding.span)).collect()
}

/// White space that leads from one place of an input to another.
fn gap(from: Position, to: Position) -> String {
    let length = usize::try_from(to.offset.saturating_sub(from.offset)).unwrap_or(0);
    let lines = usize::try_from(to.line.saturating_sub(from.line)).unwrap_or(0);
    let last = if lines == 0 { 0 } else { usize::try_from(to.column.saturating_sub(1)).unwrap_or(0) };
    let first = length.saturating_sub(lines + last);
    " ".repeat(first) + &"\n".repeat(lines) + &" ".repeat(last)
}

impl Sink for Run<'_, '_> {
    fn begin(&mut self, _: &Input<'_>) -> io::Result<()> {
        self.at = Some(Position::START);
        self.end_line()
    }

    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for Judged { frame, .. } in block.all() {
            if frame.bytes.len() > self.judge.limit() {
                self.trouble(&anyhow!(
                    "the payload at {}:{} is longer than {} bytes and was not written; raise --max-payload-bytes",
                    block.source,
                    frame.start.line,
                    self.judge.limit()
                ));
                continue;
            }
            self.payload(frame)?;
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.skipped.merge(skipped);
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.has_trouble = true;
        complain(self.streams.err, error);
    }
}
