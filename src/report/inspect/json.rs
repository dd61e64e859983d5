//! The `json` format: the content of the others, for machines. Specified by `schemas/inspect.schema.json`.
//!
//! The wire types are separate, so that renaming a field in the program never renames one in the format.

use super::{Shown, Views};
use crate::event::DeliveryMember;
use crate::report::Report;
use crate::report::pretty::compact_whole;
use crate::report::record::{Record, write_joined};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::io::{self, Write};

/// The `json` format.
#[derive(Clone, Debug)]
pub struct JsonView {
    /// Whether to explain what each field means.
    explain: bool,
    /// Whether something was shown before.
    is_begun: bool,
    /// The association of a payload without a field, once there was one: it is always the same.
    absent: Option<Box<RawValue>>,
}

/// What is shown of a payload beyond its record.
#[derive(Serialize)]
struct MembersRecord<'a> {
    event: Option<String>,
    association: AssociationRecord<'a>,
    delivery: Vec<FieldRecord<'a>>,
    other: Vec<FieldRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_left_out: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<HeadersRecord<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AssociationRecord<'a> {
    Read(Vec<FieldRecord<'a>>),
    Absent(&'a RawValue),
}

/// The headers that were captured with a payload.
#[derive(Serialize)]
struct HeadersRecord<'a> {
    listed: Vec<Header<'a>>,
    count: usize,
    /// For people only.
    signature: String,
}

#[derive(Serialize)]
struct Header<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

/// The number of other members listed.
const OTHER_AT_MOST: usize = 100_000;
/// The number of headers listed, and the number of characters of each value.
const HEADERS_AT_MOST: usize = 100;
const VALUE_AT_MOST: usize = 2000;

fn headers<'a>(shown: &Shown<'a>) -> Option<HeadersRecord<'a>> {
    let headers = &shown.judged.frame.enclosed?.origin.headers;
    if headers.is_empty() {
        return None;
    }
    let value = |value: &'a str| match value.char_indices().nth(VALUE_AT_MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &value[..end])),
        None => Cow::Borrowed(value),
    };
    let listed = headers.iter().take(HEADERS_AT_MOST);
    let listed = listed.map(|(name, text)| Header { name, value: value(text) }).collect();
    Some(HeadersRecord { listed, count: headers.len(), signature: shown.signature().unwrap_or_default() })
}

#[derive(Serialize)]
struct FieldRecord<'a> {
    name: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<&'a str>,
    times: usize,
}

/// The fields of a payload; with `explain`, their meaning, too.
fn fields<'a>(shown: &Shown<'a>, entries: &'a [DeliveryMember<'a>], explain: bool) -> Vec<FieldRecord<'a>> {
    let field = |entry: &'a DeliveryMember<'a>| FieldRecord {
        name: &entry.name,
        kind: entry.value.map_or("absent", |node| node.kind().as_str()),
        text: entry.value.map(|node| compact_whole(node.text())),
        value: entry.value.and_then(|node| node.as_str()),
        level: shown.level_of(&entry.name).map(crate::check::Level::as_str),
        says: entry.says(),
        meaning: entry.field.filter(|_| explain).map(|field| field.meaning.as_str()),
        times: if entry.value.is_some() { entry.times } else { 0 },
    };
    entries.iter().map(field).collect()
}

impl JsonView {
    /// A view that explains what each field means, or does not.
    pub fn new(explain: bool) -> Self {
        Self { explain, is_begun: false, absent: None }
    }

    /// The association of a payload; of one without a field, as it was noted.
    fn association<'a>(&'a mut self, shown: &Shown<'a>) -> AssociationRecord<'a> {
        let is_remarked = || shown.judged.findings.iter().any(|finding| !finding.pointer.as_str().is_empty());
        let is_bare = shown.read.is_some_and(|(_, delivery)| delivery.is_bare());
        let fields = || fields(shown, shown.read.map_or(&[], |(_, delivery)| &delivery.fields), self.explain);
        if !is_bare || is_remarked() {
            return AssociationRecord::Read(fields());
        }
        let written = || to_raw_value(&fields()).expect("internal error: names and numbers can be written");
        AssociationRecord::Absent(self.absent.get_or_insert_with(written))
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        out.write_all(if is_begun { b",\n" } else { b"{\"version\":1,\"payloads\":[\n" })
    }
}

impl Report<Views> for JsonView {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin(out)?;
        let read = shown.read.map(|(_, delivery)| delivery);
        let other = read.map_or(&[][..], |delivery| &delivery.other[..]);
        let record = Record::from(&shown.judged).without_event();
        let members = MembersRecord {
            event: shown.read.map(|(_, delivery)| delivery.event()),
            delivery: fields(shown, read.map_or(&[], |delivery| &delivery.envelope), self.explain),
            other: fields(shown, &other[..other.len().min(OTHER_AT_MOST)], self.explain),
            other_left_out: other.len().checked_sub(OTHER_AT_MOST).filter(|count| *count > 0),
            association: self.association(shown),
            headers: headers(shown),
        };
        write_joined(&record, &members, out)
    }

    fn finish(&mut self, _: &(), out: &mut dyn Write) -> io::Result<()> {
        if !self.is_begun {
            self.begin(out)?;
        }
        out.write_all(b"\n]}\n")
    }
}
