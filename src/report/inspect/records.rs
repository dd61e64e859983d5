//! The `tsv` and `csv` formats: one record per payload, for spreadsheets and other programs.
//!
//! CSV follows RFC 4180: a header, lines that end in CRLF, quotes around values with a quote, a separator, or a blank
//! at an end. TSV has a tab between values, which never contain one.
//!
//! Invariants: a record is one line, whatever a payload holds, because control characters are escapes; no value is a
//! formula for a spreadsheet, whichever separator it uses: a character that would begin one is written as its escape
//! (`=1+1` as `\u003d1+1`); no line begins like a CI runner's command.

use super::{Column, Shown, Views};
use crate::escape::{at_line_start, push_escape, visible};
use crate::report::Report;
use std::borrow::Cow;
use std::io::{self, Write};

/// The separator of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    Tab,
    Comma,
}

/// The `tsv` and `csv` formats.
#[derive(Clone, Debug)]
pub struct SeparatedValues {
    separator: Separator,
    columns: Vec<Column>,
    is_begun: bool,
}

impl SeparatedValues {
    /// Records of these columns.
    pub fn new(separator: Separator, columns: Vec<Column>) -> Self {
        Self { separator, columns, is_begun: false }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.is_begun, true) {
            return Ok(());
        }
        self.write(self.columns.iter().map(|column| column.name()), out)
    }

    fn write(&self, values: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
        let (separator, end) = match self.separator {
            Separator::Tab => ("\t", "\n"),
            Separator::Comma => (",", "\r\n"),
        };
        let mut line = String::with_capacity(256);
        for (index, value) in values.enumerate() {
            line.push_str(if index > 0 { separator } else { "" });
            // Most cells are empty if a payload is not a delivery.
            if !value.is_empty() {
                let (visible, is_quoted) = (visible(&value), self.separator == Separator::Comma);
                let value = harmless(&visible);
                line.push_str(&if is_quoted { quoted(&value) } else { value });
            }
        }
        line.push_str(end);
        out.write_all(at_line_start(&line).as_bytes())
    }
}

/// Visible text in which no character begins a formula, neither at its start nor where another separator would make
/// one.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'=' | b'+' | b'-' | b'@' | 0x80..)) {
        return text.into();
    }
    let (mut out, mut begins) = (String::with_capacity(text.len()), true);
    for character in text.chars() {
        match character {
            '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' if begins => {
                push_escape(&mut out, character);
            }
            _ => out.push(character),
        }
        begins = matches!(character, ',' | ';' | '"' | '\'') || begins && character.is_whitespace();
    }
    out.into()
}

fn quoted(value: &str) -> Cow<'_, str> {
    let is_plain = !value.contains(['"', ',', ';']) && value.trim().len() == value.len();
    if is_plain { value.into() } else { format!("\"{}\"", value.replace('"', "\"\"")).into() }
}

impl Report<Views> for SeparatedValues {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin(out)?;
        let whole = |column: &Column| column.cell(shown, usize::MAX).whole("→").into_owned();
        self.write(self.columns.iter().map(whole), out)?;
        Ok(())
    }

    fn finish(&mut self, _: &(), out: &mut dyn Write) -> io::Result<()> {
        self.begin(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_start_of_a_formula_is_escaped() {
        let cases = [
            ("=1+1", "\\u003d1+1"),
            (" \u{a0}+49", " \u{a0}\\u002b49"),
            ("a;=1,-2,\"@x", "a;\\u003d1,\\u002d2,\"\\u0040x"),
            ("＝1", "\\uff1d1"),
            ("2026-02-13T12:33:47Z", "2026-02-13T12:33:47Z"),
            ("a=b", "a=b"),
        ];
        for (text, expected) in cases {
            assert_eq!(harmless(text), expected);
        }
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(quoted("a;b"), "\"a;b\"");
        assert_eq!(quoted(" a"), "\" a\"");
    }

    proptest! {
        #[test]
        fn no_reader_of_any_separator_sees_a_formula(values in prop::collection::vec("[-=+@＝a ,;\"'\t]{0,12}", 1..5)) {
            let mut csv = Vec::new();
            let records = SeparatedValues::new(Separator::Comma, Vec::new());
            records.write(values.iter().cloned(), &mut csv).unwrap();
            let csv = String::from_utf8(csv).unwrap();
            for separator in [',', ';', '\t'] {
                for cell in csv.trim_end().split(separator) {
                    let cell = cell.trim_start_matches(|character: char| character.is_whitespace() || character == '"');
                    prop_assert!(!cell.starts_with(['=', '+', '-', '@', '＝']), "{csv}");
                }
            }
        }
    }
}
