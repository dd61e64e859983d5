//! The `concise` format: `path:line:column: level[code] message`, one line a finding, for editors and `grep`.
//!
//! What always holds: one finding stands on one line; no line begins as a CI runner's command does.

use super::{Judged, Report, Summary};
use crate::check::Finding;
use crate::payload::Position;
use crate::visible::{at_line_start, visible};
use std::io::{self, Write};

/// The `concise` format.
#[derive(Clone, Copy, Debug)]
pub struct Concise;

impl Report for Concise {
    fn payload(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        let within = judged.within_brackets();
        for (finding, start, _) in judged.located() {
            writeln!(out, "{}", line(judged.source, finding, start, &(finding.message.clone() + &within)))?;
        }
        match judged.omission() {
            Some(omission) => writeln!(out, "{}: note: {omission}", place(judged.source, judged.frame.start)),
            None => Ok(()),
        }
    }

    fn finish(&mut self, _: &Summary, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// One line about a finding, without a line end.
pub(super) fn line(source: &str, finding: &Finding, start: Position, text: &str) -> String {
    let (level, code) = (finding.level.as_str(), finding.code);
    format!("{}: {level}[{code}] {}", place(source, start), visible(text))
}

fn place(source: &str, start: Position) -> String {
    let place = format!("{source}:{}:{}", start.line, start.column);
    at_line_start(&place).into_owned()
}
