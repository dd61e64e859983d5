//! Telling how payloads differ: one file a format.
//!
//! In: compared payloads, and for streams the records that one side alone has. Out: bytes.
//! What always holds: two different strings never look the same; nothing depends on colour; no text of a payload
//! is written raw; how a report is written never changes the exit code.

mod canonical;
mod human;
mod json;
mod json_patch;
mod lines;
mod merge_patch;
mod side_by_side;
mod unified;

pub use human::Human;
pub use json::Json;
pub use json_patch::JsonPatch;
pub use merge_patch::MergePatch;
pub use side_by_side::SideBySide;
pub use unified::Unified;

use super::Subject;
use crate::count::amount;
use crate::diff::{Comparison, Difference, Scope};
use crate::engine::Judged;
use crate::event::ASSOCIATION_CREATE;
use crate::payload::{Document, Member, Node};
use serde::Serialize;

/// One of two payloads, read and judged.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Its bytes, place and findings.
    pub judged: Judged<'a>,
    /// Its text.
    pub document: &'a Document<'a>,
}

/// Two payloads that were compared.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// The first.
    pub before: Side<'a>,
    /// The second.
    pub after: Side<'a>,
    /// What was compared.
    pub scope: &'a Scope,
    /// What they differ in.
    pub comparison: Comparison<'a>,
}

/// Which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The first.
    Before,
    /// The second.
    After,
}

/// A record whose key a side has more than once.
#[derive(Clone, Copy, Debug)]
pub struct Duplicate<'a> {
    /// The side.
    pub which: Which,
    /// The later record.
    pub place: &'a str,
    /// Whether all that counts is as in the first record of its key.
    pub is_same: bool,
}

/// What comparing two streams came to, in records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// In both, and the same.
    pub same: u64,
    /// In both, and different.
    pub changed: u64,
    /// In the second only.
    pub added: u64,
    /// In the first only.
    pub removed: u64,
    /// Of a key that their side has already had.
    pub duplicates: u64,
    /// In both, and different in fields that do not count.
    pub other_fields: u64,
    /// Not JSON, and left out.
    pub left_out: u64,
}

/// The report that `diff` writes; the end is for streams.
#[derive(Clone, Copy, Debug)]
pub enum Differences {}

/// What joining two inputs yields. `key` is the value that joined them, if they are streams.
#[derive(Clone, Copy, Debug)]
pub enum Joined<'a> {
    /// Two payloads that were compared.
    Pair { compared: &'a Compared<'a>, key: Option<Node<'a>> },
    /// A record that only one of two streams has.
    Single { which: Which, side: &'a Side<'a>, key: Option<Node<'a>> },
    /// A record whose key its stream has already had.
    Duplicate { duplicate: Duplicate<'a>, key: Option<Node<'a>> },
}

impl Subject for Differences {
    type Start<'a> = ();
    type Item<'a> = Joined<'a>;
    type End<'a> = (Totals, &'a Scope);
}

impl Side<'_> {
    /// `path:line`, and what the payload was in; safe to print.
    #[must_use]
    pub fn place(&self) -> String {
        self.judged.place()
    }

    /// The event, if it is another than AssociationCreate.
    fn sibling(&self) -> Option<String> {
        let event = self.judged.event.filter(|event| *event.event != ASSOCIATION_CREATE)?;
        Some(event.to_string())
    }

    /// The names written more than once, decoded, in the order of their last.
    fn repeated(&self) -> Vec<String> {
        const SHOWN: usize = 5;
        let Some(members) = self.document.root().members().filter(|members| members.duplicates() > 0) else {
            return Vec::new();
        };
        let mut shadowed: Vec<_> =
            members.iter().filter(Member::is_shadowed).map(|member| member.name()).collect();
        shadowed.sort();
        shadowed.dedup();
        shadowed.iter().take(SHOWN).map(|name| name.chars().take(60).collect()).collect()
    }
}

impl Compared<'_> {
    /// What is counted.
    fn noun(&self) -> &'static str {
        let [one, other] = self.scope.events;
        match one.is_about_records() {
            _ if self.scope.all => "field",
            true if other.is_about_records() => "relation field",
            false if !other.is_about_records() => "association field",
            _ => "common field",
        }
    }

    /// Whether nothing that counts differs.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.comparison.counted(self.scope).next().is_none()
    }
}

/// How a person names the place of a change: a name, or a pointer if it lies deeper.
fn named(difference: &Difference<'_>) -> String {
    let mut tokens = difference.pointer.tokens();
    match (tokens.next(), tokens.next()) {
        (None, _) => "the payload".to_owned(),
        (Some(name), None) if !name.is_empty() => name.into_owned(),
        _ => difference.pointer.to_string(),
    }
}

/// `1 field differs`, `2 fields differ`.
fn differ(number: usize, noun: &str) -> String {
    format!("{} {}", amount(number as u64, noun), if number == 1 { "differs" } else { "differ" })
}
