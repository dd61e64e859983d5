//! What a block's payloads came to.

use super::Options;
use super::unwrapped::Capture;
use crate::check::{Finding, Judge};
use crate::input::capture::Unwrap;
use crate::input::{Block, Frame};
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

impl JudgedBlock {
    /// Judges the payloads of `block`, whose first is number `first` of its source.
    #[must_use]
    pub(super) fn new(source: Arc<str>, first: u64, block: Block, judge: &Judge, options: &Options) -> Self {
        let judged = |(index, frame): (usize, Frame<'_>)| {
            let findings = if options.unwrap == Unwrap::Never {
                judge.judge(frame.bytes)
            } else if judge.is_ordinary(frame.bytes) && matches!(options.unwrap, Unwrap::Auto) {
                Vec::new()
            } else if let Some(capture) = Capture::open(frame, block.shape(), judge, options) {
                return Some((index, Outcome::Unwrapped(capture)));
            } else {
                judge.judge(frame.bytes)
            };
            (!findings.is_empty()).then_some((index, Outcome::Found(findings)))
        };
        let outcomes = block.frames().enumerate().filter_map(judged).collect();
        Self { source, first, block, outcomes }
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

    /// What was passed over in captures, in words, and how often.
    pub fn skipped(&self) -> impl Iterator<Item = (&str, u64)> {
        self.outcomes
            .iter()
            .flat_map(|(_, outcome)| match outcome {
                Outcome::Found(_) => [].iter(),
                Outcome::Unwrapped(capture) => capture.skipped.iter(),
            })
            .map(|(what, times)| (what.as_str(), *times))
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
