//! The text around a place, cut to the available width.
//!
//! In: a payload's bytes and a span in them. Out: one line of visible text, and the place of the span in it.
//! Invariants: the cost is bounded by the width, not by the length of the line; the text is never wider than requested;
//! it contains nothing unsafe.

use crate::escape::{push_visible_bytes, visible_bytes};
use std::ops::Range;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// One line around a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The text to show.
    pub(super) text: String,
    /// The place in it, in bytes.
    pub(super) mark: Range<usize>,
}

const CUT: char = '…';

impl Excerpt {
    /// Cuts the line in which `span` begins to `width` columns around it.
    ///
    /// For an object or an array, only the bracket is marked.
    pub(super) fn cut(bytes: &[u8], span: &Range<usize>, width: usize) -> Self {
        let start = span.start.min(bytes.len());
        let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |newline| newline + 1);
        let line_end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |length| start + length);
        let is_container = matches!(bytes.get(start), Some(b'{' | b'['));
        let end = if is_container { start + 1 } else { span.end.clamp(start, line_end) };
        // No character needs more bytes than this per column, so anything further away cannot be shown.
        let reach = width * 4 + 8;
        let near_start = boundary(bytes, start.saturating_sub(reach)).max(line_start);
        let near_end = boundary(bytes, line_end.min(end + reach));
        // A place among bytes that are not UTF-8 may end anywhere, even inside a character.
        let is_long = end > start + reach;
        let near_end_of_mark = if is_long { boundary(bytes, start + reach).max(start) } else { end };

        let mark = following(&bytes[..start], &bytes[start..near_end_of_mark]);
        let mark = head(&mark, width * 2 / 3, end > near_end_of_mark);
        let (marked, rest) = bytes[..near_end.max(near_end_of_mark)].split_at(near_end_of_mark);
        let after = following(marked, trim_end(rest));
        // The mark for the end of the line comes after it.
        let width = width - usize::from(mark.is_empty() && after.is_empty());
        let before = indented(&bytes[near_start..start]);
        let left = (width - mark.width()).saturating_sub(after.width().min(width / 4)).max(1);
        let before = tail(&before, left, near_start > line_start);
        let after = head(&after, width - mark.width() - before.width(), line_end > near_end);
        let mark_at = before.len()..before.len() + mark.len();
        Self { text: format!("{before}{mark}{after}"), mark: mark_at }
    }
}

/// Visible text that follows other text: a `##` across the boundary is broken as well.
fn following(before: &[u8], bytes: &[u8]) -> String {
    let mut text = if before.ends_with(b"#") { "#".to_owned() } else { String::new() };
    let start = text.len();
    push_visible_bytes(&mut text, bytes);
    text.split_off(start)
}

/// Visible text in which a tab of the indentation is a space.
fn indented(bytes: &[u8]) -> String {
    let depth = bytes.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    " ".repeat(depth) + &visible_bytes(&bytes[depth..])
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

/// The nearest start of a character at or before `at`.
fn boundary(bytes: &[u8], at: usize) -> usize {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|&at| !is_inside(at)).unwrap_or(at)
}

/// As much of the start as fits.
fn head(text: &str, width: usize, is_cut: bool) -> String {
    if text.width() <= width && !is_cut {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fitting = text.chars().take_while(|character| fits(*character, &mut left));
    fitting.chain((width > 0).then_some(CUT)).collect()
}

/// As much of the end as fits.
fn tail(text: &str, width: usize, is_cut: bool) -> String {
    if text.width() <= width && !is_cut {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fitting = text.chars().rev().take_while(|character| fits(*character, &mut left));
    let backwards: Vec<char> = fitting.chain((width > 0).then_some(CUT)).collect();
    backwards.into_iter().rev().collect()
}

fn fits(character: char, left: &mut usize) -> bool {
    let width = character.width().unwrap_or(0);
    let fits = width <= *left;
    *left = left.saturating_sub(width);
    fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_line_is_cut_on_both_sides_of_the_place() {
        let line = format!(
            "{{\"before\": \"{}\", \"id\": 67, \"after\": \"{}\"}}",
            "b".repeat(900),
            "a".repeat(900)
        );
        let at = line.find("67").unwrap();
        let excerpt = Excerpt::cut(line.as_bytes(), &(at..at + 2), 60);
        assert_eq!(&excerpt.text[excerpt.mark.clone()], "67");
        assert_eq!(excerpt.text.width(), 60);
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with('…'), "{}", excerpt.text);
    }

    #[test]
    fn a_long_value_is_cut_within() {
        let line = format!("[\"{}\"]", "v".repeat(900));
        let excerpt = Excerpt::cut(line.as_bytes(), &(1..903), 60);
        assert!(excerpt.text.starts_with("[\"vvv") && excerpt.text.ends_with('…'), "{}", excerpt.text);
    }

    #[test]
    fn a_place_among_bytes_that_are_not_utf_8_is_marked() {
        let bytes = b"{\"a\":\"x\x80\x80\x80\"}\n\x80\x80";
        let marked = |span| {
            let excerpt = Excerpt::cut(bytes, &span, 60);
            (excerpt.text[excerpt.mark].to_owned(), excerpt.text.chars().next())
        };
        assert_eq!(marked(7..8), (r"\x80".to_owned(), Some('{')));
        assert_eq!(marked(8..10), (r"\x80\x80".to_owned(), Some('{')));
        assert_eq!(marked(13..14), (r"\x80".to_owned(), Some('\\')));
    }

    proptest! {
        #[test]
        fn no_excerpt_is_too_wide_or_unsafe(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'#'), Just(b' '), Just(b'{')], 0..200),
            start in 0usize..220, length in 0usize..220, width in 10usize..120,
        ) {
            let start = start.min(bytes.len());
            let span = start..(start + length).min(bytes.len());
            let excerpt = Excerpt::cut(&bytes, &span, width);
            // An empty place is marked by one column.
            let marked = excerpt.text[..excerpt.mark.end].width() + usize::from(excerpt.mark.is_empty());
            prop_assert!(excerpt.text.width().max(marked) <= width, "{:?}", excerpt);
            prop_assert!(!excerpt.text.chars().any(crate::escape::is_unsafe));
            prop_assert!(!excerpt.text.contains("##"), "{:?}", excerpt);
            prop_assert!(excerpt.text.get(excerpt.mark.clone()).is_some());
        }
    }
}
