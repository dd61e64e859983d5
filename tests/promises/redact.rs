//! Promises about any input that was redacted in place.
//!
//! Checks: the length stays; opened or not, the findings are at the same places; the same key gives the same result.

use super::captures::opened;
use assoclens::capture::Unwrap;
use assoclens::engine::{Judged, JudgedBlock};
use assoclens::redact::Redactor;
use std::ops::Range;

/// The findings and their places: the code and the pointer, the offset in the input, and the span.
type Found = Vec<(String, u64, Range<usize>)>;

pub(crate) fn found(bytes: &[u8], unwrap: Unwrap) -> Found {
    let blocks = opened(bytes, unwrap);
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

/// The input, with each of its payloads and captures redacted in place; `None` if something in it is compressed.
pub(crate) fn in_place(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut redactor, mut out) = (Redactor::new([7; 16]), bytes.to_vec());
    for block in opened(bytes, Unwrap::Auto) {
        for (frame, _) in block.as_read() {
            let redacted = redactor.redact_in(frame.bytes, block.shape(), frame.start.offset == 0);
            assert_eq!(redacted.len(), frame.bytes.len());
            let start = usize::try_from(frame.start.offset).expect("it is in memory");
            out[start..start + redacted.len()].copy_from_slice(&redacted);
        }
    }
    (!redactor.take_opaque()).then_some(out)
}

/// Every promise about an input that is redacted in place.
pub(crate) fn redacted(bytes: &[u8]) {
    let Some(safe) = in_place(bytes) else { return };
    for unwrap in [Unwrap::Auto, Unwrap::Never] {
        assert_eq!(
            found(&safe, unwrap.clone()),
            found(bytes, unwrap),
            "{}\nwas redacted to\n{}",
            String::from_utf8_lossy(bytes),
            String::from_utf8_lossy(&safe)
        );
    }
    assert_eq!(in_place(bytes), Some(safe), "one key, one result");
}
