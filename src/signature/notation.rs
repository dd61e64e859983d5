//! The notation of a signature: standard base64, as in deliveries, or another spelling of the same bytes.
//!
//! In: the text of a value. Out: its bytes, with the changes needed to read them; or a description of what it is
//! instead.
//! Invariants: standard base64 is read without changes; no spelling changes a byte, so a signature that matches was
//! made by the key; a receiver that calls [`is_verified`](super::Verdict::is_verified) accepts only the standard
//! notation.

use super::Scheme;
use super::sent::Malformed;
use base64::DecodeError;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine as _};
use std::borrow::Cow;

/// Base64 with or without its `=`.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Fewer hex digits than this may also be base64.
const HEX_AT_LEAST: usize = 40;
/// The longest label, such as `sha256`, in bytes.
const LABEL_AT_MOST: usize = 24;

/// One difference between a value and the standard base64 of the signature alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// The value has more than the signature: a label, or another value.
    Beside,
    /// It is in quotes.
    Quoted,
    /// Some of its digits are percent-encoded.
    Percent,
    /// Some of its digits are escaped with a backslash.
    Escaped,
    /// It has line breaks or spaces.
    Wrapped,
    /// Its `+` have become spaces.
    PlusLost,
    /// It is hexadecimal.
    Hex,
    /// It has the `-` and `_` of base64url.
    Base64Url,
    /// It lacks the `=` at its end.
    Unpadded,
}

impl Notation {
    /// The notation in machine formats.
    pub fn code(self) -> &'static str {
        match self {
            Self::Beside => "more-than-signature",
            Self::Quoted => "quoted",
            Self::Percent => "percent-encoded",
            Self::Escaped => "escaped",
            Self::Wrapped => "wrapped",
            Self::PlusLost => "plus-lost",
            Self::Hex => "hex",
            Self::Base64Url => "base64url",
            Self::Unpadded => "unpadded",
        }
    }

    /// A description, and the effect on a receiver, as a sentence without its stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::Beside => {
                "the value has more than the signature, such as a label (`v1,`) or a second value; a \
                 receiver takes all of it as the signature and refuses it"
            }
            Self::Quoted => {
                "the signature is in quotes; if the header has them too, strict receivers refuse it"
            }
            Self::Percent => "the signature is percent-encoded; a receiver that gets it like this refuses it",
            Self::Escaped => {
                "the signature has backslashes, as in a string of a program; a receiver that gets it like \
                 this \
                 refuses it"
            }
            Self::Wrapped => {
                "the signature is broken by line ends or spaces; if the header is too, strict receivers \
                 refuse it"
            }
            Self::PlusLost => {
                "each `+` of the signature has become a space, as in a form; a receiver that gets it like \
                 this \
                 refuses it"
            }
            Self::Hex => {
                "the signature is in hex; deliveries have base64, and a receiver that gets hex refuses it"
            }
            Self::Base64Url => {
                "the signature is in base64url (`-` and `_`); deliveries have `+` and `/`, and strict \
                 receivers \
                 refuse the others"
            }
            Self::Unpadded => "the signature lacks the `=` at its end; strict receivers refuse it",
        }
    }
}

/// A readable signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub(super) bytes: Vec<u8>,
    /// The changes, in order.
    pub(super) undone: Vec<Notation>,
}

/// Reads `text`; the bytes may have any length except that of a shared secret's digest.
pub(super) fn read(text: &str) -> Result<Signature, Malformed> {
    let fault = match strict(text) {
        Ok(bytes) if hex(text).is_none() && !is_digest(bytes.len()) => {
            return Ok(Signature { bytes, undone: Vec::new() });
        }
        strict => strict.err(),
    };
    let (undone, label, digits) = undo(text);
    let found = candidates(&digits);
    let is_labelled_digest = label.is_some_and(|label| label.eq_ignore_ascii_case("sha512"));
    let named = found.iter().find(|(bytes, _)| {
        is_digest(bytes.len()) || is_labelled_digest && Scheme::of_length(bytes.len()).is_some()
    });
    if let Some((bytes, _)) = named {
        return Err(Malformed::Digest(bytes.len()));
    }
    let has_length = |bytes: &[u8]| Scheme::of_length(bytes.len()).is_some();
    let is_hex = |more: &[Notation]| more.contains(&Notation::Hex);
    let best =
        found.iter().find(|(bytes, _)| has_length(bytes)).or(found.iter().find(|(_, more)| is_hex(more)));
    match (best, fault) {
        (Some((bytes, more)), _) => {
            Ok(Signature { bytes: bytes.clone(), undone: [undone, more.clone()].concat() })
        }
        (None, fault) => Err(fault.unwrap_or(Malformed::NotBase64(0))),
    }
}

/// The bytes of standard base64, padded, without stray bits.
fn strict(text: &str) -> Result<Vec<u8>, Malformed> {
    let digits = text.as_bytes();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    if let Some(at) = digits.iter().position(|byte| !is_digit(byte)) {
        return Err(Malformed::NotBase64(at));
    }
    STANDARD.decode(digits).map_err(|error| match error {
        DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => Malformed::NotBase64(at),
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => Malformed::CutBase64(digits.len()),
    })
}

/// Whether an HMAC has this many bytes: with SHA-1, SHA-256 or SHA-384. (SHA-512 has as many as Ed25519.)
fn is_digest(bytes: usize) -> bool {
    matches!(bytes, 20 | 32 | 48)
}

/// Removes the text around the digits and writes them plainly: the changes, a label, and the digits.
fn undo(text: &str) -> (Vec<Notation>, Option<&str>, Cow<'_, str>) {
    let mut undone = Vec::new();
    let (mut inside, mut label) = (unquoted(text), None);
    if hex(inside).is_none()
        && let Some((before, after)) = labelled(inside)
    {
        (inside, label) = (unquoted(after), Some(before));
        undone.push(Notation::Beside);
    }
    if inside.len() < text.len() && undone.is_empty() {
        undone.push(Notation::Quoted);
    }
    let mut digits = Cow::Borrowed(inside);
    for (notation, mark, width) in [(Notation::Percent, "%", 2), (Notation::Escaped, "\\u", 4)] {
        if let Some(plain) = decoded(&digits, mark, width) {
            undone.push(notation);
            digits = Cow::Owned(plain);
        }
    }
    if digits.contains("\\/") {
        undone.push(Notation::Escaped);
        digits = Cow::Owned(digits.replace("\\/", "/"));
    }
    undone.dedup();
    (undone, label, digits)
}

/// The text between quotes, or all of it; a comma or semicolon at its end belongs to the list that it was copied from.
fn unquoted(text: &str) -> &str {
    let inside = text.trim().trim_end_matches([',', ';']);
    let inside =
        inside.strip_prefix(['b', 'u']).filter(|rest| rest.starts_with(['"', '\''])).unwrap_or(inside);
    inside.trim_matches(['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']).trim()
}

/// A label and the rest. The `=` of base64 are at its end, so a text with `=` after it is a label; a text with a space
/// after it is one if a signature follows.
fn labelled(text: &str) -> Option<(&str, &str)> {
    let at = text.find([':', '=', ' '])?;
    let (label, rest) = (&text[..at], &text[at + 1..]);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_label = !label.is_empty() && label.len() <= LABEL_AT_MOST && label.bytes().all(is_word);
    let is_signature =
        || candidates(unquoted(rest)).iter().any(|(bytes, _)| Scheme::of_length(bytes.len()).is_some());
    let is_followed = rest.len() > LABEL_AT_MOST && (text.as_bytes()[at] != b' ' || is_signature());
    (is_label && is_followed).then_some((label, rest))
}

/// `text` with each `mark` and the `width` hex digits after it replaced by the ASCII character with that code, if there
/// are any.
fn decoded(text: &str, mark: &str, width: usize) -> Option<String> {
    let mut parts = text.split(mark);
    let mut plain = parts.next()?.to_owned();
    if plain.len() == text.len() {
        return None;
    }
    for part in parts {
        let byte = u8::from_str_radix(part.get(..width)?, 16).ok().filter(u8::is_ascii)?;
        plain.push(char::from(byte));
        plain.push_str(&part[width..]);
    }
    Some(plain)
}

/// The bytes that the digits may encode, with their notation: the likeliest first.
fn candidates(digits: &str) -> Vec<(Vec<u8>, Vec<Notation>)> {
    if let Some(bytes) = hex(digits) {
        return vec![(bytes, vec![Notation::Hex])];
    }
    if !digits.contains(|character: char| character.is_ascii_whitespace()) {
        return base64(digits, &[]).into_iter().collect();
    }
    let joined: String = digits.split_ascii_whitespace().collect();
    [(joined, Notation::Wrapped), (digits.replace(' ', "+"), Notation::PlusLost)]
        .into_iter()
        .filter_map(|(digits, notation)| base64(&digits, &[notation]))
        .collect()
}

fn base64(digits: &str, before: &[Notation]) -> Option<(Vec<u8>, Vec<Notation>)> {
    let mut undone = before.to_vec();
    let plain = digits.replace('-', "+").replace('_', "/");
    if plain != digits {
        undone.push(Notation::Base64Url);
    }
    if !digits.len().is_multiple_of(4) {
        undone.push(Notation::Unpadded);
    }
    Some((LENIENT.decode(plain).ok()?, undone))
}

/// The bytes of hexadecimal, as programs print it: with `0x` in front, or `:` and spaces in between.
fn hex(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let is_between = |byte: &u8| *byte == b':' || byte.is_ascii_whitespace();
    let digits: Vec<u8> = text.bytes().filter(|byte| !is_between(byte)).collect();
    if digits.len() < HEX_AT_LEAST || !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(&pair[0])? << 4 | digit(&pair[1])?)).collect()
}
