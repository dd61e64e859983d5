//! Fits text to a page: cuts, pads, wraps, draws.
//!
//! In: text and widths in columns. Out: text that fits, unless one word does not.
//! Invariants: text is made visible before it is cut, so a cut never changes the meaning of an escape; text that is
//! only padded or wrapped is visible already; cutting costs as much as the width, not the length of the text.

use crate::escape::{at_line_start, is_plain, push_visible};
use colored::ColoredString;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The characters other than letters.
#[derive(Debug)]
pub struct Glyphs {
    /// Marks the place of a cut.
    pub(super) cut: &'static str,
    /// Leads from one thing to the next.
    pub(super) arrow: &'static str,
    /// Shows a space where spaces matter.
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
    /// The ends of a bar, from the shortest to a whole column.
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

/// The width of a page if it is unknown.
pub const USUAL_WIDTH: usize = 100;

#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its width in columns.
    pub width: usize,
    /// Whether longer lines would be broken or cut there; in a pipe or a file, nobody knows where.
    pub has_edge: bool,
    /// Whether it takes colour.
    pub is_coloured: bool,
    /// The characters that it can draw.
    pub glyphs: &'static Glyphs,
}

impl Page {
    /// A page of that width, if it is known, in colour or not, that draws in Unicode or only in ASCII.
    pub fn new(width: impl Into<Option<usize>>, is_coloured: bool, draws_unicode: bool) -> Self {
        let width = width.into();
        // Styles are stripped again if colour is not wanted, for each stream on its own.
        colored::control::set_override(true);
        let glyphs = if draws_unicode { &UNICODE } else { &ASCII };
        Self { width: width.unwrap_or(USUAL_WIDTH), has_edge: width.is_some(), is_coloured, glyphs }
    }

    /// The text in a style, or unchanged if the page takes no colour: styling takes longer than writing a line.
    pub(super) fn paint(&self, text: String, style: impl FnOnce(&str) -> ColoredString) -> String {
        if self.is_coloured { style(&text).to_string() } else { text }
    }

    /// Visible text after a label with this many columns, as lines. Further lines are indented to the start of the
    /// text, or less if that would leave little room. Without an edge there is one line.
    pub(super) fn behind(&self, label: usize, text: &str) -> Vec<String> {
        const ROOM: usize = 24;
        let indent = if self.width >= label + ROOM { label } else { label.min(4) };
        let lines = self.lines(text, label, indent).into_iter().enumerate();
        let indented = |line: String| " ".repeat(indent) + &line;
        lines.map(|(index, line)| if index == 0 { line } else { indented(line) }).collect()
    }

    /// A sentence; its further lines are indented.
    pub(super) fn sentence(&self, text: &str) -> String {
        const INDENT: usize = 4;
        self.lines(text, 0, INDENT).join(&format!("\n{}", " ".repeat(INDENT)))
    }

    /// Visible text in lines that leave some columns free, on the first line and on the others. No line begins like a
    /// CI runner's command.
    pub(super) fn lines(&self, text: &str, before_first: usize, before_others: usize) -> Vec<String> {
        if !self.has_edge {
            return vec![text.to_owned()];
        }
        let [first, others] = [before_first, before_others].map(|taken| self.width.saturating_sub(taken));
        let lines = hang(text, first, others).into_iter();
        lines.map(|line| at_line_start(&line).into_owned()).collect()
    }

    /// The beginning of `text`, made visible, in at most `width` columns.
    pub(super) fn fit(&self, text: &str, width: usize) -> String {
        if text.len() <= width && is_plain(text) {
            return text.to_owned();
        }
        let mark = self.glyphs.cut;
        let (mut out, mut used, mut kept) = (String::new(), 0, 0);
        // Characters without a width could go on without end.
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
        let text = crate::escape::visible(text);
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

/// The width of a text whose characters are added up one by one, as `fit` does.
pub(super) fn columns(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// The text, padded with spaces to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    let mut padded = String::new();
    push_padded(&mut padded, text, width);
    padded
}

/// Adds the text, padded likewise.
pub(super) fn push_padded(out: &mut String, text: &str, width: usize) {
    let taken = if is_plain(text) { text.len() } else { text.width() };
    out.push_str(text);
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(taken)));
}

/// The text in the middle of `width` columns.
pub(super) fn center(text: &str, width: usize) -> String {
    let before = width.saturating_sub(text.width()) / 2;
    pad(&format!("{}{text}", " ".repeat(before)), width)
}

/// Breaks a text between words into lines of at most `width` columns, unless a word is longer; there is at least one.
/// Text in backquotes is one word if it fits, so that it can be copied.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    hang(text, width, width)
}

/// The same with a first line of at most `first` columns, which is empty if no word fits.
fn hang(text: &str, first: usize, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text, width) {
        let room = if lines.len() == 1 { first } else { width };
        let line = lines.last_mut().expect("internal error: there is always a line");
        let is_first = line.is_empty();
        if is_first && (room >= width || styled_columns(word) <= room) {
            line.push_str(word);
        } else if !is_first && styled_columns(line) + 1 + styled_columns(word) <= room {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn words(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let spans = text.split(move |character| {
        is_quoted ^= character == '`';
        character == ' ' && !is_quoted
    });
    spans.flat_map(move |span| {
        let is_whole = span.width() <= width;
        span.split(move |character| character == ' ' && !is_whole)
    })
}

/// The width of a text without its styles.
fn styled_columns(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
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
                    prop_assert!(!fitted.chars().any(crate::escape::is_unsafe));
                }
            }
        }
    }

    #[test]
    fn lines_break_between_words_and_what_is_quoted_is_one() {
        assert_eq!(wrap("put `a b` in", 7), ["put", "`a b`", "in"]);
        assert_eq!(wrap("`a b c d e` f", 7), ["`a b c", "d e` f"]);
        assert_eq!(wrap("unbreakable", 4), ["unbreakable"]);
        let page = Page::new(40, false, true);
        assert_eq!(page.behind(10, "a b"), ["a b"]);
        let label = 30;
        assert_eq!(page.behind(label, "unbreakable word"), ["", "    unbreakable word"]);
        assert_eq!(page.behind(4, "word ".repeat(9).trim_end())[1], "    word word");
        assert_eq!(Page::new(10, false, true).lines("word ::error::", 0, 0), ["word", "\\u003a:error::"]);
        let endless = Page::new(None, false, true);
        assert_eq!(endless.behind(4, &"word ".repeat(90)).len(), 1);
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
