//! One side of a comparison: where it is, and its payloads, read as far as they are needed.
//!
//! What always holds: an input is opened once; what is read again is read through the same opened file; `/dev/null`
//! stands for a payload that is not there, as git means it, and is compared as `{}`.

use crate::capture::{Skipped, Unwrap};
use crate::check::{Finding, Judge, Look};
use crate::cli::Diff;
use crate::engine::{Capture, Judged, Options};
use crate::event;
use crate::payload::{self, Document, Position};
use crate::read::{Block, Blocks, Frame, Reader, Source, decoded, no_name};
use anyhow::{Context as _, anyhow, bail};
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The path that stands for nothing.
const NOTHING: &str = "/dev/null";

/// A side as it was given.
pub(super) struct Given {
    path: PathBuf,
    name: Option<String>,
}

impl Given {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), name: None }
    }

    /// The same under a name that is safe to print.
    pub(super) fn named(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.path.as_os_str() == NOTHING
    }
}

/// How both sides are read.
pub(super) struct Opening {
    options: Options,
    judge: Judge,
}

impl Opening {
    pub(super) fn new(arguments: &Diff) -> Self {
        let unwrap = arguments.unwrapping.unwrap(Unwrap::Auto);
        let all_events = arguments.all_events;
        let limit = usize::try_from(arguments.max_payload_bytes).unwrap_or(usize::MAX);
        Self {
            options: Options { format: arguments.input_format, unwrap, all_events, jobs: 1 },
            judge: Judge::default().with_events(arguments.event).with_limit(limit),
        }
    }
}

/// An input that was opened.
pub(super) struct Input {
    name: String,
    how: Rc<Opening>,
    blocks: Option<Blocks<Reader>>,
    /// What was read ahead.
    held: Vec<Held>,
    /// A payload that comes from no input.
    text: &'static str,
    /// The file, if it can be read twice.
    file: Option<(File, u64)>,
    /// What was passed over in captures.
    skipped: Skipped,
}

/// A block with the captures in it opened.
struct Held {
    block: Block,
    captures: Vec<(usize, Capture)>,
}

/// One payload and its place.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) source: &'a str,
    pub(super) number: u64,
    pub(super) frame: Frame<'a>,
}

impl Held {
    fn new(block: Block, how: &Opening) -> Self {
        let open = |(index, frame)| {
            Capture::open(frame, block.shape(), &how.judge, &how.options).map(|capture| (index, capture))
        };
        let captures = block.frames().enumerate().filter_map(open).collect();
        Self { block, captures }
    }

    fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        let mut captures = self.captures.iter().peekable();
        self.block.frames().enumerate().flat_map(move |(index, frame)| {
            let capture = captures.next_if(|(at, _)| *at == index).map(|(_, capture)| capture);
            let unwrapped = capture.into_iter().flat_map(|capture| &capture.payloads);
            let bare = capture.is_none().then_some(frame);
            bare.into_iter().chain(unwrapped.map(move |unwrapped| unwrapped.frame(frame)))
        })
    }
}

impl Input {
    /// A payload that comes from no input.
    pub(super) fn text(name: &str, text: &'static str, how: &Rc<Opening>) -> Self {
        Self {
            name: name.to_owned(),
            how: Rc::clone(how),
            blocks: None,
            held: Vec::new(),
            text,
            file: None,
            skipped: Skipped::default(),
        }
    }

    pub(super) fn open(given: Given, how: &Rc<Opening>) -> anyhow::Result<Self> {
        if given.path.as_os_str().is_empty() {
            return Err(no_name());
        }
        if given.is_nothing() {
            return Ok(Self::text(NOTHING, "{}", how));
        }
        let is_stdin = given.path.as_os_str() == "-";
        let source = if is_stdin { Source::STDIN } else { Source::file(given.path.clone()) };
        let source = given.name.into_iter().fold(source, Source::called);
        let name = source.name();
        let about = || format!("cannot read {name}");
        let blocks = |reader| {
            Blocks::new(&source, reader, how.options.format, how.judge.limit())
                .joined(how.options.unwrap.joins_records())
        };
        if is_stdin {
            let reader = source.open().with_context(about)?;
            return Ok(Self { blocks: Some(blocks(reader)), ..Self::text(&name, "", how) });
        }
        let file = File::open(&given.path).with_context(about)?;
        let metadata = file.metadata().with_context(about)?;
        if metadata.is_dir() {
            bail!("{name} is a directory; name the files to compare");
        }
        let clone = file.try_clone().with_context(about)?;
        let (reader, is_compressed) = decoded(Box::new(clone)).with_context(about)?;
        // Places in what is compressed are none that could be gone back to.
        let file = (metadata.is_file() && !is_compressed).then_some((file, metadata.len()));
        Ok(Self { blocks: Some(blocks(reader)), file, ..Self::text(&name, "", how) })
    }

    /// An input without a payload, read as this one is.
    pub(super) fn nothing(&self) -> Self {
        Self::text("", "", &self.how)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn judge(&self) -> &Judge {
        &self.how.judge
    }

    /// How long the input is, in bytes, if it can be read twice.
    pub(super) fn length(&self) -> Option<u64> {
        self.file.as_ref().map(|(_, length)| *length)
    }

    /// Whether there is more than one payload. Reads no further than it must.
    pub(super) fn holds_several(&mut self) -> anyhow::Result<bool> {
        loop {
            if self.held.iter().map(|held| held.frames().count()).sum::<usize>() > 1 {
                return Ok(true);
            }
            match self.read_on()? {
                Some(block) => {
                    let held = Held::new(block, &self.how);
                    held.captures.iter().for_each(|(_, capture)| self.skipped.merge(&capture.skipped));
                    self.held.push(held);
                }
                None => return Ok(false),
            }
        }
    }

    fn read_on(&mut self) -> anyhow::Result<Option<Block>> {
        self.blocks.as_mut().map_or(Ok(None), Blocks::next_block)
    }

    /// Tells what was passed over in captures.
    pub(super) fn tell_skipped(&self, err: &mut dyn Write) {
        if let Some(passed_over) = self.skipped.words() {
            // That it cannot be told changes nothing of the comparison.
            let _ = writeln!(err, "{}: {passed_over}", self.name);
        }
    }

    /// The first payload of what was read; an empty one if there is none.
    pub(super) fn first(&self) -> Payload<'_> {
        let none = Frame::bare(self.text.as_bytes(), Position::START);
        let frame = self.held.iter().flat_map(Held::frames).next().unwrap_or(none);
        Payload::of(&self.name, frame)
    }

    /// Shows every payload to `look`, in order: first as it stands, and if `look` says that it has not taken it, as
    /// what is in it if it is a capture, and as it stands for good if it is none.
    pub(super) fn each(
        &mut self,
        mut look: impl FnMut(Payload<'_>, bool) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let (name, how) = (self.name.clone(), Rc::clone(&self.how));
        let held = std::mem::take(&mut self.held);
        if held.is_empty() && !self.text.is_empty() {
            return look(self.first(), true).map(drop);
        }
        let mut number = 0;
        let mut show = |frame: Frame<'_>, is_last: bool| {
            let payload = Payload { source: &name, number: number + 1, frame };
            let is_taken = look(payload, is_last)?;
            number += u64::from(is_taken);
            anyhow::Ok(is_taken)
        };
        held.iter().flat_map(Held::frames).try_for_each(|frame| show(frame, true).map(drop))?;
        drop(held);
        while let Some(block) = self.read_on()? {
            for frame in block.frames() {
                let may_be_bare = matches!(how.options.unwrap, Unwrap::Never | Unwrap::Auto);
                if may_be_bare && show(frame, false)? {
                    continue;
                }
                let Some(capture) = Capture::open(frame, block.shape(), &how.judge, &how.options) else {
                    show(frame, true)?;
                    continue;
                };
                self.skipped.merge(&capture.skipped);
                capture
                    .payloads
                    .iter()
                    .try_for_each(|unwrapped| show(unwrapped.frame(frame), true).map(drop))?;
            }
            if let Some(blocks) = &mut self.blocks {
                blocks.reuse(block.into_buffer());
            }
        }
        Ok(())
    }

    /// Reads `length` bytes at `offset` again.
    pub(super) fn again(&mut self, offset: u64, length: usize) -> anyhow::Result<Vec<u8>> {
        let name = &self.name;
        let (file, _) = self.file.as_mut().expect("internal error: only a file is read again");
        let mut bytes = vec![0; length];
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .with_context(|| format!("cannot read {name} again; did it change?"))?;
        Ok(bytes)
    }
}

impl<'a> Payload<'a> {
    /// The first of a source.
    pub(super) fn of(source: &'a str, frame: Frame<'a>) -> Self {
        Self { source, number: 1, frame }
    }

    /// The payload, if it is JSON.
    pub(super) fn document(&self, judge: &Judge, reader: &mut payload::Reader) -> Option<Document<'a>> {
        let is_lost = self.frame.enclosed.is_some_and(|enclosed| enclosed.lost.is_some());
        let bytes = Some(self.frame.bytes).filter(|bytes| bytes.len() <= judge.limit() && !is_lost)?;
        reader.read(bytes).ok()
    }

    /// The payload's text, or why there is none, with its place.
    pub(super) fn read(&self, judge: &Judge) -> anyhow::Result<Document<'a>> {
        let bytes = self.frame.bytes;
        if let Some(lost) = self.frame.enclosed.and_then(|enclosed| enclosed.lost) {
            bail!("cannot compare {}: {}; {}", self.place(), lost.message, lost.help);
        }
        let fault = match Document::parse(bytes) {
            _ if bytes.len() > judge.limit() => judge.judge(bytes).into_iter().next(),
            Ok(document) => return Ok(document),
            Err(fault) => Some(Finding::from(fault)),
        };
        let fault = fault.expect("internal error: what is no document has a finding");
        let within = self.bare().within();
        let at = self.fault_position(&fault);
        Err(anyhow!("cannot compare {}:{}:{}{within}: {}", self.source, at.line, at.column, fault.message))
    }

    /// Where the fault is in the source; of an unwrapped payload, where what it is written in begins.
    fn fault_position(&self, fault: &Finding) -> Position {
        if self.frame.enclosed.is_some() {
            return self.frame.start;
        }
        self.frame.cursor().advance_to(fault.span.start)
    }

    /// What is found about it, and what it was judged as.
    pub(super) fn look(&self, judge: &Judge) -> Look {
        judge.look(self.frame.bytes, &mut event::reader())
    }

    pub(super) fn judged(&self, look: &'a Look) -> Judged<'a> {
        Judged::new(self.source, self.number, self.frame, &look.findings).as_event(look.event).within_room()
    }

    /// The same without any findings.
    fn bare(&self) -> Judged<'a> {
        Judged::new(self.source, self.number, self.frame, &[])
    }

    pub(super) fn place(&self) -> String {
        self.bare().place()
    }
}
