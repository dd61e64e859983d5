//! One side of a comparison: its place, and its payloads, read only as far as needed.
//!
//! Invariants: an input is opened once; a second reading uses the same opened file; `/dev/null` means a payload that
//! does not exist, as git uses it, and is compared as `{}`.

use crate::capture::{Skipped, Unwrap};
use crate::check::{Finding, Judge, Look, Unworded};
use crate::engine::{Capture, Judged, Options};
use crate::event::{self, Recognised};
use crate::payload::{self, Document, Position, Token, Tokens};
use crate::read::{Block, Blocks, ByteReader, Frame, Source, decoded, no_name};
use anyhow::{Context as _, anyhow, bail};
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The path that means an absent payload.
const NOTHING: &str = "/dev/null";

/// A side as it was given.
#[derive(Clone, Debug)]
pub struct Given {
    path: PathBuf,
    name: Option<String>,
}

impl Given {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), name: None }
    }

    /// The same under a name that is safe to print.
    pub fn named(self, name: String) -> Self {
        Self { name: Some(name), ..self }
    }

    pub fn is_nothing(&self) -> bool {
        self.path.as_os_str() == NOTHING
    }
}

/// The options for both sides.
#[derive(Debug)]
pub struct SideOptions {
    /// The way to split the sides, and the captures to open.
    pub options: Options,
    /// The judge of payloads.
    pub judge: Judge,
}

/// An input that was opened.
pub struct Opened {
    name: String,
    how: Rc<SideOptions>,
    blocks: Option<Blocks<ByteReader>>,
    /// The blocks read ahead.
    held: Vec<Held>,
    /// A payload that comes from no input.
    text: &'static str,
    /// The file, if it can be read twice.
    file: Option<(File, u64)>,
    /// The parts of captures that were skipped.
    skipped: Skipped,
}

/// A block with the captures in it opened.
struct Held {
    block: Block,
    captures: Vec<(usize, Capture)>,
}

impl Held {
    fn new(block: Block, how: &SideOptions) -> Self {
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

impl Opened {
    /// A payload that comes from no input.
    pub fn text(name: &str, text: &'static str, how: &Rc<SideOptions>) -> Self {
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

    pub fn open(given: Given, how: &Rc<SideOptions>) -> anyhow::Result<Self> {
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
        // Nothing can seek in compressed data.
        let file = (metadata.is_file() && !is_compressed).then_some((file, metadata.len()));
        Ok(Self { blocks: Some(blocks(reader)), file, ..Self::text(&name, "", how) })
    }

    /// An input without a payload, read as this one is.
    pub(super) fn nothing(&self) -> Self {
        Self::text("", "", &self.how)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn judge(&self) -> &Judge {
        &self.how.judge
    }

    /// The event of the first payload.
    pub fn recognised(&self) -> Option<Recognised> {
        look(&self.first(), self.judge()).event
    }

    /// The length of the input, in bytes, if it can be read twice.
    pub(super) fn length(&self) -> Option<u64> {
        self.file.as_ref().map(|(_, length)| *length)
    }

    /// Whether there is more than one payload. Reads no further than necessary.
    pub fn holds_several(&mut self) -> anyhow::Result<bool> {
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

    /// The parts of captures that were skipped.
    pub(super) fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// The first payload read so far; an empty one if there is none.
    pub fn first(&self) -> Judged<'_> {
        let none = Frame::bare(self.text.as_bytes(), Position::START);
        let frame = self.held.iter().flat_map(Held::frames).next().unwrap_or(none);
        Judged::new(&self.name, 1, frame, &[])
    }

    /// Shows every payload to `look`, in order: first as it is; if `look` declines it, the content if it is a capture,
    /// or the payload as it is for good.
    pub(super) fn each(
        &mut self,
        mut look: impl FnMut(Judged<'_>, bool) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let (name, how) = (self.name.clone(), Rc::clone(&self.how));
        let held = std::mem::take(&mut self.held);
        if held.is_empty() && !self.text.is_empty() {
            return look(self.first(), true).map(drop);
        }
        let mut number = 0;
        let mut show = |frame: Frame<'_>, is_last: bool| {
            let payload = Judged::new(&name, number + 1, frame, &[]);
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

/// The payload, if it is JSON.
pub(super) fn document<'a>(
    payload: &Judged<'a>,
    judge: &Judge,
    reader: &mut payload::Reader,
) -> Option<Document<'a>> {
    reader.accept(payload.readable(judge.limit())?).filter(|document| !is_too_much(document))
}

/// The number of values up to which two payloads are compared: each takes some hundred bytes.
const VALUES_AT_MOST: usize = 1 << 20;
/// The length of the shortest value and what separates it from the next, in bytes.
const SHORTEST_VALUE: usize = 2;

/// Whether a payload has more values than are compared.
fn is_too_much(document: &Document<'_>) -> bool {
    let text = document.root().text();
    let is_value = |token: &Token<'_>| matches!(token, Token::Open(_) | Token::Scalar(_));
    text.len() > SHORTEST_VALUE * VALUES_AT_MOST
        && Tokens::new(text).filter(is_value).nth(VALUES_AT_MOST).is_some()
}

/// The payload's text with its place, or the reason why it is unavailable.
pub(super) fn read<'a>(payload: &Judged<'a>, judge: &Judge) -> anyhow::Result<Document<'a>> {
    let bytes = payload.frame.bytes;
    if let Some(unavailable) = payload.frame.enclosed.and_then(|enclosed| enclosed.unavailable) {
        bail!("cannot compare {}: {}; {}", payload.place(), unavailable.message, unavailable.help);
    }
    let fault = match Document::parse(bytes) {
        _ if bytes.len() > judge.limit() => judge.judge(bytes).into_iter().next(),
        Ok(document) if is_too_much(&document) => bail!(
            "cannot compare {}: it has more than {VALUES_AT_MOST} values; take out the part to compare: jq .PART FILE",
            payload.place()
        ),
        Ok(document) => return Ok(document),
        Err(fault) => Some(Finding::from(fault)),
    };
    let fault = fault.expect("internal error: what is not a document has a finding");
    let (source, at) = (payload.source, position(&fault, payload));
    Err(anyhow!("cannot compare {source}:{}:{}{}: {}", at.line, at.column, payload.within(), fault.message))
}

/// The place of the fault in the source; for an unwrapped payload, the start of the value that holds it.
fn position(fault: &Finding, payload: &Judged<'_>) -> Position {
    match payload.frame.enclosed {
        Some(_) => payload.frame.start,
        None => payload.frame.cursor().advance_to(fault.span.start),
    }
}

/// The findings about the payload, and its event.
pub(super) fn look(payload: &Judged<'_>, judge: &Judge) -> Look {
    judge.look(payload.frame.bytes, &mut event::reader(), Unworded::NONE)
}
