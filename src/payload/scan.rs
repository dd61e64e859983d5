//! The one reader of JSON text: scans it once and returns the ends of everything at the top, with notes.
//!
//! In: bytes that begin with a value. Out: its end and the notes about it, or `None`, which only means that this is not
//! accepted as JSON; [`Fault`](super::Fault) finds the reason.
//!
//! Invariants: accepted text is RFC 8259 without an unpaired surrogate; the caller must know whether it is UTF-8, but
//! bytes beyond ASCII occur within strings only; there is no recursion, so any depth is handled; only the list of open
//! brackets is allocated, and reused. Property tests compare this with `serde_json`: a scanner that accepts too much
//! would be the worst mistake this program can make.

use crate::escape::{is_unsafe, may_begin_unsafe};
use crate::lanes::{LANES, Lanes};

/// The notes about a string, so that nobody has to look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen(u8);

impl Seen {
    /// An escape.
    const ESCAPE: u8 = 1;
    /// A byte beyond ASCII.
    const WIDE: u8 = 2;
    /// An escape or a DEL that is unsafe, as [`is_unsafe`] says.
    const UNSAFE: u8 = 4;
    /// A byte beyond ASCII that an unsafe character may begin with.
    const HIDING: u8 = 8;

    /// Whether the string must be decoded.
    #[inline]
    pub(crate) fn is_escaped(self) -> bool {
        self.0 & Self::ESCAPE != 0
    }

    /// Whether the string is printable ASCII throughout, without escapes.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        self.0 == 0
    }

    /// Whether neither an escape nor an ASCII byte in the string is an unsafe character; those beyond ASCII are
    /// unknown.
    pub(crate) fn is_safe_ascii(self) -> bool {
        self.0 & Self::UNSAFE == 0
    }

    /// Whether a character beyond ASCII may be unsafe.
    pub(crate) fn may_hide(self) -> bool {
        self.0 & Self::HIDING != 0
    }

    /// The notes of both.
    #[inline]
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Notes the bytes beyond ASCII among the sixteen at `at`: one bit for each, the lowest for the first.
    #[inline(always)]
    fn wide(&mut self, bytes: &[u8], at: usize, wide: u32) {
        if wide != 0 {
            let hiding = bytes[at..].first_chunk().map_or(wide, may_begin_unsafe);
            self.add(Self::WIDE, true);
            self.add(Self::HIDING, hiding & wide != 0);
        }
    }

    #[inline(always)]
    fn add(&mut self, what: u8, is_seen: bool) {
        self.0 |= if is_seen { what } else { 0 };
    }
}

/// The first place from `at` that is not JSON white space.
#[inline(always)]
pub(super) fn blank(bytes: &[u8], at: usize) -> usize {
    // Usually there is none, and one comparison shows it.
    if bytes.get(at).is_some_and(|byte| *byte <= b' ') { behind_blanks(bytes, at) } else { at }
}

fn behind_blanks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The end of the value at `at`, with the notes if it is a string. `open` is a buffer for open brackets.
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

/// The end of the number, `true`, `false` or `null` at `at`.
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

/// The end of the digits at `at`, of which there must be at least one.
fn digits(bytes: &[u8], at: usize) -> Option<usize> {
    let count = bytes.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at + count)
}

/// The closing quote of the string whose text begins at `start`, with the notes.
#[inline(always)]
pub(super) fn string(bytes: &[u8], start: usize) -> Option<(usize, Seen)> {
    let mut seen = Seen::default();
    let at = letters(bytes, start, &mut seen);
    if bytes.get(at) == Some(&b'"') { Some((at, seen)) } else { rest_of_string(bytes, at, seen) }
}

/// The end of the run of letters from `at` on: at a byte that [`Lanes::stops`] finds, or the end of the bytes.
#[inline(always)]
fn letters(bytes: &[u8], mut at: usize, seen: &mut Seen) -> usize {
    while let Some(sixteen) = bytes[at..].first_chunk() {
        let lanes = Lanes::new(sixteen);
        let (stops, wide) = (lanes.stops(), lanes.wide());
        if stops != 0 {
            seen.wide(bytes, at, wide & (stops - 1) & !stops);
            return at + stops.trailing_zeros() as usize;
        }
        seen.wide(bytes, at, wide);
        at += LANES;
    }
    last_letters(bytes, at, seen)
}

/// The same for fewer than sixteen remaining bytes.
#[inline(always)]
fn last_letters(bytes: &[u8], at: usize, seen: &mut Seen) -> usize {
    let is_letter = |byte: &&u8| !matches!(**byte, ..b' ' | b'"' | b'\\' | 0x7f);
    let Some(last) = bytes.last_chunk() else {
        let rest = &bytes[at..];
        let length = rest.iter().take_while(is_letter).count();
        seen.wide(bytes, at, u32::from(!rest[..length].is_ascii()));
        return at + length;
    };
    let (lanes, left) = (Lanes::new(last), bytes.len() - at);
    // The bytes before `at` were looked at already.
    let (stops, wide) = (lanes.stops() >> (LANES - left), lanes.wide() >> (LANES - left));
    let stops = stops | 1 << left;
    seen.wide(bytes, at, wide & (stops - 1) & !stops);
    at + stops.trailing_zeros() as usize
}

/// The rest of a string that is more than letters, from the first stop on.
fn rest_of_string(bytes: &[u8], mut at: usize, mut seen: Seen) -> Option<(usize, Seen)> {
    while let Some(sixteen) = bytes.get(at..)?.first_chunk() {
        let lanes = Lanes::new(sixteen);
        let (mut stops, wide) = (lanes.stops(), lanes.wide());
        let mut done = 0;
        // All stops in these sixteen bytes, one by one.
        while stops != 0 {
            let stop = stops.trailing_zeros() as usize;
            match behind_stop(bytes, at + stop, &mut seen)? {
                Some(behind) => done = behind - at,
                None => {
                    seen.wide(bytes, at, wide & ((1 << stop) - 1));
                    return Some((at + stop, seen));
                }
            }
            stops &= u32::MAX.checked_shl(done as u32).unwrap_or(0);
        }
        seen.wide(bytes, at, wide);
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

/// The end of the stop at `at`, which [`Lanes::stops`] found; `at` itself if it is the quote that ends the string.
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

/// The end of the escape at `at`, or of both escapes of a surrogate pair.
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

/// The character of the escape at `at`, and the end of the escape.
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

/// The character of one `\u` escape, or two, and their end.
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

/// The code unit of the `\uXXXX` at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = bytes.get(at..)?.first_chunk::<6>()? else { return None };
    let unit = digits.iter().fold(0, |unit, digit| unit << 4 | HEX[usize::from(*digit)]);
    (unit < 0x1_0000).then_some(unit)
}

/// The value of each byte as a hex digit; for others, more than four digits can reach.
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

/// The end of the object or array at `at`.
fn container(bytes: &[u8], mut at: usize, open: &mut Vec<u8>) -> Option<usize> {
    open.clear();
    loop {
        let is_empty = match *bytes.get(at)? {
            first @ (b'{' | b'[') => {
                // The closing bracket: in ASCII, each is two after its opening one.
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

/// The start of the first value in a container whose first token is at `at`.
fn first_inside(bytes: &[u8], at: usize, open: &[u8]) -> Option<usize> {
    if open.last() == Some(&b'}') { after_name(bytes, at) } else { Some(at) }
}

/// From the end of a value to the start of the next, past closing brackets; the end, if there is none.
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

/// The start of the value whose name is at `at`.
fn after_name(bytes: &[u8], at: usize) -> Option<usize> {
    let (end, _) = string(bytes, expect(bytes, at, b'"')?)?;
    let colon = expect(bytes, blank(bytes, end + 1), b':')?;
    Some(blank(bytes, colon))
}

/// The place after `byte`, which must be at `at`.
#[inline(always)]
pub(super) fn expect(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (*bytes.get(at)? == byte).then_some(at + 1)
}
