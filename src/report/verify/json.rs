//! The `json` format, specified by `schemas/verify.schema.json`.

use super::{Checked, Signatures, help};
use crate::report::Report;
use crate::report::record::write_json;
use crate::signature::{Cause, Form, KeyName, Note, Origin, Outcome, PublicKey, Sending};
use serde::Serialize;
use std::io::{self, Write};

/// The `json` format.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonSignatures {
    is_begun: bool,
}

#[derive(Serialize)]
struct VerifyRecord<'a> {
    source: &'a str,
    length: usize,
    passed: bool,
    outcome: &'static str,
    header: Option<&'static str>,
    scheme: Option<&'static str>,
    key: Option<KeyRecord<'a>>,
    matched: Option<&'static str>,
    tried: Vec<&'static str>,
    causes: Vec<Reason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    sent: Option<SentRecord>,
    age_fault: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Remark>,
}

#[derive(Serialize)]
struct KeyRecord<'a> {
    published: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    fingerprint: &'a str,
}

#[derive(Serialize)]
struct Reason {
    code: &'static str,
    message: String,
    help: &'static str,
    certain: bool,
}

#[derive(Serialize)]
struct Remark {
    code: &'static str,
    message: &'static str,
}

#[derive(Serialize)]
struct SentRecord {
    time: String,
    age_seconds: i64,
}

impl<'a> From<&'a Checked> for VerifyRecord<'a> {
    fn from(checked: &'a Checked) -> Self {
        let verdict = &checked.verdict;
        let sent = verdict.sent.as_ref();
        Self {
            source: &checked.source,
            length: checked.length,
            passed: checked.is_passed(),
            outcome: code(&verdict.outcome),
            header: sent.filter(|sent| sent.origin == Origin::Header).map(|sent| sent.scheme.header()),
            scheme: sent.map(|sent| sent.scheme.code()),
            key: verdict.key.as_ref().map(KeyRecord::from),
            matched: verdict.matched().map(|matched| matched.form.code()),
            tried: tried(&verdict.outcome).iter().map(|form| form.code()).collect(),
            causes: causes(&verdict.outcome).iter().map(Reason::from).collect(),
            message: match &verdict.outcome {
                Outcome::Malformed(why) => Some(format!("the value is {why}; {}", why.help())),
                _ => None,
            },
            sent: match &checked.sending {
                Sending::At(age) => {
                    Some(SentRecord { time: age.time.to_string(), age_seconds: age.age.as_secs() })
                }
                Sending::Unreadable(_) | Sending::Unknown => None,
            },
            age_fault: checked.fault_of_age(),
            notes: checked.notes().into_iter().map(Remark::from).collect(),
        }
    }
}

impl<'a> From<&'a PublicKey> for KeyRecord<'a> {
    fn from(key: &'a PublicKey) -> Self {
        let file = match key.name() {
            KeyName::Published => None,
            KeyName::Given { file, .. } => Some(file.as_str()),
        };
        Self { published: file.is_none(), file, fingerprint: key.fingerprint() }
    }
}

impl From<&Cause> for Reason {
    fn from(cause: &Cause) -> Self {
        let certain = cause.is_certain();
        Self { code: cause.code(), message: cause.message(), help: help(cause), certain }
    }
}

impl From<Note> for Remark {
    fn from(note: Note) -> Self {
        Self { code: note.code(), message: note.message() }
    }
}

/// The outcome of a signature, in one word.
pub(in crate::report) fn code(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Verified(_) => "verified",
        Outcome::Mismatch { .. } => "mismatch",
        Outcome::Malformed(_) => "malformed",
        Outcome::Unsigned => "unsigned",
        Outcome::NoSignature => "no-signature",
        Outcome::OtherScheme => "no-key",
    }
}

fn tried(outcome: &Outcome) -> &[Form] {
    match outcome {
        Outcome::Mismatch { tried, .. } => tried,
        _ => &[],
    }
}

fn causes(outcome: &Outcome) -> &[Cause] {
    match outcome {
        Outcome::Mismatch { causes, .. } => causes,
        _ => &[],
    }
}

impl JsonSignatures {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        out.write_all(if is_begun { b",\n" } else { b"{\"version\":1,\"bodies\":[\n" })
    }
}

impl Report<Signatures> for JsonSignatures {
    fn item(&mut self, checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
        self.begin(out)?;
        write_json(&VerifyRecord::from(checked), out)
    }

    fn finish(&mut self, _: &(), out: &mut dyn Write) -> io::Result<()> {
        if !self.is_begun {
            self.begin(out)?;
        }
        out.write_all(b"\n]}\n")
    }
}
