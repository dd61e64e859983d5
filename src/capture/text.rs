//! JSON objects in a text: in a log line, between two requests, next to an event of a stream.
//!
//! In: a text. Out: the range of each outermost object, of each broken object, and of base64 of a payload.
//!
//! Invariants: every object is found, whatever precedes it, because a sender may have written that, too; the time is
//! linear in the text; anything that cannot be searched in that time is reported as broken, never skipped.

use super::decode::{base64, beginning};
use super::escaped::{is_percent_encoded, unescaped};
use super::search::{SHORTEST, search};
use super::sight;
use crate::event::members::OWN;
use crate::lanes::{LANES, Lanes};
use crate::payload::{BYTE_ORDER_MARK, Document, end_of_value};
use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::LazyLock;

/// The bytes that may be read in all: for each byte of a text, and for any text.
const READ_PER_BYTE: usize = 16;
const READ_AT_LEAST: usize = 64 << 10;

/// One object in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextPiece {
    /// It is well-formed.
    Object(Range<usize>),
    /// It begins as one, and is the first thing in the text or has a name of the event's own.
    Broken(Range<usize>),
    /// It is base64 of JSON or of gzip.
    Encoded(Range<usize>),
}

impl TextPiece {
    pub(super) fn range(&self) -> Range<usize> {
        let (Self::Object(range) | Self::Broken(range) | Self::Encoded(range)) = self;
        range.clone()
    }

    /// Whether it is whole, and has a name of the event or encodes a payload.
    pub(super) fn is_payload(&self, text: &[u8]) -> bool {
        match self {
            Self::Object(range) => has_own_name(&text[range.clone()]),
            Self::Encoded(range) => encodes_payload(&text[range.clone()]),
            Self::Broken(_) => false,
        }
    }
}

/// The objects of a text, in order.
pub(super) struct Objects<'t> {
    text: &'t [u8],
    at: usize,
    /// The number of bytes that may still be read.
    budget: usize,
    /// A possible broken object, until it is clear whether a whole one inside it is meant.
    broken: Option<Range<usize>>,
    /// The next base64 of JSON or gzip.
    encoded: Option<Range<usize>>,
}

impl<'t> Objects<'t> {
    pub(super) fn new(text: &'t [u8]) -> Self {
        let budget = READ_AT_LEAST + text.len().saturating_mul(READ_PER_BYTE);
        Self { text, at: 0, budget, broken: None, encoded: next_encoded(text, 0) }
    }

    /// The end of the object that begins at `start`; `None` if it is broken.
    fn end(&mut self, start: usize) -> Option<usize> {
        let text = &self.text[start..];
        let (end, read) = match end_of_value(text) {
            Ok(end) => (Some(start + end), end),
            Err(error) if error.is_eof() => (None, text.len()),
            Err(error) => (None, line_start(text, error.line()) + error.column()),
        };
        self.budget = self.budget.saturating_sub(read);
        end
    }

    /// Notes the broken object at `start`, if it was meant as a payload.
    fn note_broken(&mut self, start: usize) {
        if self.broken.is_some() {
            return;
        }
        let extent = start..start + extent(&self.text[start..]);
        self.budget = self.budget.saturating_sub(extent.len());
        let is_first = self.text[..start].trim_ascii().is_empty();
        if is_first || has_own_name(&self.text[extent.clone()]) {
            self.broken = Some(extent);
        }
    }
}

impl Iterator for Objects<'_> {
    type Item = TextPiece;

    fn next(&mut self) -> Option<TextPiece> {
        loop {
            while self.encoded.as_ref().is_some_and(|encoded| encoded.start < self.at) {
                self.encoded = next_encoded(self.text, self.at);
            }
            let open = memchr::memchr(b'{', &self.text[self.at..]).map(|found| self.at + found);
            let is_next = |encoded: &mut Range<usize>| open.is_none_or(|open| encoded.start < open);
            let encoded = self.encoded.take_if(is_next);
            let Some(start) = encoded.as_ref().map(|encoded| encoded.start).or(open) else { break };
            if let Some(broken) = self.broken.take_if(|broken| broken.end <= start) {
                self.encoded = encoded.or(self.encoded.take());
                return Some(TextPiece::Broken(broken));
            }
            if let Some(encoded) = encoded {
                self.at = encoded.end;
                self.encoded = next_encoded(self.text, self.at);
                self.broken = None;
                return Some(TextPiece::Encoded(encoded));
            }
            if self.budget == 0 {
                self.at = self.text.len();
                let start = self.broken.take().map_or(start, |broken| broken.start);
                return Some(TextPiece::Broken(start..self.text.len()));
            }
            let Some(end) = self.end(start) else {
                self.note_broken(start);
                self.at = start + 1;
                continue;
            };
            self.at = end;
            let object = start..end;
            if self.broken.is_some() && !has_own_name(&self.text[object.clone()]) {
                continue;
            }
            self.broken = None;
            return Some(TextPiece::Object(object));
        }
        self.at = self.text.len();
        self.broken.take().map(TextPiece::Broken)
    }
}

/// The first digits of base64 of an object, a list of objects, or gzip, with any white space before a name.
const ENCODED: [&[u8]; 7] = [b"eyJ", b"ewo", b"ew0", b"eyA", b"ewk", b"W3s", b"H4sI"];
/// The number of digits from which a line of base64 may continue on the next.
const WRAPPED: usize = 60;

/// The first base64 of JSON or gzip that begins at or after `from`.
fn next_encoded(text: &[u8], mut from: usize) -> Option<Range<usize>> {
    while let Some(start) = encoded_start(text, from) {
        let line = line_of_digits(text, start);
        let wrapped = wrapped_digits(text, start);
        match [line, wrapped].into_iter().find(|end| is_encoded(&text[start..*end])) {
            Some(end) => return Some(start..end),
            None => from = wrapped,
        }
    }
    None
}

/// The next place where base64 may begin.
fn encoded_start(text: &[u8], from: usize) -> Option<usize> {
    let sixteen = |at: usize| text.get(at..)?.first_chunk().map(Lanes::new);
    let mut at = from;
    while let (Some(first), Some(second)) = (sixteen(at), sixteen(at + 1)) {
        let mut both = first.any_of(*b"eWH") & second.any_of(*b"yw34");
        while both != 0 {
            let start = at + both.trailing_zeros() as usize;
            if begins_encoded(text, start) {
                return Some(start);
            }
            both &= both - 1;
        }
        at += LANES;
    }
    (at..text.len()).find(|at| begins_encoded(text, *at))
}

fn begins_encoded(text: &[u8], at: usize) -> bool {
    let is_word = at > 0 && text[at - 1].is_ascii_alphanumeric();
    !is_word && ENCODED.iter().any(|beginning| text[at..].starts_with(beginning))
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// The end of the digits that begin at `start`, including the padding.
fn line_of_digits(text: &[u8], start: usize) -> usize {
    let end = start + text[start..].iter().take_while(|byte| is_digit(**byte)).count();
    end + text[end..].iter().take(2).take_while(|byte| **byte == b'=').count()
}

/// The same for digits that continue over several lines.
fn wrapped_digits(text: &[u8], start: usize) -> usize {
    let (mut line, mut end) = (start, line_of_digits(text, start));
    while end - line >= WRAPPED {
        let gap = match &text[end..] {
            [b'\n', next, ..] if is_digit(*next) => 1,
            [b'\r', b'\n', next, ..] if is_digit(*next) => 2,
            _ => break,
        };
        line = end + gap;
        end = line_of_digits(text, line);
    }
    end
}

/// Whether the digits encode JSON or gzip.
fn is_encoded(digits: &[u8]) -> bool {
    let bytes = std::str::from_utf8(digits).ok().filter(|_| digits.len() >= SHORTEST).map(base64);
    bytes.is_some_and(|bytes| {
        bytes.is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b]) || Document::accept(&bytes).is_some())
    })
}

/// Whether the digits encode a payload, or something that holds one.
fn encodes_payload(digits: &[u8]) -> bool {
    let mut room = digits.len().saturating_mul(READ_PER_BYTE);
    let bytes = std::str::from_utf8(digits).ok().and_then(|digits| base64(digits).ok()).unwrap_or_default();
    let bytes = beginning(&bytes, room).unwrap_or(bytes);
    let is_found = |document: Document<'_>| !search(&document, None, &mut room).is_empty();
    is_named(&bytes) || Document::accept(&bytes).is_some_and(is_found)
}

/// The start of the line with that number, from 1.
fn line_start(text: &[u8], line: usize) -> usize {
    let breaks = memchr::memchr_iter(b'\n', text);
    breaks.take(line.saturating_sub(1)).last().map_or(0, |newline| newline + 1)
}

/// The length of a broken object: to the bracket that seems to close it, or to the end.
fn extent(text: &[u8]) -> usize {
    let mut open = 0_usize;
    for at in memchr::memchr2_iter(b'{', b'}', text) {
        open = if text[at] == b'{' { open + 1 } else { open.saturating_sub(1) };
        if open == 0 {
            return at + 1;
        }
    }
    text.trim_ascii_end().len()
}

/// The place of the first payload in a text.
pub(super) fn payload(text: &[u8]) -> Option<Range<usize>> {
    let is_possible = has_own_name(text) || holds_encoded(text);
    let mut pieces = Objects::new(text).filter(|_| is_possible);
    pieces.find(|piece| piece.is_payload(text)).map(|piece| piece.range())
}

/// Whether a line may contain a payload.
pub(super) fn may_hold_payload(line: &[u8]) -> bool {
    memchr::memchr(b'{', line).is_some() || is_percent_encoded(line) || may_hold_encoded(line)
}

/// Whether a line contains a payload, escaped or not.
pub(super) fn holds_payload(line: &[u8]) -> bool {
    payload(line).is_some() || unescaped(line).is_some()
}

/// The number of bytes that distinguish a text from binary data.
const BEGINNING: usize = 64;

/// Whether `text` begins as text, and not as JSON, markup or binary data.
pub(super) fn begins(text: &[u8]) -> bool {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim_ascii_start();
    let second = || text[1..].trim_ascii_start().first();
    match text.first() {
        None | Some(b'<' | 0) => false,
        // An object whose quotes are escaped is text, too.
        Some(b'{') => {
            let is_escaped = || matches!(second(), Some(b'\\' | b'&' | b'%'));
            has_own_name(text) && (text[1..].starts_with(b"\"\"") || is_escaped())
        }
        // Many log lines begin with a time or a level in brackets.
        Some(b'[') => !matches!(second(), None | Some(b'{' | b'[' | b'"' | b']')),
        // A row of a table with quoted cells begins the same way.
        Some(b'"') => memchr::memmem::find(text, b"\",").is_some() && has_own_name(text),
        Some(_) => !text.iter().take(BEGINNING).any(|byte| *byte < b' ' && !b"\t\r\n\x1b\x1e".contains(byte)),
    }
}

/// Whether a name of the event occurs in `text` before a colon or an equals sign, and a bracket anywhere.
pub(super) fn has_field(text: &[u8]) -> bool {
    const NEAR: usize = 12;
    let is_field = |name: &&str| {
        memchr::memmem::find_iter(text, name.as_bytes()).take(NEAR).any(|at| {
            let behind = &text[at + name.len()..];
            behind.iter().take(NEAR).any(|byte| matches!(byte, b':' | b'='))
        })
    };
    memchr::memchr(b'{', text).is_some() && OWN.iter().any(is_field)
}

/// Whether a name that only the event has occurs in `text`.
pub(crate) fn has_own_name(text: &[u8]) -> bool {
    static NAMES: LazyLock<[Finder<'_>; OWN.len()]> = LazyLock::new(|| OWN.map(Finder::new));
    NAMES.iter().any(|name| name.find(text).is_some())
}

/// The places of the event's own names in `text`, however they are spelled.
pub(crate) fn own_names(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let exact = OWN.iter().flat_map(|name| {
        let found = memchr::memmem::find_iter(text, name.as_bytes());
        found.map(|at| at..at + name.len())
    });
    exact.chain(sight::spelled(text))
}

/// Whether a name of the event occurs in `text`, however it is spelled.
fn is_named(text: &[u8]) -> bool {
    has_own_name(text) || sight::spells_own_name(text)
}

/// The same, or base64 of such a text.
pub(crate) fn names_the_event(text: &[u8]) -> bool {
    is_named(text) || holds_encoded(text)
}

/// Whether `text` contains base64 of a payload.
pub(super) fn holds_encoded(text: &[u8]) -> bool {
    let all = std::iter::successors(next_encoded(text, 0), |encoded| next_encoded(text, encoded.end));
    all.into_iter().any(|encoded| encodes_payload(&text[encoded]))
}

/// Whether `text` contains base64 that may be a payload's.
pub(super) fn may_hold_encoded(text: &[u8]) -> bool {
    next_encoded(text, 0).is_some()
}

/// Whether an object begins as JSON does and has a name of the event in JSON's quotes.
pub(super) fn is_begun(object: &[u8]) -> bool {
    let is_quoted = |name: &&str| memchr::memmem::find(object, format!("\"{name}\"").as_bytes()).is_some();
    object.get(1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
        && OWN.iter().any(is_quoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn pieces(text: &str) -> Vec<String> {
        let piece = |piece| match piece {
            TextPiece::Object(range) => text[range].to_owned(),
            TextPiece::Broken(range) => format!("broken {}", &text[range]),
            TextPiece::Encoded(range) => format!("base64 {}", &text[range]),
        };
        Objects::new(text.as_bytes()).map(piece).collect()
    }

    #[test]
    fn every_object_is_found_whatever_is_around_it() {
        assert_eq!(
            pieces("INFO {x} {\"id\":67} and [{\"a\":{}}, {}] }"),
            ["{\"id\":67}", "{\"a\":{}}", "{}"]
        );
        assert_eq!(pieces("{ \"oops {\"id\":67}\n"), ["broken { \"oops {\"id\":67}"]);
        assert_eq!(pieces("x { \"oops {\"id\":67}\n"), ["{\"id\":67}"]);
        assert_eq!(pieces("a\n{\n \"id\": 67\n}\nb"), ["{\n \"id\": 67\n}"]);
        assert!(pieces("post {\n url: x\n}\n").is_empty());
    }

    #[test]
    fn a_broken_payload_is_reported_as_broken() {
        let broken = r#"x {"a":{},"firstObjectKey":1,,} y"#;
        assert_eq!(pieces(broken), [r#"broken {"a":{},"firstObjectKey":1,,}"#]);
        assert_eq!(pieces(r#"x {"associationType":"USER"#), [r#"broken {"associationType":"USER"#]);
        let inside = r#"body {x {"firstObjectKey":"a"} }"#;
        assert_eq!(pieces(inside), [r#"{"firstObjectKey":"a"}"#]);
    }

    #[test]
    fn base64_of_a_payload_is_found_in_one_line_or_in_several() {
        use base64::engine::{Engine as _, general_purpose::STANDARD};
        let payload = r#"{"associationType":"USER_DEFINED","firstObjectKey":"contact","secondObjectKey":1}"#;
        let encoded = STANDARD.encode(payload);
        let wrapped = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap());
        let wrapped = wrapped.collect::<Vec<_>>().join("\r\n");
        for text in [&encoded, &wrapped] {
            assert_eq!(
                pieces(&format!("a=eyJ,{text} {{\"id\":67}}\r\n{text}\r\nword")),
                [&format!("base64 {text}"), "{\"id\":67}", &format!("base64 {text}")]
            );
        }
        // One per line, without padding.
        let lines = format!("{0}\n{0}\n", encoded.trim_end_matches('='));
        assert_eq!(pieces(&lines).len(), 2);
        let other = STANDARD.encode(r#"{"firstName":"Ann","lastName":"Other"}"#);
        assert!(!names_the_event(format!("{other}\n{other}").as_bytes()));
        let written = payload
            .replace("ssoc", "\\u0073soc")
            .replace("irst", "\\u0069rst")
            .replace("econd", "\\u0065cond");
        let escaped = STANDARD.encode(written);
        assert!(names_the_event(format!("a {other} {escaped}").as_bytes()));
        assert!(pieces(&format!("xx{encoded}")).is_empty(), "a part of a word");
    }

    #[test]
    fn text_that_takes_too_long_is_broken_and_never_skipped() {
        let start = Instant::now();
        for name in ["a", "firstObjectKey"] {
            let text = format!("x {} {{\"id\":67}}", format!("{{\"{name}\":").repeat(200_000));
            let pieces: Vec<_> = Objects::new(text.as_bytes()).collect();
            let [TextPiece::Broken(range)] = &pieces[..] else { panic!("{name}: {}", pieces.len()) };
            assert_eq!(range.end, text.len());
        }
        assert!(start.elapsed() < Duration::from_secs(60));
    }
}
