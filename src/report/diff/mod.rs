//! Reports the differences between payloads: one file per format.
//!
//! In: compared payloads, and for streams the records of only one side. Out: bytes.
//! Invariants: two different strings never look the same; nothing depends on colour; no text of a payload is written
//! unescaped; the format never changes the exit code.

mod canonical;
mod human;
mod json;
mod json_patch;
mod lines;
mod merge_patch;
mod side_by_side;
mod unified;

pub use human::HumanDiff;
pub use json::JsonDiff;
pub use json_patch::JsonPatch;
pub use merge_patch::MergePatch;
pub use side_by_side::SideBySide;
pub use unified::Unified;

use super::Subject;
use crate::count::amount;
use crate::diff::{Difference, Scope};
use crate::engine::compare::{Compared, Joined, Side, Totals};
use crate::event::ASSOCIATION_CREATE;
use crate::payload::{Member, Node};

/// The report that `diff` writes; the end is for streams.
#[derive(Clone, Copy, Debug)]
pub enum Differences {}

/// The value that records are joined by; none if two payloads are compared.
type Key<'a> = Option<Node<'a>>;

impl Subject for Differences {
    type Start<'a> = ();
    type Item<'a> = Joined<'a>;
    type End<'a> = (Totals, &'a Scope);
}

impl Side<'_> {
    /// The event, if it is not AssociationCreate.
    fn sibling(&self) -> Option<String> {
        let event = self.judged.event.filter(|event| *event.event != ASSOCIATION_CREATE)?;
        Some(event.to_string())
    }

    /// The repeated names, decoded, in the order of their last occurrence.
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
    /// The noun for the counted fields.
    fn noun(&self) -> &'static str {
        let [one, other] = self.scope.events;
        match one.is_about_records() {
            _ if self.scope.all => "field",
            true if other.is_about_records() => "relation field",
            false if !other.is_about_records() => "association field",
            _ => "common field",
        }
    }
}

/// The name of a change's place: a member's name, or a pointer if it is deeper.
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
