//! Payloads without the values that identify an account or a person, and with everything that made them fail.
//!
//! In: the bytes of any payload. Out: as many bytes: each letter and digit of a value replaced by one of its kind, in
//! its place, and everything else unchanged.
//! Invariants: a character is replaced by one of the same length in bytes, so every place stays; the pseudonym depends
//! on the key and on the value alone, so equal values stay equal and different ones different; names and the words of
//! the event stay.
//!
//! The result is pseudonymous, not anonymous: lengths, punctuation, times and structure remain.

mod alphabet;
mod around;
mod cipher;
mod inner;
mod manner;
mod opaque;
mod time;
mod value;
mod words;

use crate::capture::Shape;
use crate::event::members::{NAMES, WEBHOOK_ID};
use crate::payload::{Document, is_binary};
use cipher::Cipher;
use manner::Manner;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::collections::{BTreeMap, HashMap};
use words::{MemberKind, is_kept_word, is_name, kept_length};

/// The depth to which JSON texts inside strings are read as such.
const NESTED_AT_MOST: usize = 8;
/// The number of times that a word is drawn until it is not a part of JSON's words; a single letter is such a part
/// every second time.
const DRAWN_AT_MOST: usize = 256;
/// JSON's white space.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// The name of names that were kept although they may be somebody's.
pub const LIKE_VALUES: &str = "name that looks like a value";

/// The values that were replaced and kept, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Values that were replaced.
    pub replaced: BTreeMap<&'static str, u64>,
    /// Values that are words of the event, or times.
    pub kept: BTreeMap<&'static str, u64>,
}

/// Redacts one payload after another, under one key.
#[derive(Debug)]
pub struct Redactor {
    cipher: Cipher,
    /// The cipher for ids of deliveries, which stay equal to one another whatever else is drawn anew.
    of_deliveries: Cipher,
    manner: Manner,
    /// The number of seconds by which times are shifted.
    shift: i64,
    alphabets: HashMap<value::Asked, Option<alphabet::Alphabet>>,
    counts: Counts,
    /// Whether something was opaque (compressed or not text), and so was replaced as a whole.
    has_opaque: bool,
}

/// The last tokens that were read in a JSON text.
#[derive(Clone, Debug, Default)]
struct Read {
    /// The name of the member whose value comes next.
    name: String,
    /// The name of the header whose value comes next, if it is in a member of its own.
    header: String,
}

impl Read {
    fn name(&mut self, name: String) {
        self.name = name;
        if !self.is_carried() {
            self.header.clone_from(&self.name);
        }
    }

    /// Whether the value is one that another member names.
    fn is_carried(&self) -> bool {
        around::CARRIERS.contains(&self.name.as_str())
    }

    /// The name that describes the value.
    fn about(&self) -> &str {
        if self.is_carried() { &self.header } else { &self.name }
    }
}

impl Redactor {
    /// Redacts under that key: with the same key, the same value gets the same pseudonym.
    pub fn new(key: [u8; 16]) -> Self {
        let cipher = Cipher::new(key);
        Self {
            of_deliveries: cipher.clone(),
            cipher,
            manner: Manner::default(),
            shift: 0,
            alphabets: HashMap::new(),
            counts: Counts::default(),
            has_opaque: false,
        }
    }

    /// Redacts under another key, which depends on this one and on the number of the attempt, and the more narrowly the
    /// higher that is. Only times, and the ids of deliveries, become the same as under this one.
    pub(crate) fn attempt(&self, number: u8) -> Self {
        let (cipher, manner) = (self.cipher.derived(number), Manner::of_attempt(number));
        let (alphabets, counts) = (HashMap::new(), Counts::default());
        let of_deliveries = self.of_deliveries.clone();
        Self { cipher, of_deliveries, manner, alphabets, counts, ..*self }
    }

    /// Redacts under a random key.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn random() -> anyhow::Result<Self> {
        let mut key = [0; 16];
        let drawn = SystemRandom::new().fill(&mut key);
        drawn.map_err(|_| {
            anyhow::anyhow!("the system has no random numbers to make a key from; give one: --key FILE")
        })?;
        Ok(Self::new(key))
    }

    /// Also shifts times, all by a number of seconds that depends on the key alone.
    pub fn shifting_times(self) -> Self {
        let shift = time::shift(self.cipher.number(u64::MAX));
        Self { shift, ..self }
    }

    /// The values replaced and kept so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whether something was opaque (compressed or not text) since the last call: it was replaced as a whole, and
    /// nothing can be found in it.
    pub fn take_opaque(&mut self) -> bool {
        std::mem::take(&mut self.has_opaque)
    }

    /// The payload, redacted: as many bytes, each value in its place.
    pub fn redact(&mut self, payload: &[u8]) -> Vec<u8> {
        self.redact_in(payload, None, true)
    }

    /// The same for a payload or a capture in an input of that shape, which may begin with it.
    pub fn redact_in(
        &mut self,
        payload: &[u8],
        shape: Option<&'static Shape>,
        begins_input: bool,
    ) -> Vec<u8> {
        match begins_input.then(|| self.not_text(payload)).flatten() {
            Some(redacted) => redacted,
            None => {
                let mut redacted = self.content(payload, shape, false, 0);
                keep_beginning(payload, &mut redacted);
                if self.manner.keeps_names() {
                    words::keep_begun(payload, &mut redacted);
                }
                redacted
            }
        }
    }

    /// JSON or nearly so, even with bytes that are not characters.
    fn json(&mut self, payload: &[u8], depth: usize) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(payload) else {
            return opaque::around_invalid(payload, |text| self.text(text, depth));
        };
        self.text(text, depth).into_bytes()
    }

    /// A text, JSON or nearly so.
    fn text(&mut self, text: &str, depth: usize) -> String {
        let (mut out, mut at, mut read) = (String::with_capacity(text.len()), 0, Read::default());
        while let Some(first) = text[at..].chars().next() {
            let end = if first == '"' {
                self.quoted(text, at, depth, &mut read, &mut out)
            } else if words::begins_word(text, at) {
                self.word(text, at, &mut read, &mut out)
            } else if value::begins_escape(&text[at..]) {
                self.escaped(text, at, &read, &mut out)
            } else {
                out.push(first);
                at + first.len_utf8()
            };
            at = end;
        }
        out
    }

    /// A string that begins at `at`, with its quotes: a name, or a value. Returns its end.
    fn quoted(&mut self, text: &str, at: usize, depth: usize, read: &mut Read, out: &mut String) -> usize {
        let inside = at + 1..at + 1 + value::length(&text[at + 1..]);
        let written = &text[inside.clone()];
        let is_closed = text[inside.end..].starts_with('"');
        out.push('"');
        if is_closed && is_before(text, inside.end + 1, &[':']) {
            read.name(value::decoded(written));
            if around::looks_like_value(&read.name) {
                self.keep(LIKE_VALUES);
            }
            out.push_str(written);
        } else {
            let is_first = text[..at].trim_end_matches(BLANKS).ends_with('[');
            if let Some(header) = around::header_behind(&text[inside.end..]).filter(|_| read.is_carried()) {
                read.header = header;
            }
            self.value(written, read, is_first, depth, out);
        }
        if is_closed {
            out.push('"');
        }
        inside.end + usize::from(is_closed)
    }

    /// A word outside of strings: a number, a word of JSON or of another notation, or text without quotes.
    fn word(&mut self, text: &str, at: usize, read: &mut Read, out: &mut String) -> usize {
        let end = at + words::length(&text[at..]);
        let word = &text[at..end];
        if is_kept_word(word) || around::is_kept(word) || around::is_length(read.about(), word) {
            out.push_str(word);
        } else if let Some(number) = self.number(word) {
            *self.counts.replaced.entry("number").or_default() += 1;
            out.push_str(&number);
        } else if is_before(text, end, &[':', '=']) && is_name(word) && words::may_name(&text[..at]) {
            read.name(word.to_owned());
            out.push_str(word);
        } else {
            let (front, rest) = word.split_at(words::sound_length(word));
            out.push_str(&self.number(front).unwrap_or_else(|| front.to_owned()));
            let from = out.len();
            let what = MemberKind::of(&read.name).as_str();
            out.push_str(&self.bare(rest, what, |own| {
                let mut drawn = String::new();
                own.value(rest, read, false, NESTED_AT_MOST, &mut drawn);
                drawn
            }));
            words::keep_fault(front, rest, from, out);
        }
        end
    }

    /// A word outside of strings that begins with an escape, as in a string that is broken before it.
    fn escaped(&mut self, text: &str, at: usize, read: &Read, out: &mut String) -> usize {
        let end = at + value::escaped_length(&text[at..]);
        let drawn = self.replaced(&value::decoded(&text[at..end]), MemberKind::of(&read.name).as_str());
        value::spell(&text[at..end], &drawn, out);
        end
    }

    /// Replaces a word outside of strings, one of `what`, by `draw`. A word with letters that no word of JSON has keeps
    /// some, and one without gets none, because such letters decide how a broken text is split.
    fn bare(&mut self, word: &str, what: &'static str, draw: impl FnOnce(&mut Self) -> String) -> String {
        if let Some(drawn) = words::of_literals(word, &self.cipher, self.manner) {
            *self.counts.replaced.entry(what).or_default() += 1;
            return drawn;
        }
        let mut drawn = draw(self);
        for _ in 0..DRAWN_AT_MOST {
            if !words::is_of_literals(&drawn) {
                return drawn;
            }
            drawn = self.pseudonym(&drawn);
        }
        word.to_owned()
    }

    /// A value, as written between its quotes. `is_first` marks the first element of a list.
    fn value(&mut self, written: &str, read: &mut Read, is_first: bool, depth: usize, out: &mut String) {
        let decoded = value::decoded(written);
        let drawn = if read.name == NAMES[WEBHOOK_ID] {
            self.of_delivery(|own| own.drawn(&decoded, read, is_first, depth))
        } else {
            self.drawn(&decoded, read, is_first, depth)
        };
        value::spell(written, &drawn, out);
    }

    /// Draws the id of a delivery as every attempt does.
    fn of_delivery<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> T {
        let cipher = std::mem::replace(&mut self.cipher, self.of_deliveries.clone());
        let manner = std::mem::take(&mut self.manner);
        let drawn = draw(self);
        (self.cipher, self.manner) = (cipher, manner);
        drawn
    }

    fn drawn(&mut self, value: &str, read: &mut Read, is_first: bool, depth: usize) -> String {
        if let Some(inner) = self.inner(value, depth) {
            return inner;
        }
        if let Some(shifted) = time::of(&read.name, value, self.shift) {
            self.keep(if self.shift == 0 { "time" } else { "shifted time" });
            return shifted;
        }
        let is_header = around::is_header(value, &read.name, is_first);
        // In any case, the next value no longer belongs to the previous header.
        if is_header || around::NAMING.contains(&read.name.as_str()) || is_first && read.is_carried() {
            value.clone_into(&mut read.header);
        }
        if is_header {
            "value".clone_into(&mut read.name);
            self.keep("name of a header");
            return value.to_owned();
        }
        if around::is_length(read.about(), value) {
            return value.to_owned();
        }
        let may_hold_names = self.manner.keeps_names() && value.contains('"');
        if may_hold_names || around::is_notation(read.about()) {
            return self.around(value, around::Before::default());
        }
        let kind = MemberKind::of(&read.name);
        let (front, rest) = value.split_at(kept_length(kind, value));
        if !front.is_empty() {
            self.keep(kind.kept());
        }
        let drawn = self.replaced(rest, kind.as_str());
        front.to_owned() + &value::still_base64(rest, drawn, read.about())
    }

    /// A number, replaced.
    fn number(&self, word: &str) -> Option<String> {
        words::number(word, &self.cipher, self.manner)
    }

    /// The pseudonym of a value, one of `what`.
    fn replaced(&mut self, value: &str, what: &'static str) -> String {
        let drawn = self.pseudonym(value);
        if drawn != value {
            *self.counts.replaced.entry(what).or_default() += 1;
        }
        drawn
    }

    fn keep(&mut self, what: &'static str) {
        *self.counts.kept.entry(what).or_default() += 1;
    }
}

/// Puts back the first characters of what begins as a file that is not text does, or whose pseudonym would: `x` before
/// U+0001 begins zlib's.
fn keep_beginning(payload: &[u8], redacted: &mut [u8]) {
    let is_so = is_binary(payload);
    for (at, byte) in payload.iter().enumerate().take_while(|(_, byte)| byte.is_ascii()).take(8) {
        if is_binary(redacted) == is_so {
            return;
        }
        redacted[at] = *byte;
    }
}

fn is_document(text: &str) -> bool {
    Document::parse(text.as_bytes()).is_ok()
}

/// Whether the first character from `at` that is not blank is one of `wanted`.
fn is_before(text: &str, at: usize, wanted: &[char]) -> bool {
    text[at..].trim_start_matches(BLANKS).starts_with(wanted)
}

#[cfg(test)]
mod tests;
