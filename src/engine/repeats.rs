//! Deliveries that occur twice in a stream: a retry sends the same one again, with the same `webhookId`.
//!
//! In: judged blocks, in order. Out: a note in each payload whose `webhookId` occurred before in the same source.
//! Invariants: memory is bounded, so at least the last [`REMEMBERED`] deliveries of each source are remembered, and at
//! most twice as many; a fingerprint is remembered, with a new key for each run.

use super::JudgedBlock;
use crate::check::{Code, Finding, Judge};
use crate::escape::visible;
use crate::payload::{Document, Pointer};
use crate::seed::Fingerprinted;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;

/// The number of deliveries of a source that are remembered, at least.
const REMEMBERED: usize = 1 << 16;

/// The line of each delivery, by its fingerprint.
type DeliveryLines = HashMap<u64, u64, BuildHasherDefault<Fingerprinted>>;

/// The deliveries of one source so far.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// The line of each delivery, by its fingerprint: the latest ones, and those before them.
    recent: DeliveryLines,
    older: DeliveryLines,
}

impl Repeats {
    /// Adds a note to each payload of `block` that was delivered before.
    pub(super) fn note(&mut self, block: &mut JudgedBlock, judge: &Judge) {
        if block.begins_source() {
            *self = Self::default();
        }
        let mut repeated = Vec::new();
        for (index, brief) in block.briefs().enumerate() {
            let first = brief.delivery.and_then(|delivery| self.seen(delivery, brief.line));
            repeated.extend(first.map(|first| (index, first)));
        }
        if !repeated.is_empty() {
            let notes = notes(&repeated, block, judge);
            block.add(notes);
        }
    }

    /// The line of the earlier delivery, if it is remembered.
    fn seen(&mut self, delivery: u64, line: u64) -> Option<u64> {
        let before = self.recent.get(&delivery).or_else(|| self.older.get(&delivery)).copied();
        if self.recent.len() == REMEMBERED {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(delivery, before.unwrap_or(line));
        before
    }
}

/// The place of a payload's `webhookId`.
pub(super) fn span_of_id(document: &Document<'_>) -> Option<Range<usize>> {
    let value = document.root().member("webhookId")?;
    Some(document.span(value.text()))
}

/// The note for each repeated payload, given the line of the first, with its index in the block.
fn notes(repeated: &[(usize, u64)], block: &JudgedBlock, judge: &Judge) -> Vec<(usize, Finding)> {
    let mut payloads = block.all().enumerate();
    let note = |(index, first): &(usize, u64)| {
        let (_, payload) = payloads.find(|(at, _)| at == index)?;
        Some((*index, judge.weigh(note(payload.frame.bytes, *first)?)?))
    };
    repeated.iter().filter_map(note).collect()
}

fn note(bytes: &[u8], first: u64) -> Option<Finding> {
    let document = Document::parse(bytes).ok()?;
    let value = document.root().member("webhookId")?;
    let id: String = value.as_str()?.chars().take(60).collect();
    let message =
        format!("this was delivered before, on line {first}: `webhookId` is `{}` there, too", visible(&id));
    let (pointer, span) = (Pointer::default().join("webhookId"), document.span(value.text()));
    let help = Some("retries are normal; a receiver does nothing the second time".into());
    Some(Finding { help, ..Finding::new(Code::DuplicateDelivery, pointer, span, message) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_deliveries_are_remembered_and_no_more_than_twice_as_many() {
        let (mut repeats, remembered) = (Repeats::default(), REMEMBERED as u64);
        for line in 1..=5 * remembered {
            assert_eq!(repeats.seen(line, line), None);
            assert!(repeats.recent.len() + repeats.older.len() <= 2 * REMEMBERED, "after {line}");
        }
        for line in 4 * remembered + 1..=5 * remembered {
            assert_eq!(repeats.seen(line, 0), Some(line));
        }
        assert_eq!(repeats.seen(1, 0), None);
    }
}
