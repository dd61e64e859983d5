//! The `github` format: workflow commands that a GitHub Actions runner turns into annotations.
//!
//! `::error file=…,line=…,endLine=…,col=…,endColumn=…,title=…::message`
//!
//! Invariants: properties and data are escaped, each in its own way; no value of a payload is in a property; there are
//! columns only if the place begins and ends on one line; of each level, no more commands are written than the runner
//! shows, one for each file before a second for any, and omitted findings are counted at the end.

use super::human::SummaryLine;
use super::uri::repository_path;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::{Code, Finding, Level};
use crate::count::grouped_amount;
use crate::payload::Position;
use crate::read::Source;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The number of annotations of one level that a runner shows for one step.
const ANNOTATED_AT_MOST: usize = 10;

/// The `github` format.
#[derive(Clone, Debug, Default)]
pub(super) struct Github {
    levels: BTreeMap<Level, Annotations>,
    /// The number of annotations of each code that were written.
    codes: BTreeMap<Code, u64>,
}

/// The annotations of one level.
#[derive(Clone, Debug, Default)]
struct Annotations {
    written: usize,
    /// The file of the last one.
    file: String,
    /// Further ones about the same file, with their codes: written at the end if there is room.
    waiting: Vec<(Code, String)>,
}

impl Annotations {
    /// The annotation, if it is written now: the first of a file is, and all of standard input, which is not a file.
    fn add(&mut self, source: &str, code: Code, text: impl FnOnce() -> String) -> Option<String> {
        let is_first = self.file != source || source == Source::STDIN_NAME;
        if is_first && self.written < ANNOTATED_AT_MOST {
            self.written += 1;
            source.clone_into(&mut self.file);
            return Some(text());
        }
        if self.written + self.waiting.len() < ANNOTATED_AT_MOST {
            self.waiting.push((code, text()));
        }
        None
    }
}

impl Github {
    /// The waiting annotations for which there is room, errors first.
    fn waiting(&mut self) -> Vec<(Code, String)> {
        let levels = self.levels.values_mut().rev();
        let fitting = levels.flat_map(|annotations| {
            let room = ANNOTATED_AT_MOST - annotations.written;
            std::mem::take(&mut annotations.waiting).into_iter().take(room)
        });
        fitting.collect()
    }

    /// The number of findings of each code that were not annotated.
    fn left_out(&self, summary: &Summary) -> Vec<String> {
        let mut codes: BTreeMap<Code, u64> = BTreeMap::new();
        summary.tally.rows().for_each(|row| *codes.entry(row.code).or_default() += row.count);
        let annotated = |code| self.codes.get(&code).copied().unwrap_or_default();
        let left = codes.into_iter().map(|(code, count)| (code, count - annotated(code)));
        left.filter(|(_, count)| *count > 0).map(|(code, count)| format!("{count} {code}")).collect()
    }
}

impl Report<Verdicts> for Github {
    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        for (finding, start, end) in judged.located() {
            let annotations = self.levels.entry(finding.level).or_default();
            let text = || annotation(judged, finding, start, end);
            if let Some(annotation) = annotations.add(judged.source, finding.code, text) {
                *self.codes.entry(finding.code).or_default() += 1;
                writeln!(out, "{annotation}")?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let errors = self.levels.entry(Level::Error).or_default();
        if summary.unreadable > 0 && errors.written < ANNOTATED_AT_MOST {
            errors.written += 1;
            let inputs = grouped_amount(summary.unreadable, "input");
            let text = data(&format!("{inputs} could not be read; the log of this step says why"));
            writeln!(out, "::error title=unreadable::{text}")?;
        }
        for (code, annotation) in self.waiting() {
            *self.codes.entry(code).or_default() += 1;
            writeln!(out, "{annotation}")?;
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
    let (title, text) = (property(finding.code.as_str()), judged.sentence(finding));
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

/// Escapes the text after the second `::`.
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
