//! The results for one block of payloads.

use super::room::Claim;
use super::unwrapped::{Capture, Unwrapped};
use super::{Input, Judged, Options, Piece};
use crate::capture::{Shape, Skipped, Unwrap, stands_for_itself};
use crate::check::{Code, Finding, Judge, Look, Unworded};
use crate::event::{self, Recognised};
use crate::payload::{BYTE_ORDER_MARK, Position, Reader};
use crate::read::{Block, Blocks, Frame, Source};
use std::sync::Arc;

/// Some payloads of one source, in order, and their findings.
#[derive(Debug)]
pub struct JudgedBlock {
    /// The source's name, safe to print.
    pub source: Arc<str>,
    /// Whether the source begins with this block.
    begins_source: bool,
    /// The number of the first payload in its source, from 1; known once all before it are.
    first: u64,
    block: Block,
    /// The outcomes of all frames that are not clean payloads, by their index in the block.
    outcomes: Vec<(usize, FrameOutcome)>,
    /// The facts about each payload that do not depend on findings, in the order of [`Self::all`].
    briefs: Vec<Brief>,
    /// If there is no payload: the first text, and its findings in case the source holds nothing else.
    text: Option<(usize, Vec<Finding>)>,
}

/// The number of findings for which there is room: returning unused memory costs more than it takes.
pub(super) const MOSTLY: usize = 2;

/// The findings about a text that is all of a source. A word or two may be a misspelled value.
fn text_findings(text: &[u8], judge: &Judge) -> Vec<Finding> {
    let mut findings = judge.judge(text);
    let is_prose = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(2).is_some();
    // A text with a name in it is not prose.
    let is_unnamed = |finding: &&mut Finding| {
        finding.code == Code::Syntax
            && (finding.help.is_none() || finding.message.ends_with("no JSON value begins with"))
    };
    if let Some(finding) = findings.iter_mut().find(is_unnamed).filter(|_| is_prose) {
        finding.span = 0..memchr::memchr(b'\n', text).unwrap_or(text.len());
        finding.message = "this is text, not JSON, and contains no payload".to_owned();
        finding.help =
            Some("a delivery's body is a JSON object: capture it before anything turns it into text".into());
    }
    findings
}

/// The facts about a payload that do not depend on findings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brief {
    /// A fingerprint of its delivery.
    pub(super) delivery: Option<u64>,
    /// Its line in the source.
    pub(super) line: u64,
    /// The event as which it was judged.
    pub(super) event: Option<Recognised>,
}

#[derive(Debug)]
enum FrameOutcome {
    /// A payload with findings.
    Found(Vec<Finding>),
    Unwrapped(Capture),
}

impl FrameOutcome {
    /// The number of payloads.
    fn payloads(&self) -> u64 {
        match self {
            Self::Found(_) => 1,
            Self::Unwrapped(capture) => capture.payloads.len() as u64,
        }
    }

    /// Adds a finding to the payload with that index.
    fn add(&mut self, index: usize, finding: Finding) {
        match self {
            Self::Found(findings) => insert(findings, finding),
            Self::Unwrapped(capture) => capture.payloads[index].add(finding),
        }
    }
}

/// Inserts a finding in order of its place.
pub(super) fn insert(findings: &mut Vec<Finding>, finding: Finding) {
    findings.insert(findings.partition_point(|known| known.order() <= finding.order()), finding);
}

/// The outcome of a frame.
enum Looked {
    Payload(Look),
    Capture(Capture),
}

impl Looked {
    fn new(
        frame: Frame<'_>,
        shape: Option<&'static Shape>,
        judge: &Judge,
        options: &Options,
        reader: &mut Reader,
        claim: &mut Claim<'_>,
        unworded: Unworded,
    ) -> Self {
        if options.unwrap == Unwrap::Never || frame.bytes.len() > judge.limit() {
            return Self::Payload(judge.look(frame.bytes, reader, unworded));
        }
        let document = reader.accept(frame.bytes);
        let is_bare = options.unwrap == Unwrap::Auto && document.as_ref().is_some_and(stands_for_itself);
        let mut capture = None;
        if !is_bare {
            let document = document.as_ref();
            capture = Capture::open_within(frame, document, shape, judge, options, reader, claim);
        }
        let judged = match (capture, &document) {
            (Some(capture), _) => Self::Capture(capture),
            (None, Some(document)) => Self::Payload(judge.look_at(document, unworded)),
            (None, None) => Self::Payload(judge.look(frame.bytes, reader, unworded)),
        };
        document.into_iter().for_each(|document| reader.reuse(document));
        judged
    }
}

impl JudgedBlock {
    /// Judges the payloads of a piece.
    pub(super) fn new(
        piece: Piece,
        judge: &Judge,
        options: &Options,
        claim: &mut Claim<'_>,
        unworded: Unworded,
    ) -> Self {
        let Piece { source, begins_source, block } = piece;
        let mut briefs = Vec::with_capacity(block.len());
        let mut outcomes = Vec::new();
        let mut reader = event::reader();
        for (index, frame) in block.frames().enumerate() {
            let mut look =
                match Looked::new(frame, block.shape(), judge, options, &mut reader, claim, unworded) {
                    Looked::Payload(look) => look,
                    Looked::Capture(capture) => {
                        briefs.extend(capture.payloads.iter().map(Unwrapped::brief));
                        outcomes.push((index, FrameOutcome::Unwrapped(capture)));
                        continue;
                    }
                };
            briefs.push(Brief { delivery: look.delivery, line: frame.start.line, event: look.event });
            if !look.findings.is_empty() {
                look.findings.shrink_to(MOSTLY);
                claim.take(look.findings.iter().map(Finding::weight).sum());
                outcomes.push((index, FrameOutcome::Found(look.findings)));
            }
        }
        let text = match outcomes
            .iter()
            .find(|(_, outcome)| matches!(outcome, FrameOutcome::Unwrapped(capture) if capture.is_text()))
        {
            Some((index, _)) if briefs.is_empty() => {
                Some((*index, text_findings(block.frame(*index).bytes, judge)))
            }
            _ => None,
        };
        Self { source, begins_source, first: 1, block, outcomes, briefs, text }
    }

    /// Whether nothing was opened, and each object in it is of a known event: then all readers find the same in it.
    pub(super) fn is_plain(&self) -> bool {
        let begins_object = |frame: Frame<'_>| {
            let text = frame.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(frame.bytes);
            text.trim_ascii_start().starts_with(b"{")
        };
        let mut each = self.briefs.iter().zip(self.block.frames());
        self.shape().is_none()
            && !self.holds_capture()
            && each.all(|(brief, frame)| brief.event.is_some() || !begins_object(frame))
    }

    /// The piece that `text` makes in the place of this one, with `start` as the start of its text.
    pub(super) fn with_text(&self, text: Vec<u8>, start: Position, are_joined: bool) -> Piece {
        let begins_source = self.begins_source;
        let block = self.block.with_text(text, start, begins_source, are_joined);
        Piece { source: Arc::clone(&self.source), begins_source, block }
    }

    /// The block as it is in the source.
    pub(super) fn block(&self) -> &Block {
        &self.block
    }

    /// Numbers the payloads, from `next` on if the source continues. Returns the number of the next one.
    pub(super) fn number_from(&mut self, next: u64) -> u64 {
        self.first = if self.begins_source { 1 } else { next };
        self.first + self.briefs.len() as u64
    }

    /// Whether the source begins with this block.
    pub(super) fn begins_source(&self) -> bool {
        self.begins_source
    }

    /// Whether there is a payload, or the place where one should be.
    pub(super) fn holds_payload(&self) -> bool {
        !self.briefs.is_empty()
    }

    /// Whether there is only text that contains no payload.
    pub(super) fn is_only_text(&self) -> bool {
        self.text.is_some()
    }

    /// Judges the first text as a payload, because the whole source has none.
    pub(super) fn judge_text(&mut self) {
        let Some((index, findings)) = self.text.take() else { return };
        self.outcomes.retain(|(at, _)| *at != index);
        self.outcomes.insert(0, (index, FrameOutcome::Found(findings)));
        self.outcomes.sort_by_key(|(at, _)| *at);
        self.briefs.push(Brief { delivery: None, line: self.block.frame(index).start.line, event: None });
    }

    /// Judges the payloads of an input that is in memory, on the calling thread.
    ///
    /// # Errors
    /// A payload in it has no end.
    pub fn of_bytes(bytes: &[u8], judge: &Judge, options: &Options) -> anyhow::Result<Vec<Self>> {
        let (mut next, mut judged) = (1, Vec::new());
        let mut blocks = Blocks::new(&Source::STDIN, bytes, options.format, judge.limit())
            .joined(options.unwrap.joins_records())
            .of_length(bytes.len());
        while let Some(block) = blocks.next_block()? {
            let piece = Piece { source: blocks.name(), begins_source: judged.is_empty(), block };
            let mut block = Self::new(piece, judge, options, &mut Claim::unbounded(), Unworded::NONE);
            next = block.number_from(next);
            judged.push(block);
        }
        Ok(judged)
    }

    /// Adds a finding to each payload, identified by its index among all, in order.
    pub(super) fn add(&mut self, findings: Vec<(usize, Finding)>) {
        let mut findings = findings.into_iter().peekable();
        let mut before = std::mem::take(&mut self.outcomes).into_iter().peekable();
        let mut first = 0;
        for frame in 0..self.block.len() {
            let mut outcome = before.next_if(|(at, _)| *at == frame).map(|(_, outcome)| outcome);
            let end = first + outcome.as_ref().map_or(1, |outcome| outcome.payloads() as usize);
            while let Some((index, finding)) = findings.next_if(|(index, _)| *index < end) {
                outcome.get_or_insert(FrameOutcome::Found(Vec::new())).add(index - first, finding);
            }
            self.outcomes.extend(outcome.map(|outcome| (frame, outcome)));
            first = end;
        }
    }

    /// The facts about the source before its payloads.
    pub(super) fn input(&self) -> Input<'_> {
        let is_marked = self.all().next().is_some_and(|first| first.frame.is_behind_mark());
        Input { name: &self.source, is_marked }
    }

    /// The facts about each payload that do not depend on findings, in the order of [`Self::all`].
    pub(super) fn briefs(&self) -> impl Iterator<Item = Brief> {
        self.briefs.iter().copied()
    }

    /// The number of frames: payloads, and captures of any number of them.
    pub fn frames(&self) -> usize {
        self.block.len()
    }

    /// The shape of the source as a whole.
    pub fn shape(&self) -> Option<&'static Shape> {
        self.block.shape()
    }

    /// The number of payloads without a finding that were not in a capture.
    pub fn clean(&self) -> u64 {
        (self.block.len() - self.outcomes.len()) as u64
    }

    /// The number of bytes of the source in the block.
    pub fn bytes(&self) -> usize {
        self.block.bytes()
    }

    /// The buffer that the block was read into.
    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.block.into_buffer()
    }

    /// Whether something in it was opened.
    pub fn holds_capture(&self) -> bool {
        self.outcomes.iter().any(|(_, outcome)| matches!(outcome, FrameOutcome::Unwrapped(_)))
    }

    /// The payloads that have findings or were in a capture.
    pub fn found(&self) -> impl Iterator<Item = Judged<'_>> {
        let mut before = 0;
        self.outcomes.iter().enumerate().flat_map(move |(nth, (index, outcome))| {
            let number = self.first + (index - nth) as u64 + before;
            before += outcome.payloads();
            self.payloads(number, *index, Some(outcome))
        })
    }

    /// All payloads.
    pub fn all(&self) -> impl Iterator<Item = Judged<'_>> {
        self.as_read().flat_map(|(_, payloads)| payloads)
    }

    /// The frames as they are in the source, captures not opened, each with the payloads in it.
    pub fn as_read(&self) -> impl Iterator<Item = (Frame<'_>, impl Iterator<Item = Judged<'_>>)> {
        let (mut outcomes, mut next) = (self.outcomes.iter().peekable(), self.first);
        (0..self.block.len()).map(move |index| {
            let outcome = outcomes.next_if(|(at, _)| *at == index).map(|(_, outcome)| outcome);
            let number = next;
            next += outcome.map_or(1, FrameOutcome::payloads);
            (self.block.frame(index), self.payloads(number, index, outcome))
        })
    }

    /// The parts of each capture that were skipped.
    pub fn skipped(&self) -> impl Iterator<Item = &Skipped> {
        self.outcomes.iter().filter_map(|(_, outcome)| match outcome {
            FrameOutcome::Found(_) => None,
            FrameOutcome::Unwrapped(capture) => Some(&capture.skipped),
        })
    }

    /// The payloads of one frame, the first of which has this number: the frame itself, or those of its capture.
    fn payloads<'a>(
        &'a self,
        number: u64,
        index: usize,
        outcome: Option<&'a FrameOutcome>,
    ) -> impl Iterator<Item = Judged<'a>> {
        let frame = self.block.frame(index);
        let (bare, capture) = match outcome {
            None => (Some(&[][..]), None),
            Some(FrameOutcome::Found(findings)) => (Some(findings.as_slice()), None),
            Some(FrameOutcome::Unwrapped(capture)) => (None, Some(capture)),
        };
        let brief = move |number: u64| self.briefs.get((number - self.first) as usize);
        let event = move |number| brief(number).and_then(|brief| brief.event);
        let judged = move |number, frame, findings| {
            Judged::new(&self.source, number, frame, findings).as_event(event(number))
        };
        let bare = bare.map(|findings| judged(number, frame, findings));
        let unwrapped = capture.into_iter().flat_map(move |capture| {
            let numbered = capture.payloads.iter().zip(number..);
            numbered
                .map(move |(unwrapped, number)| judged(number, unwrapped.frame(frame), unwrapped.findings()))
        });
        bare.into_iter().chain(unwrapped)
    }
}
