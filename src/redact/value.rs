//! The characters of a value, and their spelling.
//!
//! In: the text between quotes, including escapes. Out: its characters, their pseudonym, and the same spelling again.
//! Invariants: if a character was written as an escape, so is its pseudonym, in as many bytes; an improper escape
//! stays.

use super::Redactor;
use super::alphabet::{Alphabet, ValueForm, is_mark};
use super::cipher::Symbol;
use crate::capture::own_names;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine as _};
use std::fmt::Write as _;

/// The number of symbols that are drawn together; a longer value is drawn in parts.
const AT_ONCE: usize = 4096;
/// The number of alphabets that are remembered.
const ALPHABETS_AT_MOST: usize = 1 << 14;

/// The key of an alphabet: the character, the first mark on it, and the form of its value.
pub(super) type Asked = (char, Vec<char>, bool);

/// The length of the string at whose inside `text` begins: up to its quote, or to the end of the line.
pub(super) fn length(text: &str) -> usize {
    let (bytes, mut at) = (text.as_bytes(), 0);
    loop {
        match bytes.get(at) {
            None | Some(b'"' | b'\n') => return at,
            Some(b'\\') if bytes.get(at + 1).is_some_and(|next| *next != b'\n') => {
                let escaped = text[at + 1..].chars().next().map_or(1, char::len_utf8);
                at += 1 + escaped;
            }
            Some(_) => at += 1,
        }
    }
}

/// Whether the text begins with an escape that encodes a letter or digit.
pub(super) fn begins_escape(text: &str) -> bool {
    text.strip_prefix('\\').is_some_and(|escaped| escaped.starts_with(char::is_alphanumeric))
}

/// The length of the word that begins with such an escape, in bytes: such escapes, letters and digits.
pub(super) fn escaped_length(text: &str) -> usize {
    let parts = Spelling::of(text).map(|(_, spelled)| spelled);
    let is_part = |spelled: &&str| begins_escape(spelled) || spelled.starts_with(char::is_alphanumeric);
    parts.take_while(is_part).map(str::len).sum()
}

/// The characters of a string as written.
pub(super) fn decoded(written: &str) -> String {
    Spelling::of(written).map(|(character, _)| character).collect()
}

/// Writes `characters` in the spelling of `written`, with the event's names unchanged: one may begin with the letter of
/// an escape.
pub(super) fn spell(written: &str, characters: &str, out: &mut String) {
    let from = out.len();
    Spelling::of(written).write(characters, out);
    if written.contains('\\') {
        for name in own_names(written.as_bytes()) {
            out.replace_range(from + name.start..from + name.end, &written[name]);
        }
    }
}

/// The characters of a string one by one, each with its spelling.
#[derive(Clone, Debug)]
struct Spelling<'a> {
    rest: &'a str,
}

impl<'a> Spelling<'a> {
    fn of(written: &'a str) -> Self {
        Self { rest: written }
    }

    /// Writes `characters`, each in the spelling of the one in its place.
    fn write(self, characters: &str, out: &mut String) {
        let mut characters = characters.chars();
        for (old, spelled) in self {
            let new = characters.next().expect("internal error: a pseudonym has as many characters");
            if new == old {
                out.push_str(spelled);
            } else if spelled.starts_with('\\') {
                escape(new, spelled, out);
            } else {
                out.push(new);
            }
        }
    }
}

impl<'a> Iterator for Spelling<'a> {
    type Item = (char, &'a str);

    fn next(&mut self) -> Option<(char, &'a str)> {
        let first = self.rest.chars().next()?;
        let (character, length) = unescaped(self.rest).unwrap_or((first, first.len_utf8()));
        let (spelled, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some((character, spelled))
    }
}

/// The character that an escape encodes, and the length of the escape in bytes.
fn unescaped(text: &str) -> Option<(char, usize)> {
    let short = match text.as_bytes().get(..2)? {
        b"\\\"" => '"',
        br"\\" => '\\',
        br"\/" => '/',
        br"\b" => '\u{8}',
        br"\f" => '\u{c}',
        br"\n" => '\n',
        br"\r" => '\r',
        br"\t" => '\t',
        [b'\\', _] => {
            let character = code_points(text).or_else(|| in_bytes(text));
            return character.or_else(|| Some((char::REPLACEMENT_CHARACTER, improper(text))));
        }
        _ => return None,
    };
    Some((short, 2))
}

/// The length of an improper escape, in bytes, including the wrong letter: it is the fault of the payload, and stays.
fn improper(text: &str) -> usize {
    let most = match text.as_bytes()[1] {
        b'u' => 4,
        b'x' => 2,
        _ => return 1 + text[1..].chars().next().map_or(0, char::len_utf8),
    };
    let digits = text.bytes().skip(2).take(most).take_while(u8::is_ascii_hexdigit).count();
    let wrong = text[2 + digits..].chars().next().filter(|wrong| digits < most && wrong.is_alphanumeric());
    2 + digits + wrong.map_or(0, char::len_utf8)
}

/// The character whose bytes are written as `\x` with digits, and their length.
fn in_bytes(text: &str) -> Option<(char, usize)> {
    let byte = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\x")?.get(..2)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    };
    let count = byte(0)?.leading_ones().max(1) as usize;
    let bytes: Vec<u8> = (0..count).map_while(|index| byte(4 * index)).collect();
    Some((std::str::from_utf8(&bytes).ok()?.chars().next()?, 4 * count))
}

/// The character that `\u` and its digits encode, and their length.
fn code_points(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
    let is_hex = |text: &str| text.bytes().skip(2).take(4).all(|byte| byte.is_ascii_hexdigit());
    let first = unit(text).filter(|_| is_hex(text))?;
    if let Some(character) = char::from_u32(first) {
        return Some((character, 6));
    }
    let rest = text.get(6..)?;
    let second = unit(rest).filter(|second| is_hex(rest) && (0xdc00..0xe000).contains(second))?;
    let code = 0x1_0000 + ((first.checked_sub(0xd800)?) << 10) + (second - 0xdc00);
    (first < 0xdc00).then(|| char::from_u32(code)).flatten().map(|character| (character, 12))
}

fn escape(character: char, like: &str, out: &mut String) {
    let is_capital = like.bytes().skip(2).any(|byte| matches!(byte, b'A'..=b'F'));
    if like.starts_with("\\x") {
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            let written =
                if is_capital { write!(out, "\\x{byte:02X}") } else { write!(out, "\\x{byte:02x}") };
            written.expect("internal error: writing to a String cannot fail");
        }
        return;
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let written = if is_capital { write!(out, "\\u{unit:04X}") } else { write!(out, "\\u{unit:04x}") };
        written.expect("internal error: writing to a String cannot fail");
    }
}

const IN_BASE64_ALPHABET: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_encode_padding(false);
static STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, IN_BASE64_ALPHABET);
static URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, IN_BASE64_ALPHABET);

/// The content of a string in base64, and its notation, with any padding or none, as captures are decoded.
pub(super) fn base64(text: &str) -> Option<(Vec<u8>, &'static GeneralPurpose)> {
    [&STANDARD, &URL_SAFE].into_iter().find_map(|engine| Some((engine.decode(text).ok()?, engine)))
}

/// Members that hold base64 written by a tool.
const IN_BASE64: [&str; 6] = ["base64", "data", "body", "raw", "content", "payload"];

/// The pseudonym of the value of a member, with the original last digit if it would not be base64 otherwise.
pub(super) fn still_base64(value: &str, mut drawn: String, name: &str) -> String {
    let is_named = || IN_BASE64.iter().any(|part| name.to_ascii_lowercase().contains(part));
    if is_named() && base64(value).is_some() && base64(&drawn).is_none() {
        let last = value.trim_end_matches('=').len();
        if drawn.is_char_boundary(last.saturating_sub(1)) && drawn.is_char_boundary(last) && last > 0 {
            drawn.replace_range(last - 1..last, &value[last - 1..last]);
        }
    }
    drawn
}

/// The bytes in base64, with the padding of `like`.
pub(super) fn encoded(bytes: &[u8], engine: &GeneralPurpose, like: &str) -> String {
    engine.encode(bytes) + &like[like.trim_end_matches('=').len()..]
}

impl Redactor {
    /// The pseudonym of a value: as many characters, each of the same kind.
    pub(super) fn pseudonym(&mut self, value: &str) -> String {
        let characters: Vec<char> = value.chars().collect();
        let is_id = ValueForm::of(&characters) == ValueForm::Id;
        let named = named(value);
        let (mut out, mut from) = (String::with_capacity(value.len()), 0);
        while from < characters.len() {
            let mut alphabets = self.alphabets(&characters, from, is_id);
            let is_named = named.get(from..).unwrap_or_default();
            alphabets
                .iter_mut()
                .zip(is_named)
                .filter(|(_, is_named)| **is_named)
                .for_each(|(one, _)| *one = None);
            let mut symbols: Vec<Symbol> = alphabets.iter().flatten().map(Alphabet::symbol).collect();
            self.cipher.apply(&mut symbols);
            let mut drawn = symbols.iter();
            for (character, alphabet) in characters[from..].iter().zip(&alphabets) {
                let letter = alphabet.as_ref().zip(drawn_for(alphabet, &mut drawn));
                let manner = self.manner;
                out.push(
                    letter.map_or(*character, |(alphabet, symbol)| alphabet.letter(symbol.number, manner)),
                );
            }
            from += alphabets.len();
        }
        out
    }

    /// The alphabets of the characters from `from` on that are drawn together.
    fn alphabets(&mut self, characters: &[char], from: usize, is_id: bool) -> Vec<Option<Alphabet>> {
        let (mut alphabets, mut count) = (Vec::new(), 0);
        for at in from..characters.len() {
            let marks = characters[at + 1..].iter().take_while(|mark| is_mark(**mark)).take(2);
            let alphabet = self.alphabet((characters[at], marks.copied().collect(), is_id));
            // Characters that stay don't count: a value that differs only in a space is drawn alike.
            count += usize::from(alphabet.is_some());
            alphabets.push(alphabet);
            if count == AT_ONCE {
                break;
            }
        }
        alphabets
    }

    fn alphabet(&mut self, asked: Asked) -> Option<Alphabet> {
        if self.alphabets.len() > ALPHABETS_AT_MOST {
            self.alphabets.clear();
        }
        let make = |asked: &Asked| {
            let form = if asked.2 { ValueForm::Id } else { ValueForm::Words };
            Alphabet::of(asked.0, &asked.1, form)
        };
        if let Some(known) = self.alphabets.get(&asked) {
            return known.clone();
        }
        let made = make(&asked);
        self.alphabets.insert(asked, made.clone());
        made
    }
}

/// The characters of a value that belong to a name only the event has: those stay, because a payload is found by them.
/// Empty if there are none.
fn named(value: &str) -> Vec<bool> {
    let mut names = own_names(value.as_bytes()).peekable();
    if names.peek().is_none() {
        return Vec::new();
    }
    let mut named = vec![false; value.len()];
    names.for_each(|name| named[name].fill(true));
    value.char_indices().map(|(at, _)| named[at]).collect()
}

fn drawn_for<'s>(
    alphabet: &Option<Alphabet>,
    drawn: &mut impl Iterator<Item = &'s Symbol>,
) -> Option<&'s Symbol> {
    alphabet.as_ref().and_then(|_| drawn.next())
}
