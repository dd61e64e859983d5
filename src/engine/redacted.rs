//! Payloads redacted so that the same is found in them at the same places.
//!
//! In: a judged block, or one payload in it. Out: what can be written instead, as many bytes.
//! Invariants: whatever is returned was judged again, and has the findings of the original at their places; what has
//! others is redacted again under a key of its own, a bounded number of times, and then withheld; one key gives one
//! result; memory is bounded by a few blocks.
//!
//! Notes about repeated deliveries are not compared: their ids become the same under every key, so they stay repeated.

use super::room::Claim;
use super::{Judged, JudgedBlock, Options};
use crate::capture::Unwrap;
use crate::check::{Code, Finding, Judge, Unworded};
use crate::event;
use crate::payload::{Cursor, Position, Reader, is_binary};
use crate::read::Frame;
use crate::redact::{Counts, Redactor};
use std::ops::Range;
use std::sync::Arc;

/// The number of times that a payload is redacted.
const ATTEMPTS: u8 = 10;

/// Redacts one block or payload after another.
#[derive(Debug)]
pub struct Redaction {
    /// The redactor of each attempt so far.
    redactors: Vec<Redactor>,
    /// The ways of reading and judging. In the first, the original has been judged already; the others matter only if
    /// something was opened.
    views: Vec<(Arc<Judge>, Options)>,
    reader: Reader,
}

/// The reason why something is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// It is longer than the limit.
    TooLong,
    /// Something in it cannot be redacted in place: it is compressed, or not text.
    Opaque,
    /// It has other findings, however it is redacted.
    Differs,
}

/// A block, redacted.
#[derive(Debug, Default)]
pub struct RedactedBlock {
    /// The text to write: what can be written, in its place, with white space between.
    pub text: Vec<u8>,
    /// The end of the text in the source; `None` if there is nothing to write.
    pub end: Option<Position>,
    /// The number of payloads and captures in it.
    pub written: u64,
    /// The number of those under keys of their own, so that values in them do not match those of others.
    pub apart: u64,
    /// The line of each one that is not written, and the reason.
    pub withheld: Vec<(u64, Withheld)>,
}

/// A payload or capture of a block.
#[derive(Debug)]
struct DraftPart {
    start: Position,
    /// Its place in the text, and its end in the source.
    place: Range<usize>,
    end: Position,
    attempt: u8,
    has_opaque: bool,
    withheld: Option<Withheld>,
}

/// A block while it is redacted.
struct BlockDraft<'b> {
    block: &'b JudgedBlock,
    /// The start of the text in the source.
    from: Position,
    text: Vec<u8>,
    parts: Vec<DraftPart>,
    /// The length of the line end behind the last part.
    behind: usize,
}

impl Redaction {
    /// Redacts what was judged by `judge` and read as `options` say, so that it is the same to those, to a reader who
    /// opens nothing, and to one who wants the usual event.
    pub fn new(redactor: Redactor, judge: &Arc<Judge>, options: &Options) -> Self {
        let as_it_is = Options { unwrap: Unwrap::Never, ..options.clone() };
        let usual = Arc::new(Judge::default().with_limit(judge.limit()));
        let views = vec![
            (Arc::clone(judge), options.clone()),
            (Arc::clone(judge), as_it_is),
            (usual, options.clone()),
        ];
        Self { redactors: vec![redactor], views, reader: event::reader() }
    }

    /// The values replaced and kept so far.
    pub fn counts(&self) -> &Counts {
        self.redactors[0].counts()
    }

    fn redactor(&mut self, attempt: u8) -> &mut Redactor {
        while self.redactors.len() <= usize::from(attempt) {
            let next = u8::try_from(self.redactors.len()).expect("internal error: there are few attempts");
            self.redactors.push(self.redactors[0].attempt(next));
        }
        &mut self.redactors[usize::from(attempt)]
    }

    /// A payload for a text of its own, and whether it is under a key of its own.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn alone(&mut self, judged: Judged<'_>) -> Result<(Vec<u8>, bool), Withheld> {
        let frame = judged.frame;
        let begins = frame.enclosed.is_none() && frame.start.offset == 0;
        let mut has_opaque = is_binary(frame.bytes) == Some(true);
        if frame.bytes.len() > self.views[0].0.limit() {
            return Err(Withheld::TooLong);
        }
        for attempt in 0..ATTEMPTS {
            let redacted = self.redactor(attempt).redact_in(frame.bytes, None, begins);
            has_opaque |= self.redactor(attempt).take_opaque();
            if redacted == frame.bytes || self.is_found_in(&redacted, judged) {
                return Ok((redacted, attempt > 0));
            }
        }
        Err(if has_opaque { Withheld::Opaque } else { Withheld::Differs })
    }

    /// Whether the findings of a payload are those of its redacted text.
    fn is_found_in(&mut self, redacted: &[u8], judged: Judged<'_>) -> bool {
        let (judge, reader) = (&self.views[0].0, &mut self.reader);
        let now = judge.judge_next(redacted, reader);
        // The walk may have found more: in the text around the payload.
        let is_found = |before: &[Finding]| spans(&now).eq(spans(before));
        is_found(judged.findings) || is_found(&judge.judge_next(judged.frame.bytes, reader))
    }

    /// The payloads and captures of a block in their places, for a text that ends at `from` so far.
    pub fn block(&mut self, block: &JudgedBlock, from: Position) -> RedactedBlock {
        let text = Vec::with_capacity(block.bytes());
        let mut draft = BlockDraft { block, from, text, parts: Vec::new(), behind: 0 };
        for (frame, _) in block.as_read() {
            let redacted = if frame.bytes.len() > self.views[0].0.limit() {
                None
            } else {
                let redacted = self.redacted(&draft, frame, 0);
                let is_opaque = self.redactors[0].take_opaque() || is_binary(frame.bytes) == Some(true);
                Some((redacted, is_opaque))
            };
            draft.add(frame, redacted.as_ref());
        }
        draft.add_line_end();
        for attempt in 1..ATTEMPTS {
            let others = self.others(&mut draft);
            if others.is_empty() {
                return draft.finished();
            }
            for index in others {
                let redacted = self.redacted(&draft, block.block().frame(index), attempt);
                draft.put(index, &redacted, attempt);
            }
        }
        self.others(&mut draft).into_iter().for_each(|index| draft.withhold(index));
        if !self.others(&mut draft).is_empty() {
            (0..draft.parts.len()).for_each(|index| draft.withhold(index));
        }
        draft.finished()
    }

    fn redacted(&mut self, draft: &BlockDraft<'_>, frame: Frame<'_>, attempt: u8) -> Vec<u8> {
        self.redactor(attempt).redact_in(frame.bytes, draft.block.shape(), frame.start.offset == 0)
    }

    /// The parts in which something else is found now.
    fn others(&self, draft: &mut BlockDraft<'_>) -> Vec<usize> {
        if draft.is_original() {
            return Vec::new();
        }
        let (walk, views) = self.views.split_first().expect("internal error: the walk's view is there");
        let mut others = draft.others(walk, true);
        if !others.is_empty() {
            // The walk may have found more: in the text before the block.
            let alone = draft.others(walk, false);
            others.retain(|index| alone.contains(index));
        }
        if !draft.block.is_plain() {
            others.extend(views.iter().flat_map(|view| draft.others(view, false)));
        }
        others
    }
}

impl BlockDraft<'_> {
    /// Adds a part, redacted, and whether something in it is opaque; or one that is too long.
    fn add(&mut self, frame: Frame<'_>, redacted: Option<&(Vec<u8>, bool)>) {
        self.add_gap(frame.start);
        let (bytes, has_opaque) = redacted.map_or((&[][..], false), |(bytes, has)| (bytes, *has));
        let start = self.text.len();
        self.text.extend_from_slice(bytes);
        self.parts.push(DraftPart {
            start: frame.start,
            place: start..self.text.len(),
            end: Cursor::new(bytes, frame.start).advance_to(bytes.len()),
            attempt: 0,
            has_opaque,
            withheld: redacted.is_none().then_some(Withheld::TooLong),
        });
    }

    /// Adds the white space in front of the next part, as it is in the source where that is known.
    fn add_gap(&mut self, to: Position) {
        let before = self.block.block().before(self.parts.len());
        let (lead, begin, at) = match (self.parts.last(), self.block.block().lead()) {
            (Some(part), _) => (&[][..], part.end, part.end),
            (None, lead) => (&*lead.bytes, lead.start, self.from),
        };
        // The rest of a payload that is too long is not white space.
        let length = (lead.len() + before.len()) as u64;
        let is_known = begin.offset + length == to.offset && before.trim_ascii().is_empty();
        self.text.extend_from_slice(gap(at, if is_known { begin } else { to }).as_bytes());
        if is_known {
            self.text.extend_from_slice(lead);
            self.text.extend_from_slice(before);
        }
    }

    /// Adds the line end behind the last part, if the block has it.
    fn add_line_end(&mut self) {
        let behind = self.block.block().before(self.parts.len());
        let line = memchr::memchr(b'\n', behind).map_or(&b""[..], |end| &behind[..=end]);
        if line.trim_ascii().is_empty() {
            self.text.extend_from_slice(line);
            self.behind = line.len();
        }
    }

    fn put(&mut self, index: usize, redacted: &[u8], attempt: u8) {
        let part = &mut self.parts[index];
        self.text[part.place.clone()].copy_from_slice(redacted);
        part.attempt = attempt;
    }

    /// Leaves out a part: white space takes its place.
    fn withhold(&mut self, index: usize) {
        let part = &mut self.parts[index];
        self.text[part.place.clone()].copy_from_slice(gap(part.start, part.end).as_bytes());
        let why = if part.has_opaque { Withheld::Opaque } else { Withheld::Differs };
        part.withheld.get_or_insert(why);
    }

    /// Whether nothing in it was replaced.
    fn is_original(&self) -> bool {
        let is_same = |(index, part): (usize, &DraftPart)| {
            part.withheld.is_some() || self.text[part.place.clone()] == *self.block.block().frame(index).bytes
        };
        self.parts.iter().enumerate().all(is_same)
    }

    /// The parts in which a view now finds something else than the walk did, or else than in the text of the parts
    /// before they were redacted.
    fn others(&mut self, view: &(Arc<Judge>, Options), is_as_walked: bool) -> Vec<usize> {
        let text = std::mem::take(&mut self.text);
        let now = self.judged(text, view);
        let before = (!is_as_walked).then(|| self.judged(self.original(now.block().text()), view));
        let others = self.differing(before.as_ref().unwrap_or(self.block), &now);
        self.text = now.into_buffer();
        others
    }

    /// The text before it was redacted.
    fn original(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        for (index, part) in self.parts.iter().enumerate().filter(|(_, part)| part.withheld.is_none()) {
            text[part.place.clone()].copy_from_slice(self.block.block().frame(index).bytes);
        }
        text
    }

    /// That text in the place of the block.
    fn judged(&self, text: Vec<u8>, (judge, options): &(Arc<Judge>, Options)) -> JudgedBlock {
        let piece = self.block.with_text(text, self.from, options.unwrap.joins_records());
        let mut judged = JudgedBlock::new(piece, judge, options, &mut Claim::unbounded(), Unworded::NONE);
        if judged.is_only_text() && !self.block.is_only_text() {
            judged.judge_text();
        }
        judged
    }

    /// The parts in which not the same is found.
    fn differing(&self, before: &JudgedBlock, now: &JudgedBlock) -> Vec<usize> {
        let is_whole = self.parts.iter().all(|part| part.withheld.is_none());
        if is_whole && are_alike(before.all(), now.all()) {
            return Vec::new();
        }
        let groups = self.by_part(before).into_iter().zip(self.by_part(now));
        let differs = |(index, (one, other)): (usize, (Vec<Judged<'_>>, Vec<Judged<'_>>))| {
            let is_same =
                self.parts[index].withheld.is_some() || are_alike(one.into_iter(), other.into_iter());
            (!is_same).then_some(index)
        };
        groups.enumerate().filter_map(differs).collect()
    }

    /// The payloads that begin in each part.
    fn by_part<'j>(&self, judged: &'j JudgedBlock) -> Vec<Vec<Judged<'j>>> {
        let mut by_part = vec![Vec::new(); self.parts.len()];
        for payload in judged.all() {
            let offset = payload.frame.start.offset;
            let index = self.parts.partition_point(|part| part.start.offset <= offset).saturating_sub(1);
            by_part[index].push(payload);
        }
        by_part
    }

    fn finished(mut self) -> RedactedBlock {
        let last = self.parts.iter().rposition(|part| part.withheld.is_none());
        let behind = if last.is_some_and(|last| last + 1 == self.parts.len()) { self.behind } else { 0 };
        let length = last.map_or(0, |last| self.parts[last].place.end + behind);
        self.text.truncate(length);
        let end = last.map(|_| Cursor::new(&self.text, self.from).advance_to(length));
        let count = |is_counted: fn(&&DraftPart) -> bool| self.parts.iter().filter(is_counted).count() as u64;
        RedactedBlock {
            written: count(|part| part.withheld.is_none()),
            apart: count(|part| part.withheld.is_none() && part.attempt > 0),
            withheld: self.parts.iter().filter_map(|part| Some((part.start.line, part.withheld?))).collect(),
            text: self.text,
            end,
        }
    }
}

/// Whether the same is found in as many payloads at the same places.
fn are_alike<'a>(
    mut some: impl Iterator<Item = Judged<'a>>,
    mut others: impl Iterator<Item = Judged<'a>>,
) -> bool {
    some.all(|one| others.next().is_some_and(|other| is_alike(&one, &other))) && others.next().is_none()
}

fn is_alike(one: &Judged<'_>, other: &Judged<'_>) -> bool {
    let is_same_place = one.frame.start.offset == other.frame.start.offset
        && one.frame.bytes.len() == other.frame.bytes.len()
        && one.event == other.event;
    is_same_place && places(one).eq(places(other))
}

/// The code, pointer and place of each finding that depends on the payload alone.
fn places<'a>(judged: &Judged<'a>) -> impl Iterator<Item = (Code, &'a str, Range<usize>)> {
    let frame = judged.frame;
    spans(judged.findings).map(move |(code, pointer, span)| (code, pointer, frame.place(span)))
}

/// The same with places in the payload.
fn spans(findings: &[Finding]) -> impl Iterator<Item = (Code, &str, &Range<usize>)> {
    let of_payload = findings.iter().filter(|finding| finding.code != Code::DuplicateDelivery);
    of_payload.map(|finding| (finding.code, finding.pointer.as_str(), &finding.span))
}

/// White space that leads from one place of an input to another.
pub(crate) fn gap(from: Position, to: Position) -> String {
    let length = usize::try_from(to.offset.saturating_sub(from.offset)).unwrap_or(0);
    let lines = usize::try_from(to.line.saturating_sub(from.line)).unwrap_or(0);
    let last = if lines == 0 { 0 } else { usize::try_from(to.column.saturating_sub(1)).unwrap_or(0) };
    let first = length.saturating_sub(lines + last);
    " ".repeat(first) + &"\n".repeat(lines) + &" ".repeat(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Schema;
    use crate::read::InputFormat;

    /// The blocks of a text, redacted where labels have to match a pattern.
    fn redacted(text: &str, pattern: &str) -> Vec<RedactedBlock> {
        let schema = serde_json::json!({ "properties": { "label": { "pattern": pattern } } }).to_string();
        let judge = Arc::new(Judge::new(Schema::from_text(schema.as_bytes()).unwrap()));
        let options = Options { format: InputFormat::Auto, unwrap: Unwrap::Auto, all_events: false, jobs: 1 };
        let mut redaction = Redaction::new(Redactor::new([7; 16]), &judge, &options);
        let mut at = Position::START;
        let blocks = JudgedBlock::of_bytes(text.as_bytes(), &judge, &options).unwrap();
        let redacted = blocks.iter().map(|block| {
            let redacted = redaction.block(block, at);
            at = redacted.end.unwrap_or(at);
            redacted
        });
        redacted.collect()
    }

    const LINES: &str = "{\"key\":\"ab\"}\r\n\n{\"webhookId\":\"w1\",\"label\":\"goodly\",\"key\":\"ab\"}\n {\"webhookId\":\"w1\"}\n";

    fn value<'t>(text: &'t str, name: &str, nth: usize) -> &'t str {
        text.split(&format!("\"{name}\":\"")).nth(nth + 1).unwrap().split('"').next().unwrap()
    }

    #[test]
    fn a_payload_is_redacted_until_its_findings_are_those_of_the_original() {
        for (pattern, is_apart) in
            [("^[a-z]*$", false), ("^[^aeiou]*$|^goodly$", true), ("^[ghijkmopqvwyz]*$|ly$", true)]
        {
            let [block] = &redacted(LINES, pattern)[..] else { panic!("one block") };
            let text = std::str::from_utf8(&block.text).unwrap();
            assert_eq!(
                (block.written, block.apart, &*block.withheld),
                (3, u64::from(is_apart), &[][..]),
                "{text}"
            );
            assert_eq!(value(text, "key", 0) == value(text, "key", 1), !is_apart, "{text}");
            assert_eq!(
                value(text, "webhookId", 0),
                value(text, "webhookId", 1),
                "a repeated delivery: {text}"
            );
            assert_eq!(block.text, redacted(LINES, pattern)[0].text);
        }
    }

    #[test]
    fn a_payload_that_always_has_other_findings_is_withheld_and_leaves_the_others_in_their_places() {
        let [block] = &redacted(LINES, "^goodly$")[..] else { panic!("one block") };
        let [all] = &redacted(LINES, "")[..] else { panic!("one block") };
        assert_eq!((block.written, block.apart), (2, 0));
        assert_eq!(block.withheld, [(3, Withheld::Differs)]);
        let lines = |block: &RedactedBlock| -> Vec<String> {
            std::str::from_utf8(&block.text).unwrap().split('\n').map(str::to_owned).collect()
        };
        let (left, whole) = (lines(block), lines(all));
        assert_eq!(left[2].trim(), "");
        assert_eq!([&left[..2], &left[3..]], [&whole[..2], &whole[3..]]);
    }

    #[test]
    fn lines_end_as_they_did_through_all_blocks() {
        let text = "{\"id\":1}\r\n\n".repeat(3000);
        let blocks = redacted(&text, "");
        assert!(blocks.len() > 2);
        let safe: Vec<u8> = blocks.into_iter().flat_map(|block| block.text).collect();
        let safe = String::from_utf8(safe).unwrap();
        let other = safe.lines().position(|line| !line.is_empty() && !line.starts_with("{\"id\":"));
        assert_eq!((other, safe.matches("}\r\n").count(), safe.len()), (None, 3000, text.len() - 1));
    }
}
