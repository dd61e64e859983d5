//! Promises about an input that may be a capture, whatever it holds and however it is unwrapped.
//!
//! Checks: every place is within the input, and correct; the payloads from a capture are bounded by its size; every
//! report of a captured payload is harmless, well-formed and bounded.

use super::{JUDGE, REPORTED_AT_MOST, assert_form, assert_harmless, head_at_most, looks, reports, text};
use assoclens::capture::Unwrap;
use assoclens::engine::{Judged, JudgedBlock, Options};
use assoclens::read::InputFormat;
use assoclens::report::{Summary, shown};

/// The bytes that may be inflated: for each byte of a capture, and for each capture.
const INFLATED_PER_BYTE: usize = 100;
const INFLATED_AT_LEAST: usize = 4 << 10;

/// The number of payloads of a block whose reports are all checked. The next are reported in the same way, and checking
/// all would take most of a fuzzer's time.
const REPORTED_OF: usize = 4;

/// The results for an input of these bytes.
pub(crate) fn opened(bytes: &[u8], unwrap: Unwrap) -> Vec<JudgedBlock> {
    let options = Options { format: InputFormat::Auto, unwrap, all_events: false, jobs: 1 };
    JudgedBlock::of_bytes(bytes, &JUDGE, &options).expect("nothing is too long")
}

/// Every promise about an input that may be a capture.
pub(crate) fn capture(bytes: &[u8], unwrap: &Unwrap) {
    let (mut unwrapped, mut frames) = (0, 0);
    for block in opened(bytes, unwrap.clone()) {
        frames += block.frames();
        for payload in block.all() {
            unwrapped += payload.frame.bytes.len();
            places(bytes, &payload);
        }
        block.all().take(REPORTED_OF).for_each(|payload| reported(&payload, &block));
    }
    let most = bytes.len() * (INFLATED_PER_BYTE + 1) + frames * INFLATED_AT_LEAST;
    assert!(unwrapped <= most, "{unwrapped} bytes out of {}", bytes.len());
}

/// The place of a payload is correct, and every finding is within it.
fn places(bytes: &[u8], payload: &Judged<'_>) {
    let Some(enclosed) = payload.frame.enclosed else { return };
    let start = usize::try_from(payload.frame.start.offset).expect("it is in memory");
    assert_eq!(&bytes[start..start + enclosed.written.len()], enclosed.written);
    let mut shown = shown(payload.findings);
    for finding in payload.findings.iter().filter(|finding| shown.take(finding.level)) {
        let place = payload.frame.place(&finding.span);
        assert!(
            place.start <= place.end && place.end <= enclosed.written.len(),
            "{finding:?} is at {place:?}"
        );
    }
}

fn reported(payload: &Judged<'_>, block: &JudgedBlock) {
    let judged = Judged { source: "a.har", ..payload.within_room() };
    let mut summary = Summary::default();
    summary.add(&judged);
    block.skipped().for_each(|skipped| summary.skipped.merge(skipped));
    for (format, mut report) in reports() {
        let mut out = Vec::new();
        report.item(&judged, &mut out).expect("a Vec takes everything");
        let at_most = REPORTED_AT_MOST + head_at_most(format);
        assert!(out.len() <= at_most, "{format}: {} bytes about one payload", out.len());
        report.finish(&summary, &mut out).expect("a Vec takes everything");
        let out = text(out);
        assert_harmless(&out, format == "github");
        assert_form(format, &out);
    }
    looks(&judged);
}
