//! `assoclens redact`: payloads that can be posted, with the same findings at the same places.

use super::judging::{Job, too_long};
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Shape, Skipped, Unwrap};
use crate::check::{Code, Finding, Judge};
use crate::cli::Redact;
use crate::count::amount;
use crate::engine::{self, Input, Judged, JudgedBlock, Options, Sink};
use crate::escape::{visible_bytes, visible_path};
use crate::event::{self, Wanted};
use crate::payload::{Cursor, Pointer, Position, Reader, is_binary};
use crate::read::{Frame, read_whole};
use crate::redact::{LIKE_VALUES, Redactor};
use anyhow::{Context as _, anyhow, bail};
use ring::digest::{SHA256, digest};
use std::collections::BTreeMap;
use std::io;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

/// The length of a key, in bytes.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=64 << 10;

pub(super) fn run(arguments: &Redact, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let redactor = arguments.key.as_deref().map_or_else(Redactor::random, keyed)?;
    let judge = Judge::default().with_events(Wanted::Any);
    let job = Job::of(&arguments.reading, judge, Unwrap::Auto, streams, "redact")?;
    let mut run = Run {
        redactor: if arguments.times { redactor.shifting_times() } else { redactor },
        judge: Arc::clone(&job.judge),
        reader: event::reader(),
        captures: arguments.headers.then(|| job.options.clone()),
        at: Some(Position::START),
        is_in_line: false,
        is_exact: false,
        written: 0,
        otherwise: 0,
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
    reader: Reader,
    /// The way to read captures that are kept as they are; `None` if payloads are taken out of them.
    captures: Option<Options>,
    /// The end of the written part in the input, so that the next part keeps its place; `None` once something was taken
    /// out of a capture.
    at: Option<Position>,
    /// Whether a line is incomplete.
    is_in_line: bool,
    /// Whether the last part written ends where its input does, so that no line end is added.
    is_exact: bool,
    written: u64,
    /// The number of payloads, or captures, whose findings have changed.
    otherwise: u64,
    skipped: Skipped,
    is_unavailable: bool,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn payload(&mut self, judged: Judged<'_>) -> io::Result<()> {
        let frame = judged.frame;
        let begins = frame.enclosed.is_none() && frame.start.offset == 0;
        let redacted = self.redactor.redact_in(frame.bytes, None, begins);
        self.otherwise += u64::from(!self.finds_the_same(judged, &redacted));
        match self.at.filter(|_| frame.enclosed.is_none()) {
            Some(at) => self.in_place(at, frame.start, &redacted),
            None => {
                self.at = None;
                self.written += 1;
                self.end_line()?;
                self.write(&redacted)?;
                self.end_line()
            }
        }
    }

    /// Whether a payload has the same findings once it is redacted.
    fn finds_the_same(&mut self, judged: Judged<'_>, redacted: &[u8]) -> bool {
        if redacted == judged.frame.bytes {
            return true;
        }
        let now = self.judge.judge_next(redacted, &mut self.reader);
        // The walk may have found more, in the text around the payload and before it.
        places(&now) == places(judged.findings)
            || places(&now) == places(&self.judge.judge_next(judged.frame.bytes, &mut self.reader))
    }

    /// Writes the redacted text of `start`, if the text written so far ends at `at`.
    fn in_place(&mut self, at: Position, start: Position, redacted: &[u8]) -> io::Result<()> {
        self.written += 1;
        self.write(gap(at, start).as_bytes())?;
        self.write(redacted)?;
        // In text of two bytes per character, one byte more would be half of one.
        self.is_exact = is_binary(redacted) == Some(true);
        self.at = Some(Cursor::new(redacted, start).advance_to(redacted.len()));
        Ok(())
    }

    /// Whether a payload or capture is short enough; reports one that is not.
    fn has_room_for(&mut self, source: &str, frame: Frame<'_>) -> bool {
        let has_room = frame.bytes.len() <= self.judge.limit();
        if !has_room {
            self.unavailable(&too_long(source, frame.start.line, self.judge.limit()));
        }
        has_room
    }

    /// A capture of that shape as it is in the input, or a payload.
    fn capture<'p>(
        &mut self,
        source: &str,
        frame: Frame<'_>,
        payloads: impl Iterator<Item = Judged<'p>>,
        shape: Option<&'static Shape>,
        options: &Options,
    ) -> io::Result<()> {
        let redacted = self.redactor.redact_in(frame.bytes, shape, frame.start.offset == 0);
        let has_opaque = self.redactor.take_opaque();
        if !self.finds_the_same_in(frame, payloads, &redacted, options) {
            if has_opaque {
                self.unavailable(&anyhow!(
                    "the capture at {source}:{} was not written: a payload in compressed or binary data \
                     cannot be redacted in place; to write its payloads alone, leave out --headers",
                    frame.start.line
                ));
                return Ok(());
            }
            self.otherwise += 1;
        }
        self.in_place(self.at.unwrap_or(Position::START), frame.start, &redacted)?;
        self.is_exact |= shape.is_some_and(Shape::is_whole);
        Ok(())
    }

    /// Whether a capture has the same findings once it is redacted.
    fn finds_the_same_in<'p>(
        &self,
        frame: Frame<'_>,
        payloads: impl Iterator<Item = Judged<'p>>,
        redacted: &[u8],
        options: &Options,
    ) -> bool {
        if redacted == frame.bytes {
            return true;
        }
        let now = found_in(redacted, &self.judge, options);
        // The walk may have found more, in the text before it.
        now == Some(found_at(frame.start.offset, payloads))
            || now == found_in(frame.bytes, &self.judge, options)
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
        let counts = self.redactor.counts();
        let list = |counts: &BTreeMap<&'static str, u64>| -> Vec<String> {
            counts.iter().map(|(kind, count)| format!("{kind} ({count})")).collect()
        };
        let (replaced, mut kept) = (list(&counts.replaced), list(&counts.kept));
        kept.push("the names of members".to_owned());
        let like_values = counts.kept.get(LIKE_VALUES).copied().unwrap_or(0);
        let skipped = self.skipped.words().map(|what| format!("; {what}")).unwrap_or_default();
        let err = &mut self.streams.err;
        let what = if self.captures.is_some() { "capture" } else { "payload" };
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
        if self.otherwise > 0 {
            let others = amount(self.otherwise, what);
            let _ = writeln!(err, "warning: findings differ from those of the original: {others}");
        }
    }
}

/// The codes and places of findings.
fn places(findings: &[Finding]) -> Vec<(&'static str, &str, &Range<usize>)> {
    findings.iter().map(|finding| (finding.code.as_str(), finding.pointer.as_str(), &finding.span)).collect()
}

/// The findings about a capture, by code, pointer and place. Each payload itself has no code.
type CapturePlaces = Vec<(Option<Code>, Pointer, u64, Range<usize>)>;

/// The findings about a capture; `None` if a payload in it has no end.
fn found_in(bytes: &[u8], judge: &Judge, options: &Options) -> Option<CapturePlaces> {
    let blocks = JudgedBlock::of_bytes(bytes, judge, options).ok()?;
    Some(found_at(0, blocks.iter().flat_map(JudgedBlock::all)))
}

/// The findings about the payloads of a capture that begins at byte `start`.
fn found_at<'p>(start: u64, payloads: impl Iterator<Item = Judged<'p>>) -> CapturePlaces {
    let mut places = CapturePlaces::new();
    for Judged { frame, findings, .. } in payloads {
        let at = frame.start.offset - start;
        places.push((None, Pointer::default(), at, 0..frame.bytes.len()));
        let of =
            |finding: &Finding| (Some(finding.code), finding.pointer.clone(), at, frame.place(&finding.span));
        places.extend(findings.iter().map(of));
    }
    places
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
        let options = self.captures.clone();
        for (frame, payloads) in block.as_read() {
            match &options {
                Some(_) if !self.has_room_for(&block.source, frame) => {}
                Some(options) => self.capture(&block.source, frame, payloads, block.shape(), options)?,
                None => {
                    for judged in payloads {
                        if self.has_room_for(&block.source, judged.frame) {
                            self.payload(judged)?;
                        }
                    }
                }
            }
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        // The text inside a capture is written with it.
        if self.captures.is_none() {
            self.skipped.merge(skipped);
        }
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.is_unavailable = true;
        complain(self.streams.err, error);
    }
}
