//! What holds of an input that may be a capture, whatever it holds and however it is unwrapped.
//!
//! What is checked: every place is within the input, and where it is said to be; what comes out of a capture is bounded
//! by what went in; every report of a payload that was in one is harmless, well-formed and bounded.

use super::{JUDGE, TOLD_AT_MOST, assert_form, assert_harmless, head_at_most, looks, reports, text};
use assoclens::capture::Unwrap;
use assoclens::engine::{Judged, JudgedBlock, Options};
use assoclens::read::InputFormat;
use assoclens::report::{Summary, shown};

/// How much may be inflated of each byte of a capture, and of each capture.
const INFLATED_PER_BYTE: usize = 100;
const INFLATED_AT_LEAST: usize = 4 << 10;

/// Of how many payloads of a block every report is looked at: the next are reported in the same way, and looking at all
/// of them is most of what a fuzzer would do.
const TOLD_OF: usize = 4;

/// What an input of these bytes comes to.
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
        block.all().take(TOLD_OF).for_each(|payload| told(&payload, &block));
    }
    let most = bytes.len() * (INFLATED_PER_BYTE + 1) + frames * INFLATED_AT_LEAST;
    assert!(unwrapped <= most, "{unwrapped} bytes out of {}", bytes.len());
}

/// What a payload is written in stands where it is said to, and every finding within it.
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

fn told(payload: &Judged<'_>, block: &JudgedBlock) {
    let judged = Judged { source: "a.har", ..payload.within_room() };
    let mut summary = Summary::default();
    summary.add(&judged);
    block.skipped().for_each(|skipped| summary.skipped.merge(skipped));
    for (format, mut report) in reports() {
        let mut out = Vec::new();
        report.item(&judged, &mut out).expect("a Vec takes everything");
        let at_most = TOLD_AT_MOST + head_at_most(format);
        assert!(out.len() <= at_most, "{format}: {} bytes about one payload", out.len());
        report.finish(&summary, &mut out).expect("a Vec takes everything");
        let out = text(out);
        assert_harmless(&out, format == "github");
        assert_form(format, &out);
    }
    looks(&judged);
}
