//! The `table` format: one row per payload, for reading down a stream.
//!
//! Invariants: if the page has an edge, no row is wider, and longer text is cut with a mark; if it has none, in a pipe
//! or a file, nothing is cut and no column left out. The widths of columns are decided once, from the first rows: few
//! enough to be held back, and none that would have to be waited for.

use super::column::Cell;
use super::{Column, Shown, Standing, Views};
use crate::escape::{at_line_start, visible};
use crate::report::Report;
use crate::report::layout::{Page, columns, push_padded};
use crate::terminal::write_styled;
use colored::Colorize as _;
use std::borrow::Cow;
use std::io::{self, Write};

/// The number of rows that are measured before the columns are laid out, if they come at once, and the number of their
/// bytes.
const MEASURED: usize = 256;
const MEASURED_BYTES: usize = 1 << 20;
/// The part of a value that is read if it will be cut, in characters.
const LOOKED_AT: usize = 1024;
const GAP: usize = 2;

/// The `table` format.
#[derive(Clone, Debug)]
pub struct TableView {
    page: Page,
    columns: Vec<Column>,
    /// The width of each column; `None` for those that are left out.
    widths: Option<Vec<Option<usize>>>,
    /// The rows that wait for the layout of the columns.
    waiting: Vec<(Standing, Vec<Cell>)>,
    waiting_bytes: usize,
    /// The event of the first row, and whether there is another. `None` if events always have their column.
    events: Option<(String, bool)>,
}

impl TableView {
    /// A table of these columns on `page`; with `is_usual`, nobody chose them, so the event has a column only if there
    /// is more than one event.
    pub fn new(page: Page, columns: Vec<Column>, is_usual: bool) -> Self {
        let events = is_usual.then(|| (String::new(), false));
        Self { page, columns, widths: None, waiting: Vec::new(), waiting_bytes: 0, events }
    }

    /// Notes the event of a row that is measured.
    fn note_event(&mut self, shown: &Shown<'_>) {
        let (Some((first, has_several)), Some((_, delivery))) = (&mut self.events, shown.read) else {
            return;
        };
        let event = shown.judged.event.map_or_else(|| delivery.event(), |event| event.to_string());
        match first.is_empty() {
            true => *first = event,
            false => *has_several |= *first != event,
        }
    }

    /// Whether a column is left out because it would be the same in each row.
    fn is_idle(&self, column: Column) -> bool {
        column == Column::Event && self.events.as_ref().is_some_and(|(_, has_several)| !has_several)
    }

    /// Writes the waiting rows, after the headings if these were not written yet.
    fn write_waiting(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        if self.widths.is_none() {
            self.widths = Some(self.widths(&waiting));
            let titles = self.columns.iter().map(|column| Cell::Text(column.name().to_uppercase()));
            let titles = self.row(&titles.collect::<Vec<_>>());
            write_styled(out, &(titles.bold().to_string() + "\n"), self.page.is_coloured)?;
        }
        for (standing, cells) in waiting {
            let row = self.page.paint(self.row(&cells), |row| match standing {
                Standing::Invalid => row.red(),
                Standing::Other => row.blue(),
                Standing::Valid | Standing::Warned => row.normal(),
            });
            write_styled(out, &(row + "\n"), self.page.is_coloured)?;
        }
        Ok(())
    }

    /// The width of each column, according to these rows.
    fn widths(&self, rows: &[(Standing, Vec<Cell>)]) -> Vec<Option<usize>> {
        let arrow = self.page.glyphs.arrow;
        let need = |(index, column): (usize, &Column)| {
            let cells = rows.iter().map(|(_, cells)| columns(&visible(&cells[index].whole(arrow))));
            cells.max().unwrap_or(0).max(column.name().len())
        };
        let shown = self.columns.iter().enumerate().filter(|(_, column)| !self.is_idle(**column));
        let (shown, needs): (Vec<Column>, Vec<usize>) = shown.map(|pair| (*pair.1, need(pair))).unzip();
        let least = |(column, need): (&Column, &usize)| Some((*need).max(column.room().0).min(LOOKED_AT));
        let widths = match self.page.has_edge {
            true => widths(&shown, &needs, self.page.width),
            false => shown.iter().zip(&needs).map(least).collect(),
        };
        let mut widths = widths.into_iter();
        self.columns.iter().map(|column| if self.is_idle(*column) { None } else { widths.next()? }).collect()
    }

    fn row(&self, cells: &[Cell]) -> String {
        let widths = self.widths.iter().flatten();
        let mut row = String::with_capacity(256);
        for (cell, width) in cells.iter().zip(widths) {
            if let Some(width) = *width {
                self.put_cell(cell, width, &mut row);
                row.extend(std::iter::repeat_n(' ', GAP));
            }
        }
        row.truncate(row.trim_end().len());
        if let Cow::Owned(safe) = at_line_start(&row) { safe } else { row }
    }

    /// Adds the cell's text in its column, cut if the page has an edge.
    fn put_cell(&self, cell: &Cell, width: usize, row: &mut String) {
        let page = &self.page;
        let whole = cell.whole(page.glyphs.arrow);
        let whole = visible(&whole);
        let is_whole = !page.has_edge || columns(&whole) <= width;
        let shown = match cell {
            _ if is_whole => whole,
            Cell::Text(text) => page.fit(text, width).into(),
            Cell::Path(text) => page.fit_end(text, width).into(),
            Cell::Pair([first, second]) => self.pair(first, second, width).into(),
        };
        push_padded(row, &shown, width);
    }

    /// Both texts, each cut to half of the column so that its end can be read.
    fn pair(&self, first: &str, second: &str, width: usize) -> String {
        let arrow = format!(" {} ", self.page.glyphs.arrow);
        let room = width.saturating_sub(arrow.chars().count());
        let first = self.page.fit_end(first, (room / 2).max(room.saturating_sub(second.chars().count())));
        let left = room.saturating_sub(columns(&first));
        format!("{first}{arrow}{}", self.page.fit_end(second, left))
    }
}

/// As many columns as fit at their narrowest. The remaining room goes to those that need it, the nearly complete ones
/// first, and the rest to all, because later rows may need it.
fn widths(columns: &[Column], needs: &[usize], page: usize) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&index| columns[index].room().2);
    let (mut widths, mut left) = (vec![None; columns.len()], page + GAP);
    for index in order {
        let fewest = columns[index].room().0;
        if left < fewest + GAP {
            break;
        }
        widths[index] = Some(fewest);
        left -= fewest + GAP;
    }
    let most: Vec<usize> = columns.iter().map(|column| column.room().1).collect();
    for wanted in [needs, &most] {
        let missing = |index: &usize| widths[*index].map_or(0, |width| wanted[*index].saturating_sub(width));
        let mut order: Vec<(usize, usize)> =
            (0..columns.len()).map(|index| (missing(&index), index)).collect();
        order.sort_unstable();
        for (missing, index) in order {
            let given = missing.min(left);
            widths[index] = widths[index].map(|width| width + given);
            left -= given;
        }
    }
    widths
}

impl Report<Views> for TableView {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let most = if self.page.has_edge { LOOKED_AT } else { usize::MAX };
        let cells: Vec<Cell> = self.columns.iter().map(|column| column.cell(shown, most)).collect();
        self.waiting_bytes += cells.iter().map(Cell::length).sum::<usize>();
        if self.widths.is_none() {
            self.note_event(shown);
        }
        self.waiting.push((shown.standing(), cells));
        let is_measured = self.waiting.len() >= MEASURED || self.waiting_bytes >= MEASURED_BYTES;
        if self.widths.is_some() || is_measured {
            self.write_waiting(out)?;
        }
        Ok(())
    }

    fn pause(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.write_waiting(out)
    }

    fn finish(&mut self, _: &(), out: &mut dyn Write) -> io::Result<()> {
        self.write_waiting(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_fill_the_page_and_no_more() {
        let columns = Column::TABLE;
        for page in 20..400 {
            for needs in [[6; 8], [30; 8], [6, 17, 20, 90, 14, 4, 20, 5], [1 << 20; 8]] {
                let widths: Vec<usize> = widths(&columns, &needs, page).into_iter().flatten().collect();
                let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
                assert!(total <= page && !widths.is_empty(), "{page}: {widths:?}");
            }
        }
        let needed = [12, 17, 20, 16, 32, 12, 20, 5];
        let wide = widths(&columns, &needed, 160);
        assert!(wide.iter().zip(needed).all(|(width, need)| width.is_some_and(|width| width >= need)));
    }
}
