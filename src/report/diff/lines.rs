//! The words for a change, and its two values around the difference.
//!
//! Invariants: no line is wider than the page; differences are marked with `~` below them, and where two strings would
//! look alike, by code points or visible spaces.

use crate::diff::{
    Change, Difference, StringExcerpt, TextChange, code_points, disguise, excerpts, hidden_code_points,
    unicode_forms,
};
use crate::escape::{is_unsafe, push_escape, push_visible};
use crate::payload::{Kind, Node};
use crate::report::layout::{Page, columns};
use crate::report::pretty::compact;
use colored::Colorize as _;

/// The number of bytes of an array or an object that are read to show it.
const NEAR_BYTES: usize = 4 << 10;

/// The change in words, and the characters that make a name look like another.
pub(super) fn words(difference: &Difference<'_>, is_shape: bool, page: &Page) -> String {
    let words = change_words(difference, is_shape, page);
    match difference.pointer.tokens().last().and_then(|name| disguise(&name)) {
        Some(code_points) => format!("{words}; the name holds {code_points}"),
        None => words,
    }
}

fn change_words(difference: &Difference<'_>, is_shape: bool, page: &Page) -> String {
    let arrow = page.glyphs.arrow;
    match difference.change {
        Change::Added if is_shape => "extra".to_owned(),
        Change::Removed if is_shape => "missing".to_owned(),
        Change::Added => "added".to_owned(),
        Change::Removed => "removed".to_owned(),
        Change::Type(before, after) => {
            format!("type changed: {} {arrow} {}", before.as_str(), after.as_str())
        }
        Change::Value => "changed".to_owned(),
        Change::Text(change) => text_words(change, difference, page),
        Change::SidesExchanged => "first and second are exchanged, keys and labels".to_owned(),
    }
}

fn text_words(change: TextChange, difference: &Difference<'_>, page: &Page) -> String {
    let arrow = page.glyphs.arrow;
    let [before, after] = [difference.before, difference.after].map(decoded);
    match change {
        TextChange::WhiteSpace => match space(&before, &after, page) {
            Some(space) => format!("changed in white space only ({space} is a space)"),
            None => "changed in white space only".to_owned(),
        },
        TextChange::LetterCase => "changed in letter case only".to_owned(),
        TextChange::UnicodeForm => {
            let forms = unicode_forms(&before, &after);
            let forms = forms.map(|[before, after]| format!(" ({before} {arrow} {after})"));
            let code_points = code_points(&before, &after, arrow);
            format!("changed in Unicode form only{}: {code_points}", forms.unwrap_or_default())
        }
        TextChange::LookAlike => {
            format!(
                "changed in look-alike or invisible characters only: {}",
                code_points(&before, &after, arrow)
            )
        }
        TextChange::Other => match hidden_code_points(&before, &after, arrow) {
            Some(code_points) => format!("changed, also in what looks the same: {code_points}"),
            None => "changed".to_owned(),
        },
    }
}

fn decoded(node: Option<Node<'_>>) -> String {
    node.and_then(|node| node.as_str()).unwrap_or_default().into_owned()
}

/// The mark for a space, if neither string contains it.
fn space(before: &str, after: &str, page: &Page) -> Option<char> {
    Some(page.glyphs.space).filter(|space| !before.contains(*space) && !after.contains(*space))
}

/// One side of a change, ready to be written: the value, and any marks below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValueLines {
    pub(super) value: String,
    pub(super) marks: String,
}

/// The values of both sides of a change in at most `room` columns each, cut around the difference; empty for a missing
/// side.
pub(super) fn values(difference: &Difference<'_>, room: usize, page: &Page) -> [Option<ValueLines>; 2] {
    let (before, after) = match (difference.before, difference.after) {
        (Some(before), Some(after)) if before.kind() == after.kind() => (before, after),
        (before, after) => return [before, after].map(|node| Some(alone(node?, room, page))),
    };
    let is_text = before.kind() == Kind::String;
    let shown = |node: Node<'_>| if is_text { decoded(Some(node)) } else { compact(node.text(), usize::MAX) };
    let (one, two) = (shown(before), shown(after));
    let context = (room / 4).min(20);
    let spaces = (difference.change == Change::Text(TextChange::WhiteSpace)).then(|| space(&one, &two, page));
    let spelling = ValueSpelling { is_text, spaces };
    excerpts(&one, &two, room, context).map(|excerpt| Some(spelling.lines(&excerpt, room, page)))
}

/// A value by itself, from its beginning.
pub(super) fn alone(node: Node<'_>, room: usize, page: &Page) -> ValueLines {
    let value = match node.as_str() {
        Some(text) => {
            let is_cut = text.chars().nth(room).is_some();
            let text = text.chars().take(room).collect();
            let segments = vec![crate::diff::Segment { text, is_changed: false }];
            let excerpt = StringExcerpt { segments, is_cut_before: false, is_cut_after: is_cut };
            return ValueSpelling { is_text: true, spaces: None }.lines(&excerpt, room, page);
        }
        None => page.fit(&compact(node.text(), NEAR_BYTES), room),
    };
    ValueLines { value, marks: String::new() }
}

/// The spelling of a value's characters.
struct ValueSpelling {
    /// Whether it is a string, in quotes.
    is_text: bool,
    /// Whether spaces are made visible, and the mark, or else an escape.
    spaces: Option<Option<char>>,
}

impl ValueSpelling {
    fn lines(&self, excerpt: &StringExcerpt, room: usize, page: &Page) -> ValueLines {
        let quote = if self.is_text { "\"" } else { "" };
        let cut = page.glyphs.cut;
        let before = if excerpt.is_cut_before { cut } else { quote };
        let (mut value, mut marks) = (before.to_owned(), " ".repeat(columns(before)));
        // The cut mark must fit after the text.
        let room = room.saturating_sub(columns(cut));
        let mut is_full = false;
        for segment in &excerpt.segments {
            for character in segment.text.chars() {
                let start = value.len();
                self.push(&mut value, character);
                let width = columns(&value[start..]);
                is_full = columns(&marks) + width > room;
                if is_full {
                    value.truncate(start);
                    break;
                }
                marks.push_str(&(if segment.is_changed { "~" } else { " " }).repeat(width));
            }
            if is_full {
                break;
            }
        }
        value.push_str(if is_full || excerpt.is_cut_after { cut } else { quote });
        ValueLines { value, marks: marks.trim_end().to_owned() }
    }

    fn push(&self, out: &mut String, character: char) {
        match (character, self.spaces) {
            ('"' | '\\', _) if self.is_text => out.extend(['\\', character]),
            (' ', Some(Some(mark))) => out.push(mark),
            (_, Some(_)) if character.is_whitespace() && !is_unsafe(character) => push_escape(out, character),
            _ => push_visible(out, character),
        }
    }
}

/// The mark at the start of a change.
pub(super) fn mark(difference: &Difference<'_>) -> char {
    match difference.change {
        Change::Added => '+',
        Change::Removed => '-',
        _ => '~',
    }
}

/// The first and the second object of a payload, keys and labels as written.
pub(super) fn sides(root: Node<'_>, room: usize, page: &Page) -> String {
    let text = |name: &str, most: usize| match root.member(name) {
        Some(node) => page.fit(&compact(node.text(), room * 4), most),
        None => "absent".to_owned(),
    };
    let both = |most: usize| {
        let object = |key: &str, label: &str| format!("{} {}", text(key, most), text(label, most));
        let first = object("firstObjectKey", "firstObjectLabel");
        format!("{first} {} {}", page.glyphs.arrow, object("secondObjectKey", "secondObjectLabel"))
    };
    let whole = both(room);
    if columns(&whole) <= room { whole } else { page.fit(&both(room / 4 - 2), room) }
}

/// A line of the first side, or of the second.
pub(super) fn coloured(text: &str, is_before: bool) -> String {
    if is_before { text.red().to_string() } else { text.green().to_string() }
}
