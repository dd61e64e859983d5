//! Promises about any input that was redacted in place.
//!
//! Checks: the length stays; opened or not, and whichever events are wanted, the findings are at the same places; the
//! same key gives the same result; everything is written, unless something in it is compressed or not text.

use super::JUDGE;
use assoclens::capture::Unwrap;
use assoclens::check::Judge;
use assoclens::engine::{Judged, JudgedBlock, Options, Redaction, Withheld};
use assoclens::event::Wanted;
use assoclens::payload::Position;
use assoclens::read::InputFormat;
use assoclens::redact::Redactor;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// The judge of the command.
static ANY: LazyLock<Arc<Judge>> = LazyLock::new(|| Arc::new(Judge::default().with_events(Wanted::Any)));

fn options(unwrap: Unwrap) -> Options {
    Options { format: InputFormat::Auto, unwrap, all_events: false, jobs: 1 }
}

fn judged(bytes: &[u8], judge: &Judge, unwrap: Unwrap) -> Vec<JudgedBlock> {
    JudgedBlock::of_bytes(bytes, judge, &options(unwrap)).expect("nothing is too long")
}

/// The findings and their places: the code and the pointer, the offset in the input, and the span.
type Found = Vec<(String, u64, Range<usize>)>;

fn found(bytes: &[u8], judge: &Judge, unwrap: Unwrap) -> Found {
    let blocks = judged(bytes, judge, unwrap);
    let payloads = blocks.iter().flat_map(JudgedBlock::all);
    let found = payloads.flat_map(|Judged { frame, findings, .. }| {
        let itself = ("payload".to_owned(), frame.start.offset, 0..frame.bytes.len());
        let all = findings.iter().map(|finding| {
            let what = format!("{} {}", finding.code.as_str(), finding.pointer);
            (what, frame.start.offset, frame.place(&finding.span))
        });
        std::iter::once(itself).chain(all).collect::<Vec<_>>()
    });
    found.collect()
}

/// The input, with each of its payloads and captures redacted in place; `None` if something is withheld because it is
/// compressed or not text.
pub(crate) fn in_place(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut redaction, mut out) =
        (Redaction::new(Redactor::new([7; 16]), &ANY, &options(Unwrap::Auto)), Vec::new());
    let mut at = Position::START;
    for block in judged(bytes, &ANY, Unwrap::Auto) {
        let redacted = redaction.block(&block, at);
        for (line, withheld) in &redacted.withheld {
            assert_eq!(*withheld, Withheld::Opaque, "line {line} of\n{}", String::from_utf8_lossy(bytes));
        }
        if !redacted.withheld.is_empty() {
            return None;
        }
        out.extend_from_slice(&redacted.text);
        at = redacted.end.unwrap_or(at);
    }
    assert_eq!(out.len() as u64, at.offset, "each part is at its place");
    // White space at the end.
    out.extend_from_slice(&bytes[out.len()..]);
    Some(out)
}

/// Every promise about an input that is redacted in place.
pub(crate) fn redacted(bytes: &[u8]) {
    let Some(safe) = in_place(bytes) else { return };
    for (judge, unwrap) in
        [(&**ANY, Unwrap::Auto), (&ANY, Unwrap::Never), (&JUDGE, Unwrap::Auto), (&JUDGE, Unwrap::Never)]
    {
        assert_eq!(
            found(&safe, judge, unwrap.clone()),
            found(bytes, judge, unwrap),
            "{}\nwas redacted to\n{}",
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&safe)
        );
    }
    assert_eq!(in_place(bytes), Some(safe), "one key, one result");
}
