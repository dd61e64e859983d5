//! The `json` format. Specified by `schemas/diff.schema.json`.
//!
//! The wire types are separate, so that renaming a field in the program never renames one in the format.

use super::{Differences, Key};
use crate::diff::{Change, Difference, Scope, TextChange, code_points, disguise, hidden_code_points};
use crate::engine::compare::{Compared, Duplicate, Joined, Side, Totals, Which};
use crate::payload::Node;
use crate::report::Report;
use crate::report::pretty::compact_whole;
use crate::report::record::{Record, write_json};
use serde::Serialize;
use std::io::{self, Write};

/// The `json` format: one document for two payloads, or for two streams.
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonDiff {
    /// Whether two streams are compared.
    pub is_stream: bool,
    /// Whether a record was written before.
    pub is_begun: bool,
}

#[derive(Serialize)]
struct PairRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_code_points: Option<String>,
    a: Record<'a>,
    b: Record<'a>,
    changes: Vec<ChangeRecord>,
    other: Vec<ChangeRecord>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    ignored: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repeated: Vec<SideName>,
}

#[derive(Serialize)]
struct SideName {
    side: &'static str,
    name: String,
}

#[derive(Serialize)]
struct ChangeRecord {
    pointer: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_in: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<ValueRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<ValueRecord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_points: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_code_points: Option<String>,
}

#[derive(Serialize)]
struct ValueRecord {
    kind: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Single<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_code_points: Option<String>,
    #[serde(flatten)]
    side: OneSide<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum OneSide<'a> {
    A(Record<'a>),
    B(Record<'a>),
}

#[derive(Serialize)]
struct RepeatedRecord<'a> {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_code_points: Option<String>,
    side: &'static str,
    place: &'a str,
    same: bool,
}

/// The name of a change, as the format spells it.
fn change_name(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Type(..) => "type",
        Change::Value | Change::Text(TextChange::Other) => "changed",
        Change::Text(TextChange::WhiteSpace) => "white-space",
        Change::Text(TextChange::LetterCase) => "letter-case",
        Change::Text(TextChange::UnicodeForm) => "unicode-form",
        Change::Text(TextChange::LookAlike) => "look-alike",
        Change::SidesExchanged => "sides-exchanged",
    }
}

fn row(difference: &Difference<'_>, scope: &Scope) -> ChangeRecord {
    let value = |node: Node<'_>| ValueRecord { kind: node.kind().as_str(), text: compact_whole(node.text()) };
    ChangeRecord {
        pointer: difference.pointer.to_string(),
        change: change_name(difference.change),
        only_in: difference.pointer.tokens().next().and_then(|name| Some(scope.only_in(&name)?.name)),
        before: difference.before.map(value),
        after: difference.after.map(value),
        code_points: replaced(difference),
        name_code_points: difference.pointer.tokens().last().and_then(|name| disguise(&name)),
    }
}

/// The code points of two different strings that may look the same.
fn replaced(difference: &Difference<'_>) -> Option<String> {
    let Change::Text(change) = difference.change else { return None };
    let (before, after) = (difference.before?.as_str()?, difference.after?.as_str()?);
    match change {
        TextChange::WhiteSpace | TextChange::UnicodeForm | TextChange::LookAlike => {
            Some(code_points(&before, &after, "->"))
        }
        TextChange::LetterCase => None,
        TextChange::Other => hidden_code_points(&before, &after, "->"),
    }
}

fn side_name(which: Which) -> &'static str {
    match which {
        Which::Before => "a",
        Which::After => "b",
    }
}

fn key_text(key: Key<'_>) -> Option<String> {
    key.map(|key| compact_whole(key.text()))
}

fn key_code_points(key: Key<'_>) -> Option<String> {
    disguise(&key?.as_str()?)
}

impl JsonDiff {
    fn separate(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let is_begun = std::mem::replace(&mut self.is_begun, true);
        out.write_all(if is_begun { b",\n" } else { b"{\"version\":1,\"records\":[\n" })
    }
}

impl JsonDiff {
    fn pair(&mut self, compared: &Compared<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let is_same = compared.is_same();
        let sides = [("a", &compared.before), ("b", &compared.after)];
        let repeated = sides.into_iter().flat_map(|(side, payload)| {
            payload.repeated().into_iter().map(move |name| SideName { side, name })
        });
        let row = |difference: &Difference<'_>| row(difference, compared.scope);
        let pair = PairRecord {
            version: (!self.is_stream).then_some(1),
            status: match (self.is_stream, is_same) {
                (true, _) => "changed",
                (false, true) => "same",
                (false, false) => "different",
            },
            key: key_text(key),
            key_code_points: key_code_points(key),
            a: Record::from(&compared.before.judged.within_room()),
            b: Record::from(&compared.after.judged.within_room()),
            changes: compared.comparison.condensed().iter().map(row).collect(),
            other: compared.comparison.other.iter().map(row).collect(),
            ignored: &compared.scope.ignore,
            repeated: repeated.collect(),
        };
        if self.is_stream {
            self.separate(out)?;
            return write_json(&pair, out);
        }
        write_json(&pair, out)?;
        out.write_all(b"\n")
    }

    fn single(&mut self, which: Which, side: &Side<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.separate(out)?;
        let record = Record::from(&side.judged.within_room());
        let (status, side) = match which {
            Which::Before => ("removed", OneSide::A(record)),
            Which::After => ("added", OneSide::B(record)),
        };
        write_json(&Single { status, key: key_text(key), key_code_points: key_code_points(key), side }, out)
    }

    fn duplicate(&mut self, duplicate: &Duplicate<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.separate(out)?;
        let (side, same) = (side_name(duplicate.which), duplicate.is_same);
        let again = RepeatedRecord {
            status: "duplicate",
            key: key_text(key),
            key_code_points: key_code_points(key),
            side,
            place: duplicate.place,
            same,
        };
        write_json(&again, out)
    }
}

impl Report<Differences> for JsonDiff {
    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, key } => self.pair(compared, *key, out),
            Joined::Single { which, side, key } => self.single(*which, side, *key, out),
            Joined::Duplicate { duplicate, key } => self.duplicate(duplicate, *key, out),
        }
    }

    fn finish(&mut self, (totals, scope): &(Totals, &Scope), out: &mut dyn Write) -> io::Result<()> {
        if !self.is_begun {
            self.separate(out)?;
        }
        out.write_all(b"\n],")?;
        if !scope.ignore.is_empty() {
            out.write_all(b"\"ignored\":")?;
            write_json(&scope.ignore, out)?;
            out.write_all(b",")?;
        }
        out.write_all(b"\"totals\":")?;
        write_json(totals, out)?;
        out.write_all(b"}\n")
    }
}
