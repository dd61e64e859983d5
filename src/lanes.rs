//! Sixteen bytes of text at once.
//!
//! In: sixteen bytes. Out: one bit for each byte, the lowest for the first.
//! Invariants: each bit depends on its own byte alone, as a test shows for every byte at every place.

use std::ops::{BitAnd, BitOr};
use wide::u8x16;

/// The number of bytes in one step.
pub(crate) const LANES: usize = 16;

/// Sixteen bytes to query.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(u8x16);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(bytes: &[u8; LANES]) -> Self {
        Self(u8x16::new(*bytes))
    }

    /// The ends of runs of letters in a JSON string: quotes, backslashes, control characters, and DEL.
    #[inline(always)]
    pub(crate) fn stops(self) -> u32 {
        let is_control = Marked(self.0.min(u8x16::splat(0x1f)).simd_eq(self.0));
        (is_control | self.among([b'"', b'\\', 0x7f])).bits()
    }

    /// The bytes beyond ASCII.
    #[inline(always)]
    pub(crate) fn wide(self) -> u32 {
        self.0.to_bitmask()
    }

    /// The bytes that are among `sought`.
    #[inline(always)]
    pub(crate) fn any_of<const N: usize>(self, sought: [u8; N]) -> u32 {
        self.among(sought).bits()
    }

    /// The same, to be combined with other queries first.
    #[inline(always)]
    pub(crate) fn among<const N: usize>(self, sought: [u8; N]) -> Marked {
        sought.into_iter().fold(Marked(u8x16::splat(0)), |found, byte| found | self.is(byte))
    }

    #[inline(always)]
    pub(crate) fn is(self, byte: u8) -> Marked {
        Marked(self.0.simd_eq(u8x16::splat(byte)))
    }
}

/// Some of sixteen bytes.
#[derive(Clone, Copy)]
pub(crate) struct Marked(u8x16);

impl Marked {
    /// One bit for each byte, the lowest for the first.
    #[inline(always)]
    pub(crate) fn bits(self) -> u32 {
        self.0.to_bitmask()
    }
}

impl BitOr for Marked {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Marked {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_distinguished() {
        for place in 0..LANES {
            for byte in 0..=u8::MAX {
                for filler in [b'a', b'"', 0xc3] {
                    let mut bytes = [filler; LANES];
                    bytes[place] = byte;
                    let mask = |is_sought: &dyn Fn(u8) -> bool| {
                        bytes.iter().rev().fold(0, |mask, byte| mask << 1 | u32::from(is_sought(*byte)))
                    };
                    let lanes = Lanes::new(&bytes);
                    let is_stop = |byte| matches!(byte, ..b' ' | b'"' | b'\\' | 0x7f);
                    assert_eq!(lanes.stops(), mask(&is_stop), "{bytes:?}");
                    assert_eq!(lanes.wide(), mask(&|byte| byte >= 0x80), "{bytes:?}");
                    assert_eq!(
                        lanes.any_of([byte, 1]),
                        mask(&|other| [byte, 1].contains(&other)),
                        "{bytes:?}"
                    );
                }
            }
        }
    }
}
