//! The `human` format: each change by its name, before and after, then a summary line.

use super::lines::{ValueLines, coloured, mark, sides, values, words};
use super::{Differences, Key, differ, named};
use crate::check::{Finding, Level};
use crate::count::amount;
use crate::diff::{Change, Difference, Scope, disguise};
use crate::engine::compare::{Compared, Duplicate, Joined, Side, Totals, Which};
use crate::escape::{at_line_start, visible};
use crate::report::Report;
use crate::report::SHOWN_AT_MOST;
use crate::report::layout::{Page, columns, pad, wrap};
use crate::report::pretty::compact;
use crate::terminal::write_styled;
use colored::Colorize as _;
use std::io::{self, Write};

/// The number of names in a sentence.
const NAMES_AT_MOST: usize = 6;
/// The number of findings of one side that are mentioned.
const FINDINGS_AT_MOST: usize = 3;

/// The `human` format.
#[derive(Clone, Copy, Debug)]
pub struct HumanDiff(pub Page);

impl HumanDiff {
    fn pair(&mut self, compared: &Compared<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        if key.is_none() {
            self.write(&self.places(compared), out)?;
            let changes = self.changes(compared);
            self.write(&changes, out)?;
            if !changes.is_empty() {
                out.write_all(b"\n")?;
            }
            return self.closing(compared, out);
        }
        let places = [compared.before.place(), compared.after.place()];
        let rest: Vec<String> = compared.after.sibling().into_iter().chain(places).collect();
        self.write(&self.record('~', key, &rest), out)?;
        let narrower = Self(Page { width: self.0.width - 2, ..self.0 });
        let changes = narrower.changes(compared).into_iter().map(|line| format!("  {line}"));
        self.write(&changes.collect::<Vec<_>>(), out)
    }

    fn single(&mut self, which: Which, side: &Side<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mark = if which == Which::Before { '-' } else { '+' };
        let rest: Vec<String> = side.sibling().into_iter().chain([side.place()]).collect();
        self.write(&self.record(mark, key, &rest), out)
    }

    fn duplicate(&mut self, duplicate: &Duplicate<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let what =
            if duplicate.is_same { "again, with the same content" } else { "again, with other content" };
        self.write(&self.record('!', key, &[duplicate.place.to_owned(), what.to_owned()]), out)
    }
}

impl Report<Differences> for HumanDiff {
    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, key } => self.pair(compared, *key, out),
            Joined::Single { which, side, key } => self.single(*which, side, *key, out),
            Joined::Duplicate { duplicate, key } => self.duplicate(duplicate, *key, out),
        }
    }

    fn finish(&mut self, (totals, scope): &(Totals, &Scope), out: &mut dyn Write) -> io::Result<()> {
        let Totals { same, changed, added, removed, duplicates, other_fields, left_out } = *totals;
        let mut line = format!("{same} same, {changed} changed, {added} added, {removed} removed");
        let extras = [
            (duplicates, "duplicate", "duplicates"),
            (
                other_fields,
                "differs only in fields that are not compared (use --all)",
                "differ only in fields that are not compared (use --all)",
            ),
            (left_out, "left out", "left out"),
        ];
        for (number, one, many) in extras.into_iter().filter(|(number, _, _)| *number > 0) {
            line += &format!("; {number} {}", if number == 1 { one } else { many });
        }
        let lines = self.sentence(&(line + &self.ignored(scope)));
        self.write(&lines, out)
    }
}

impl HumanDiff {
    fn changes(&self, compared: &Compared<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let condensed = compared.comparison.condensed();
        let others = compared.comparison.other.iter().filter(|_| compared.scope.all);
        let counted: Vec<_> = condensed.iter().chain(others).collect();
        let shown = &counted[..counted.len().min(SHOWN_AT_MOST)];
        let longest = shown.iter().map(|difference| columns(&self.name(difference))).max().unwrap_or(0);
        for difference in shown {
            self.difference(compared, difference, longest, &mut lines);
        }
        if counted.len() > shown.len() {
            let more = amount((counted.len() - shown.len()) as u64, "more change");
            lines.push(format!("and {more}; see them all with --format json"));
        }
        lines
    }

    /// The notes about each side, and a summary line.
    pub(super) fn closing(&self, compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = self.notes(compared);
        lines.extend(self.sum(compared));
        self.write(&lines, out)
    }

    fn write(&self, lines: &[String], out: &mut dyn Write) -> io::Result<()> {
        for line in lines {
            write_styled(out, &[line.trim_end(), "\n"].concat(), self.0.is_coloured)?;
        }
        Ok(())
    }

    fn places(&self, compared: &Compared<'_>) -> Vec<String> {
        let room = self.0.width.saturating_sub(2);
        let place = |mark, side: &Side<'_>, is_before| {
            coloured(&format!("{mark} {}", self.0.fit_end(&side.place(), room)), is_before)
        };
        let before = if compared.scope.is_shape {
            coloured("- the documented example", true)
        } else {
            place('-', &compared.before, true)
        };
        vec![before, place('+', &compared.after, false), String::new()]
    }

    /// One record of a stream: mark, key, and place, on one line if there is room.
    fn record(&self, mark: char, key: Key<'_>, rest: &[String]) -> Vec<String> {
        const KEY_COLUMNS: usize = 40;
        let room = self.0.width.saturating_sub(4);
        let code_points = key.and_then(|key| disguise(&key.as_str()?)).map(|points| format!("({points})"));
        let rest: Vec<&str> = code_points.iter().chain(rest).map(String::as_str).collect();
        let key = key.map_or("no key".to_owned(), |key| {
            self.0.fit(&compact(key.text(), KEY_COLUMNS * 4), room.min(KEY_COLUMNS))
        });
        let whole = [mark.encode_utf8(&mut [0; 4]), " ", &key, "  ", &rest.join("  ")].concat();
        let lines = if columns(&whole) <= self.0.width {
            vec![whole]
        } else {
            let below = rest.iter().map(|text| format!("    {}", at_line_start(&self.0.fit_end(text, room))));
            std::iter::once(format!("{mark} {key}")).chain(below).collect()
        };
        let style = |line: &str| match mark {
            '-' => line.red(),
            '+' => line.green(),
            '!' => line.yellow(),
            _ => line.bold(),
        };
        lines.into_iter().map(|line| self.0.paint(line, style)).collect()
    }

    fn name(&self, difference: &Difference<'_>) -> String {
        match difference.change {
            Change::SidesExchanged => "sides".to_owned(),
            _ => self.0.fit(&named(difference), self.0.width / 2),
        }
    }

    fn difference(
        &self,
        compared: &Compared<'_>,
        difference: &Difference<'_>,
        longest: usize,
        lines: &mut Vec<String>,
    ) {
        let page = &self.0;
        let name = pad(&self.name(difference), longest);
        let words = words(difference, compared.scope.is_shape, page);
        let mark = mark(difference).to_string().bold();
        let room = page.width.saturating_sub(columns(&name) + 4);
        if columns(&words) <= room {
            lines.push(format!("{mark} {}  {words}", name.bold()));
        } else {
            lines.push(format!("{mark} {}", name.bold()));
            lines.extend(wrap(&words, page.width.saturating_sub(4)).iter().map(|line| format!("    {line}")));
        }
        let room = page.width.saturating_sub(4);
        if difference.change == Change::SidesExchanged {
            let [before, after] = [&compared.before, &compared.after];
            for (side, mark, is_before) in [(before, '-', true), (after, '+', false)] {
                let shown = sides(side.document.root(), room, page);
                lines.push(coloured(&format!("  {mark} {shown}"), is_before));
            }
            return;
        }
        for (side, mark) in values(difference, room, page).into_iter().zip(['-', '+']) {
            let Some(ValueLines { value, marks }) = side else { continue };
            let is_before = mark == '-';
            lines.push(coloured(&format!("  {mark} {value}"), is_before));
            if !marks.is_empty() {
                lines.push(coloured(&format!("    {marks}"), is_before));
            }
        }
    }

    /// The notes about each side by itself.
    fn notes(&self, compared: &Compared<'_>) -> Vec<String> {
        let mut notes = Vec::new();
        for side in [&compared.before, &compared.after] {
            for name in side.repeated() {
                notes.push(format!(
                    "warning: {}: `{}` occurs more than once; the last counts",
                    side.place(),
                    visible(&name)
                ));
            }
            // Only errors: missing or unusual fields show in the comparison itself.
            let is_error = |finding: &Finding| finding.level == Level::Error;
            for (finding, start, _) in side
                .judged
                .within_room()
                .located()
                .filter(|(finding, ..)| is_error(finding))
                .take(FINDINGS_AT_MOST)
            {
                let (level, code, source) = (finding.level.as_str(), finding.code, side.judged.source);
                notes.push(format!(
                    "{level}[{code}]: {source}:{}:{}: {}",
                    start.line, start.column, finding.message
                ));
            }
            let errors = side.judged.findings.iter().filter(|finding| is_error(finding)).count();
            let more = errors.saturating_sub(FINDINGS_AT_MOST);
            if more > 0 {
                notes.push(format!("note: {} has {}", side.place(), amount(more as u64, "more error")));
            }
        }
        let mut notes: Vec<String> = notes.iter().map(|note| self.0.sentence(note)).collect();
        if !notes.is_empty() {
            notes.push(String::new());
        }
        notes
    }

    fn sum(&self, compared: &Compared<'_>) -> Vec<String> {
        let counted = compared.comparison.counted(compared.scope).count();
        let what = compared.noun();
        let mut line = match (counted, compared.scope.is_shape) {
            (0, true) => format!("same shape: no {what} is missing, extra or of another type"),
            (0, false) => format!("same: no {what} differs"),
            _ => differ(counted, what),
        };
        if !compared.scope.all {
            line += &self.apart(compared);
        }
        self.sentence(&(line + &self.ignored(compared.scope)))
    }

    /// The fields that do not count: those that only one of two events has, and those that no event has.
    fn apart(&self, compared: &Compared<'_>) -> String {
        let only_in = |difference: &Difference<'_>| {
            let name = difference.pointer.tokens().next()?;
            compared.scope.only_in(&name)
        };
        let mut text = String::new();
        let mut others: Vec<&Difference<'_>> = compared.comparison.other.iter().collect();
        for event in compared.scope.events {
            let only: Vec<_> = others.extract_if(.., |other| only_in(other) == Some(event)).collect();
            if !only.is_empty() {
                text += &format!(
                    "; only in {event}: {}",
                    self.names(&only.into_iter().map(named).collect::<Vec<_>>())
                );
            }
        }
        if !others.is_empty() {
            text += &format!("; {} (only --all counts them)", differ(others.len(), "other field"));
            text += &format!(": {}", self.names(&others.into_iter().map(named).collect::<Vec<_>>()));
        }
        text
    }

    /// A sentence with names in it, wrapped so that no line begins like a CI runner's command.
    fn sentence(&self, text: &str) -> Vec<String> {
        wrap(text, self.0.width).iter().map(|line| at_line_start(line).into_owned()).collect()
    }

    fn ignored(&self, scope: &Scope) -> String {
        if scope.ignore.is_empty() {
            String::new()
        } else {
            format!("; ignored: {}", self.names(&scope.ignore))
        }
    }

    fn names(&self, names: &[String]) -> String {
        let mut shown: Vec<String> =
            names.iter().take(NAMES_AT_MOST).map(|name| self.0.fit(name, 40)).collect();
        if names.len() > NAMES_AT_MOST {
            shown.push(format!("and {} more", names.len() - NAMES_AT_MOST));
        }
        shown.join(", ")
    }
}
