//! How text is fitted to a page: cut, padded, wrapped, drawn.
//!
//! In: text and widths in columns. Out: text that is no wider, unless one word is.
//! What always holds: what is cut is made visible first, so that a cut never breaks an escape's meaning; what is only
//! padded or wrapped is visible already; cutting costs what the width is, not what the length of the text is.

use crate::visible::push_visible;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The characters that are not letters.
#[derive(Debug)]
pub struct Glyphs {
    /// Stands where text is cut.
    pub(super) cut: &'static str,
    /// From one thing to the next.
    pub(super) arrow: &'static str,
    /// What stands for a space where spaces matter.
    pub(super) space: char,
    /// Marks of a verdict: no finding, error, another event, absent.
    pub(super) ok: char,
    pub(super) bad: char,
    pub(super) other: char,
    pub(super) absent: char,
    /// Lines, and the corners and joints of boxes.
    pub(super) across: &'static str,
    pub(super) down: &'static str,
    pub(super) corners: [&'static str; 4],
    pub(super) joints: [&'static str; 2],
    /// What a bar ends with, from the shortest to a whole column.
    pub(super) bar: &'static [char],
}

/// For a terminal that draws Unicode.
const UNICODE: Glyphs = Glyphs {
    cut: "…",
    arrow: "→",
    space: '·',
    ok: '✓',
    bad: '✗',
    other: '○',
    absent: '·',
    across: "─",
    down: "│",
    corners: ["┌", "┐", "└", "┘"],
    joints: ["├", "┤"],
    bar: &['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
};

/// For one that does not.
const ASCII: Glyphs = Glyphs {
    cut: "...",
    arrow: "->",
    space: '_',
    ok: '+',
    bad: 'x',
    other: 'o',
    absent: '-',
    across: "-",
    down: "|",
    corners: ["+", "+", "+", "+"],
    joints: ["+", "+"],
    // Not `#`: two of them would begin a CI runner's command.
    bar: &['='],
};

/// The page that a report is written on.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its width in columns.
    pub width: usize,
    /// Whether it takes colour.
    pub is_coloured: bool,
    /// What it can draw.
    pub glyphs: &'static Glyphs,
}

impl Page {
    /// A page of that width, in colour or not, that draws in Unicode or in ASCII alone.
    #[must_use]
    pub fn new(width: usize, is_coloured: bool, draws_unicode: bool) -> Self {
        // What is styled is stripped again where colour is not wanted, for each stream on its own.
        colored::control::set_override(true);
        Self { width, is_coloured, glyphs: if draws_unicode { &UNICODE } else { &ASCII } }
    }

    /// The beginning of `text`, made visible, in at most `width` columns.
    pub(super) fn fit(&self, text: &str, width: usize) -> String {
        let mark = self.glyphs.cut;
        let (mut out, mut used, mut kept) = (String::new(), 0, 0);
        // Characters without a width of their own could go on for ever.
        let most = width * 4 + 16;
        for (index, character) in text.chars().enumerate() {
            let start = out.len();
            push_visible(&mut out, character);
            used += columns(&out[start..]);
            if used > width || index > most {
                out.truncate(kept);
                return if width >= mark.width() { out + mark } else { out };
            }
            if used + mark.width() <= width {
                kept = out.len();
            }
        }
        out
    }

    /// The end of `text`, made visible, in at most `width` columns.
    pub(super) fn fit_end(&self, text: &str, width: usize) -> String {
        let text = crate::visible::visible(text);
        if text.width() <= width {
            return text.into_owned();
        }
        let mark = self.glyphs.cut;
        let mut left = width.saturating_sub(mark.width());
        let kept = text.chars().rev().take_while(|character| {
            let width = character.width().unwrap_or(0);
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        });
        let bytes: usize = kept.map(char::len_utf8).sum();
        if width >= mark.width() { format!("{mark}{}", &text[text.len() - bytes..]) } else { String::new() }
    }
}

/// How wide a text is when its characters are added up one by one, as `fit` does.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The text and as many spaces as make it `width` columns wide.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text in the middle of `width` columns.
pub(super) fn center(text: &str, width: usize) -> String {
    let before = width.saturating_sub(text.width()) / 2;
    pad(&format!("{}{text}", " ".repeat(before)), width)
}

/// Breaks a text between words into lines of at most `width` columns, unless a word is longer; there is at
/// least one.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("internal error: there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Breaks visible text anywhere into lines of at most `width` columns; there is at least one.
pub(super) fn chop(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if used + columns > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        used += columns;
        lines.last_mut().expect("internal error: there is always a line").push(character);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked_for(text in "[a-z#\u{202e}\u{7f}é漢\u{301}]{0,60}", width in 0usize..40) {
            for page in [Page::new(80, false, true), Page::new(80, false, false)] {
                for fitted in [page.fit(&text, width), page.fit_end(&text, width)] {
                    prop_assert!(columns(&fitted) <= width, "{fitted:?}");
                    prop_assert!(!fitted.chars().any(crate::visible::is_unsafe));
                }
            }
        }
    }

    #[test]
    fn the_cost_of_a_cut_does_not_grow_with_the_text() {
        let page = Page::new(80, false, true);
        assert_eq!(page.fit("abcdef", 6), "abcdef");
        assert_eq!(page.fit("abcdefg", 6), "abcde…");
        assert_eq!(page.fit_end("abcdefg", 6), "…cdefg");
        assert!(page.fit(&"\u{301}".repeat(1 << 20), 10).len() < 200);
    }
}
