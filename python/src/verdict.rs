//! Verdicts as a column: the content of `schemas/report.schema.json` for a payload, in Arrow's memory.
//!
//! In: rows of payloads. Out: a column of structs, one per row; null for null.
//! Invariants: the findings, their order, their places and the omissions are those of the command line's `ndjson`;
//! memory is bounded by the rows, because no more is kept of each payload than a report has room for.

use crate::column::Rows;
use crate::{Room, TooMuch};
use arrow_array::builder::{ArrayBuilder as _, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Int64Array, ListArray, StringArray, StructArray};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};
use assoclens::check::{Code, Finding, Judge, Level, shown};
use assoclens::payload::{Cursor, Position};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The texts of a finding, in the order of its fields.
const TEXTS: [&str; 4] = ["code", "level", "message", "pointer"];
/// Its numbers.
const NUMBERS: [&str; 6] = ["offset", "length", "line", "column", "end_line", "end_column"];

fn finding_fields() -> Fields {
    let text = |name: &&str| Field::new(*name, DataType::Utf8, true);
    let number = |name: &&str| Field::new(*name, DataType::Int64, true);
    TEXTS.iter().map(text).chain(NUMBERS.iter().map(number)).chain([text(&"help")]).collect()
}

fn omitted_fields() -> Fields {
    vec![Field::new("code", DataType::Utf8, true), Field::new("count", DataType::Int64, true)].into()
}

fn element(fields: Fields) -> Arc<Field> {
    Arc::new(Field::new("element", DataType::Struct(fields), true))
}

fn fields() -> Fields {
    let list = |name: &str, fields: Fields| Field::new(name, DataType::List(element(fields)), true);
    let valid = Field::new("valid", DataType::Boolean, true);
    vec![valid, list("findings", finding_fields()), list("omitted", omitted_fields())].into()
}

/// The type of a column of verdicts.
pub(crate) fn data_type() -> DataType {
    DataType::Struct(fields())
}

/// The verdicts on `payloads`.
pub(crate) fn judge(judge: &Judge, payloads: Rows<'_>) -> Result<ArrayRef, TooMuch> {
    let (mut reader, mut verdicts) = (assoclens::event::reader(), Verdicts::default());
    for payload in payloads {
        match payload {
            Some(payload) => verdicts.add(payload, &judge.judge_next(payload, &mut reader))?,
            None => verdicts.add_null()?,
        }
    }
    Ok(Arc::new(verdicts.finish()))
}

#[derive(Default)]
struct Verdicts {
    room: Room,
    is_there: Vec<bool>,
    valid: Vec<bool>,
    findings: Findings,
    omitted: Omitted,
}

impl Verdicts {
    fn add(&mut self, payload: &[u8], findings: &[Finding]) -> Result<(), TooMuch> {
        self.is_there.push(true);
        self.valid.push(findings.iter().all(|finding| finding.level != Level::Error));
        let (mut share, mut cursor) = (shown(findings), Cursor::new(payload, Position::START));
        let mut omitted = BTreeMap::new();
        for finding in findings {
            if share.take(finding.level) {
                self.findings.add(finding, &mut cursor, &mut self.room)?;
            } else {
                *omitted.entry(finding.code).or_default() += 1;
            }
        }
        self.omitted.add(&omitted, &mut self.room)?;
        self.end_row()
    }

    fn add_null(&mut self) -> Result<(), TooMuch> {
        self.is_there.push(false);
        self.valid.push(false);
        self.end_row()
    }

    fn end_row(&mut self) -> Result<(), TooMuch> {
        self.findings.ends.push(end(self.findings.help.len())?);
        self.omitted.ends.push(end(self.omitted.counts.len())?);
        Ok(())
    }

    fn finish(self) -> StructArray {
        let valid: ArrayRef = Arc::new(BooleanArray::from(self.valid));
        let columns = vec![valid, self.findings.finish(), self.omitted.finish()];
        StructArray::new(fields(), columns, Some(NullBuffer::from(self.is_there)))
    }
}

/// The end of a row among the elements of all rows.
fn end(elements: usize) -> Result<i32, TooMuch> {
    i32::try_from(elements).map_err(|_| TooMuch)
}

fn list(fields: Fields, columns: Vec<ArrayRef>, ends: Vec<i32>) -> ArrayRef {
    let offsets = OffsetBuffer::new(std::iter::once(0).chain(ends).collect());
    let elements = Arc::new(StructArray::new(fields.clone(), columns, None));
    Arc::new(ListArray::new(element(fields), offsets, elements, None))
}

/// The findings of all rows.
#[derive(Default)]
struct Findings {
    texts: [StringBuilder; TEXTS.len()],
    numbers: [Vec<i64>; NUMBERS.len()],
    help: StringBuilder,
    ends: Vec<i32>,
}

impl Findings {
    fn add(&mut self, finding: &Finding, cursor: &mut Cursor<'_>, room: &mut Room) -> Result<(), TooMuch> {
        let help = finding.help.as_deref();
        let texts =
            [finding.code.as_str(), finding.level.as_str(), &finding.message, finding.pointer.as_str()];
        room.take(texts.iter().map(|text| text.len()).sum::<usize>() + help.map_or(0, str::len))?;
        self.texts.iter_mut().zip(texts).for_each(|(column, text)| column.append_value(text));
        self.help.append_option(help);
        let start = cursor.advance_to(finding.span.start);
        let end = cursor.clone().advance_to(finding.span.end);
        let length = end.offset - start.offset;
        let numbers = [start.offset, length, start.line, start.column, end.line, end.column];
        // No payload in memory has more bytes than this holds.
        self.numbers.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number as i64));
        Ok(())
    }

    fn finish(mut self) -> ArrayRef {
        let texts = self.texts.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef);
        let numbers = self.numbers.into_iter().map(|column| Arc::new(Int64Array::from(column)) as ArrayRef);
        let help: ArrayRef = Arc::new(self.help.finish());
        list(finding_fields(), texts.chain(numbers).chain([help]).collect(), self.ends)
    }
}

/// The number of findings of each code that a row has no room for.
#[derive(Default)]
struct Omitted {
    codes: Vec<&'static str>,
    counts: Vec<i64>,
    ends: Vec<i32>,
}

impl Omitted {
    fn add(&mut self, omitted: &BTreeMap<Code, i64>, room: &mut Room) -> Result<(), TooMuch> {
        for (code, count) in omitted {
            room.take(code.as_str().len())?;
            self.codes.push(code.as_str());
            self.counts.push(*count);
        }
        Ok(())
    }

    fn finish(self) -> ArrayRef {
        let columns: Vec<ArrayRef> =
            vec![Arc::new(StringArray::from(self.codes)), Arc::new(Int64Array::from(self.counts))];
        list(omitted_fields(), columns, self.ends)
    }
}
