//! `assoclens redact`: payloads that can be posted, with the same findings at the same places.

use super::judging::{Job, too_long};
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Shape, Skipped, Unwrap};
use crate::check::Judge;
use crate::cli::Redact;
use crate::count::amount;
use crate::engine::{self, Input, Judged, JudgedBlock, Redaction, Sink, Withheld, gap};
use crate::escape::{visible_bytes, visible_path};
use crate::event::Wanted;
use crate::payload::{Cursor, Position, is_binary};
use crate::read::read_whole;
use crate::redact::{LIKE_VALUES, Redactor};
use anyhow::{Context as _, anyhow, bail};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// The length of a key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64 << 10;

pub(super) fn run(arguments: &Redact, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let redactor = arguments.key.as_deref().map_or_else(Redactor::random, keyed)?;
    let judge = Judge::default().with_events(Wanted::Any);
    let job = Job::of(&arguments.reading, judge, Unwrap::Auto, streams, "redact")?;
    let redactor = if arguments.times { redactor.shifting_times() } else { redactor };
    let mut run = Run {
        redaction: Redaction::new(redactor, &job.judge, &job.options),
        judge: Arc::clone(&job.judge),
        keeps_captures: arguments.headers,
        at: Some(Position::START),
        is_in_line: false,
        is_exact: false,
        written: 0,
        apart: 0,
        skipped: Skipped::default(),
        is_unavailable: false,
        streams,
    };
    engine::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| if run.is_exact { Ok(()) } else { run.end_line() })
        .and_then(|()| run.streams.out.flush())
        .context(super::Writing)?;
    if !arguments.quiet {
        run.report();
    }
    if run.written == 0 && !run.is_unavailable {
        complain(run.streams.err, &nothing_judged());
        return Ok(Exit::Unavailable);
    }
    Ok(if run.is_unavailable { Exit::Unavailable } else { Exit::Clean })
}

fn keyed(path: &Path) -> anyhow::Result<Redactor> {
    let name = visible_path(path);
    let about = || format!("cannot use the key {name}");
    let is_there = path.try_exists().unwrap_or(true);
    if !is_there {
        bail!("cannot use the key {name}: there is no such file; make one: head -c 32 /dev/urandom > FILE");
    }
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
    redaction: Redaction,
    judge: Arc<Judge>,
    /// Whether captures are kept as they are, or payloads are taken out of them.
    keeps_captures: bool,
    /// The end of the written part in the input, so that the next part keeps its place; `None` once something was taken
    /// out of a capture.
    at: Option<Position>,
    /// Whether a line is incomplete.
    is_in_line: bool,
    /// Whether the last part written ends where its input does, so that no line end is added.
    is_exact: bool,
    written: u64,
    /// The number of payloads, or captures, that were redacted under keys of their own.
    apart: u64,
    skipped: Skipped,
    is_unavailable: bool,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    /// All payloads and captures of a block, each in its place.
    fn in_place(&mut self, block: &JudgedBlock, from: Position) -> io::Result<()> {
        let redacted = self.redaction.block(block, from);
        for (line, withheld) in redacted.withheld {
            self.withhold(&block.source, line, withheld);
        }
        self.written += redacted.written;
        self.apart += redacted.apart;
        self.write(&redacted.text)?;
        if let Some(end) = redacted.end {
            // In text of two bytes per character, one byte more would be half of one.
            self.is_exact = is_binary(&redacted.text) == Some(true);
            self.is_exact |= self.keeps_captures && block.shape().is_some_and(Shape::is_whole);
            self.at = Some(end);
        }
        Ok(())
    }

    /// A payload, taken out of a capture or next to one.
    fn payload(&mut self, judged: Judged<'_>) -> io::Result<()> {
        let frame = judged.frame;
        let (redacted, is_apart) = match self.redaction.alone(judged) {
            Ok(redacted) => redacted,
            Err(withheld) => {
                self.withhold(judged.source, frame.start.line, withheld);
                return Ok(());
            }
        };
        self.written += 1;
        self.apart += u64::from(is_apart);
        match self.at.filter(|_| frame.enclosed.is_none()) {
            Some(at) => {
                self.at = Some(Cursor::new(&redacted, frame.start).advance_to(redacted.len()));
                self.write(gap(at, frame.start).as_bytes())?;
                self.write(&redacted)
            }
            None => {
                self.at = None;
                self.end_line()?;
                self.write(&redacted)?;
                self.end_line()
            }
        }
    }

    /// Reports a payload or capture that is not written.
    fn withhold(&mut self, source: &str, line: u64, withheld: Withheld) {
        let what = if self.keeps_captures { "capture" } else { "payload" };
        self.unavailable(&match withheld {
            Withheld::TooLong => too_long(source, line, self.judge.limit()),
            Withheld::Opaque if self.keeps_captures => anyhow!(
                "the capture at {source}:{line} was not written: a payload in compressed or binary data cannot be \
                 redacted in place; to write its payloads alone, leave out --headers"
            ),
            _ => anyhow!(
                "the {what} at {source}:{line} was not written: with any pseudonyms, it would have other findings; \
                 remove what is not needed to show the failure, and redact the rest"
            ),
        });
    }

    /// Ends an incomplete line, so that the next part begins on a line of its own.
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

    /// Reports what was replaced and kept. Best effort: a failed write to standard error changes nothing.
    fn report(&mut self) {
        let counts = self.redaction.counts();
        let list = |counts: &BTreeMap<&'static str, u64>| -> Vec<String> {
            counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect()
        };
        let (replaced, mut kept) = (list(&counts.replaced), list(&counts.kept));
        kept.push("the names of members".to_owned());
        let like_values = counts.kept.get(LIKE_VALUES).copied().unwrap_or(0);
        let skipped = self.skipped.words().map(|what| format!("; {what}")).unwrap_or_default();
        let err = &mut self.streams.err;
        let what = if self.keeps_captures { "capture" } else { "payload" };
        let _ = writeln!(err, "{} written{skipped}", amount(self.written, what));
        if !replaced.is_empty() {
            let _ = writeln!(err, "replaced: {}", replaced.join(", "));
        }
        let _ = writeln!(err, "kept: {}", kept.join(", "));
        let _ = writeln!(
            err,
            "pseudonymous, not anonymous: lengths, punctuation and structure remain; no signature matches"
        );
        if like_values > 0 {
            let names = amount(like_values, "name");
            let _ =
                writeln!(err, "warning: names of members are kept, and may be values themselves: {names}");
        }
        if self.apart > 0 {
            let apart = amount(self.apart, what);
            let _ = writeln!(
                err,
                "warning: values match those of no other {what}, because the usual pseudonyms would change a finding: {apart}"
            );
        }
    }
}

impl Sink for Run<'_, '_> {
    fn begin(&mut self, _: &Input<'_>) -> io::Result<()> {
        self.at = Some(Position::START);
        self.end_line()
    }

    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        match self.at {
            Some(at) if self.keeps_captures || !block.holds_capture() => self.in_place(block, at)?,
            _ => block.all().try_for_each(|judged| self.payload(judged))?,
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        // The text inside a capture is written with it.
        if !self.keeps_captures {
            self.skipped.merge(skipped);
        }
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.is_unavailable = true;
        complain(self.streams.err, error);
    }
}
