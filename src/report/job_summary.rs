//! The summary of a GitHub Actions job: Markdown that the runner shows on the page of the run.
//!
//! Invariants: no text of a payload or a file name is Markdown or HTML, a link, or a mention; the whole is within the
//! runner's limit (1 MiB per step), and so is the part that is held back until the end.

use super::human::SummaryLine;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::{Finding, Level};
use crate::count::{grouped, grouped_amount};
use crate::escape::visible;
use crate::payload::Position;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The number of findings that are listed, errors first, and the number of each level that are kept for that.
const ROWS_AT_MOST: usize = 100;
/// The length of all rows together, in bytes.
const BYTES_AT_MOST: usize = 512 << 10;

#[derive(Clone, Debug, Default)]
pub struct JobSummary {
    /// The first rows of each level.
    rows: BTreeMap<Level, Vec<String>>,
}

impl JobSummary {
    fn add(&mut self, judged: &Judged<'_>, finding: &Finding, start: Position) {
        let rows = self.rows.entry(finding.level).or_default();
        if rows.len() < ROWS_AT_MOST {
            let place = format!("{}:{}:{}", judged.source, start.line, start.column);
            let cells = [finding.level.as_str(), finding.code.as_str(), &place, &judged.sentence(finding)]
                .map(literal);
            rows.push(format!("| {} |\n", cells.join(" | ")));
        }
    }

    /// The rows to list, errors first.
    fn listed(&self) -> Vec<&str> {
        let mut room = BYTES_AT_MOST;
        let fits = |row: &&str| {
            let fits = row.len() <= room;
            room = room.saturating_sub(row.len());
            fits
        };
        let rows = self.rows.values().rev().flatten().map(String::as_str);
        rows.take(ROWS_AT_MOST).take_while(fits).collect()
    }
}

impl Report<Verdicts> for JobSummary {
    fn item(&mut self, judged: &Judged<'_>, _: &mut dyn Write) -> io::Result<()> {
        judged.located().for_each(|(finding, start, _)| self.add(judged, finding, start));
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let verdict = match (summary.unreadable, summary.invalid) {
            (1.., _) => format!("{} could not be read", grouped_amount(summary.unreadable, "input")),
            (0, 1..) => {
                format!(
                    "{} of {} invalid",
                    grouped(summary.invalid),
                    grouped_amount(summary.payloads, "payload")
                )
            }
            (0, 0) => "no payload is invalid".to_owned(),
        };
        let mut text = format!("\nassoclens: {verdict}\n---\n\n").into_bytes();
        SummaryLine::new(false).finish(summary, &mut text)?;
        let rows = self.listed();
        if !rows.is_empty() {
            let rows = rows.concat();
            write!(text, "\n| level | code | place | finding |\n| --- | --- | --- | --- |\n{rows}")?;
        }
        let left_out = summary.findings() - rows.len() as u64;
        if left_out > 0 {
            write!(text, "\nNot listed here: {}.\n", grouped_amount(left_out, "further finding"))?;
        }
        out.write_all(&text)
    }
}

/// Text as code, with each special character as a character reference. Neither Markdown nor HTML interprets those, and
/// within code no name is a mention and no address a link.
fn literal(text: &str) -> String {
    let mut out = String::from("<code>");
    for character in visible(text).chars() {
        if character.is_ascii_punctuation() {
            write!(out, "&#{};", u32::from(character))
                .expect("internal error: writing to a String cannot fail");
        } else {
            out.push(character);
        }
    }
    out + "</code>"
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn no_cell_contains_markup() {
        let hostile =
            "a|b `c` <img src=x> [d](https://e) @f ##[g]\n\\| &lt; --- ~~h~~ *i* __j__ www.k.example";
        let cell = literal(hostile);
        let inner = cell.strip_prefix("<code>").unwrap().strip_suffix("</code>").unwrap();
        let references = regex::Regex::new("&#[0-9]+;").unwrap();
        let left = references.replace_all(inner, "");
        assert!(
            left.chars().all(|character| character.is_ascii_alphanumeric() || character == ' '),
            "{left}"
        );
        let decoded = references.replace_all(inner, |found: &regex::Captures<'_>| {
            char::from(found[0].trim_matches(['&', '#', ';']).parse::<u8>().unwrap()).to_string()
        });
        assert_eq!(decoded, crate::escape::visible(hostile));
    }
}
