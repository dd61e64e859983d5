//! Captures: the payloads in one, the findings about each, and their places in the source.
//!
//! Invariants: every place leads to the capture's own bytes; skipped parts are counted by kind; a capture without a
//! payload is itself judged, so that it never passes silently.

use super::Options;
use super::judged::{Brief, MOSTLY, insert};
use super::repeats::span_of_id;
use super::room::Claim;
use crate::capture::{
    Enclosed, Leaf, Origin, Shape, Skipped, TEXTS, Trace, Unavailable, Why, found_in, names_the_event,
    recognised_value,
};
use crate::check::{Code, Finding, Judge, Level, Look, SHOWN_AT_MOST, Share, Unworded};
use crate::escape::visible;
use crate::event::{self, Recognised, Role, Wanted, standing};
use crate::headers::Fidelity;
use crate::payload::{BYTE_ORDER_MARK, Cursor, Document, Pointer, Position, Reader};
use crate::read::Frame;
use std::ops::Range;

/// The number of payloads of one capture, and findings about them, that are kept until the whole capture is reported.
const KEPT_AT_MOST: usize = 1 << 18;

/// The memory of a step on the way to a payload, in bytes, approximately.
const STEP_BYTES: usize = 128;

/// One payload that was in a capture.
#[derive(Debug)]
pub(crate) struct Unwrapped {
    origin: Origin,
    text: PayloadText,
    /// The bytes of the capture that hold it.
    written: Range<usize>,
    /// The place in the source where those begin.
    start: Position,
    findings: Vec<Finding>,
    delivery: Option<u64>,
    /// The event as which it was judged.
    event: Option<Recognised>,
    /// The span of each finding and of the delivery's id, with its place in bytes from the start of those bytes.
    places: Vec<(Range<usize>, Range<usize>)>,
    /// The reason if the payload is unavailable.
    unavailable: Option<Unavailable>,
}

/// The payload's bytes.
#[derive(Debug)]
enum PayloadText {
    /// Part of the capture, unchanged.
    Within(Range<usize>),
    Decoded(Vec<u8>),
}

/// A capture, opened.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    /// The payloads to judge.
    pub(crate) payloads: Vec<Unwrapped>,
    /// The parts that were skipped.
    pub(crate) skipped: Skipped,
}

/// One payload of a capture, before the rest is known.
struct CaptureItem {
    unwrapped: Unwrapped,
    skippable: Option<Skippable>,
}

/// Something that may be skipped.
struct Skippable {
    /// Its kind.
    what: String,
    skipped: When,
}

/// The condition for skipping something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    /// If there is a payload of the event next to it.
    BesideEvent,
    /// If one of the captured bodies is such a payload: for payloads found elsewhere, no tool says that they were sent.
    BesideBody,
}

impl Skippable {
    fn new(what: &str, skipped: When) -> Self {
        Self { what: what.to_owned(), skipped }
    }
}

/// The content of a capture so far.
struct Gathered<'c, 'r> {
    wanted: Wanted,
    claim: &'c mut Claim<'r>,
    found: Vec<CaptureItem>,
    /// The number of payloads and findings that may be kept.
    most: usize,
    room: usize,
    /// Whether the missing room was reported.
    is_full: bool,
    /// Whether anything is never skipped, and whether it is a captured body.
    has_event: bool,
    has_body: bool,
    /// The capture, with the parts skipped.
    capture: Capture,
}

impl Capture {
    /// Whether it has text without a payload.
    pub(crate) fn is_text(&self) -> bool {
        self.skipped.names().contains_key(TEXTS)
    }

    /// Opens the capture in `frame`, and judges its payloads. `None` if it is not a capture.
    pub(crate) fn open(
        frame: Frame<'_>,
        shape: Option<&'static Shape>,
        judge: &Judge,
        options: &Options,
    ) -> Option<Self> {
        let mut reader = event::reader();
        let document =
            if frame.bytes.len() > judge.limit() { return None } else { reader.accept(frame.bytes) };
        let (document, claim) = (document.as_ref(), &mut Claim::unbounded());
        Self::open_within(frame, document, shape, judge, options, &mut reader, claim)
    }

    /// The same for a frame that is not too long and was read by [`event::reader`]'s reader; it is JSON if there is a
    /// document. Memory is taken from a claim.
    pub(super) fn open_within(
        frame: Frame<'_>,
        document: Option<&Document<'_>>,
        shape: Option<&'static Shape>,
        judge: &Judge,
        options: &Options,
        reader: &mut Reader,
        claim: &mut Claim<'_>,
    ) -> Option<Self> {
        let gathered = Gathered::at_most(KEPT_AT_MOST, judge.wanted(), claim);
        gathered.open(frame, document, shape, judge, options, reader)
    }
}

impl<'c, 'r> Gathered<'c, 'r> {
    /// An empty capture, with room for this many payloads and findings, give or take those of one payload.
    fn at_most(most: usize, wanted: Wanted, claim: &'c mut Claim<'r>) -> Self {
        let (found, capture) = (Vec::new(), Capture::default());
        let (is_full, has_event, has_body) = (false, false, false);
        Self { wanted, claim, found, most, room: most, is_full, has_event, has_body, capture }
    }

    fn open(
        mut self,
        frame: Frame<'_>,
        document: Option<&Document<'_>>,
        shape: Option<&'static Shape>,
        judge: &Judge,
        options: &Options,
        reader: &mut Reader,
    ) -> Option<Capture> {
        let mut cursor = Cursor::new(frame.bytes, frame.start);
        let mut look = |leaf: Leaf<'_>| {
            self.add(leaf, options, |leaf| Unwrapped::new(leaf, frame, &mut cursor, judge));
        };
        let limit = judge.limit();
        let is_capture = options.unwrap.open(frame.bytes, document, shape, limit, reader, &mut look);
        is_capture.then(|| self.into_capture())
    }

    /// Adds a payload unless it is skipped. If there is no more room, that is reported once, for the first payload that
    /// is not judged.
    fn add(&mut self, mut leaf: Leaf<'_>, options: &Options, judged: impl FnOnce(Leaf<'_>) -> Unwrapped) {
        let mut skippable = skippable(&leaf, options, self.wanted);
        if let Some(Skippable { what, .. }) =
            skippable.take_if(|skippable| self.is_skipped(skippable.skipped))
        {
            let times = if what == TEXTS { lines(leaf.bytes) } else { 1 };
            return self.capture.skipped.add_several(&what, times);
        }
        if self.is_full {
            return;
        }
        if self.room == 0 {
            self.is_full = true;
            leaf.unavailable = Some(Unavailable::too_many(self.most));
            skippable = None;
        }
        self.has_event |= skippable.is_none();
        self.has_body |= skippable.is_none() && leaf.origin.found_at().is_none();
        let unwrapped = judged(leaf);
        self.claim.take(unwrapped.weight());
        self.room = self.room.saturating_sub(1 + unwrapped.findings.len());
        self.found.push(CaptureItem { unwrapped, skippable });
    }

    fn is_skipped(&self, when: When) -> bool {
        match when {
            When::Always => true,
            When::BesideEvent => self.has_event,
            When::BesideBody => self.has_body,
        }
    }

    /// Skips the payloads of other events, if there is one of the event.
    fn into_capture(mut self) -> Capture {
        for CaptureItem { unwrapped, skippable } in std::mem::take(&mut self.found) {
            match skippable {
                Some(Skippable { what, skipped }) if self.is_skipped(skipped) => {
                    self.capture.skipped.add(&what);
                }
                _ => self.capture.payloads.push(unwrapped),
            }
        }
        self.capture
    }
}

impl Unwrapped {
    fn new(leaf: Leaf<'_>, frame: Frame<'_>, cursor: &mut Cursor<'_>, judge: &Judge) -> Self {
        let Look { mut findings, delivery, event } = look(&leaf, judge);
        findings.shrink_to(MOSTLY);
        let mut trace = Trace::new(&leaf.layers);
        // A layer that is off by a byte may point past the frame: a wrong place is better than none for a whole run.
        let whole = frame.bytes.len();
        let start = trace.outward(0).min(whole);
        let places = spans(&findings, delivery.and_then(|_| span_of_id(leaf.document?)));
        let places = places.into_iter().map(|(span, is_shown)| {
            let from = trace.outward(span.start).clamp(start, whole) - start;
            // Only shown findings need an end, which is looked for from the start of the finding.
            let to =
                if is_shown { trace.clone().outward(span.end).clamp(start, whole) - start } else { from };
            (span, from..to.max(from))
        });
        let places = places.collect();
        // Each part is walked once: the walk continues from the last place.
        let end = trace.outward(leaf.bytes.len()).clamp(start, whole);
        let is_within = frame.bytes.get(start..end) == Some(leaf.bytes);
        let text = if is_within {
            PayloadText::Within(start..end)
        } else {
            PayloadText::Decoded(leaf.bytes.to_vec())
        };
        Self {
            origin: leaf.origin,
            text,
            written: start..end,
            start: cursor.go_to(start),
            findings,
            delivery,
            event,
            places,
            unavailable: leaf.unavailable,
        }
    }
}

/// The spans that reports may point at, by start, and whether they are shown: the findings, and the delivery's id,
/// which may get a finding once the earlier deliveries are known.
fn spans(findings: &[Finding], id: Option<Range<usize>>) -> Vec<(Range<usize>, bool)> {
    let mut room = 0..SHOWN_AT_MOST;
    let mut shown = Share::of_payload(findings, |_| room.next().is_some());
    let of_finding = |finding: &Finding| (finding.span.clone(), shown.take(finding.level));
    let mut spans: Vec<_> = findings.iter().map(of_finding).collect();
    if let Some(id) = id {
        spans.insert(spans.partition_point(|(span, _)| span.start < id.start), (id, true));
    }
    spans
}

const NESTED: &str = "deliveries are flat, so a handler that reads `body.data` gets nothing from them";

/// The advice about a body that looks like a capture: an option would lead past the sent bytes.
const AS_SENT: &str =
    "this is the body as it was sent, which is what a receiver gets; what is in it was not checked";

/// The file that a command about the payload refers to.
const ALONE: &str = ", with the body alone in FILE";
/// The finding that the value around the payload is not a delivery: the payload was found in it, or is the nested form.
fn around(leaf: &Leaf<'_>) -> Option<Finding> {
    let (origin, span) = (&leaf.origin, 0..leaf.bytes.len());
    if origin.is_nested() {
        let help = Some(NESTED.into());
        let message = "the event's fields are one level down, in `data`";
        return Some(Finding {
            help,
            ..Finding::new(Code::NestedData, Pointer::default(), span, message.to_owned())
        });
    }
    let place = origin.found_at()?;
    let message = match place.as_str() {
        "" => "found in a text, which is not a delivery itself".to_owned(),
        place if place.contains("/response/") => {
            format!("found in an answer, at `{}`; it was not sent as a body", visible(place))
        }
        place => format!("found at `{}`; the value around it is not a delivery", visible(place)),
    };
    let mut help = "a receiver that gets the whole value finds none of the event's fields".to_owned();
    if let Some(option) = origin.option() {
        help += &format!("; to check the payload alone, add: {option}");
    }
    Some(Finding {
        help: Some(help.into()),
        ..Finding::new(Code::WrappedPayload, Pointer::default(), span, message)
    })
}

/// The number of lines that are not blank.
fn lines(text: &[u8]) -> u64 {
    text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count() as u64
}

/// The kind under which the delivery is skipped, and the condition; `None` for one to judge.
fn skippable(leaf: &Leaf<'_>, options: &Options, wanted: Wanted) -> Option<Skippable> {
    let is_log = leaf.origin.fidelity == Fidelity::Logged;
    let unless_log = |when| if is_log { When::Always } else { when };
    match &leaf.unavailable {
        Some(Unavailable { skippable: Some(what), .. }) => return Some(Skippable::new(what, When::Always)),
        Some(Unavailable { why: Why::Empty, .. }) => {
            return Some(Skippable::new("without a body", When::BesideEvent));
        }
        // A broken delivery is not another request.
        Some(Unavailable { why: Why::NotJson, .. }) if !names_the_event(leaf.bytes) => {
            return Some(Skippable::new("not JSON", When::BesideEvent));
        }
        Some(_) => return None,
        None => {}
    }
    let document = leaf.document?;
    match standing(document, wanted) {
        Role::Event => None,
        Role::Other(_) if options.all_events => None,
        Role::Other(event) => Some(Skippable::new(&event, unless_log(When::BesideEvent))),
        // A payload that looks like a capture, or has the event's fields at a deeper level, is judged as it is, with a
        // finding about that.
        Role::Foreign if !is_log && may_hold_event(leaf.bytes, document) => None,
        Role::Foreign => {
            Some(Skippable::new("JSON without a field of the event", unless_log(When::BesideBody)))
        }
    }
}

/// Whether the event's fields, or something like a capture of them, occur in a document.
fn may_hold_event(text: &[u8], document: &Document<'_>) -> bool {
    recognised_value(document.root()).is_some() || names_the_event(text) || found_in(document).is_some()
}

fn look(leaf: &Leaf<'_>, judge: &Judge) -> Look {
    let Some(unavailable) = &leaf.unavailable else {
        let document = leaf.document.filter(|_| leaf.bytes.len() <= judge.limit());
        let look = || judge.look(leaf.bytes, &mut event::reader(), Unworded::NONE);
        let mut look = document.map_or_else(look, |document| judge.look_at(document, Unworded::NONE));
        // If the payload is the whole text, and not an object in it, a command about the file applies to it, too.
        let is_whole = leaf.layers.len() == 1 && leaf.origin.is_text();
        for Finding { code, help, .. } in &mut look.findings {
            match help {
                _ if matches!(*code, Code::WrappedPayload | Code::NestedData) => {
                    *help = Some(AS_SENT.into());
                }
                Some(help) if help.contains("FILE") && !is_whole => *help += ALONE,
                _ => {}
            }
        }
        if let Some(around) = around(leaf).and_then(|finding| judge.weigh(finding)) {
            look.findings
                .insert(look.findings.partition_point(|known| known.order() < around.order()), around);
        }
        return look;
    };
    let is_cut = unavailable.why == Why::Cut;
    // A cut is shown at the end of the text, not on the blank line after it.
    let end = if is_cut { leaf.bytes.trim_ascii_end().len() } else { leaf.bytes.len() };
    let finding = Finding {
        code: unavailable.why.into(),
        level: Level::Error,
        pointer: Pointer::default(),
        span: if is_cut { end..end } else { 0..end },
        message: unavailable.message.clone(),
        label: None,
        help: Some(unavailable.help.into()),
        remedy: None,
    };
    Look { findings: vec![finding], delivery: None, event: None }
}

impl Unwrapped {
    /// The payload in the capture `around` it. Its place is that of the value that holds it.
    pub(crate) fn frame<'a>(&'a self, around: Frame<'a>) -> Frame<'a> {
        let bytes = match &self.text {
            PayloadText::Within(range) => &around.bytes[range.clone()],
            PayloadText::Decoded(bytes) => bytes,
        };
        let written = &around.bytes[self.written.clone()];
        let unavailable = self.unavailable.as_ref();
        let is_behind_mark = around.bytes.starts_with(BYTE_ORDER_MARK);
        let enclosed =
            Enclosed { origin: &self.origin, written, places: &self.places, unavailable, is_behind_mark };
        Frame { bytes, start: self.start, enclosed: Some(enclosed) }
    }

    /// The memory that it takes, in bytes, approximately.
    fn weight(&self) -> usize {
        let text = if let PayloadText::Decoded(bytes) = &self.text { bytes.len() } else { 0 };
        let steps = self.origin.steps.len() * STEP_BYTES;
        let findings: usize = self.findings.iter().map(Finding::weight).sum();
        let places = self.places.len() * size_of::<(Range<usize>, Range<usize>)>();
        // It is kept in lists that grow, and moves from one to the other.
        4 * size_of::<CaptureItem>() + text + steps + findings + places
    }

    /// The facts about it that do not depend on findings.
    pub(super) fn brief(&self) -> Brief {
        Brief { delivery: self.delivery, line: self.start.line, event: self.event }
    }

    /// Adds a finding about the delivery's id, which has a known place.
    pub(super) fn add(&mut self, finding: Finding) {
        insert(&mut self.findings, finding);
    }

    /// All findings, by place.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Unwrap;
    use crate::read::InputFormat;

    fn opened(capture: &str, most: usize) -> Capture {
        let options = Options { format: InputFormat::Auto, unwrap: Unwrap::Auto, all_events: false, jobs: 1 };
        let frame = Frame::bare(capture.as_bytes(), Position::START);
        let (judge, mut reader) = (Judge::default(), event::reader());
        let document = reader.accept(frame.bytes);
        let mut claim = Claim::unbounded();
        let gathered = Gathered::at_most(most, judge.wanted(), &mut claim);
        gathered.open(frame, document.as_ref(), None, &judge, &options, &mut reader).unwrap()
    }

    fn har(bodies: impl Iterator<Item = String>) -> String {
        let entries: Vec<String> =
            bodies.map(|body| format!(r#"{{"request":{{"postData":{{"text":{body:?}}}}}}}"#)).collect();
        format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","))
    }

    #[test]
    fn too_many_findings_are_an_error_where_the_excess_begins() {
        let capture = har((0..10).map(|_| r#"{"id":1}"#.to_owned()));
        let whole = opened(&capture, usize::MAX);
        assert_eq!(whole.payloads.len(), 10);
        let each = 1 + whole.payloads[0].findings.len();
        let part = opened(&capture, 3 * each);
        let codes = part.payloads.iter().map(|payload| payload.findings.last().unwrap().code);
        assert_eq!(
            codes.collect::<Vec<_>>(),
            [Code::SchemaType, Code::SchemaType, Code::SchemaType, Code::CaptureTooLong]
        );
        assert_eq!(part.payloads[3].start, whole.payloads[3].start);
        assert_eq!(opened(&capture, 10 * each).payloads.len(), 10);
    }

    #[test]
    fn skipped_things_are_counted_whatever_their_names() {
        let event = |length: usize| format!(r#"{{"type":"A{}Create"}}"#, "b".repeat(length));
        let capture = har((0..50).map(event).chain([r#"{"associationType":"USER_DEFINED"}"#.to_owned()]));
        let capture = opened(&capture, usize::MAX);
        assert_eq!(capture.payloads.len(), 1);
        assert_eq!(capture.skipped.names().values().sum::<u64>(), 50);
    }
}
