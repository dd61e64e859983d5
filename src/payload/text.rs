//! What a JSON string says.
//!
//! In: the text between the quotes of a well-formed string. Out: its characters.
//! What always holds: text without an escape comes out as it went in; nothing is allocated but what is decoded.

use super::scan::escaped;
use std::borrow::Cow;

/// The string, decoded.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    decode_from(text, first, &mut out);
    Cow::Owned(out)
}

/// Adds the decoded string to `out`.
pub(crate) fn decode_into(text: &str, out: &mut String) {
    decode_from(text, 0, out);
}

fn decode_from(text: &str, from: usize, out: &mut String) {
    let mut rest = text;
    let mut from = from;
    while let Some(at) = memchr::memchr(b'\\', &rest.as_bytes()[from..]) {
        let (before, escape) = rest.split_at(from + at);
        let (character, end) = escaped(escape.as_bytes(), 0).expect(WELL_FORMED);
        out.push_str(before);
        out.push(character);
        (rest, from) = (&escape[end..], 0);
    }
    out.push_str(rest);
}

const WELL_FORMED: &str = "internal error: a string of a document is well-formed";

/// The characters of the string, one by one.
#[derive(Clone, Debug)]
pub(crate) struct Characters<'a> {
    rest: &'a str,
}

impl<'a> Characters<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }
}

impl Iterator for Characters<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        let (character, length) = match first {
            '\\' => escaped(self.rest.as_bytes(), 0).expect(WELL_FORMED),
            _ => (first, first.len_utf8()),
        };
        self.rest = &self.rest[length..];
        Some(character)
    }
}
