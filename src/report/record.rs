//! The machine formats: `json`, one document per run, and `ndjson`, one record per payload.
//!
//! Specified by `schemas/report.schema.json`. The wire types are separate, so that renaming a field in the program
//! never renames one in the format.
//!
//! Invariants: output is not pure ASCII, but every unsafe character is written as an escape, and so is the second of
//! `##`; each record is on one line.

use super::receipt::ReceiptRecord;
use super::{Judged, Place, Report, Row, Summary, Verdicts};
use crate::capture::Origin;
use crate::check::Unshown;
use crate::escape::visible;
use crate::event::Recognised;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
pub(super) struct Record<'a> {
    source: &'a str,
    number: u64,
    line: u64,
    column: u64,
    offset: u64,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<CaptureRecord<'a>>,
    findings: Vec<FindingRecord<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    omitted: BTreeMap<&'static str, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptRecord<'a>>,
}

#[derive(Serialize)]
struct FindingRecord<'a> {
    code: &'a str,
    level: &'a str,
    message: &'a str,
    pointer: &'a str,
    offset: u64,
    length: u64,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

/// The capture around a payload.
#[derive(Serialize)]
struct CaptureRecord<'a> {
    fidelity: &'static str,
    steps: Vec<StepRecord<'a>>,
}

#[derive(Serialize)]
struct StepRecord<'a> {
    shape: &'static str,
    pointer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

impl<'a> From<&'a Origin> for CaptureRecord<'a> {
    fn from(origin: &'a Origin) -> Self {
        let steps = origin.steps.iter().map(|step| StepRecord {
            shape: step.shape,
            pointer: step.pointer.as_str(),
            number: Some(step.number).filter(|number| *number > 0),
            encoding: step.encoding,
        });
        Self { fidelity: origin.fidelity.as_str(), steps: steps.collect() }
    }
}

impl Record<'_> {
    /// The same without the event, for a record that has more about it.
    pub(super) fn without_event(self) -> Self {
        Self { event: None, ..self }
    }
}

impl<'a> From<&Judged<'a>> for Record<'a> {
    fn from(judged: &Judged<'a>) -> Self {
        let findings = judged.located().map(|(finding, start, end)| FindingRecord {
            code: finding.code.as_str(),
            level: finding.level.as_str(),
            message: &finding.message,
            pointer: finding.pointer.as_str(),
            offset: start.offset,
            length: end.offset - start.offset,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            help: finding.help.as_deref(),
        });
        let start = judged.frame.start;
        Self {
            source: judged.source,
            number: judged.number,
            line: start.line,
            column: start.column,
            offset: start.offset,
            valid: judged.is_valid(),
            event: judged.event.map(Recognised::label),
            capture: judged.frame.enclosed.map(|enclosed| CaptureRecord::from(enclosed.origin)),
            findings: findings.collect(),
            omitted: judged.omitted().into_iter().map(|(code, count)| (code.as_str(), count)).collect(),
            receipt: judged.receipt.map(ReceiptRecord::from),
        }
    }
}

#[derive(Serialize)]
struct SummaryRecord<'a> {
    payloads: u64,
    valid: u64,
    invalid: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    unreadable: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    skipped: &'a BTreeMap<String, u64>,
    found: Vec<RowRecord<'a>>,
}

#[derive(Serialize)]
struct RowRecord<'a> {
    code: &'a str,
    level: &'a str,
    pointer: Option<&'a str>,
    count: u64,
    first: PlaceRecord<'a>,
    last: PlaceRecord<'a>,
}

#[derive(Serialize)]
struct PlaceRecord<'a> {
    source: &'a str,
    line: u64,
}

impl<'a> From<&'a Summary> for SummaryRecord<'a> {
    fn from(summary: &'a Summary) -> Self {
        let Summary {
            payloads,
            valid,
            invalid,
            errors,
            warnings,
            notes,
            unreadable,
            ref tally,
            ref skipped,
            ..
        } = *summary;
        let found = tally.rows().map(RowRecord::from).collect();
        let skipped = skipped.names();
        Self { payloads, valid, invalid, errors, warnings, notes, unreadable, skipped, found }
    }
}

impl<'a> From<&'a Row> for RowRecord<'a> {
    fn from(row: &'a Row) -> Self {
        let place = |place: &'a Place| PlaceRecord { source: &place.source, line: place.line };
        Self {
            code: row.code.as_str(),
            level: row.level.as_str(),
            pointer: row.pointer.as_deref(),
            count: row.count,
            first: place(&row.first),
            last: place(&row.last),
        }
    }
}

/// The `ndjson` format: one record per payload, and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Ndjson {
    /// Whether payloads without a finding have a record, too.
    pub has_clean: bool,
}

impl Report<Verdicts> for Ndjson {
    fn wants_clean(&self) -> bool {
        self.has_clean
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        if judged.findings.is_empty() && !self.has_clean {
            return Ok(());
        }
        write_json(&Record::from(judged), out)?;
        out.write_all(b"\n")
    }
}

/// The `json` format: `{"version": 1, "payloads": [record, …], "summary": {…}}`, written as the run goes on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Json {
    is_begun: bool,
    is_summary: bool,
}

impl Json {
    /// Only the summary, without payloads.
    pub fn of_summary() -> Self {
        Self { is_begun: false, is_summary: true }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let separator: &[u8] = if self.is_begun { b",\n" } else { b"{\"version\":1,\"payloads\":[\n" };
        self.is_begun = true;
        out.write_all(separator)
    }
}

impl Report<Verdicts> for Json {
    fn unshown(&self) -> Unshown {
        if self.is_summary { Unshown::ALL } else { Unshown::NONE }
    }

    fn wants_clean(&self) -> bool {
        !self.is_summary
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.is_summary {
            return Ok(());
        }
        self.begin(out)?;
        write_json(&Record::from(judged), out)
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if !self.is_begun {
            self.begin(out)?;
        }
        out.write_all(b"\n],\"summary\":")?;
        write_json(&SummaryRecord::from(summary), out)?;
        out.write_all(b"}\n")
    }
}

/// The length of most records, in bytes.
const USUAL_BYTES: usize = 1024;

/// Writes compact JSON with everything unsafe escaped.
pub(super) fn write_json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::with_capacity(USUAL_BYTES);
    serde_json::to_writer(&mut text, value)?;
    write_visible(&text, out)
}

/// Writes two objects as one, likewise.
pub(super) fn write_joined(
    first: &impl Serialize,
    second: &impl Serialize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = Vec::with_capacity(2 * USUAL_BYTES);
    serde_json::to_writer(&mut text, first)?;
    let end = text.len() - 1;
    serde_json::to_writer(&mut text, second)?;
    text[end] = b',';
    text.remove(end + 1);
    write_visible(&text, out)
}

/// Writes JSON made visible, all at once: outside of strings, nothing is unsafe.
fn write_visible(text: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let text = std::str::from_utf8(text).expect("internal error: JSON is UTF-8");
    out.write_all(visible(text).as_bytes())
}
