//! The `github` format: workflow commands that a GitHub Actions runner turns into annotations.
//!
//! `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`
//!
//! What always holds: properties and data are escaped, each in its own way; no value of a payload stands in a
//! property; there are columns only if the place begins and ends on one line; no more commands of a level are
//! written than the runner shows, and what is left out is counted in the end.

use super::human::SummaryLine;
use super::naming::repository_path;
use super::{Judged, Report, Summary};
use crate::amount::grouped_amount;
use crate::check::{Finding, Level};
use crate::input::Source;
use crate::payload::Position;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many annotations of one level a runner shows for one step.
const ANNOTATED_AT_MOST: u64 = 10;

/// The `github` format.
#[derive(Clone, Debug, Default)]
pub struct Github {
    annotated: BTreeMap<Level, u64>,
    /// The same by code.
    codes: BTreeMap<&'static str, u64>,
}

impl Github {
    /// How many annotations of a level have been written.
    fn count(&self, level: Level) -> u64 {
        self.annotated.get(&level).copied().unwrap_or_default()
    }

    /// Whether there is room for one more annotation, which is then taken.
    fn has_room(&mut self, level: Level) -> bool {
        let count = self.count(level);
        self.annotated.insert(level, (count + 1).min(ANNOTATED_AT_MOST));
        count < ANNOTATED_AT_MOST
    }
}

impl Github {
    /// How many findings of each code were not annotated.
    fn left_out(&self, summary: &Summary) -> Vec<String> {
        let mut codes: BTreeMap<&str, u64> = BTreeMap::new();
        summary.tally.rows().for_each(|row| *codes.entry(row.code).or_default() += row.count);
        let annotated = |code| self.codes.get(code).copied().unwrap_or_default();
        let left = codes.into_iter().map(|(code, count)| (code, count - annotated(code)));
        left.filter(|(_, count)| *count > 0).map(|(code, count)| format!("{count} {code}")).collect()
    }
}

impl Report for Github {
    fn payload(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        for (finding, start, end) in judged.located() {
            if self.has_room(finding.level) {
                *self.codes.entry(finding.code).or_default() += 1;
                writeln!(out, "{}", annotation(judged, finding, start, end))?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if summary.unreadable > 0 && self.has_room(Level::Error) {
            let inputs = grouped_amount(summary.unreadable, "input");
            let text = data(&format!("{inputs} could not be read; the log of this step says why"));
            writeln!(out, "::error title=unreadable::{text}")?;
        }
        let left_out = self.left_out(summary);
        if !left_out.is_empty() {
            writeln!(
                out,
                "not annotated (--max-findings, or more than 10 of a level in one step): {}",
                left_out.join(", ")
            )?;
        }
        SummaryLine::new(false).finish(summary, out)
    }
}

fn annotation(judged: &Judged<'_>, finding: &Finding, start: Position, end: Position) -> String {
    let source = judged.source;
    let command = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let (title, text) = (property(finding.code), judged.sentence(finding));
    if source == Source::STDIN_NAME {
        let text = data(&format!("{source}:{}:{}: {text}", start.line, start.column));
        return format!("::{command} title={title}::{text}");
    }
    let file = property(repository_path(source));
    let columns = if start.line == end.line {
        format!(",col={},endColumn={}", start.column, end.column)
    } else {
        String::new()
    };
    let (line, end_line, text) = (start.line, end.line, data(&text));
    format!("::{command} file={file},line={line},endLine={end_line}{columns},title={title}::{text}")
}

/// Escapes what follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn properties_and_data_are_escaped_each_in_its_own_way() {
        assert_eq!(data("100%: a,\r\n::b"), "100%25: a,%0D%0A::b");
        assert_eq!(property("100%: a,\r\n::b"), "100%25%3A a%2C%0D%0A%3A%3Ab");
        assert_eq!(data("%0A"), "%250A");
    }
}
