//! One side of a comparison: where it is, and its payloads, read as far as they are needed.
//!
//! What always holds: an input is opened once; what is read again is read through the same opened file; `/dev/null`
//! stands for a payload that is not there, as git means it, and is compared as `{}`.

use crate::check::{Finding, Judge};
use crate::input::{Block, Blocks, Frame, InputFormat, MAX_PAYLOAD_BYTES, Reader, Source, decoded, no_name};
use crate::payload::{Cursor, Document, Position};
use crate::report::{Judged, shown};
use anyhow::{Context as _, anyhow, bail};
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

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

/// An input that was opened.
pub(super) struct Input {
    name: String,
    blocks: Option<Blocks<Reader>>,
    /// What was read ahead.
    held: Vec<Block>,
    /// A payload that comes from no input.
    text: &'static str,
    /// The file, if it can be read twice.
    file: Option<(File, u64)>,
}

/// One payload and its place.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) source: &'a str,
    pub(super) number: u64,
    pub(super) frame: Frame<'a>,
}

impl Input {
    /// A payload that comes from no input.
    pub(super) fn text(name: &str, text: &'static str) -> Self {
        Self { name: name.to_owned(), blocks: None, held: Vec::new(), text, file: None }
    }

    pub(super) fn open(given: Given, format: InputFormat) -> anyhow::Result<Self> {
        if given.path.as_os_str().is_empty() {
            return Err(no_name());
        }
        if given.is_nothing() {
            return Ok(Self::text(NOTHING, "{}"));
        }
        let is_stdin = given.path.as_os_str() == "-";
        let source = if is_stdin { Source::STDIN } else { Source::file(given.path.clone()) };
        let name = given.name.unwrap_or_else(|| source.name());
        let about = || format!("cannot read {name}");
        if is_stdin {
            let reader = source.open().with_context(about)?;
            let blocks = Blocks::new(&source, reader, format, MAX_PAYLOAD_BYTES);
            return Ok(Self { name, blocks: Some(blocks), held: Vec::new(), text: "", file: None });
        }
        let file = File::open(&given.path).with_context(about)?;
        let metadata = file.metadata().with_context(about)?;
        if metadata.is_dir() {
            bail!("{name} is a directory; name the files to compare");
        }
        let clone = file.try_clone().with_context(about)?;
        let (reader, is_compressed) = decoded(Box::new(clone)).with_context(about)?;
        let blocks = Blocks::new(&source, reader, format, MAX_PAYLOAD_BYTES);
        // Places in what is compressed are none that could be gone back to.
        let file = (metadata.is_file() && !is_compressed).then_some((file, metadata.len()));
        Ok(Self { name, blocks: Some(blocks), held: Vec::new(), text: "", file })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How long the input is, in bytes, if it can be read twice.
    pub(super) fn length(&self) -> Option<u64> {
        self.file.as_ref().map(|(_, length)| *length)
    }

    /// Whether there is more than one payload. Reads no further than it must.
    pub(super) fn holds_several(&mut self) -> anyhow::Result<bool> {
        loop {
            if self.held.iter().map(|block| block.frames().count()).sum::<usize>() > 1 {
                return Ok(true);
            }
            match self.read_on()? {
                Some(block) => self.held.push(block),
                None => return Ok(false),
            }
        }
    }

    fn read_on(&mut self) -> anyhow::Result<Option<Block>> {
        self.blocks.as_mut().map_or(Ok(None), Blocks::next_block)
    }

    /// The first payload of what was read; an empty one if there is none.
    pub(super) fn first(&self) -> Payload<'_> {
        let none = Frame { bytes: self.text.as_bytes(), start: Position::START };
        let frame = self.held.iter().flat_map(Block::frames).next().unwrap_or(none);
        Payload { source: &self.name, number: 1, frame }
    }

    /// Shows every payload to `look`, in order.
    pub(super) fn each(
        &mut self,
        mut look: impl FnMut(Payload<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let name = self.name.clone();
        let mut number = 0;
        let mut show = |block: &Block| {
            block.frames().try_for_each(|frame| {
                number += 1;
                look(Payload { source: &name, number, frame })
            })
        };
        let held = std::mem::take(&mut self.held);
        if held.is_empty() && !self.text.is_empty() {
            return look(self.first());
        }
        held.iter().try_for_each(&mut show)?;
        while let Some(block) = self.read_on()? {
            show(&block)?;
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
    /// The payload's text, or why it is none, with its place.
    pub(super) fn read(&self, judge: &Judge) -> anyhow::Result<Document<'a>> {
        let bytes = self.frame.bytes;
        let fault = match Document::parse(bytes) {
            _ if bytes.len() > judge.limit() => judge.judge(bytes).into_iter().next(),
            Ok(document) => return Ok(document),
            Err(fault) => Some(Finding::from(fault)),
        };
        let fault = fault.expect("internal error: what is no document has a finding");
        let at = Cursor::new(bytes, self.frame.start).advance_to(fault.span.start);
        Err(anyhow!("cannot compare {}:{}:{}: {}", self.source, at.line, at.column, fault.message))
    }

    pub(super) fn judged(&self, findings: &'a [Finding]) -> Judged<'a> {
        Judged {
            source: self.source,
            number: self.number,
            frame: self.frame,
            findings,
            shown: shown(findings),
        }
    }

    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.source, self.frame.start.line)
    }
}
