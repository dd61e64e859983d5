//! Many findings at a glance: the number of findings of each code at each place, as bars.
//!
//! In: a [`Tally`] and the page. Out: lines of styled text, errors first, the most frequent first in each level; the
//! longest bars of all levels are equally long, however many notes there are.
//! Invariants: no line is wider than requested, unless even the shortest bar does not fit; every finding is counted in
//! a bar.

use super::layout::{Page, pad};
use super::tally::{Row, Tally};
use crate::check::Level;
use crate::count::grouped;
use crate::escape::visible;
use colored::Colorize as _;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// The number of bars; all others are one line.
const BARS: usize = 20;
const LONGEST_BAR: usize = 30;

/// The chart, or nothing if there are no findings.
pub(super) fn chart(tally: &Tally, page: &Page) -> String {
    let mut rows: Vec<&Row> = tally.rows().collect();
    rows.sort_by(|one, other| other.level.cmp(&one.level).then(other.count.cmp(&one.count)));
    let most = |level| rows.iter().filter(|row| row.level == level).map(|row| row.count).max().unwrap_or(0);
    let shown = &rows[..rows.len().min(BARS)];
    let count_width = shown.iter().map(|row| grouped(row.count).len()).max().unwrap_or(0);
    let name_width = shown.iter().map(|row| name(row).width()).max().unwrap_or(0).min(page.width / 2);
    let bar_width = page.width.saturating_sub(name_width + count_width + 4).clamp(1, LONGEST_BAR);
    let mut chart = String::new();
    for row in shown {
        let name = pad(&page.fit(&name(row), name_width), name_width);
        let bar = painted(row.level, &bar(row.count, most(row.level), bar_width, page.glyphs.bar));
        let line = format!("{name}  {:>count_width$}  {bar}\n", grouped(row.count));
        chart += &line;
        for places in places(row, page) {
            writeln!(chart, "{}", format!("    {places}").dimmed()).expect(WRITES);
        }
    }
    let rest: u64 = rows[shown.len()..].iter().map(|row| row.count).sum();
    if rest > 0 {
        let places = rows.len() - shown.len();
        writeln!(chart, "{} more findings at {} more places", grouped(rest), grouped(places as u64))
            .expect(WRITES);
    }
    chart
}

const WRITES: &str = "internal error: writing to a String cannot fail";

fn name(row: &Row) -> String {
    match row.pointer.as_deref() {
        None => format!("{} elsewhere", row.code),
        Some("") => row.code.to_string(),
        Some(pointer) => format!("{} at {}", row.code, visible(pointer)),
    }
}

/// The first place and the last, on one line if there is room.
fn places(row: &Row, page: &Page) -> Vec<String> {
    if row.count == 1 {
        return vec![format!("at {}", place(row, true))];
    }
    let last = place(row, false);
    let last = if row.first.source == row.last.source { format!("line {}", row.last.line) } else { last };
    let places = vec![format!("first at {},", place(row, true)), format!("last at {last}")];
    let line = places.join(" ");
    if page.has_edge && line.width() + 4 > page.width { places } else { vec![line] }
}

fn place(row: &Row, is_first: bool) -> String {
    let place = if is_first { &row.first } else { &row.last };
    format!("{}:{}", place.source, place.line)
}

/// A bar as exact as its last column can be drawn; any count above zero is visible.
fn bar(count: u64, most: u64, width: usize, ends: &[char]) -> String {
    let steps = u128::from(count) * (width * ends.len()) as u128 / u128::from(most.max(1));
    let steps = usize::try_from(steps).expect("internal error: a bar is at most as long as its width").max(1);
    let last = (!steps.is_multiple_of(ends.len())).then(|| ends[steps % ends.len() - 1]);
    std::iter::repeat_n(ends[ends.len() - 1], steps / ends.len()).chain(last).collect()
}

fn painted(level: Level, bar: &str) -> colored::ColoredString {
    match level {
        Level::Error => bar.red(),
        Level::Warning => bar.yellow(),
        Level::Note => bar.cyan(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_with_their_count_and_none_vanishes() {
        let eighths = Page::new(80, false, true).glyphs.bar;
        assert_eq!(bar(0, 1_000, 10, eighths), "▏");
        assert_eq!(bar(500, 1_000, 10, eighths), "█████");
        assert_eq!(bar(55, 100, 10, eighths), "█████▌");
        assert_eq!(bar(u64::MAX, u64::MAX, 3, eighths), "███");
        let whole = Page::new(80, false, false).glyphs.bar;
        assert_eq!(bar(0, 1_000, 10, whole), "=");
        assert_eq!(bar(55, 100, 10, whole), "=====");
    }
}
