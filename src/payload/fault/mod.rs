//! The reasons why some bytes are not a payload, in words for the person who has them.
//!
//! In: the bytes, and the place where a parser gave up. Out: a [`Fault`] with a place, a cause, and often a help line.
//! Invariants: the words are ours and quote at most one character of the payload; a command in a help line works on the
//! file that it is about.

mod encoding;
mod pasted;

pub(crate) use encoding::{is_binary, unit_bytes};

use super::{BLANKS, BYTE_ORDER_MARK};
use crate::count::amount;
use serde::de::{Deserialize as _, Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::Utf8Error;

/// The reason why some bytes are not a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing, or only white space.
    Empty,
    /// The bytes are not UTF-8.
    Encoding,
    /// The text is not JSON.
    Syntax,
}

/// The first fault that keeps some bytes from being a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub kind: FaultKind,
    /// The bytes at fault, from the start of the payload.
    pub span: Range<usize>,
    /// The cause.
    pub message: String,
    /// The advice.
    pub help: Option<Cow<'static, str>>,
}

impl Fault {
    /// Whether the document may continue after the line that was taken for all of it.
    pub(crate) fn may_be_several_lines(&self) -> bool {
        self.help.as_deref().is_some_and(|help| [SECOND, CUT_OR_LINE].contains(&help))
    }

    /// The fault of `bytes`, which the scanner refuses.
    #[cold]
    pub(super) fn of(bytes: &[u8]) -> Self {
        let whole = match std::str::from_utf8(bytes) {
            Ok(whole) => whole,
            Err(error) => return Self::encoding(bytes, error),
        };
        let skipped = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        if whole[skipped..].trim_start_matches(BLANKS).is_empty() {
            return Self::empty(whole.len());
        }
        match syntax_error(&whole[skipped..]) {
            Some(error) => Self::syntax(whole, skipped, &error),
            None => Self::surrogate(
                unpaired_surrogate(whole).expect("internal error: what is refused is not JSON"),
            ),
        }
    }

    fn empty(length: usize) -> Self {
        Self {
            kind: FaultKind::Empty,
            span: 0..length.min(1),
            message: if length == 0 { "the input is empty" } else { "the input is only white space" }
                .to_owned(),
            help: Some(
                "an empty body usually means that the capture lost it; look at the sender's log".into(),
            ),
        }
    }

    fn encoding(bytes: &[u8], error: Utf8Error) -> Self {
        encoding::binary(bytes).unwrap_or_else(|| encoding::not_utf8(bytes, error))
    }

    fn syntax(whole: &str, skipped: usize, error: &serde_json::Error) -> Self {
        if let Some(fault) = encoding::binary(whole.as_bytes()) {
            return fault;
        }
        let cause = error.to_string();
        let at = skipped + offset_of(&whole[skipped..], error);
        let at = whole.floor_char_boundary(at);
        let (end, cause) = end_of_cut(whole, at, &cause);
        let at = end.unwrap_or(at);
        let found = if end.is_some() { None } else { whole[at..].chars().next() };
        let (message, help) = match found {
            Some(found) => explain(whole, at, found, cause),
            None => explain_end(whole, cause),
        };
        let span = at..at + found.map_or(0, char::len_utf8);
        Self { kind: FaultKind::Syntax, span, message, help }
    }

    fn surrogate(span: Range<usize>) -> Self {
        Self {
            kind: FaultKind::Syntax,
            span,
            message: "an unpaired surrogate: this \\u escape is half of a character".to_owned(),
            help: Some("the sender cut a string in the middle of a character such as an emoji".into()),
        }
    }
}

/// The error of serde_json for a text, if any. The content of an object is read member by member, so that errors at the
/// top are as precise as possible.
fn syntax_error(text: &str) -> Option<serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = match text.trim_start_matches(BLANKS).starts_with('{') {
        true => reader.deserialize_map(Object),
        false => <&RawValue>::deserialize(&mut reader).map(drop),
    };
    read.and_then(|()| reader.end()).err()
}

/// Reads an object and keeps nothing of it.
struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<&RawValue, &RawValue>()?.is_some() {}
        Ok(())
    }
}

/// The offset of an error, whose place serde_json gives as a line and a column of bytes.
fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(text.len(), |at| at + 1),
    };
    if error.is_eof() {
        return text.len();
    }
    // For a control character alone, serde_json names the byte before it.
    let is_before = error.to_string().starts_with("control character");
    line_start + error.column().saturating_sub(usize::from(!is_before))
}

/// The end of a cut text, and the cause. Line ends and NUL bytes after it are not the fault.
fn end_of_cut<'a>(whole: &str, at: usize, cause: &'a str) -> (Option<usize>, &'a str) {
    const IN_STRING: &str = "EOF while parsing a string";
    if cause.starts_with(IN_STRING) {
        return (Some(at), cause);
    }
    if cause.starts_with("EOF") {
        return (Some(whole.trim_end_matches(BLANKS).len()), cause);
    }
    let is_end =
        cause.starts_with("control character") && whole[at..].trim_end_matches(['\0', '\r', '\n']).is_empty();
    if is_end { (Some(at), IN_STRING) } else { (None, cause) }
}

/// The words for a fault, and the advice.
type FaultWords = (String, Option<Cow<'static, str>>);

/// The words for an error of serde_json.
fn explain(whole: &str, at: usize, found: char, cause: &str) -> FaultWords {
    let is = |start: &str| cause.starts_with(start);
    let shown = show(found);
    if is("control character") {
        let help = if ends_at_line(whole, at) { UNCLOSED_LINE.into() } else { escape_for(found) };
        return (format!("{shown} inside a string must be escaped"), Some(help));
    }
    if is("invalid escape") || is("unexpected end of hex escape") {
        return ("this escape does not exist in JSON".to_owned(), Some(ESCAPE.into()));
    }
    if let Some(words) = pasted::words(pasted::FaultPlace::new(whole, at)) {
        return words;
    }
    if is("trailing characters") {
        return match found {
            '{' | '[' => ("a second JSON value follows the first".to_owned(), Some(SECOND.into())),
            '"' => (
                "a second JSON value follows the first".to_owned(),
                Some("write one payload per line".into()),
            ),
            _ => (format!("unexpected {shown} after the value"), None),
        };
    }
    let (message, help) = explain_start(whole[..at].trim_end().chars().next_back(), found, cause);
    let help = help
        .or_else(|| ends_too_late(whole, at).then_some(UNCLOSED))
        .or_else(|| behind_value(&whole[..at], found, cause));
    (message, help.map(Cow::Borrowed))
}

/// Whether the string with a line break at `at` was to end before it: a comma is there, or the next line begins like
/// a member, or closes a bracket.
fn ends_at_line(whole: &str, at: usize) -> bool {
    let (before, behind) = (whole[..at].trim_end(), whole[at..].trim_start());
    let is_member = behind.strip_prefix('"').and_then(|name| name.split_once('"'));
    let is_member = is_member
        .is_some_and(|(name, rest)| !name.contains('\n') && rest.trim_start_matches(BLANKS).starts_with(':'));
    before.ends_with(',') && is_member || behind.starts_with(['}', ']'])
}

/// The advice about something that follows a value, or a comma, where nothing like it can be.
fn behind_value(before: &str, found: char, cause: &str) -> Option<&'static str> {
    let is_word = found.is_alphanumeric() || matches!(found, '-' | '_');
    match before.trim_end_matches(BLANKS).chars().next_back()? {
        ',' | '{' if found == ',' => Some("remove the comma"),
        _ if !cause.starts_with("expected `,` or") => None,
        '"' | '}' | ']' if found == '"' => Some(COMMA),
        last if found == '"' && last.is_alphanumeric() => Some(COMMA),
        '"' if is_word => Some("write a quote that is a part of the string as \\\""),
        last if is_word && last.is_ascii_digit() => {
            Some("put the value in quotes: it begins like a number, but is not one")
        }
        _ => None,
    }
}

/// Whether the string before `at` was to end sooner: it ends with what comes behind one, and letters follow.
fn ends_too_late(whole: &str, at: usize) -> bool {
    let string = whole[..at].strip_suffix('"');
    string.is_some_and(|string| string.trim_end_matches(BLANKS).ends_with([',', ':', '{', '[']))
}

/// The way to write a control character in a string.
fn escape_for(found: char) -> Cow<'static, str> {
    match found {
        '\t' => "write \\t".into(),
        '\r' => "write \\r".into(),
        '\n' => WRAPPED.into(),
        _ => format!("write \\u{:04x}", u32::from(found)).into(),
    }
}

/// The words for a text that ends too early.
fn explain_end(whole: &str, cause: &str) -> FaultWords {
    let is = |start: &str| cause.starts_with(start);
    let mut message = match () {
        () if is("EOF while parsing an object") => "the text ends inside an object",
        () if is("EOF while parsing a list") => "the text ends inside an array",
        () if is("EOF while parsing a string") => "the text ends inside a string",
        () => "the text ends where a value should begin",
    }
    .to_owned();
    let nul_bytes = whole
        .bytes()
        .rev()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .take_while(|byte| *byte == 0)
        .count();
    if nul_bytes > 0 {
        message += &format!(", and {} follow", amount(nul_bytes as u64, "NUL byte"));
    }
    let text = whole.trim_end_matches(BLANKS);
    let is_line = !text.is_empty() && !text.contains('\n');
    let help = match text.len() {
        TERMINAL_LINE if is_line => CUT_BY_TERMINAL,
        _ if is_line && !is("EOF while parsing a string") => CUT_OR_LINE,
        _ => CUT,
    };
    (message, Some(help.into()))
}

/// The words for a character that cannot begin anything in its place.
fn explain_start(before: Option<char>, found: char, cause: &str) -> (String, Option<&'static str>) {
    let is = |start: &str| cause.starts_with(start);
    let shown = show(found);
    match found {
        '}' | ']' if before == Some(',') => {
            (format!("unexpected comma before {shown}"), Some("remove the last comma"))
        }
        '\'' => ("expected a value or a name, found a single quote".to_owned(), Some(QUOTES)),
        '/' | '#' => (format!("unexpected {shown}"), Some("JSON has no comments")),
        'N' | 'I' | 'u' => (format!("no JSON value begins with {shown}"), Some(LITERALS)),
        _ if is("expected `,` or") => (format!("expected a comma or a closing bracket, found {shown}"), None),
        _ if is("expected `:`") => (format!("expected a colon after the name, found {shown}"), None),
        _ if is("key must be a string") => (format!("expected a name in double quotes, found {shown}"), None),
        _ if is("expected ident") => {
            ("expected true, false or null, found another word".to_owned(), Some(LITERALS))
        }
        _ if is("invalid number") => (format!("unexpected {shown} in a number"), Some(NUMBER)),
        '<' => ("expected a value, found `<`".to_owned(), Some("this looks like HTML or XML, not a payload")),
        _ => (format!("expected a value, found {shown}"), None),
    }
}

const CUT: &str =
    "a bracket or a quote is missing, or the capture is cut: compare its size with Content-Length";
const CUT_OR_LINE: &str = "a bracket is missing, or the capture is cut: compare its size with \
                           Content-Length; \
                           if the document goes on in the next line, give the document by itself";
const SECOND: &str = "write one payload per line, or give the document by itself";
const WRAPPED: &str = "write \\n; if a terminal or a mail program wrapped the line, join the lines: tr -d \
                       '\\r\\n' <FILE | \
                       assoclens validate";
/// The longest line that a terminal passes on, in bytes, without its line end.
const TERMINAL_LINE: usize = 4095;
const CUT_BY_TERMINAL: &str = "it ends after 4,095 bytes, where a terminal cuts a line that is pasted: save \
                               the payload to a file, and name that";
const COMMA: &str = "put a comma between the two";
const UNCLOSED: &str =
    "a closing quote is missing: the string before this goes on to where the next one should begin";
const UNCLOSED_LINE: &str =
    "end the string with a quote on this line; if the line break belongs to it, write \\n";
const ESCAPE: &str = "JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits";
const QUOTES: &str = "JSON has double quotes only; this may be Python's or JavaScript's own notation";
const LITERALS: &str = "JSON has true, false and null, but not undefined, NaN, Infinity or None";
const NUMBER: &str = "JSON numbers have no leading zero or plus and a digit on both sides of the point";

fn show(found: char) -> String {
    match found {
        '\t' => "a tab (U+0009)".to_owned(),
        '\n' => "a line break".to_owned(),
        _ if crate::escape::is_unsafe(found) || found.is_whitespace() => {
            format!("U+{:04X}", u32::from(found))
        }
        _ => format!("`{found}`"),
    }
}

/// The place of the first unpaired surrogate escape in well-formed JSON text.
fn unpaired_surrogate(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + step;
        at = match (code_unit(bytes, start), code_unit(bytes, start + 6)) {
            (None, _) => start + 2,
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => start + 12,
            (Some(0xd800..=0xdfff), _) => return Some(start..start + 6),
            (Some(_), _) => start + 6,
        };
    }
    None
}

/// The code unit of the `\uXXXX` escape at `start`.
fn code_unit(bytes: &[u8], start: usize) -> Option<u16> {
    let digits = bytes.get(start..start + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
