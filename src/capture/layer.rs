//! From an offset in an unwrapped payload back to the text that contained it.
//!
//! In: the layers of wrapping around a payload. Out: offsets in the outermost text.
//! Invariants: offsets only go forward, so any number of places in one payload costs one pass over each layer; a byte
//! without a place of its own (base64, compressed data) has that of the value that holds it.

use crate::lanes::{LANES, Lanes};
use std::cell::Cell;
use std::rc::Rc;

/// How far the text of a string was walked, inside and outside. Payloads in one string share it, so that none starts
/// again from the beginning.
pub(crate) type Walked = Rc<Cell<(usize, usize)>>;

/// The way in which a text is embedded in the one around it.
#[derive(Clone, Debug)]
pub(crate) enum Layer {
    /// Unchanged, from this offset on.
    Verbatim(usize),
    /// As a JSON string, whose text between the quotes begins at this offset.
    Escaped(Rc<str>, usize, Walked),
    /// In pieces, each with an offset inside and an offset outside; a byte inside takes this many bytes outside.
    Pieces(Rc<[(usize, usize)]>, usize),
    /// Without places: everything is at this offset.
    Opaque(usize),
}

impl Layer {
    /// As a JSON string, whose text between the quotes begins at `start`.
    pub(crate) fn escaped(text: &str, start: usize) -> Self {
        Self::Escaped(text.into(), start, Walked::default())
    }
}

/// Follows offsets outward through all layers.
#[derive(Clone, Debug)]
pub(crate) struct Trace(Vec<LayerStep>);

#[derive(Clone, Debug)]
struct LayerStep {
    layer: Layer,
    /// The position of the walk, inside and outside.
    inside: usize,
    outside: usize,
}

impl Trace {
    /// Through `layers`, the outermost first.
    pub(crate) fn new(layers: &[Layer]) -> Self {
        let step = |layer: &Layer| LayerStep { layer: layer.clone(), inside: 0, outside: 0 };
        Self(layers.iter().rev().map(step).collect())
    }

    /// The offset in the outermost text of the byte at `offset`, which must not be before the last one asked for.
    pub(crate) fn outward(&mut self, offset: usize) -> usize {
        self.0.iter_mut().fold(offset, |offset, step| step.outward(offset))
    }
}

impl LayerStep {
    fn outward(&mut self, offset: usize) -> usize {
        match &self.layer {
            Layer::Verbatim(start) => start + offset,
            Layer::Opaque(start) => *start,
            Layer::Escaped(text, start, walked) => {
                let (inside, outside) = walked.get();
                if self.inside < inside && inside <= offset {
                    (self.inside, self.outside) = (inside, outside);
                }
                while self.inside < offset && self.outside < text.len() {
                    let (decoded, written) = next(&text.as_bytes()[self.outside..], offset - self.inside);
                    // An offset within a character is that of the character.
                    if self.inside + decoded > offset {
                        break;
                    }
                    self.inside += decoded;
                    self.outside += written;
                }
                walked.set((self.inside, self.outside));
                start + self.outside
            }
            Layer::Pieces(pieces, stride) => {
                let after = pieces.partition_point(|(inside, _)| *inside <= offset);
                let piece = pieces.get(after.saturating_sub(1));
                piece.map_or(0, |(inside, outside)| outside + offset.saturating_sub(*inside) * stride)
            }
        }
    }
}

/// The length of the text up to and including its next escape, decoded and as written; of unescaped text, at most
/// `most` bytes.
fn next(text: &[u8], most: usize) -> (usize, usize) {
    match plain(&text[..text.len().min(most)]) {
        0 => escape(text),
        plain => (plain, plain),
    }
}

/// The number of bytes before the first backslash, which is usually near.
#[inline(always)]
fn plain(text: &[u8]) -> usize {
    if let Some(sixteen) = text.first_chunk::<LANES>() {
        match Lanes::new(sixteen).any_of([b'\\']) {
            0 => LANES + memchr::memchr(b'\\', &text[LANES..]).unwrap_or(text.len() - LANES),
            escapes => escapes.trailing_zeros() as usize,
        }
    } else {
        text.iter().position(|byte| *byte == b'\\').unwrap_or(text.len())
    }
}

fn escape(text: &[u8]) -> (usize, usize) {
    if text.get(1) != Some(&b'u') {
        return (1, 2);
    }
    let digits = text.get(2..6).and_then(|digits| std::str::from_utf8(digits).ok());
    match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0) {
        0..0x80 => (1, 6),
        0x80..0x800 => (2, 6),
        0xd800..0xdc00 => (4, 12),
        _ => (3, 6),
    }
}

/// The offsets, inside and outside, of each run and each escape in a JSON string's text, from `at` on.
pub(super) fn pieces_of_string(text: &[u8], at: (usize, usize), pieces: &mut Vec<(usize, usize)>) {
    let (mut inside, mut done) = (at.0, 0);
    while done < text.len() {
        pieces.push((inside, at.1 + done));
        let (decoded, written) = next(&text[done..], text.len());
        inside += decoded;
        done += written;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn layers_are_followed_from_the_inside_out() {
        // A string in a string: each quote of the inner one takes two bytes, and begins at the 10th byte outside.
        let layers = [Layer::Verbatim(10), Layer::escaped(r#"\"a\""#, 0)];
        let mut trace = Trace::new(&layers);
        assert_eq!([0, 1, 2, 3].map(|offset| trace.outward(offset)), [10, 12, 13, 15]);
        let mut trace = Trace::new(&[Layer::Pieces([(0, 5), (3, 20)].into(), 1)]);
        assert_eq!([0, 2, 3, 4].map(|offset| trace.outward(offset)), [5, 7, 20, 21]);
        assert_eq!(Trace::new(&[Layer::Opaque(7)]).outward(100), 7);
    }

    #[test]
    fn the_next_user_continues_at_the_last_place() {
        let text = "\\n".repeat(100);
        let layers = [Layer::escaped(&text, 7)];
        let Layer::Escaped(_, _, walked) = &layers[0] else { unreachable!("it is escaped") };
        assert_eq!(Trace::new(&layers).outward(90), 187);
        assert_eq!(walked.get(), (90, 180));
        assert_eq!([95, 96].map(|offset| Trace::new(&layers).outward(offset)), [197, 199]);
        assert_eq!(Trace::new(&layers).outward(3), 13, "going back is possible");
    }

    proptest! {
        #[test]
        fn every_character_of_a_string_is_where_it_is_written(text in "[a-z\"\\\\\n\u{0}é\u{2028}😀]{0,40}") {
            for written in [serde_json::to_string(&text).unwrap(), escaped(&text)] {
                let inner = &written[1..written.len() - 1];
                let mut trace = Trace::new(&[Layer::escaped(inner, 0)]);
                for (offset, character) in text.char_indices() {
                    let start = trace.outward(offset);
                    let end = trace.clone().outward(offset + character.len_utf8());
                    let one: String = serde_json::from_str(&format!("\"{}\"", &inner[start..end])).unwrap();
                    prop_assert_eq!(one, character.to_string());
                }
            }
        }
    }

    /// The text as a JSON string in which every UTF-16 unit is escaped.
    fn escaped(text: &str) -> String {
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{units}\"")
    }
}
