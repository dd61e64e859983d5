//! Bytes that are not text in UTF-8: text of two or four bytes per unit, and compressed or binary data.
//!
//! In: the bytes. Out: as many: a text is redacted like any other, in its own encoding; if values cannot be replaced
//! one by one, only the bytes that show the kind of file are kept.
//! Invariants: lines end at the same places, and the number of characters is the same; of a file that is not text, only
//! the first bytes are kept.

use super::Redactor;
use crate::payload::{is_binary, unit_bytes};

/// The start of compressed data, gzip and Zstandard.
const COMPRESSED: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];
/// The number of bytes from which letters in a row are not those of wide text.
const NARROW: usize = 16;
/// The number of bytes that show the kind of file.
const BEGINNING: usize = 6;

impl Redactor {
    /// An input that is not text, or not in UTF-8, redacted; `None` if it may be UTF-8 text.
    pub(super) fn not_text(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let units = unit_bytes(bytes);
        // A mark of wide text in front of single bytes: payloads are found among those.
        let is_narrow = units.is_some() && !bytes.contains(&0);
        let is_so = is_binary(bytes) == Some(true) && !is_narrow;
        is_so.then(|| {
            units.and_then(|(length, is_big)| self.in_units(bytes, length, is_big)).unwrap_or_else(|| {
                self.has_opaque = true;
                self.blotted(bytes)
            })
        })
    }

    /// Compressed data, replaced as a whole; `None` if it is not.
    pub(super) fn compressed(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let is_so = COMPRESSED.iter().any(|beginning| bytes.starts_with(beginning));
        self.has_opaque |= is_so;
        is_so.then(|| self.blotted(bytes))
    }

    /// A text of this many bytes per unit; `None` if it only begins as one, because its letters are then not where they
    /// seem.
    fn in_units(&mut self, bytes: &[u8], length: usize, is_big: bool) -> Option<Vec<u8>> {
        let unit = |bytes: &[u8]| {
            let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
            if is_big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
        };
        let units: Vec<u32> = bytes.chunks_exact(length).map(unit).collect();
        // A unit that is not a character stays.
        let (mut text, mut places, mut at) = (String::new(), Vec::new(), 0);
        while let Some(first) = units.get(at) {
            let pair =
                units.get(at + 1).filter(|_| length == 2).map(|second| [*first as u16, *second as u16]);
            let paired = pair
                .and_then(|pair| char::decode_utf16(pair).next()?.ok())
                .filter(|one| one.len_utf16() == 2);
            let one = paired.or_else(|| char::from_u32(*first));
            text.push(one.unwrap_or(char::REPLACEMENT_CHARACTER));
            places.push((at * length, one));
            at += 1 + usize::from(paired.is_some());
        }
        let is_odd =
            |one: char| one == char::REPLACEMENT_CHARACTER || one.is_control() && !one.is_ascii_whitespace();
        let has_narrow = || bytes.split(|byte| !byte.is_ascii_graphic()).any(|run| run.len() >= NARROW);
        if !bytes.len().is_multiple_of(length) || text.contains(is_odd) || has_narrow() {
            return None;
        }
        let new = self.content(text.as_bytes(), None, false, 0);
        let new = String::from_utf8(new).expect("internal error: each character was replaced by one as long");
        let mut out = bytes.to_vec();
        let changed = new.chars().zip(places).filter(|(new, (_, old))| old.is_some_and(|old| old != *new));
        for (new, (at, _)) in changed {
            // No byte becomes a line end.
            let new = if u32::from(new).to_le_bytes().contains(&b'\n') { 'X' } else { new };
            let put = |out: &mut [u8], unit: u32| {
                let written = unit.to_be_bytes();
                out.copy_from_slice(&written[4 - length..]);
                if !is_big {
                    out.reverse();
                }
            };
            match length {
                2 => new.encode_utf16(&mut [0; 2]).iter().enumerate().for_each(|(index, unit)| {
                    put(&mut out[at + 2 * index..][..2], u32::from(*unit));
                }),
                _ => put(&mut out[at..][..length], u32::from(new)),
            }
        }
        Some(out)
    }

    /// Everything but the start and the line ends: as many characters, all of them changed.
    fn blotted(&mut self, bytes: &[u8]) -> Vec<u8> {
        *self.counts.replaced.entry("data that is not text").or_default() += 1;
        let blot = |(index, byte): (usize, &u8)| match *byte {
            byte if index < BEGINNING || byte == b'\n' => byte,
            0..0x80 => b'.',
            0x80..0xc0 => 0x80,
            _ => 0xff,
        };
        bytes.iter().enumerate().map(blot).collect()
    }
}

/// The text as `redact` leaves it, with each byte that is not a character in its place: that is the fault of the
/// payload.
pub(super) fn around_invalid(bytes: &[u8], redact: impl FnOnce(&str) -> String) -> Vec<u8> {
    let (mut text, mut invalid) = (String::with_capacity(bytes.len()), Vec::new());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            invalid.push((text.len(), *byte));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    let (new, mut out, mut at) = (redact(&text), Vec::with_capacity(bytes.len()), 0);
    for (place, byte) in invalid {
        out.extend_from_slice(&new.as_bytes()[at..place]);
        out.push(byte);
        at = place + char::REPLACEMENT_CHARACTER.len_utf8();
    }
    out.extend_from_slice(&new.as_bytes()[at..]);
    out
}
