//! Reads a source block by block; each block holds whole payloads.
//!
//! In: a reader, and a framing unless it is to be detected. Out: [`Block`]s of bytes with the place of every payload in
//! them, as soon as one is complete: output of a slow pipe is passed on at once.
//! Invariants: the buffer holds at most one read more than the longest payload allowed; a longer payload is reported
//! and skipped; the ranges do not depend on how the reads fall; complete payloads are passed on before a failure after
//! them.

use super::source::Source;
use super::splitter::{InputFormat, Splitter};
use crate::capture::{Enclosed, Shape};
use crate::payload::{BYTE_ORDER_MARK, Cursor, Position};
use crate::split::Framing;
use anyhow::{Context as _, bail};
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// The size of the first read, in bytes: small, so that one small file costs little.
const FIRST_READ_BYTES: usize = 4 << 10;
/// The size of the largest read, in bytes.
const READ_BYTES: usize = 256 << 10;
/// The highest number of payloads in a block, because their results may be much longer than they are.
const PAYLOADS_AT_MOST: usize = 1024;
/// The white space in front of a block that is kept, in bytes.
const LEAD_AT_MOST: usize = 4 << 10;
/// The distance to which the end of a payload beyond the limit is looked for: sixteen times the limit.
const SKIP_FACTOR: u64 = 16;

/// Bytes that hold whole payloads.
#[derive(Debug)]
pub struct Block {
    /// A buffer with the block's bytes in this range; the rest is meaningless.
    buffer: Vec<u8>,
    range: Range<usize>,
    lead: Box<Lead>,
    frames: Vec<(Range<usize>, Position)>,
    shape: Option<&'static Shape>,
    /// The framing that was requested, and the one of the source.
    asked: Option<Framing>,
    framing: Option<Framing>,
}

/// White space in front of a block, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) bytes: Vec<u8>,
    /// Its start in the input.
    pub(crate) start: Position,
}

impl Lead {
    /// None, at that place.
    fn none(start: Position) -> Self {
        Self { bytes: Vec::new(), start }
    }
}

/// One payload's bytes and their start in their input.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The payload, with everything on its line. If it is longer than the limit, only its beginning may be here.
    pub bytes: &'a [u8],
    /// The place of the first byte, or of the value that holds the payload.
    pub start: Position,
    /// Its place in the capture around it, if there is one.
    pub enclosed: Option<Enclosed<'a>>,
}

impl<'a> Frame<'a> {
    /// A payload outside of any capture.
    pub fn bare(bytes: &'a [u8], start: Position) -> Self {
        Self { bytes, start, enclosed: None }
    }

    /// Whether the payload, or the capture around it, begins with a byte order mark.
    pub fn is_behind_mark(&self) -> bool {
        self.enclosed.map_or(self.bytes.starts_with(BYTE_ORDER_MARK), |enclosed| enclosed.is_behind_mark)
    }

    /// A walk through the bytes that hold the payload.
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor::new(self.written(), self.start)
    }

    /// The bytes that hold the payload.
    pub(crate) fn written(&self) -> &'a [u8] {
        self.enclosed.map_or(self.bytes, |enclosed| enclosed.written)
    }

    /// The place of `span` of the payload in those bytes.
    pub fn place(&self, span: &Range<usize>) -> Range<usize> {
        self.enclosed.map_or_else(|| span.clone(), |enclosed| enclosed.place(span))
    }
}

impl Block {
    /// The block of a source without a payload: an empty one.
    pub fn of_nothing() -> Self {
        let frames = vec![(0..0, Position::START)];
        let (buffer, lead) = (Vec::new(), Box::new(Lead::none(Position::START)));
        Self { buffer, range: 0..0, lead, frames, shape: None, asked: None, framing: None }
    }

    /// The block that `text` makes in the place of this one, with `start` as the start of its text. The framing and the
    /// shape are those of the source, unless that begins with it.
    pub(crate) fn with_text(
        &self,
        text: Vec<u8>,
        start: Position,
        begins_source: bool,
        are_joined: bool,
    ) -> Self {
        let mut splitter = Splitter::new(self.asked);
        splitter.are_joined = are_joined;
        if !begins_source {
            splitter.resume(self.framing, self.shape);
        }
        let mut ranges = Vec::new();
        splitter.split(&text, true, usize::MAX, &mut ranges);
        let frames = placed(&text, start, ranges).0;
        let (framing, shape, range) = (splitter.framing(), splitter.shape(), 0..text.len());
        let lead = Box::new(Lead::none(start));
        Self { buffer: text, range, lead, frames, shape, asked: self.asked, framing }
    }

    /// The number of payloads.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The number of bytes of the source in the block.
    pub fn bytes(&self) -> usize {
        self.range.len()
    }

    /// The white space in front of the block.
    pub(crate) fn lead(&self) -> &Lead {
        &self.lead
    }

    /// The bytes of the block.
    pub(crate) fn text(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }

    /// The bytes in front of the payload with that index, or behind the last payload.
    pub(crate) fn before(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(self.range.start, |index| self.frames[index].0.end);
        let end = self.frames.get(index).map_or(self.range.end, |(range, _)| range.start);
        &self.buffer[start..end.max(start)]
    }

    /// The shape of the source as a whole.
    pub fn shape(&self) -> Option<&'static Shape> {
        self.shape
    }

    /// The buffer that the block was read into, for [`Blocks::reuse`].
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// The payload with that index.
    ///
    /// # Panics
    /// The index is out of range.
    pub fn frame(&self, index: usize) -> Frame<'_> {
        let (range, start) = &self.frames[index];
        Frame::bare(&self.buffer[range.clone()], *start)
    }

    /// The payloads, in order.
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        (0..self.frames.len()).map(|index| self.frame(index))
    }
}

/// The ranges of a text that begins at `start`, each with its own start, and the walk that found those.
fn placed(
    text: &[u8],
    start: Position,
    ranges: Vec<Range<usize>>,
) -> (Vec<(Range<usize>, Position)>, Cursor<'_>) {
    let mut cursor = Cursor::new(text, start);
    let place = |range: Range<usize>| (range.clone(), cursor.advance_to(range.start));
    (ranges.into_iter().map(place).collect(), cursor)
}

/// The blocks of one source.
pub struct Blocks<R> {
    name: Arc<str>,
    reader: R,
    splitter: Splitter,
    limit: usize,
    /// The size of the next read: twice as large after each read that was filled.
    ask: usize,
    /// A buffer that begins with the bytes that were read but not yet passed on. It never shrinks, so that no byte is
    /// set to zero twice.
    buffer: Vec<u8>,
    /// The number of those bytes.
    filled: usize,
    /// A spare buffer, with any content.
    spare: Vec<u8>,
    /// The start of those bytes in the buffer.
    begin: usize,
    /// The start of those bytes in the source.
    at: Position,
    /// White space that was dropped since the last block: a little of it is kept, because it stays when a payload is
    /// rewritten in its place.
    lead: Lead,
    /// Whether they may hold more payloads than were passed on.
    is_behind: bool,
    /// The number of skipped bytes of a payload beyond the limit, while skipping.
    skipped: Option<u64>,
    /// The failure that ended reading, until the complete payloads have been passed on.
    failure: Option<io::Error>,
    is_end: bool,
}

impl<R: Read> Blocks<R> {
    /// Reads `source` through `reader`, split as `format` says, with payloads of at most `limit` bytes.
    pub fn new(source: &Source, reader: R, format: InputFormat, limit: usize) -> Self {
        let framing = match format {
            InputFormat::Ndjson => Some(Framing::Lines),
            InputFormat::Json => Some(Framing::Documents),
            InputFormat::Auto => source.is_named_ndjson().then_some(Framing::Lines),
        };
        Self {
            name: source.name().into(),
            reader,
            splitter: Splitter::new(framing),
            limit,
            ask: FIRST_READ_BYTES,
            buffer: Vec::new(),
            filled: 0,
            spare: Vec::new(),
            begin: 0,
            at: Position::START,
            lead: Lead::none(Position::START),
            is_behind: false,
            skipped: None,
            failure: None,
            is_end: false,
        }
    }

    /// The same, but records of a container's log are joined if they are parts of one message.
    pub(crate) fn joined(mut self, are_joined: bool) -> Self {
        self.splitter.are_joined = are_joined;
        self
    }

    /// The same for a source with this many bytes: a few are not read into a large buffer.
    pub(crate) fn of_length(self, bytes: usize) -> Self {
        Self { ask: (bytes + 1).min(FIRST_READ_BYTES), ..self }
    }

    /// The source's name, safe to print.
    pub fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// Takes back a buffer that is no longer needed, to save an allocation.
    pub fn reuse(&mut self, buffer: Vec<u8>) {
        self.spare = buffer;
    }

    /// The next block that holds a payload, or `None` at the end of the input.
    ///
    /// # Errors
    /// The source cannot be read further, or a payload has no end; the error names the source.
    pub fn next_block(&mut self) -> anyhow::Result<Option<Block>> {
        while !(self.is_end && self.pending().is_empty()) {
            if !self.is_end && self.failure.is_none() && !self.is_behind {
                self.failure = self.fill().err();
            }
            if let Some(block) = self.split()? {
                return Ok(Some(block));
            }
            if let Some(error) = self.failure.take_if(|_| !self.is_behind) {
                return Err(error).with_context(|| format!("cannot read {} further", self.name));
            }
        }
        Ok(None)
    }

    /// The bytes that were read but not yet passed on.
    fn pending(&self) -> &[u8] {
        &self.buffer[self.begin..self.filled]
    }

    /// Reads once, or again if interrupted.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.begin..self.filled, 0);
        self.filled -= std::mem::take(&mut self.begin);
        let room = self.filled..self.filled + self.ask;
        if self.buffer.len() < room.end {
            self.buffer.resize(room.end, 0);
        }
        let result = loop {
            match self.reader.read(&mut self.buffer[room.clone()]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        let count = *result.as_ref().unwrap_or(&0);
        self.filled += count;
        if count == self.ask {
            self.ask = (self.ask * 2).min(READ_BYTES);
        }
        self.is_end = result? == 0;
        Ok(())
    }

    /// The complete payloads, as a block, if there are any.
    fn split(&mut self) -> anyhow::Result<Option<Block>> {
        let mut ranges = Vec::new();
        let pending = &self.buffer[self.begin..self.filled];
        let mut done = self.splitter.split(pending, self.is_end, PAYLOADS_AT_MOST, &mut ranges);
        self.is_behind = ranges.len() >= PAYLOADS_AT_MOST;
        let is_last = self.failure.is_some() && !self.is_behind;
        if let Some(last) = is_last.then(|| self.splitter.complete()).flatten() {
            ranges.push(done + last.start..done + last.end);
            done += last.end;
        }
        if self.skipped.is_some() && !ranges.is_empty() {
            ranges.remove(0);
            self.skipped = None;
        }
        let looked = self.splitter.looked(&pending[done..]);
        let is_too_long = looked > self.limit && !self.is_behind;
        if let Some(skipped) = &mut self.skipped {
            *skipped += looked as u64;
        } else if is_too_long {
            ranges.push(done..done + looked);
            self.skipped = Some(0);
        }
        if self.skipped.is_some() {
            self.splitter.forget();
            done += looked;
        }
        let block = self.block(ranges, done);
        self.give_up_if_endless()?;
        Ok(block)
    }

    /// Takes the first `done` of the pending bytes, with the payloads in them.
    fn block(&mut self, ranges: Vec<Range<usize>>, done: usize) -> Option<Block> {
        let (mut frames, mut cursor) = placed(&self.buffer[self.begin..self.filled], self.at, ranges);
        self.at = cursor.advance_to(done);
        let (begin, end) = (self.begin, self.begin + done);
        self.begin = end;
        if frames.is_empty() {
            self.drop_blank(begin..end);
            return None;
        }
        let lead = Box::new(std::mem::replace(&mut self.lead, Lead::none(self.at)));
        // The block or the rest, whichever is shorter, is copied.
        let left = end..self.filled;
        let is_short = done < left.len();
        let copied = if is_short { begin..end } else { left };
        let mut buffer = std::mem::take(&mut self.spare);
        if buffer.len() < copied.len() {
            buffer.resize(copied.len(), 0);
        }
        buffer[..copied.len()].copy_from_slice(&self.buffer[copied.clone()]);
        if !is_short {
            frames.iter_mut().for_each(|(range, _)| *range = begin + range.start..begin + range.end);
            (self.begin, self.filled) = (0, copied.len());
            std::mem::swap(&mut self.buffer, &mut buffer);
        }
        let range = if is_short { 0..done } else { begin..end };
        let (shape, framing) = (self.splitter.shape(), self.splitter.framing());
        Some(Block { buffer, range, lead, frames, shape, asked: self.splitter.asked(), framing })
    }

    /// Keeps dropped white space, unless it is more than a little.
    fn drop_blank(&mut self, dropped: Range<usize>) {
        let dropped = &self.buffer[dropped];
        if self.lead.bytes.len() + dropped.len() <= LEAD_AT_MOST && dropped.trim_ascii().is_empty() {
            self.lead.bytes.extend_from_slice(dropped);
        } else {
            self.lead = Lead::none(self.at);
        }
    }

    /// Stops looking for the end of a payload that goes on too long.
    fn give_up_if_endless(&mut self) -> anyhow::Result<()> {
        let Some(skipped) = self.skipped.filter(|skipped| *skipped > self.limit as u64 * SKIP_FACTOR) else {
            return Ok(());
        };
        self.is_end = true;
        self.begin = self.filled;
        let (name, line) = (&self.name, self.at.line);
        bail!(
            "stopped reading {name} at line {line}: a payload there has no end in {skipped} bytes; \
             if payloads may be that long, raise --max-payload-bytes"
        );
    }
}

#[cfg(test)]
mod tests;
