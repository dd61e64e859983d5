//! The text that stays: names, the words of the event and of JSON; and words outside of strings.
//!
//! In: a word, or a value and the name of its member. Out: whether it is replaced, or how much of it.

use super::cipher::{Cipher, Symbol};
use super::manner::Manner;
use crate::capture::own_names;
use crate::event::facts::{CUSTOM_OBJECTS, OBJECT_KINDS};
use crate::event::names_event;
use crate::split;

/// The kind of a value, by its member's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberKind {
    Id,
    Label,
    ObjectKey,
    Key,
    /// A word of the event: its name, a type or a cardinality.
    Word,
    Other,
}

impl MemberKind {
    pub(super) fn of(name: &str) -> Self {
        match name {
            "type" | "associationType" => Self::Word,
            _ if name.ends_with("Cardinality") => Self::Word,
            "firstObjectKey" | "secondObjectKey" => Self::ObjectKey,
            "key" => Self::Key,
            "id" => Self::Id,
            _ if name.ends_with("Label") => Self::Label,
            _ if name.ends_with("Id") => Self::Id,
            _ => Self::Other,
        }
    }

    /// The name of such values when they are replaced.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Label => "label",
            Self::ObjectKey => "object key",
            Self::Key => "key",
            Self::Word | Self::Other => "other value",
        }
    }

    /// The name of the part that is kept.
    pub(super) fn kept(self) -> &'static str {
        match self {
            Self::Word => "word of the event",
            Self::ObjectKey => "kind of object",
            _ => "`custom_objects.` in front of a name",
        }
    }
}

/// The length of the part of a value that stays, in bytes from its start.
pub(super) fn kept_length(kind: MemberKind, value: &str) -> usize {
    let is_part = |part: u8| part.is_ascii_alphabetic() || b"_-.".contains(&part);
    let is_word = || !value.is_empty() && value.bytes().all(is_part) || names_event(value);
    match kind {
        MemberKind::Word if value.len() <= 64 && is_word() => value.len(),
        MemberKind::ObjectKey if OBJECT_KINDS.contains(&value) => value.len(),
        _ if value.starts_with(CUSTOM_OBJECTS) => CUSTOM_OBJECTS.len(),
        _ => 0,
    }
}

/// Words of JSON and of notations that are mistaken for it: which word it is is the fault of the payload.
const KEPT: [&str; 22] = [
    "true",
    "false",
    "null",
    "True",
    "False",
    "None",
    "undefined",
    "NaN",
    "Infinity",
    "nil",
    "NULL",
    "TRUE",
    "FALSE",
    "object",
    "Object",
    "b",
    "u",
    "r",
    "f",
    "n",
    "t",
    "INF",
];

pub(super) fn is_kept_word(word: &str) -> bool {
    KEPT.contains(&word)
}

/// Whether it is a member's name: a similar text stays, too, because a maintainer needs to see it.
pub(super) fn is_name(written: &str) -> bool {
    !written.is_empty()
        && written.chars().count() <= 64
        && written.chars().all(|part| part.is_alphanumeric() || !part.is_ascii() || "_-.$\\/ ".contains(part))
}

/// Whether a name may follow that text: at the start of a line, or where a member of an object begins.
pub(super) fn may_name(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t', '\'', '`']);
    before.is_empty() || before.ends_with(['\n', '\r', '{', ',', '[', '(', '&', '?'])
}

/// Whether a word or a number begins there.
pub(super) fn begins_word(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(|first| first.is_alphanumeric() || matches!(first, '_' | '$'))
}

/// The length of the word at the start of the text, in bytes.
pub(super) fn length(text: &str) -> usize {
    let is_part =
        |part: char| part.is_alphanumeric() || matches!(part, '_' | '$' | '.' | '+' | '-' | '=' | '/');
    let end = text.find(|part| !is_part(part)).unwrap_or(text.len());
    // A sign that separates a name from its value is not part of the name.
    match text[..end].find('=') {
        Some(sign) if !text[sign..end].bytes().all(|byte| byte == b'=') => sign.max(1),
        _ => end,
    }
}

const LITERALS: [&str; 3] = ["true", "false", "null"];

/// The length of the part of a word that may begin a value of JSON, in bytes: a parser stops after it, and a name of
/// the event stays.
pub(super) fn sound_length(word: &str) -> usize {
    let named = own_names(word.as_bytes()).map(|name| name.start).min();
    begun_length(word).min(named.unwrap_or(word.len()))
}

/// The same for a word just after a number's point.
pub(super) fn fraction_length(word: &str) -> usize {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits + begun_length(&format!("1{}", &word[digits..])) - 1
}

fn begun_length(word: &str) -> usize {
    let common =
        |literal: &str| word.bytes().zip(literal.bytes()).take_while(|(one, other)| one == other).count();
    let literal = LITERALS.map(common).into_iter().max().unwrap_or(0);
    let digits = |from: usize| from + word[from..].bytes().take_while(u8::is_ascii_digit).count();
    let mut number = if word.starts_with('0') { 1 } else { digits(0) };
    if number > 0 && word[number..].starts_with('.') {
        number = digits(number + 1);
    }
    if number > 0 && word[number..].starts_with(['e', 'E']) {
        let sign = usize::from(word[number + 1..].starts_with(['+', '-']));
        number = digits(number + 1 + sign);
    }
    literal.max(number)
}

/// Puts back the beginnings of JSON's words where a value may begin, and lets none go on further than in the original:
/// where a text is read in two ways, a string in one is a broken value in the other.
pub(super) fn keep_begun(payload: &[u8], redacted: &mut [u8]) {
    let mut may_begin = false;
    for at in 0..payload.len() {
        if may_begin {
            let common = |literal: &&str| {
                literal.bytes().zip(&payload[at..]).take_while(|(one, other)| one == *other).count()
            };
            for (literal, length) in LITERALS.iter().map(|literal| (literal, common(literal))) {
                redacted[at..at + length].copy_from_slice(&payload[at..at + length]);
                let next = literal.as_bytes().get(length);
                if next.is_some() && redacted.get(at + length) == next {
                    redacted[at + length] = payload[at + length];
                }
            }
        }
        let goes_on = may_begin && payload[at].is_ascii_whitespace();
        may_begin = goes_on || matches!(payload[at], b':' | b',' | b'[');
    }
}

/// Puts the first character of `rest` back at `from` if its pseudonym would continue what `front` begins.
pub(super) fn keep_fault(front: &str, rest: &str, from: usize, out: &mut String) {
    let goes_on = |text: &str| {
        let next = text.chars().next();
        let is_literal = LITERALS.iter().any(|literal| {
            literal.strip_prefix(front).is_some_and(|left| !left.is_empty() && left.chars().next() == next)
        });
        is_literal || front.ends_with(|last: char| last.is_ascii_digit()) && matches!(next, Some('e' | 'E'))
    };
    if !goes_on(rest) && goes_on(&out[from..]) {
        let old = &rest[..rest.chars().next().map_or(0, char::len_utf8)];
        let new = out[from..].chars().next().map_or(0, char::len_utf8);
        out.replace_range(from..from + new, old);
    }
}

/// Whether the word has letters of JSON's literals and no other letters: brackets around others belong to something
/// broken, which ends elsewhere.
pub(super) fn is_of_literals(word: &str) -> bool {
    let mut letters = word.chars().filter(|part| part.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(|letter| u8::try_from(letter).is_ok_and(split::is_of_literals))
}

/// Such a word, replaced by another one; `None` if it is not one.
pub(super) fn of_literals(word: &str, cipher: &Cipher, manner: Manner) -> Option<String> {
    if !is_of_literals(word) {
        return None;
    }
    let alphabet = |part: char| ["truefalsn", "0123456789"].into_iter().find(|all| all.contains(part));
    let symbol = |part: char| {
        let all = alphabet(part)?;
        let number = u32::try_from(all.find(part)?).expect("internal error: an alphabet is short");
        Some(Symbol { number, of: u32::try_from(all.len()).ok()? })
    };
    let mut symbols: Vec<Symbol> = word.chars().filter_map(symbol).collect();
    cipher.apply(&mut symbols);
    let mut drawn = symbols.iter();
    let letter = |part: char| match alphabet(part).zip(alphabet(part).and_then(|_| drawn.next())) {
        Some((all, symbol)) => {
            char::from(all.as_bytes()[manner.choose(symbol.number, &all.chars()) as usize])
        }
        None => part,
    };
    Some(word.chars().map(letter).collect())
}

/// A number, replaced: zeros at both ends and the exponent stay, so that equal numbers stay equal.
pub(super) fn number(word: &str, cipher: &Cipher, manner: Manner) -> Option<String> {
    let mantissa = word.find(['e', 'E']).unwrap_or(word.len());
    let (digits, exponent) = word.split_at(mantissa);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && exponent.bytes().skip(1).all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-'));
    if !is_number {
        return None;
    }
    let first = digits.find(|digit| matches!(digit, '1'..='9'))?;
    let last = digits.rfind(|digit| matches!(digit, '1'..='9'))?;
    let significant = digits[first..=last].bytes().filter(u8::is_ascii_digit);
    let count = significant.clone().count();
    let mut symbols: Vec<Symbol> = significant
        .enumerate()
        .map(|(index, digit)| {
            // The first and the last digit are not zero, or others would become significant.
            let (lowest, of) = if index == 0 || index + 1 == count { (b'1', 9) } else { (b'0', 10) };
            Symbol { number: u32::from(digit - lowest), of }
        })
        .collect();
    cipher.apply(&mut symbols);
    let mut drawn = symbols.iter();
    let replaced = digits.char_indices().map(|(at, digit)| {
        if !(first..=last).contains(&at) || !digit.is_ascii_digit() {
            return digit;
        }
        let symbol = drawn.next().expect("internal error: a digit for each that was counted");
        let first = u32::from(symbol.of == 9);
        char::from_digit(first + manner.choose(symbol.number, &('0'..='9').skip(first as usize)), 10)
            .expect("internal error: a digit is below ten")
    });
    Some(replaced.collect::<String>() + exponent)
}
