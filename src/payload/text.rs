//! The content of a JSON string.
//!
//! In: the text between the quotes of a well-formed string. Out: its characters.
//! Invariants: text without an escape is unchanged; only decoded text is allocated.

use super::scan::escaped;
use crate::lanes::{LANES, Lanes};
use std::borrow::Cow;

/// The string, decoded.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    decode_into(text, &mut out);
    Cow::Owned(out)
}

/// Overwrites `out` with the decoded string.
pub(crate) fn decode_into(text: &str, out: &mut String) {
    let (bytes, mut at) = (text.as_bytes(), 0);
    let mut decoded = std::mem::take(out).into_bytes();
    decoded.clear();
    // Up to sixteen bytes may be written where fewer are kept.
    decoded.reserve(bytes.len() + LANES);
    while let Some(sixteen) = bytes[at..].first_chunk::<LANES>() {
        let plain = (Lanes::new(sixteen).any_of([b'\\']) | 1 << LANES).trailing_zeros() as usize;
        let length = decoded.len() + plain;
        decoded.extend_from_slice(sixteen);
        decoded.truncate(length);
        at += plain;
        if plain < LANES {
            at = decode_escape(bytes, at, &mut decoded);
        }
    }
    while let Some(byte) = bytes.get(at) {
        if *byte == b'\\' {
            at = decode_escape(bytes, at, &mut decoded);
        } else {
            decoded.push(*byte);
            at += 1;
        }
    }
    *out = String::from_utf8(decoded).expect(WELL_FORMED);
}

/// Appends the character of the escape at `at` to `out`. Returns the end of the escape.
#[inline(always)]
fn decode_escape(bytes: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let (character, end) = escaped(bytes, at).expect(WELL_FORMED);
    if character.is_ascii() {
        out.push(character as u8);
    } else {
        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    end
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
