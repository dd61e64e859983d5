//! What a block's payloads came to.

use super::Options;
use super::unwrapped::{Capture, Unwrapped};
use crate::check::{Finding, Judge};
use crate::input::capture::{Skipped, Unwrap};
use crate::input::{Block, Blocks, Frame, Source};
use std::sync::Arc;

/// Some payloads of one source, in order, and what was found about them.
#[derive(Debug)]
pub struct JudgedBlock {
    /// The source's name, safe to print.
    pub source: Arc<str>,
    /// The number of the first frame in its source, from 1.
    first: u64,
    block: Block,
    /// What the frames came to that are not plainly clean payloads, by their index in the block.
    outcomes: Vec<(usize, Outcome)>,
    /// Of each payload, which delivery it is, and its line.
    deliveries: Vec<(Option<u64>, u64)>,
}

#[derive(Debug)]
enum Outcome {
    /// A payload with findings.
    Found(Vec<Finding>),
    /// A capture.
    Unwrapped(Capture),
}

/// One payload, and what was found about it.
#[derive(Clone, Copy, Debug)]
pub struct JudgedPayload<'a> {
    /// Its number in its source, from 1; of one that was in a capture, that of the capture.
    pub number: u64,
    /// Its bytes and place.
    pub frame: Frame<'a>,
    /// All findings, by place.
    pub findings: &'a [Finding],
}

impl JudgedPayload<'_> {
    /// All findings and one more, by place.
    #[must_use]
    pub fn findings_and(&self, finding: Finding) -> Vec<Finding> {
        let mut findings = self.findings.to_vec();
        let at = findings.partition_point(|known| known.order() <= finding.order());
        findings.insert(at, finding);
        findings
    }
}

impl JudgedBlock {
    /// Judges the payloads of `block`, whose first is number `first` of its source.
    #[must_use]
    pub(super) fn new(source: Arc<str>, first: u64, block: Block, judge: &Judge, options: &Options) -> Self {
        let mut deliveries = Vec::with_capacity(block.len());
        let mut outcomes = Vec::new();
        for (index, frame) in block.frames().enumerate() {
            let is_plain = match options.unwrap {
                Unwrap::Never => Some(judge.look(frame.bytes)),
                Unwrap::Auto => judge.glance(frame.bytes),
                Unwrap::Only(_) | Unwrap::At(_) => None,
            };
            let capture = || Capture::open(frame, block.shape(), judge, options);
            let look = match is_plain.map_or_else(|| capture().ok_or(None), |look| Err(Some(look))) {
                Ok(capture) => {
                    deliveries.extend(capture.payloads.iter().map(Unwrapped::delivery));
                    outcomes.push((index, Outcome::Unwrapped(capture)));
                    continue;
                }
                Err(look) => look.unwrap_or_else(|| judge.look(frame.bytes)),
            };
            deliveries.push((look.delivery, frame.start.line));
            if !look.findings.is_empty() {
                outcomes.push((index, Outcome::Found(look.findings)));
            }
        }
        Self { source, first, block, outcomes, deliveries }
    }

    /// Judges the payloads of an input that is in memory, on the calling thread.
    ///
    /// # Errors
    /// A payload in it has no end.
    pub fn of_bytes(bytes: &[u8], judge: &Judge, options: &Options) -> anyhow::Result<Vec<Self>> {
        let (mut number, mut judged) = (1, Vec::new());
        let mut blocks = Blocks::new(&Source::STDIN, bytes, options.format, judge.limit());
        while let Some(block) = blocks.next_block()? {
            let length = block.len() as u64;
            judged.push(Self::new(blocks.name(), number, block, judge, options));
            number += length;
        }
        Ok(judged)
    }

    /// Of each payload, in the order of [`Self::all`], a fingerprint of which delivery it is, and its line.
    pub(super) fn deliveries(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        self.deliveries.iter().copied()
    }

    /// How many payloads have no finding and were in no capture.
    #[must_use]
    pub fn clean(&self) -> u64 {
        (self.block.len() - self.outcomes.len()) as u64
    }

    /// How many bytes of the source the block holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.block.bytes()
    }

    /// The buffer that the block was read into.
    #[must_use]
    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.block.into_buffer()
    }

    /// The payloads that have findings or were in a capture.
    pub fn found(&self) -> impl Iterator<Item = JudgedPayload<'_>> {
        self.outcomes.iter().flat_map(|(index, outcome)| self.payloads(*index, Some(outcome)))
    }

    /// All payloads.
    pub fn all(&self) -> impl Iterator<Item = JudgedPayload<'_>> {
        let mut outcomes = self.outcomes.iter().peekable();
        (0..self.block.len()).flat_map(move |index| {
            let outcome = outcomes.next_if(|(at, _)| *at == index).map(|(_, outcome)| outcome);
            self.payloads(index, outcome)
        })
    }

    /// What was passed over in each capture.
    pub fn skipped(&self) -> impl Iterator<Item = &Skipped> {
        self.outcomes.iter().filter_map(|(_, outcome)| match outcome {
            Outcome::Found(_) => None,
            Outcome::Unwrapped(capture) => Some(&capture.skipped),
        })
    }

    /// The payloads of one frame: itself, or those of the capture that it is.
    fn payloads<'a>(
        &'a self,
        index: usize,
        outcome: Option<&'a Outcome>,
    ) -> impl Iterator<Item = JudgedPayload<'a>> {
        let (number, frame) = (self.first + index as u64, self.block.frame(index));
        let (bare, capture) = match outcome {
            None => (Some(&[][..]), None),
            Some(Outcome::Found(findings)) => (Some(findings.as_slice()), None),
            Some(Outcome::Unwrapped(capture)) => (None, Some(capture)),
        };
        let bare = bare.map(|findings| JudgedPayload { number, frame, findings });
        let unwrapped = capture.into_iter().flat_map(move |capture| {
            capture.payloads.iter().map(move |unwrapped| JudgedPayload {
                number,
                frame: unwrapped.frame(frame),
                findings: unwrapped.findings(),
            })
        });
        bare.into_iter().chain(unwrapped)
    }
}
