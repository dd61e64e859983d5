//! The `concise` format: `path:line:column: level[code] message`, one line per finding, for editors and `grep`.
//!
//! Invariants: a finding takes one line; no line begins as a CI runner's command does; there is one more line about
//! omitted findings than there are payloads with some shown, at most.

use super::rest::Rest;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::Finding;
use crate::escape::{at_line_start, visible};
use crate::payload::Position;
use std::borrow::Cow;
use std::io::{self, Write};

/// The `concise` format.
#[derive(Clone, Debug, Default)]
pub(super) struct Concise {
    /// The omitted findings, and the place of the first.
    rest: Rest<String>,
}

impl Report<Verdicts> for Concise {
    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (within, mut is_shown) = (judged.within_brackets(), false);
        for (finding, start, _) in judged.located() {
            is_shown = true;
            writeln!(out, "{}", line(judged.source, finding, start, &(finding.message.clone() + &within)))?;
        }
        let place = || place(judged.source, judged.frame.start);
        match judged.omission() {
            Some(omission) if is_shown => writeln!(out, "{}: note: {omission}", place()),
            Some(_) => {
                self.rest.add(judged, place);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn finish(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let rest = self.rest.take();
        rest.map_or(Ok(()), |(place, _, omission)| writeln!(out, "{place}: note: {omission}"))
    }
}

/// One line about a finding, without a line end.
pub(super) fn line(source: &str, finding: &Finding, start: Position, text: &str) -> String {
    let place = place(source, start);
    [&place, ": ", finding.level.as_str(), "[", finding.code.as_str(), "] ", &visible(text)].concat()
}

fn place(source: &str, start: Position) -> String {
    let place = [source, ":", &start.line.to_string(), ":", &start.column.to_string()].concat();
    if let Cow::Owned(safe) = at_line_start(&place) { safe } else { place }
}
