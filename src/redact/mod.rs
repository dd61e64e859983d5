//! Payloads without what identifies an account or a person, and with all that made them fail.
//!
//! In: the bytes of a payload, whatever they are. Out: as many bytes: each letter and digit of a value replaced by one
//! of its kind, in its place, and everything else as it was.
//! Invariants: a character is replaced by one as long in bytes, so every place stays; what a value becomes depends on
//! the key and on the value alone, so what was the same still is, and what was not is not; names and the words of the
//! event stay.
//!
//! What comes out is pseudonymous, not anonymous: lengths, punctuation, times and structure remain.

mod alphabet;
mod cipher;
mod time;
mod value;
mod words;

use crate::payload::Document;
use cipher::Cipher;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::collections::{BTreeMap, HashMap};
use value::Spelling;
use words::{Kind, is_kept_word, is_name, kept_length};

/// How many JSON texts inside each other's strings are read as such.
const NESTED_AT_MOST: usize = 8;

/// What a redaction replaced and kept, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that were replaced.
    pub replaced: BTreeMap<&'static str, u64>,
    /// Values that are words of the event, or times.
    pub kept: BTreeMap<&'static str, u64>,
}

/// What redacts one payload after another, under one key.
#[derive(Debug)]
pub struct Redactor {
    cipher: Cipher,
    /// By how many seconds times are shifted.
    shift: i64,
    alphabets: HashMap<value::Asked, Option<alphabet::Alphabet>>,
    counts: Counts,
}

impl Redactor {
    /// Redacts under that key: with the same one, the same value becomes the same pseudonym.
    #[must_use]
    pub fn new(key: [u8; 16]) -> Self {
        Self { cipher: Cipher::new(key), shift: 0, alphabets: HashMap::new(), counts: Counts::default() }
    }

    /// Redacts under a key that nobody knows.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn random() -> anyhow::Result<Self> {
        let mut key = [0; 16];
        let drawn = SystemRandom::new().fill(&mut key);
        drawn.map_err(|_| {
            anyhow::anyhow!("the system gives no random numbers for a key; give one: --key FILE")
        })?;
        Ok(Self::new(key))
    }

    /// Also shifts times, all by one number of seconds that only the key gives.
    #[must_use]
    pub fn shifting_times(self) -> Self {
        let shift = time::shift(self.cipher.number(u64::MAX));
        Self { shift, ..self }
    }

    /// What was replaced and kept so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The payload, redacted: as many bytes, each value in its place.
    pub fn redact(&mut self, payload: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(payload.len());
        for chunk in payload.utf8_chunks() {
            out.extend_from_slice(self.text(chunk.valid(), 0).as_bytes());
            // Bytes that are not a character are what is wrong with the payload.
            out.extend_from_slice(chunk.invalid());
        }
        out
    }

    /// A text, JSON or nearly so.
    fn text(&mut self, text: &str, depth: usize) -> String {
        let (mut out, mut at, mut name) = (String::with_capacity(text.len()), 0, String::new());
        while let Some(first) = text[at..].chars().next() {
            let end = if first == '"' {
                self.quoted(text, at, depth, &mut name, &mut out)
            } else if words::begins_word(text, at) {
                self.word(text, at, &mut name, &mut out)
            } else {
                out.push(first);
                at + first.len_utf8()
            };
            at = end;
        }
        out
    }

    /// A string that begins at `at`, quotes and all: a name, or a value. Where it ends.
    fn quoted(&mut self, text: &str, at: usize, depth: usize, name: &mut String, out: &mut String) -> usize {
        let inside = at + 1..at + 1 + value::length(&text[at + 1..]);
        let written = &text[inside.clone()];
        let is_closed = text[inside.end..].starts_with('"');
        out.push('"');
        if is_closed && is_before(text, inside.end + 1, &[':']) {
            value::decoded(written).clone_into(name);
            out.push_str(written);
        } else {
            self.value(written, name, depth, out);
        }
        if is_closed {
            out.push('"');
        }
        inside.end + usize::from(is_closed)
    }

    /// A word outside of strings: a number, a word of JSON or of another notation, or what has no quotes.
    fn word(&mut self, text: &str, at: usize, name: &mut String, out: &mut String) -> usize {
        let end = at + words::length(&text[at..]);
        let word = &text[at..end];
        if is_kept_word(word) {
            out.push_str(word);
        } else if let Some(number) = words::number(word, &self.cipher) {
            *self.counts.replaced.entry("number").or_default() += 1;
            out.push_str(&number);
        } else if is_before(text, end, &[':', '=']) && is_name(word) {
            word.clone_into(name);
            out.push_str(word);
        } else {
            let (front, rest) = word.split_at(words::sound_length(word));
            out.push_str(&words::number(front, &self.cipher).unwrap_or_else(|| front.to_owned()));
            let from = out.len();
            self.value(rest, name, NESTED_AT_MOST, out);
            words::keep_fault(front, rest, from, out);
        }
        end
    }

    /// The value of the member `name`, as it is written between its quotes.
    fn value(&mut self, written: &str, name: &str, depth: usize, out: &mut String) {
        let decoded = value::decoded(written);
        let kind = Kind::of(name);
        let drawn = if let Some(nested) = self.nested(&decoded, depth) {
            nested
        } else if let Some(shifted) = time::of(name, &decoded, self.shift) {
            *self.counts.kept.entry(if self.shift == 0 { "time" } else { "shifted time" }).or_default() += 1;
            shifted
        } else {
            let kept = kept_length(kind, &decoded);
            let (front, rest) = decoded.split_at(kept);
            if kept > 0 {
                *self.counts.kept.entry(kind.kept()).or_default() += 1;
            }
            let drawn = self.pseudonym(rest);
            if drawn != rest {
                *self.counts.replaced.entry(kind.as_str()).or_default() += 1;
            }
            front.to_owned() + &drawn
        };
        Spelling::of(written).write(&drawn, out);
    }

    /// A JSON text that the string holds, plainly or in base64, redacted by its own members.
    fn nested(&mut self, decoded: &str, depth: usize) -> Option<String> {
        let is_json = |text: &str| text.trim_start().starts_with(['{', '[', '"']) && is_document(text);
        if depth >= NESTED_AT_MOST {
            return None;
        }
        if is_json(decoded) {
            return Some(self.text(decoded, depth + 1));
        }
        let (text, engine) = value::base64(decoded)?;
        is_json(&text).then(|| value::encoded(&self.text(&text, depth + 1), engine))
    }
}

fn is_document(text: &str) -> bool {
    Document::parse(text.as_bytes()).is_ok()
}

/// Whether the first character from `at` that is not blank is one of `wanted`.
fn is_before(text: &str, at: usize, wanted: &[char]) -> bool {
    text[at..].trim_start_matches([' ', '\t', '\r', '\n']).starts_with(wanted)
}

#[cfg(test)]
mod tests;
