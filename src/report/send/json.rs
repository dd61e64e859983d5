//! The `json` format, specified by `schemas/send.schema.json`.

use super::{Answers, Delivered, Exchange, Receiver, Sum};
use crate::http::{Answer, Failure};
use crate::report::Report;
use crate::report::millis;
use crate::report::record::write_json;
use crate::trial::{CaseFinding, CaseOutcome, SentRequest, Tried};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The `json` format.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonAnswers {
    has_item: bool,
}

#[derive(Serialize)]
struct DeliveryRecord<'a> {
    number: u64,
    source: &'a str,
    event: Option<&'a str>,
    webhook_id: Option<&'a str>,
    length: usize,
    #[serde(flatten)]
    answer: AnswerRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

#[derive(Serialize)]
struct AnswerRecord {
    status: Option<u16>,
    ms: Option<u64>,
    failure: Option<String>,
    reached: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

#[derive(Serialize)]
struct CaseRecord<'a> {
    name: &'a str,
    outcome: &'static str,
    expected: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<&'static str>,
    answers: Vec<VariantRecord<'a>>,
    finding: Option<CaseFindingRecord<'a>>,
}

#[derive(Serialize)]
struct VariantRecord<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    variant: &'a str,
    #[serde(flatten)]
    answer: AnswerRecord,
}

#[derive(Serialize)]
struct CaseFindingRecord<'a> {
    code: &'a str,
    level: &'a str,
    message: &'a str,
    help: &'a str,
}

impl From<&Result<Answer, Failure>> for AnswerRecord {
    fn from(answered: &Result<Answer, Failure>) -> Self {
        match answered {
            Ok(answer) => Self {
                status: Some(answer.status),
                ms: Some(millis(answer.elapsed)),
                failure: None,
                reached: true,
                location: answer.location.clone(),
                body: Some(answer.shown()).filter(|_| !answer.is_success()),
            },
            Err(failure) => Self {
                status: None,
                ms: None,
                failure: Some(failure.to_string()),
                reached: !matches!(failure, Failure::NotReached(_)),
                location: None,
                body: None,
            },
        }
    }
}

impl<'a> From<&'a SentRequest> for VariantRecord<'a> {
    fn from(sent: &'a SentRequest) -> Self {
        Self { variant: &sent.variant, answer: (&sent.answered).into() }
    }
}

impl<'a> From<&'a CaseFinding> for CaseFindingRecord<'a> {
    fn from(finding: &'a CaseFinding) -> Self {
        let CaseFinding { code, level, message, help } = finding;
        Self { code, level: level.as_str(), message, help }
    }
}

impl<'a> From<&'a Tried> for CaseRecord<'a> {
    fn from(tried: &'a Tried) -> Self {
        let (outcome, skipped, finding) = match &tried.outcome {
            CaseOutcome::Holds => ("holds", None, None),
            CaseOutcome::Fails(finding) => ("fails", None, finding.as_ref()),
            CaseOutcome::Skipped(why) => ("skipped", Some(*why), None),
        };
        Self {
            name: tried.case.name,
            outcome,
            expected: tried.case.expects[0].0.words(),
            skipped,
            answers: tried.sent.iter().map(VariantRecord::from).collect(),
            finding: finding.map(CaseFindingRecord::from),
        }
    }
}

impl JsonAnswers {
    fn record(&mut self, item: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
        let separator: &[u8] = if std::mem::replace(&mut self.has_item, true) { b",\n" } else { b"\n" };
        out.write_all(separator)?;
        write_json(item, out)
    }
}

impl JsonAnswers {
    fn delivered(&mut self, delivered: &Delivered, out: &mut dyn Write) -> io::Result<()> {
        let record = DeliveryRecord {
            number: delivered.number,
            source: &delivered.source,
            event: delivered.event.as_deref(),
            webhook_id: delivered.webhook_id.as_deref(),
            length: delivered.bytes,
            answer: (&delivered.answered).into(),
            hint: delivered.hint(),
        };
        self.record(&record, out)
    }

    fn tried(&mut self, tried: &Tried, out: &mut dyn Write) -> io::Result<()> {
        self.record(&CaseRecord::from(tried), out)
    }
}

impl Report<Answers> for JsonAnswers {
    fn begin(&mut self, receiver: &Receiver, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"{\"version\":1,\"receiver\":")?;
        write_json(&receiver.url, out)?;
        out.write_all(b",\"signed\":")?;
        let signed: BTreeMap<&str, &str> =
            receiver.signed.iter().map(|(header, key)| (*header, key.as_str())).collect();
        write_json(&signed, out)?;
        out.write_all(if receiver.cases.is_some() { b",\"cases\":[" } else { b",\"deliveries\":[" })
    }

    fn item(&mut self, exchange: &Exchange<'_>, out: &mut dyn Write) -> io::Result<()> {
        match exchange {
            Exchange::Delivery(delivered) => self.delivered(delivered, out),
            Exchange::Case(tried) => self.tried(tried, out),
        }
    }

    fn finish(&mut self, sum: &Sum, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n],\"summary\":")?;
        let counts = match sum {
            Sum::Posted(posted) => BTreeMap::from([
                ("accepted", posted.accepted),
                ("refused", posted.refused),
                ("not_reached", posted.not_reached),
            ]),
            Sum::Tried(count) => BTreeMap::from([
                ("cases", count.cases),
                ("hold", count.hold),
                ("skipped", count.skipped),
                ("errors", count.errors),
                ("warnings", count.warnings),
                ("notes", count.notes),
            ]),
        };
        write_json(&counts, out)?;
        out.write_all(b"}\n")
    }
}
