//! Payloads inside something else: in a string, in base64, in a line of a log, in the rows of a trace.
//!
//! In: a text, and its shape if known. Out: as many bytes, with everything inside redacted by its own members, and
//! everything around it redacted, too.
//! Invariants: no byte is left out; compressed data cannot be redacted in place, so it is replaced as a whole, and that
//! is noted.

use super::around::Before;
use super::opaque::around_invalid;
use super::{NESTED_AT_MOST, Redactor, is_document, value};
use crate::capture::{
    InnerText, Inside, Shape, inside, is_text as begins_text, own_names, put_back, recognised_text,
};
use crate::payload::BYTE_ORDER_MARK;

/// The start of base64 of compressed data, gzip and Zstandard.
const COMPRESSED_IN_BASE64: [&str; 2] = ["H4sI", "KLUv/"];
/// The longest text between an entity's signs, in bytes.
const ENTITY_AT_MOST: usize = 8;
/// The shortest string that may hold a payload, in bytes.
const SHORTEST: usize = 16;

/// A text without its escapes, in which near-escapes are held: no pseudonym may turn one into an escape.
struct HeldEscapes {
    /// The text, with a sign instead of each letter or digit that stays.
    text: Vec<u8>,
    places: Vec<usize>,
}

impl HeldEscapes {
    fn of(text: &[u8]) -> Self {
        let mut places = Vec::new();
        for sign in memchr::memchr2_iter(b'%', b'&', text) {
            let behind = &text[sign + 1..];
            if text[sign] == b'%' {
                // The first of the two digits that is not hexadecimal.
                let wrong = behind.iter().take(2).position(|byte| !byte.is_ascii_hexdigit());
                places.extend(wrong.map(|wrong| sign + 1 + wrong));
            } else {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'#';
                let length = behind.iter().take(ENTITY_AT_MOST).take_while(is_part).count();
                let is_entity = behind.get(length) == Some(&b';');
                places.extend((sign + 1..sign + 1 + length).filter(|_| is_entity));
            }
        }
        if !places.is_empty() {
            let mut is_named = vec![false; text.len()];
            own_names(text).for_each(|name| is_named[name].fill(true));
            places.retain(|place| text[*place].is_ascii_alphanumeric() && !is_named[*place]);
        }
        let mut held = text.to_vec();
        places.iter().for_each(|place| held[*place] = b'_');
        Self { text: held, places }
    }
}

impl Redactor {
    /// A payload, or a text with payloads in it.
    pub(super) fn content(
        &mut self,
        text: &[u8],
        shape: Option<&Shape>,
        is_searched: bool,
        depth: usize,
    ) -> Vec<u8> {
        if let Some(redacted) = self.compressed(text) {
            return redacted;
        }
        let is_json =
            std::str::from_utf8(text).is_ok_and(is_document) || !is_searched && !begins_text(text, shape);
        if depth > NESTED_AT_MOST || is_json {
            return self.json(text, depth);
        }
        let (mut out, mut done) = (text.to_vec(), vec![false; text.len()]);
        for one in inside(text, shape) {
            match one {
                Inside::Text(InnerText { bytes: inner, part, layer, is_searched, shape }) => {
                    let held = HeldEscapes::of(&inner);
                    let mut new = self.content(&held.text, shape, is_searched, depth + 1);
                    held.places.iter().for_each(|place| new[*place] = inner[*place]);
                    // A part that cannot be put back is redacted with the text around it.
                    if !put_back(&layer, &inner, &new, &mut out[part.clone()], &mut done[part]) {
                        self.has_opaque = true;
                    }
                }
                Inside::Size(range) => done[range].fill(true),
                Inside::Json(range) => {
                    let new = self.json(&text[range.clone()], depth + 1);
                    out[range.clone()].copy_from_slice(&new);
                    done[range].fill(true);
                }
                Inside::Base64(range) => {
                    let digits = String::from_utf8_lossy(&text[range.clone()]).into_owned();
                    let new = self.base64(&digits, depth);
                    let new = new.unwrap_or_else(|| self.replaced(&digits, "other value"));
                    out[range.clone()].copy_from_slice(new.as_bytes());
                    done[range].fill(true);
                }
            }
        }
        self.rest(text, &mut out, &done);
        // Where the sign of its shape stands in what seemed to be an object, nothing in it is one.
        let shape_of = |text: &[u8]| recognised_text(text).map(|shape| shape.name);
        if shape_of(text) != shape_of(&out) {
            self.rest(text, &mut out, &vec![false; text.len()]);
        }
        out
    }

    /// Redacts the text outside of anything.
    fn rest(&mut self, text: &[u8], out: &mut [u8], done: &[bool]) {
        let mut at = 0;
        let begun = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text).trim_ascii_start();
        let is_bracketed = begun.starts_with(b"[") || begun.starts_with(b"{");
        while let Some(start) = done[at..].iter().position(|is_done| !is_done).map(|start| at + start) {
            at = done[start..].iter().position(|is_done| *is_done).map_or(done.len(), |end| start + end);
            let new = around_invalid(&text[start..at], |text| {
                let drawn = self.around(&value::decoded(text), Before::of(start == 0, is_bracketed));
                let mut new = String::with_capacity(text.len());
                value::spell(text, &drawn, &mut new);
                new
            });
            out[start..at].copy_from_slice(&new);
        }
    }

    /// The content of a string, if that is JSON, a text with JSON in it, or base64 of either.
    pub(super) fn inner(&mut self, value: &str, depth: usize) -> Option<String> {
        if depth >= NESTED_AT_MOST {
            return None;
        }
        if value.trim_start().starts_with(['{', '[', '"']) && is_document(value) {
            return Some(self.text(value, depth + 1));
        }
        if let Some(new) = self.base64(value, depth) {
            return Some(new);
        }
        if value.len() < SHORTEST {
            return None;
        }
        if inside(value.as_bytes(), None).is_empty() {
            // A broken part stays broken at the same place, or it would be found as a payload.
            let may_speak = value.contains('{') && own_names(value.as_bytes()).next().is_some();
            return may_speak.then(|| self.text(value, depth + 1));
        }
        let new = self.content(value.as_bytes(), None, true, depth + 1);
        Some(String::from_utf8(new).expect("internal error: each character was replaced by one as long"))
    }

    /// The decoded content of base64, if that is text, redacted and in base64 again.
    fn base64(&mut self, value: &str, depth: usize) -> Option<String> {
        let digits: String = value.split_ascii_whitespace().collect();
        let (bytes, engine) = value::base64(&digits)?;
        let new = if is_text(&bytes) {
            value::encoded(&self.content(&bytes, None, true, depth + 1), engine, &digits)
        } else if let Some(beginning) =
            COMPRESSED_IN_BASE64.iter().find(|beginning| digits.starts_with(**beginning))
        {
            self.has_opaque = true;
            beginning.to_string() + &self.replaced(&digits[beginning.len()..], "compressed")
        } else {
            return None;
        };
        let mut new = new.chars();
        let next = |old: char| if old.is_ascii_whitespace() { Some(old) } else { new.next() };
        value.chars().map(next).collect()
    }
}

/// Whether base64 encodes a text. Many short values, such as ids, would do so by chance.
fn is_text(bytes: &[u8]) -> bool {
    const FEW: usize = 24;
    let is_begun = matches!(
        bytes.trim_ascii_start(),
        [b'{', b'"' | b'}' | b' ' | b'\r' | b'\n', ..] | [b'[', b'{' | b'"' | b']', ..]
    );
    let Ok(text) = std::str::from_utf8(bytes) else {
        // A name of the event is looked for in any bytes.
        return is_begun && bytes.len() >= FEW || own_names(bytes).next().is_some();
    };
    match bytes.len() {
        0..12 => is_begun && is_document(text),
        12..FEW => !text.contains(|one: char| one.is_control() && !one.is_ascii_whitespace()),
        _ => true,
    }
}
