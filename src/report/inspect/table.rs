//! The `table` format: one row a payload, for looking down a stream.
//!
//! What always holds: the columns are set by the page alone, so a row is written as it comes and all are
//! aligned; no row is wider than the page.

use super::{Show, Shown};
use crate::amount::amount;
use crate::association::created;
use crate::payload::Node;
use crate::report::layout::{Page, pad};
use crate::report::pretty::compact;
use crate::terminal::write_styled;
use crate::visible::at_line_start;
use colored::Colorize as _;
use std::io::{self, Write};

/// The columns from left to right: title, fewest and most columns, and how soon it is left out where room is
/// short, 0 being last.
const COLUMNS: [(&str, usize, usize, u8); 7] = [
    ("SOURCE", 16, 40, 1),
    ("CREATED", 20, 20, 4),
    ("KEY", 10, 40, 2),
    ("FIRST/SECOND", 18, 62, 3),
    ("TYPE", 6, 14, 5),
    ("LOCATION", 8, 20, 6),
    ("VERDICT", 8, 10, 0),
];
const GAP: usize = 2;

/// The `table` format.
#[derive(Clone, Debug)]
pub struct Table {
    page: Page,
    widths: [Option<usize>; COLUMNS.len()],
    is_begun: bool,
}

impl Table {
    /// Lays the columns out for `page`.
    #[must_use]
    pub fn new(page: Page) -> Self {
        Self { widths: widths(page.width), page, is_begun: false }
    }

    fn row(&self, cells: &[String; COLUMNS.len()]) -> String {
        let shown: Vec<String> =
            cells.iter().zip(self.widths).filter_map(|(cell, width)| Some(pad(cell, width?))).collect();
        shown.join(&" ".repeat(GAP)).trim_end().to_owned()
    }

    /// The cell's text in its column, cut at the end.
    fn cell(&self, column: usize, text: &str) -> String {
        self.page.fit(text, self.widths[column].unwrap_or(0))
    }

    /// Both keys, each cut to half of the column so that its end can be read.
    fn pair(&self, column: usize, first: &str, second: &str) -> String {
        let arrow = format!(" {} ", self.page.glyphs.arrow);
        let room = self.widths[column].unwrap_or(0).saturating_sub(arrow.chars().count());
        let first = self.page.fit_end(first, (room / 2).max(room.saturating_sub(second.chars().count())));
        let left = room.saturating_sub(crate::report::layout::columns(&first));
        format!("{first}{arrow}{}", self.page.fit_end(second, left))
    }

    fn cells(&self, shown: &Shown<'_>) -> [String; COLUMNS.len()] {
        let get = |name: &str| shown.read.and_then(|(_, delivery)| delivery.get(name));
        let text = |name: &str| value(get(name));
        let errors =
            shown.judged.findings.iter().filter(|finding| finding.level == crate::check::Level::Error);
        let verdict = match errors.count() {
            _ if shown.read.is_none() => "not JSON".to_owned(),
            0 => "valid".to_owned(),
            errors => amount(errors as u64, "error"),
        };
        let id = get("id").and_then(|node| node.as_str());
        let (first, second) = (text("firstObjectKey"), text("secondObjectKey"));
        let has_pair = !(first.is_empty() && second.is_empty());
        let pair = if has_pair { self.pair(3, &first, &second) } else { String::new() };
        [
            self.page.fit_end(&at_line_start(&shown.place()), self.widths[0].unwrap_or(0)),
            self.cell(1, &id.and_then(|id| created(&id)).unwrap_or_default()),
            self.cell(2, &text("key")),
            pair,
            self.cell(4, &text("associationType")),
            self.cell(5, &text("locationId")),
            self.cell(6, &verdict),
        ]
    }
}

/// A string without its quotes; anything else in parentheses; nothing for what is absent.
fn value(node: Option<Node<'_>>) -> String {
    match node.map(|node| (node, node.as_str())) {
        None => String::new(),
        Some((_, Some(text))) if text.is_empty() => "\"\"".to_owned(),
        Some((_, Some(text))) => text.chars().take(256).collect(),
        Some((node, None)) => format!("({})", compact(node.text(), 64)),
    }
}

/// As many columns as fit at their narrowest, the rest of the room going to them from the left.
fn widths(page: usize) -> [Option<usize>; COLUMNS.len()] {
    let mut widths = [None; COLUMNS.len()];
    let mut order: Vec<usize> = (0..COLUMNS.len()).collect();
    order.sort_by_key(|&column| COLUMNS[column].3);
    let mut left = page + GAP;
    for column in order {
        let fewest = COLUMNS[column].1;
        if left < fewest + GAP {
            break;
        }
        widths[column] = Some(fewest);
        left -= fewest + GAP;
    }
    while left > 0 {
        let before = left;
        for (width, (_, _, most, _)) in widths.iter_mut().zip(COLUMNS) {
            if let Some(width) = width.as_mut().filter(|width| **width < most && left > 0) {
                *width += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    widths
}

impl Show for Table {
    fn payload(&mut self, shown: &Shown<'_>, out: &mut dyn Write, _: &mut dyn Write) -> io::Result<bool> {
        if !std::mem::replace(&mut self.is_begun, true) {
            let titles = std::array::from_fn(|column| self.cell(column, COLUMNS[column].0));
            write_styled(out, &(self.row(&titles).bold().to_string() + "\n"), self.page.is_coloured)?;
        }
        let row = self.row(&self.cells(shown));
        let row = if shown.judged.is_valid() { row.normal() } else { row.red() };
        write_styled(out, &format!("{row}\n"), self.page.is_coloured)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_page_and_no_more() {
        for page in 20..400 {
            let widths: Vec<usize> = widths(page).into_iter().flatten().collect();
            let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            assert!(total <= page, "{page}: {widths:?}");
        }
        assert_eq!(widths(20)[6], Some(10));
        assert!(widths(100).iter().all(Option::is_some));
    }
}
