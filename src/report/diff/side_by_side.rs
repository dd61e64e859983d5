//! The `side-by-side` format: both payloads next to each other, field by field.
//!
//! Invariants: no line is wider than the page; values wrap within their column; differences have a mark, so nothing
//! depends on colour; no line begins with a value, because a part of one could be a CI runner's command.

use super::lines::{alone, coloured, mark, values, words};
use super::{Differences, HumanDiff, Key, named};
use crate::count::amount;
use crate::diff::{Difference, Scope};
use crate::engine::compare::{Compared, Joined, Side, Totals};
use crate::payload::Pointer;
use crate::report::Report;
use crate::report::SHOWN_AT_MOST;
use crate::report::layout::{Page, chop, pad, wrap};
use crate::terminal::write_styled;
use colored::Colorize as _;
use std::io::{self, Write};

/// The `side-by-side` format.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide(pub Page);

/// The part of a value that is shown, in columns.
const VALUE_COLUMNS: usize = 400;

impl SideBySide {
    fn pair(&mut self, compared: &Compared<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = self.row(&compared.before.place(), &compared.after.place(), false);
        if compared.comparison.is_exchanged {
            let exchanged = wrap("~ first and second are exchanged, keys and labels", self.0.width);
            lines.extend(exchanged.iter().map(|line| line.bold().to_string()));
        }
        compared.scope.fields().for_each(|field| lines.extend(self.field(compared, field)));
        lines.extend(self.rest(compared));
        lines.push(String::new());
        for line in lines {
            write_styled(out, &(line.trim_end().to_owned() + "\n"), self.0.is_coloured)?;
        }
        if key.is_none() { HumanDiff(self.0).closing(compared, out) } else { Ok(()) }
    }
}

impl Report<Differences> for SideBySide {
    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, key } => self.pair(compared, *key, out),
            Joined::Single { .. } | Joined::Duplicate { .. } => HumanDiff(self.0).item(joined, out),
        }
    }

    fn finish(&mut self, end: &(Totals, &Scope), out: &mut dyn Write) -> io::Result<()> {
        HumanDiff(self.0).finish(end, out)
    }
}

impl SideBySide {
    fn column(&self) -> usize {
        (self.0.width - 5) / 2
    }

    /// Two texts in their columns, wrapped.
    fn row(&self, before: &str, after: &str, is_changed: bool) -> Vec<String> {
        let width = self.column();
        let (before, after) = (chop(before, width), chop(after, width));
        let empty = String::new();
        let line = |index: usize| {
            let before = pad(before.get(index).unwrap_or(&empty), width);
            let after = after.get(index).unwrap_or(&empty);
            let down = self.0.glyphs.down;
            if is_changed {
                format!("{down} {} {down} {}", coloured(&before, true), coloured(after, false))
            } else {
                format!("{down} {before} {down} {after}")
            }
        };
        (0..before.len().max(after.len())).map(line).collect()
    }

    /// The changes to a documented field, or a line without any.
    fn field(&self, compared: &Compared<'_>, name: &str) -> Vec<String> {
        let is_here = |difference: &&Difference<'_>| {
            difference.pointer.tokens().next().is_some_and(|first| first == name)
        };
        let mut changes = compared.comparison.association.iter().filter(is_here).peekable();
        if changes.peek().is_none() {
            return self.unchanged(compared, name);
        }
        changes.flat_map(|change| self.changed(change)).collect()
    }

    /// The changes to undocumented fields, as far as they count.
    fn rest(&self, compared: &Compared<'_>) -> Vec<String> {
        let is_other = |difference: &&Difference<'_>| {
            let mut tokens = difference.pointer.tokens();
            tokens.next().is_none_or(|name| !compared.scope.fields().any(|field| field == name))
        };
        let others = compared.comparison.other.iter().filter(|_| compared.scope.all);
        let rest: Vec<_> = compared.comparison.association.iter().filter(is_other).chain(others).collect();
        let mut lines: Vec<String> =
            rest.iter().take(SHOWN_AT_MOST).flat_map(|difference| self.changed(difference)).collect();
        if rest.len() > SHOWN_AT_MOST {
            let more = amount((rest.len() - SHOWN_AT_MOST) as u64, "more change");
            lines.push(format!("and {more}; see them all with --format json"));
        }
        lines
    }

    fn unchanged(&self, compared: &Compared<'_>, name: &str) -> Vec<String> {
        let is_ignored = compared.scope.ignores(&Pointer::default().join(name));
        let value = |side: &Side<'_>| match side.document.root().member(name) {
            Some(node) => alone(node, VALUE_COLUMNS, &self.0).value,
            None => "absent".to_owned(),
        };
        let mut lines =
            vec![format!("  {name}{}", if is_ignored { "  ignored" } else { "" }).dimmed().to_string()];
        lines.extend(self.row(&value(&compared.before), &value(&compared.after), false));
        lines
    }

    fn changed(&self, difference: &Difference<'_>) -> Vec<String> {
        let words = words(difference, false, &self.0);
        let name = self.0.fit(&named(difference), self.0.width / 2);
        let head = format!("{} {name}  {words}", mark(difference));
        let mut lines: Vec<String> =
            wrap(&head, self.0.width).into_iter().map(|line| line.bold().to_string()).collect();
        let [before, after] = values(difference, VALUE_COLUMNS, &self.0)
            .map(|side| side.map_or_else(|| "absent".to_owned(), |lines| lines.value));
        lines.extend(self.row(&before, &after, true));
        lines
    }
}
