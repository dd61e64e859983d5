//! The one reader of JSON text: goes over it once and says where everything at the top ends, and what is in it.
//!
//! In: bytes that begin with a value. Out: where it ends and what was seen in it, or `None`, which says no more than
//! that this is not JSON as it is accepted here; [`Fault`](super::Fault) says why.
//!
//! Invariants: what is accepted is RFC 8259 and has no unpaired surrogate; whether the text is UTF-8 is for
//! those who have it to know, and bytes beyond ASCII are only ever within strings; no recursion, so no depth is too
//! much; nothing is allocated but the list of open brackets, which is used again. Property tests hold the two to
//! `serde_json`: a scanner that accepts more than there is would be the worst mistake this program can make.

use crate::escape::is_unsafe;
use crate::lanes::{LANES, Lanes};

/// What was seen in a string, for those who would otherwise look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen(u8);

impl Seen {
    /// An escape.
    const ESCAPE: u8 = 1;
    /// A byte beyond ASCII.
    const WIDE: u8 = 2;
    /// An escape or a DEL that is unsafe, as [`is_unsafe`] says.
    const UNSAFE: u8 = 4;

    /// Whether the string has to be decoded.
    #[inline]
    pub(crate) fn is_escaped(self) -> bool {
        self.0 & Self::ESCAPE != 0
    }

    /// Whether the string is as it is written, and printable ASCII throughout.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.0 == 0
    }

    /// Whether no escape in the string, and no byte of ASCII, is an unsafe character; those beyond are not known.
    pub(crate) fn is_safe_ascii(self) -> bool {
        self.0 & Self::UNSAFE == 0
    }

    /// Whether there are bytes beyond ASCII.
    pub(crate) fn is_wide(self) -> bool {
        self.0 & Self::WIDE != 0
    }

    /// What was seen in this one or the other.
    #[inline]
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline(always)]
    fn add(&mut self, what: u8, is_seen: bool) {
        self.0 |= if is_seen { what } else { 0 };
    }
}

/// The first place from `at` that is not JSON white space.
#[inline(always)]
pub(super) fn blank(bytes: &[u8], at: usize) -> usize {
    // Mostly there is none, and then one comparison shows it.
    if bytes.get(at).is_some_and(|byte| *byte <= b' ') { behind_blanks(bytes, at) } else { at }
}

fn behind_blanks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// Where the value that begins at `at` ends, and what was seen in it if it is a string. `open` is room for the
/// brackets that are open.
#[inline]
pub(super) fn value(bytes: &[u8], at: usize, open: &mut Vec<u8>) -> Option<(usize, Seen)> {
    let first = *bytes.get(at)?;
    if first == b'"' {
        let (end, seen) = string(bytes, at + 1)?;
        return Some((end + 1, seen));
    }
    let end = if matches!(first, b'{' | b'[') { container(bytes, at, open) } else { scalar(bytes, at) };
    Some((end?, Seen::default()))
}

/// Where the number, `true`, `false` or `null` at `at` ends.
fn scalar(bytes: &[u8], at: usize) -> Option<usize> {
    let word = |word: &[u8]| bytes[at..].starts_with(word).then_some(at + word.len());
    match bytes.get(at)? {
        b't' => word(b"true"),
        b'f' => word(b"false"),
        b'n' => word(b"null"),
        _ => number(bytes, at),
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let is = |at: usize, what: &[u8]| bytes.get(at).is_some_and(|byte| what.contains(byte));
    let whole = at + usize::from(is(at, b"-"));
    let mut at = if is(whole, b"0") { whole + 1 } else { digits(bytes, whole)? };
    if is(at, b".") {
        at = digits(bytes, at + 1)?;
    }
    if is(at, b"eE") {
        at = digits(bytes, at + 1 + usize::from(is(at + 1, b"+-")))?;
    }
    Some(at)
}

/// Where the digits end of which there is at least one at `at`.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at + count)
}

/// Where the string ends whose text begins at `start`, which is where its last quote is, and what was seen in it.
#[inline(always)]
pub(super) fn string(bytes: &[u8], start: usize) -> Option<(usize, Seen)> {
    let mut seen = Seen::default();
    let at = letters(bytes, start, &mut seen);
    if bytes.get(at) == Some(&b'"') { Some((at, seen)) } else { rest_of_string(bytes, at, seen) }
}

/// Where the run of letters from `at` on ends: at what [`Lanes::stops`] finds, or with the bytes.
#[inline(always)]
fn letters(bytes: &[u8], mut at: usize, seen: &mut Seen) -> usize {
    while let Some(sixteen) = bytes[at..].first_chunk() {
        let lanes = Lanes::new(sixteen);
        let (stops, wide) = (lanes.stops(), lanes.wide());
        if stops != 0 {
            seen.add(Seen::WIDE, wide & (stops - 1) & !stops != 0);
            return at + stops.trailing_zeros() as usize;
        }
        seen.add(Seen::WIDE, wide != 0);
        at += LANES;
    }
    last_letters(bytes, at, seen)
}

/// The same, where fewer than sixteen bytes are left.
#[inline(always)]
fn last_letters(bytes: &[u8], at: usize, seen: &mut Seen) -> usize {
    let is_letter = |byte: &&u8| !matches!(**byte, ..b' ' | b'"' | b'\\' | 0x7f);
    let Some(last) = bytes.last_chunk() else {
        let rest = &bytes[at..];
        let length = rest.iter().take_while(is_letter).count();
        seen.add(Seen::WIDE, !rest[..length].is_ascii());
        return at + length;
    };
    let (lanes, left) = (Lanes::new(last), bytes.len() - at);
    // The bytes before `at` were looked at already.
    let (stops, wide) = (lanes.stops() >> (LANES - left), lanes.wide() >> (LANES - left));
    let stops = stops | 1 << left;
    seen.add(Seen::WIDE, wide & (stops - 1) & !stops != 0);
    at + stops.trailing_zeros() as usize
}

/// The rest of a string that is more than letters, from the first byte that is none.
fn rest_of_string(bytes: &[u8], mut at: usize, mut seen: Seen) -> Option<(usize, Seen)> {
    while let Some(sixteen) = bytes.get(at..)?.first_chunk() {
        let lanes = Lanes::new(sixteen);
        let (mut stops, wide) = (lanes.stops(), lanes.wide());
        let mut done = 0;
        // All that is in these sixteen bytes, one after the other.
        while stops != 0 {
            let stop = stops.trailing_zeros() as usize;
            match behind_stop(bytes, at + stop, &mut seen)? {
                Some(behind) => done = behind - at,
                None => {
                    seen.add(Seen::WIDE, wide & ((1 << stop) - 1) != 0);
                    return Some((at + stop, seen));
                }
            }
            stops &= u32::MAX.checked_shl(done as u32).unwrap_or(0);
        }
        seen.add(Seen::WIDE, wide != 0);
        at += done.max(LANES);
    }
    loop {
        at = last_letters(bytes, at, &mut seen);
        bytes.get(at)?;
        match behind_stop(bytes, at, &mut seen)? {
            Some(behind) => at = behind,
            None => return Some((at, seen)),
        }
    }
}

/// Where what [`Lanes::stops`] has found at `at` ends; nothing within, if it is the quote that ends the string.
#[inline(always)]
fn behind_stop(bytes: &[u8], at: usize, seen: &mut Seen) -> Option<Option<usize>> {
    match bytes[at] {
        b'"' => Some(None),
        b'\\' => escape(bytes, at, seen).map(Some),
        0x7f => {
            seen.add(Seen::UNSAFE, true);
            Some(Some(at + 1))
        }
        _ => None,
    }
}

/// Where the escape at `at` ends; both of a pair if it is one.
#[inline(always)]
fn escape(bytes: &[u8], at: usize, seen: &mut Seen) -> Option<usize> {
    if let Some(b'"' | b'\\' | b'/') = bytes.get(at + 1) {
        seen.add(Seen::ESCAPE, true);
        return Some(at + 2);
    }
    other_escape(bytes, at, seen)
}

fn other_escape(bytes: &[u8], at: usize, seen: &mut Seen) -> Option<usize> {
    let (character, end) = escaped(bytes, at)?;
    seen.add(Seen::ESCAPE, true);
    seen.add(Seen::UNSAFE, !matches!(character, ' '..='~') && is_unsafe(character));
    Some(end)
}

/// The character that the escape at `at` stands for, and where it ends.
pub(super) fn escaped(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let character = match *bytes.get(at + 1)? {
        byte @ (b'"' | b'\\' | b'/') => char::from(byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unit(bytes, at),
        _ => return None,
    };
    Some((character, at + 2))
}

/// The character that one `\u` escape stands for, or two of them, and where they end.
fn unit(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let unit = code_unit(bytes, at)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, at + 6));
    }
    let low = if unit < 0xdc00 { code_unit(bytes, at + 6)? } else { return None };
    let is_low = matches!(low, 0xdc00..=0xdfff);
    let character = char::from_u32(0x1_0000 + ((unit & 0x3ff) << 10) + (low & 0x3ff));
    character.filter(|_| is_low).map(|character| (character, at + 12))
}

/// The number that the `\uXXXX` at `at` gives.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = bytes.get(at..)?.first_chunk::<6>()? else { return None };
    let unit = digits.iter().fold(0, |unit, digit| unit << 4 | HEX[usize::from(*digit)]);
    (unit < 0x1_0000).then_some(unit)
}

/// What each byte is worth as a hex digit; more than any four of them can be for what is none.
const HEX: [u32; 256] = {
    let mut worth = [0x1_0000; 256];
    let mut digit = 0;
    while digit < 16 {
        let letter = b"0123456789abcdef"[digit];
        worth[letter as usize] = digit as u32;
        worth[letter.to_ascii_uppercase() as usize] = digit as u32;
        digit += 1;
    }
    worth
};

/// Where the object or array at `at` ends.
fn container(bytes: &[u8], mut at: usize, open: &mut Vec<u8>) -> Option<usize> {
    open.clear();
    loop {
        let is_empty = match *bytes.get(at)? {
            first @ (b'{' | b'[') => {
                // What closes it: in ASCII, both brackets stand two before theirs.
                open.push(first + 2);
                at = blank(bytes, at + 1);
                bytes.get(at) == Some(&(first + 2))
            }
            b'"' => {
                at = string(bytes, at + 1)?.0 + 1;
                true
            }
            _ => {
                at = scalar(bytes, at)?;
                true
            }
        };
        at = if is_empty { next(bytes, at, open)? } else { first_inside(bytes, at, open)? };
        if open.is_empty() {
            return Some(at);
        }
    }
}

/// Where the first value begins of a container whose first token is at `at`.
fn first_inside(bytes: &[u8], at: usize, open: &[u8]) -> Option<usize> {
    if open.last() == Some(&b'}') { after_name(bytes, at) } else { Some(at) }
}

/// From the end of a value to the beginning of the next, past the brackets that close; the end, if that is all.
fn next(bytes: &[u8], mut at: usize, open: &mut Vec<u8>) -> Option<usize> {
    while let Some(close) = open.last().copied() {
        at = blank(bytes, at);
        match *bytes.get(at)? {
            b',' => return first_inside(bytes, blank(bytes, at + 1), open),
            byte if byte == close => {
                open.pop();
                at += 1;
            }
            _ => return None,
        }
    }
    Some(at)
}

/// Where the value begins whose name is at `at`.
fn after_name(bytes: &[u8], at: usize) -> Option<usize> {
    let (end, _) = string(bytes, expect(bytes, at, b'"')?)?;
    let colon = expect(bytes, blank(bytes, end + 1), b':')?;
    Some(blank(bytes, colon))
}

/// The place behind `byte`, which is at `at`.
#[inline(always)]
pub(super) fn expect(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (*bytes.get(at)? == byte).then_some(at + 1)
}
