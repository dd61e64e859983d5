//! The content of a text, one level down, and the way to write it back in place.
//!
//! In: a text that is not JSON, and its shape if known. Out: the objects and base64 in it, or the texts that its shape
//! holds, each with its place.
//!
//! Invariants: everything that [`super::Unwrap::Auto`] opens in the text is included; a text is never inside itself; a
//! replacement takes as many bytes as the original, or is not written.

use super::http::CHUNKED;
use super::layer::{Layer, Trace};
use super::shape::{Content, Shape, ShapeForm, Then};
use super::text::{Objects, TextPiece, own_names};
use super::{curl, escaped, generic, recognised_text, text};
use std::ops::Range;

/// One thing inside a text.
#[derive(Debug)]
pub(crate) enum Inside {
    /// An object, whole or broken.
    Json(Range<usize>),
    /// Base64 of JSON or of gzip.
    Base64(Range<usize>),
    /// The size of a chunk, by which a body is read.
    Size(Range<usize>),
    /// Another text.
    Text(InnerText),
}

/// A text inside another one.
#[derive(Debug)]
pub(crate) struct InnerText {
    pub(crate) bytes: Vec<u8>,
    /// The part of the text around it that holds it, and its place in that.
    pub(crate) part: Range<usize>,
    pub(crate) layer: Layer,
    /// Whether payloads are looked for in it; if not, it is itself a payload.
    pub(crate) is_searched: bool,
    /// Its shape, if that is not left to its content.
    pub(crate) shape: Option<&'static Shape>,
}

/// The content of `text`. Anything that is not listed is not opened either.
pub(crate) fn inside(text: &[u8], shape: Option<&Shape>) -> Vec<Inside> {
    let shape =
        shape.filter(|shape| matches!(shape.form, ShapeForm::Text(..))).or_else(|| recognised_text(text));
    let Some(ShapeForm::Text(_, parts)) = shape.map(|shape| &shape.form) else { return pieces(text) };
    let whole = |bytes, layer, is_searched| {
        Inside::Text(InnerText { bytes, part: 0..text.len(), layer, is_searched, shape: None })
    };
    let (mut found, mut is_whole, is_trace) = (Vec::new(), false, curl::is_trace(text));
    if is_trace {
        found.extend(curl::blocks(text).into_iter().map(|(bytes, layer)| whole(bytes, layer, true)));
    }
    parts(text, &mut |part| {
        if part.encoding == Some(CHUNKED) {
            found.extend(sizes_of_chunks(text, part.place.clone()).into_iter().map(Inside::Size));
        }
        let is_searched = !matches!(part.then, Then::Payload);
        let Ok(Content { bytes, layers }) = part.content else { return };
        is_whole |= *bytes == *text;
        // All rows of a trace are looked at, sent or not.
        let is_row = is_trace && matches!(part.then, Then::Shape(_));
        if let Some(layer) = layers.into_iter().next().filter(|_| *bytes != *text && !is_row) {
            found.push(whole(bytes.into_owned(), layer, is_searched));
        }
    });
    if is_whole { pieces(text) } else { found }
}

/// The places of the chunk sizes in `body`.
fn sizes_of_chunks(text: &[u8], body: Range<usize>) -> Vec<Range<usize>> {
    let (mut sizes, mut at) = (Vec::new(), body.start);
    while let Some(size) = text.get(at..body.end).and_then(|rest| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit() || **byte == b' ').count();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..digits]).ok()?.trim(), 16).ok()?;
        sizes.push(at..at + digits);
        Some(memchr::memchr(b'\n', rest)? + 1 + size)
    }) {
        at += size;
        at +=
            text[at.min(body.end)..body.end].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    }
    sizes
}

/// The objects and base64 in a text, and its parts without their escapes, as they are looked for in it.
fn pieces(text: &[u8]) -> Vec<Inside> {
    let pieces: Vec<TextPiece> = Objects::new(text).collect();
    let is_payload = |piece: &TextPiece| piece.is_payload(text);
    if !pieces.iter().any(is_payload)
        && let Some(plain) = plain(text, 0..text.len())
    {
        return vec![plain];
    }
    // Other base64 is only looked at if nothing is escaped around it.
    let (others, shown): (Vec<TextPiece>, Vec<TextPiece>) =
        pieces.into_iter().partition(|piece| matches!(piece, TextPiece::Encoded(_)) && !is_payload(piece));
    let (mut found, mut done, mut others) = (Vec::new(), 0, others.into_iter().peekable());
    let end = TextPiece::Object(text.len()..text.len());
    for piece in shown.into_iter().chain([end]) {
        let range = piece.range();
        let before = plain(text, done..range.start);
        while let Some(other) = others.next_if(|other| other.range().start < range.end) {
            let is_free = before.is_none() && other.range().start >= done;
            found.extend(is_free.then(|| Inside::Base64(other.range())));
        }
        found.extend(before);
        done = range.end;
        let has_quote = |range: &Range<usize>| memchr::memchr(b'"', &text[range.clone()]).is_some();
        found.extend(match piece {
            TextPiece::Encoded(range) => Some(Inside::Base64(range)),
            TextPiece::Object(range) => has_quote(&range).then_some(Inside::Json(range)),
            TextPiece::Broken(range) => {
                let is_named = own_names(&text[range.clone()]).next().is_some();
                plain(text, range.clone()).or(is_named.then_some(Inside::Json(range)))
            }
        });
    }
    found
}

/// A part of a text, without its escapes if it is escaped around a name of the event. No tool's signs are looked for
/// in it.
fn plain(text: &[u8], part: Range<usize>) -> Option<Inside> {
    let (bytes, layer) = escaped::unescaped(&text[part.clone()])?;
    Some(Inside::Text(InnerText { bytes, part, layer, is_searched: true, shape: Some(&generic::TEXT) }))
}

/// Whether a text in an input of that shape is read as text, and not as broken JSON, markup or binary data.
pub(crate) fn is_text(text: &[u8], shape: Option<&Shape>) -> bool {
    let is_known =
        |shape: &Shape| matches!(shape.form, ShapeForm::Text(..)) && shape.name != generic::TEXT.name;
    shape.is_some_and(is_known) || text::begins(text) || recognised_text(text).is_some()
}

/// Puts `new` in the place of `old`, whose bytes in `out` are found through `layer`, each character in its own
/// spelling, and marks those bytes in `done`. Characters with an unknown spelling stay, and false is returned.
pub(crate) fn put_back(layer: &Layer, old: &[u8], new: &[u8], out: &mut [u8], done: &mut [bool]) -> bool {
    let (mut trace, mut at, mut is_whole) = (Trace::new(std::slice::from_ref(layer)), 0, true);
    let is_in_digits = matches!(layer, Layer::Pieces(_, curl::BYTE_COLUMNS));
    let lengths = old.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid().chars().map(char::len_utf8);
        valid.chain(std::iter::repeat_n(1, chunk.invalid().len()))
    });
    for length in lengths.flat_map(|length| if is_in_digits { vec![1; length] } else { vec![length] }) {
        let one = at..at + length;
        at = one.end;
        let place = trace.outward(one.start).min(out.len());
        let (old, new) = (&old[one.clone()], &new[one.clone()]);
        let written = match layer {
            _ if is_in_digits => 2,
            Layer::Pieces(..) => written_length(&out[place..], old),
            _ => length,
        };
        if written == length && length > 1 && !out[place..].starts_with(old) {
            // A character that spans two pieces.
            for (offset, (old, new)) in one.zip(old.iter().zip(new)) {
                let place = trace.outward(offset);
                let byte = out.get_mut(place).filter(|byte| **byte == *old);
                is_whole &= byte.is_some();
                byte.into_iter().for_each(|byte| (*byte, done[place]) = (*new, true));
            }
            continue;
        }
        let place = place..(place + written).min(out.len());
        done[place.clone()].fill(true);
        if old != new && !changes_an_escape(&out[..place.end], old, new) {
            is_whole &= spell(&mut out[place.clone()], old, new, is_in_digits);
        }
        if is_in_digits {
            curl::show(layer, place.start, old[0], new[0], out, done);
        }
    }
    is_whole
}

/// Whether a letter behind a backslash, which is written as it is, would become an escape, or no longer be one.
fn changes_an_escape(written: &[u8], old: &[u8], new: &[u8]) -> bool {
    let ([one], [other]) = (old, new) else { return false };
    let is_short = |letter: &u8| br#""\/bfnrt'"#.contains(letter);
    let is_long = |letter: &u8| matches!(letter, b'u' | b'x');
    let before = written
        .strip_suffix(old)
        .filter(|_| is_short(one) != is_short(other) || is_long(one) || is_long(other));
    before.is_some_and(|before| before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1)
}

/// The number of bytes in which a character is written.
fn written_length(written: &[u8], character: &[u8]) -> usize {
    if written.starts_with(character) && character != b"\\" {
        return character.len();
    }
    let first = *written.first().unwrap_or(&0);
    match (first, written.get(1)) {
        (b'\\', Some(b'u')) if character.len() == 4 => 12,
        (b'\\', Some(b'u')) => 6,
        (b'\\', Some(b'x')) => 4 * character.len(),
        (b'\\' | b'"', Some(_)) => 2,
        (b'%', _) => 3 * character.len(),
        (b'&', _) => memchr::memchr(b';', written).map_or(1, |end| end + 1),
        _ => character.len(),
    }
}

/// Writes `new` at `place`, spelled as `old` is.
fn spell(place: &mut [u8], old: &[u8], new: &[u8], is_in_digits: bool) -> bool {
    let digits = |byte: &u8, is_capital: bool| {
        if is_capital { format!("{byte:02X}") } else { format!("{byte:02x}") }
    };
    let is_capital = place.iter().skip(2).any(|byte| matches!(byte, b'A'..=b'F'));
    let mark = match place {
        _ if is_in_digits => "",
        _ if place == old => {
            place.copy_from_slice(new);
            return true;
        }
        [b'%', ..] => "%",
        [b'\\', b'x', ..] => "\\x",
        _ => return respell(place, new, is_capital),
    };
    let is_capital = mark == "%" && !place.iter().any(|byte| matches!(byte, b'a'..=b'f')) || is_capital;
    let written: String = new.iter().map(|byte| format!("{mark}{}", digits(byte, is_capital))).collect();
    let fits = written.len() == place.len();
    if fits {
        place.copy_from_slice(written.as_bytes());
    }
    fits
}

/// The same, as an escape by code point.
fn respell(place: &mut [u8], new: &[u8], is_capital: bool) -> bool {
    let Some(character) = std::str::from_utf8(new).ok().and_then(|new| new.chars().next()) else {
        return false;
    };
    let code = u32::from(character);
    let written = match place {
        [b'\\', b'u', ..] => {
            let unit =
                |unit: &u16| if is_capital { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
            character.encode_utf16(&mut [0; 2]).iter().map(unit).collect()
        }
        [b'&', b'#', b'x' | b'X', ..] => {
            format!("&#{}{code:0width$x};", char::from(place[2]), width = place.len() - 4)
        }
        [b'&', b'#', ..] => format!("&#{code:0width$};", width = place.len() - 3),
        _ => return false,
    };
    let fits = written.len() == place.len();
    if fits {
        place.copy_from_slice(written.as_bytes());
    }
    fits
}
