//! The bytes that a sender may have signed, given the body as it was captured.
//!
//! In: a body. Out: the bytes to try, the likeliest first.
//! Invariants: no two of them are the same bytes; the compact form changes only white space between values: order,
//! duplicates, numbers and escapes stay as written.

use super::Body;
use crate::headers::Fidelity;
use crate::payload::{Document, Token, Tokens};
use std::borrow::Cow;

/// The change to the body before the signature was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// None.
    Raw,
    /// One line end (LF, or CR and LF) was removed from its end: editors and shells add one.
    WithoutLineEnd,
    /// The white space between values, and a byte order mark, were removed, because `JSON.stringify` writes none.
    Compact,
}

impl Form {
    /// All forms, in the order in which they are tried.
    pub const ALL: [Self; 3] = [Self::Raw, Self::WithoutLineEnd, Self::Compact];

    /// The form in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Raw => "raw bytes",
            Self::WithoutLineEnd => "bytes without the last line end",
            Self::Compact => "compact JSON",
        }
    }

    /// The form in machine formats.
    pub fn code(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::WithoutLineEnd => "without-line-end",
            Self::Compact => "compact",
        }
    }
}

/// The bytes to try, at least one form. For JSON that was parsed and rewritten, the first two prove nothing and are
/// left out.
pub(super) fn forms<'a>(body: &Body<'a>, document: Option<&Document<'_>>) -> Vec<(Form, Cow<'a, [u8]>)> {
    let mut forms = Vec::with_capacity(3);
    if body.fidelity != Fidelity::Parsed || document.is_none() {
        forms.push((Form::Raw, Cow::Borrowed(body.bytes)));
        if let Some(bytes) = without_line_end(body.bytes) {
            forms.push((Form::WithoutLineEnd, Cow::Borrowed(bytes)));
        }
    }
    if let Some(compact) = document.map(compact)
        && forms.iter().all(|(_, bytes)| **bytes != *compact)
    {
        forms.push((Form::Compact, Cow::Owned(compact)));
    }
    forms
}

fn without_line_end(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n"))
}

fn compact(document: &Document<'_>) -> Vec<u8> {
    let text = document.root().text();
    let mut out = Vec::with_capacity(text.len());
    for token in Tokens::new(text) {
        out.extend_from_slice(match token {
            Token::Open(text) | Token::Close(text) | Token::Name(text) | Token::Scalar(text) => {
                text.as_bytes()
            }
            Token::Comma => b",",
            Token::Colon => b":",
        });
    }
    out
}

/// The difference between the text and the output of `JSON.stringify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodySpelling {
    /// There are line breaks between its values.
    Lines,
    /// There are spaces between its values.
    Blanks,
    /// There are unnecessary escapes, the first at this byte.
    Escapes(usize),
}

/// The likeliest sign that something other than `JSON.stringify` wrote the body.
pub(super) fn spelling(document: &Document<'_>) -> Option<BodySpelling> {
    let text = document.root().text();
    if let Some(escape) = needless_escape(text) {
        return Some(BodySpelling::Escapes(document.span(text).start + escape));
    }
    // In JSON text, line breaks occur only between values.
    if text.contains(['\n', '\r']) {
        return Some(BodySpelling::Lines);
    }
    (compact(document).len() < text.len()).then_some(BodySpelling::Blanks)
}

/// The first `\/`, or `\u` of a character beyond ASCII. In JSON text, backslashes occur only in strings.
fn needless_escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + step;
        let is_needless = match bytes.get(start + 1) {
            Some(b'/') => true,
            Some(b'u') => !bytes[start + 2..].starts_with(b"00") || bytes.get(start + 4) >= Some(&b'2'),
            _ => false,
        };
        if is_needless {
            return Some(start);
        }
        at = start + 2;
    }
    None
}
