//! Why some bytes are not a payload at all, in words for the person who holds them.
//!
//! In: the bytes, and where a parser gave up. Out: a [`Fault`] with a place, a cause, and often a help line.
//! What always holds: the words are ours and quote no more than one character of the payload.

use std::ops::Range;
use std::str::Utf8Error;

/// What keeps some bytes from being a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Nothing, or nothing but white space.
    Empty,
    /// The bytes are not UTF-8.
    Encoding,
    /// The text is not JSON.
    Syntax,
}

/// The first thing that keeps some bytes from being a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which of the three it is.
    pub kind: FaultKind,
    /// The bytes at fault, from the start of the payload.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Fault {
    pub(super) fn empty(length: usize) -> Self {
        Self {
            kind: FaultKind::Empty,
            span: 0..length.min(1),
            message: "there is no payload here, only white space or nothing".to_owned(),
            help: Some(
                "an empty body usually means that the capture lost it; look at the sender's log".to_owned(),
            ),
        }
    }

    pub(super) fn encoding(bytes: &[u8], error: Utf8Error) -> Self {
        let at = error.valid_up_to();
        match wide_text(bytes) {
            Some(wide) => Self::wide(wide),
            None => {
                let span = at..at + error.error_len().unwrap_or(bytes.len() - at);
                let (message, help) = narrow_guess(bytes, at, error.error_len().is_none());
                Self { kind: FaultKind::Encoding, span, message, help }
            }
        }
    }

    fn wide((name, has_mark): (&str, bool)) -> Self {
        let mark = if has_mark { " (it begins with its byte order mark)" } else { "" };
        Self {
            kind: FaultKind::Encoding,
            span: 0..1,
            message: format!("this is {name} text{mark}, and JSON must be UTF-8"),
            help: Some(format!("convert it: iconv -f {name} -t UTF-8 FILE")),
        }
    }

    pub(super) fn syntax(whole: &str, skipped: usize, error: &serde_json::Error) -> Self {
        if let Some(wide) = wide_text(whole.as_bytes()) {
            return Self::wide(wide);
        }
        let at = skipped + offset_of(&whole[skipped..], error);
        let at = whole.floor_char_boundary(at);
        let found = whole[at..].chars().next();
        let (message, help) = explain(whole, at, found, &error.to_string());
        let span = at..at + found.map_or(0, char::len_utf8);
        Self { kind: FaultKind::Syntax, span, message, help: help.map(str::to_owned) }
    }

    pub(super) fn surrogate(span: Range<usize>) -> Self {
        Self {
            kind: FaultKind::Syntax,
            span,
            message: "an unpaired surrogate: this \\u escape is half of a character".to_owned(),
            help: Some("the sender cut a string in the middle of a character such as an emoji".to_owned()),
        }
    }
}

/// Whether the bytes begin as text of two or four bytes a character does, whose line ends are no single bytes. `None`
/// if they are too few to tell.
pub(crate) fn is_binary(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [1..=0x7f, 1..=0x7f, ..] | [_, _, _, _, ..] => Some(wide_text(bytes).is_some()),
        _ => None,
    }
}

/// The encoding of two or four bytes a character that the first bytes give away.
fn wide_text(bytes: &[u8]) -> Option<(&'static str, bool)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(("UTF-32LE", true)),
        [0, 0, 0xfe, 0xff, ..] => Some(("UTF-32BE", true)),
        [0xff, 0xfe, ..] => Some(("UTF-16LE", true)),
        [0xfe, 0xff, ..] => Some(("UTF-16BE", true)),
        [0, 0, 0, 0x21..=0x7e, ..] => Some(("UTF-32BE", false)),
        [0x21..=0x7e, 0, 0, 0, ..] => Some(("UTF-32LE", false)),
        [0, 0x21..=0x7e, ..] => Some(("UTF-16BE", false)),
        [0x21..=0x7e, 0, _, 0, ..] => Some(("UTF-16LE", false)),
        _ => None,
    }
}

fn narrow_guess(bytes: &[u8], at: usize, is_cut: bool) -> (String, Option<String>) {
    let byte = bytes[at];
    if is_cut {
        let help = "the capture is cut in the middle of a character; get the whole body".to_owned();
        return (format!("the text ends inside a UTF-8 character (byte {at})"), Some(help));
    }
    let stands_alone = bytes.get(at + 1).is_none_or(u8::is_ascii);
    if byte >= 0xa0 && stands_alone {
        let message = format!(
            "byte 0x{byte:02x} is not UTF-8 (byte {at}); it looks like Latin-1, where it is {}",
            show(char::from(byte))
        );
        return (message, Some("convert it: iconv -f ISO-8859-1 -t UTF-8 FILE".to_owned()));
    }
    (format!("byte 0x{byte:02x} is not UTF-8 here (byte {at})"), None)
}

/// serde_json tells the place as a line and a column of bytes; this is its offset.
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

/// Our words for a fault, and what to do about it.
type Words = (String, Option<&'static str>);

/// Our words for what serde_json stumbled over.
fn explain(whole: &str, at: usize, found: Option<char>, cause: &str) -> Words {
    let is = |start: &str| cause.starts_with(start);
    let Some(found) = found else { return explain_end(whole, at, cause) };
    let shown = show(found);
    if is("trailing characters") {
        return match found {
            '{' | '[' => ("a second JSON value follows the first".to_owned(), Some(SECOND)),
            '"' => ("a second JSON value follows the first".to_owned(), Some("give one payload a line")),
            _ => (format!("{shown} follows the value, which should be alone"), None),
        };
    }
    if is("control character") {
        return (format!("{shown} stands raw inside a string"), Some(CONTROL));
    }
    if is("invalid escape") || is("unexpected end of hex escape") {
        return ("an escape that JSON does not know".to_owned(), Some(ESCAPE));
    }
    explain_start(whole[..at].trim_end().chars().next_back(), found, cause)
}

/// Our words for a text that ends too early.
fn explain_end(whole: &str, at: usize, cause: &str) -> Words {
    let is = |start: &str| cause.starts_with(start);
    let message = match () {
        () if is("EOF while parsing an object") => "the text ends inside an object",
        () if is("EOF while parsing a list") => "the text ends inside an array",
        () if is("EOF while parsing a string") => "the text ends inside a string",
        () => "the text ends where a value should begin",
    };
    let is_line = at > 0 && !whole.contains('\n') && !is("EOF while parsing a string");
    (message.to_owned(), Some(if is_line { CUT_OR_LINE } else { CUT }))
}

/// Our words for a character that begins nothing that may stand there.
fn explain_start(before: Option<char>, found: char, cause: &str) -> Words {
    let is = |start: &str| cause.starts_with(start);
    let shown = show(found);
    match found {
        '}' | ']' if before == Some(',') => {
            (format!("a comma before {shown}"), Some("remove the last comma"))
        }
        '\'' => ("a single quote where a value or a name should begin".to_owned(), Some(QUOTES)),
        '/' | '#' => (format!("{shown} where JSON expects something else"), Some("JSON has no comments")),
        'N' | 'I' | 'u' => (format!("{shown} begins no JSON value"), Some(LITERALS)),
        _ if is("expected `,` or") => {
            (format!("{shown} where a comma or a closing bracket should stand"), None)
        }
        _ if is("expected `:`") => (format!("{shown} where a colon should follow the name"), None),
        _ if is("key must be a string") => {
            (format!("{shown} where a name in double quotes should begin"), None)
        }
        _ if is("expected ident") => {
            ("a word that is none of true, false and null".to_owned(), Some(LITERALS))
        }
        _ if is("invalid number") => (format!("{shown} breaks a number"), Some(NUMBER)),
        '<' => {
            ("`<` where a value should begin".to_owned(), Some("this looks like HTML or XML, not a payload"))
        }
        _ => (format!("{shown} where a value should begin"), None),
    }
}

const CUT: &str =
    "a bracket or a quote is missing, or the capture is cut: compare its size with Content-Length";
const CUT_OR_LINE: &str = "a bracket is missing, or the capture is cut: compare its size with Content-Length; \
                           if the document goes on in the next line, add --input-format json";
const SECOND: &str = "give one payload a line, or add --input-format json";
const CONTROL: &str = "write it as an escape, such as \\n or \\u0000";
const ESCAPE: &str = "JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hex digits";
const QUOTES: &str = "JSON has double quotes only; this may be Python's or JavaScript's own notation";
const LITERALS: &str =
    "JSON has true, false and null; undefined, NaN, Infinity and None are none of its values";
const NUMBER: &str = "JSON numbers have no leading zero or plus and a digit on both sides of the point";

fn show(found: char) -> String {
    match found {
        '\t' => "a tab (U+0009)".to_owned(),
        '\n' => "a line break".to_owned(),
        _ if crate::visible::is_unsafe(found) => format!("U+{:04X}", u32::from(found)),
        _ => format!("`{found}`"),
    }
}

/// Where the first escape of half a character stands in well-formed JSON text.
pub(super) fn unpaired_surrogate(text: &str) -> Option<Range<usize>> {
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

/// The code unit that a `\uXXXX` escape at `start` names.
fn code_unit(bytes: &[u8], start: usize) -> Option<u16> {
    let digits = bytes.get(start..start + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}
