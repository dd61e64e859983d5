//! Compares two inputs: two payloads, or two streams of them, record by record.
//!
//! In: two opened sides, and the scope. Out: calls of a [`Comparer`], and the totals.
//! Invariants: the payloads are those that `validate` would check, with captures opened and events recognised by the
//! same rules; an input is opened once; memory grows with one side's keys, not with the text of records.
//!
//! This is the only walk besides [`super::run`]. A join looks at the fingerprints of most records without judging them,
//! and reads the differing ones again; a walk that judges as it goes cannot do that.

mod join;
mod side;
mod spool;

pub use join::{LEFT_OUT_SHOWN, join};
pub use side::{Given, Opened, SideOptions};

use super::Judged;
use crate::capture::Skipped;
use crate::diff::{Comparison, Scope};
use crate::payload::{Document, Members, Node};
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
    /// The scope of the comparison.
    pub scope: &'a Scope,
    /// Their differences.
    pub comparison: Comparison<'a>,
}

/// One of the sides.
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
    /// Whether all fields that count are the same as in the first record with the key.
    pub is_same: bool,
}

/// The totals of comparing two streams, in records.
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
    /// With a key that its side has already had.
    pub duplicates: u64,
    /// In both, and different only in fields that do not count.
    pub other_fields: u64,
    /// Not JSON, and left out.
    pub left_out: u64,
}

/// A result of joining two inputs. `key` is the value that joined them, if they are streams.
#[derive(Clone, Copy, Debug)]
pub enum Joined<'a> {
    /// Two payloads that were compared.
    Pair { compared: &'a Compared<'a>, key: Option<Node<'a>> },
    /// A record that only one of two streams has.
    Single { which: Which, side: &'a Side<'a>, key: Option<Node<'a>> },
    /// A record whose key its stream has already had.
    Duplicate { duplicate: Duplicate<'a>, key: Option<Node<'a>> },
}

/// Takes the results of a comparison.
pub trait Comparer {
    /// Two payloads, or a record.
    ///
    /// # Errors
    /// The result cannot be reported: the comparison ends.
    fn joined(&mut self, joined: &Joined<'_>) -> anyhow::Result<()>;

    /// The parts of captures on the side of that name that were skipped; the name is safe to print.
    fn skipped(&mut self, side: &str, skipped: &Skipped);

    /// A payload cannot be compared. The error names it.
    fn unavailable(&mut self, error: &anyhow::Error);
}

/// The result of comparing two inputs.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompareOutcome {
    /// The numbers of records in both, and in only one.
    pub totals: Totals,
    /// Whether anything that counts differs.
    pub is_different: bool,
    /// Whether any record of a stream has the field that records are joined by.
    pub has_key: bool,
}

impl Side<'_> {
    /// `path:line`, and the capture around the payload; safe to print.
    pub fn place(&self) -> String {
        self.judged.place()
    }
}

impl Compared<'_> {
    /// Whether nothing that counts differs.
    pub fn is_same(&self) -> bool {
        self.comparison.counted(self.scope).next().is_none()
    }
}

/// Compares the first payloads of two sides.
pub fn pair(
    before: &Opened,
    after: &Opened,
    scope: &Scope,
    comparer: &mut dyn Comparer,
) -> anyhow::Result<CompareOutcome> {
    let judge = before.judge();
    [before, after].iter().for_each(|side| comparer.skipped(side.name(), side.skipped()));
    let (before, after) = (before.first(), after.first());
    let (one, two) = match (side::read(&before, judge), side::read(&after, judge)) {
        (Ok(one), Ok(two)) => (one, two),
        (one, two) => {
            // Both sides are reported, not only the first.
            let errors = [one.err(), two.err()];
            errors.iter().flatten().for_each(|error| comparer.unavailable(error));
            let left_out = errors.iter().flatten().count() as u64;
            return Ok(CompareOutcome {
                totals: Totals { left_out, ..Totals::default() },
                ..CompareOutcome::default()
            });
        }
    };
    let (one_look, two_look) = (side::look(&before, judge), side::look(&after, judge));
    let events = match [&one, &two].map(is_empty) {
        // An absent payload is compared as the event of the other.
        [true, false] => [two_look.event; 2],
        [false, true] => [one_look.event; 2],
        _ => [one_look.event, two_look.event],
    };
    let scope = scope.of_events(events);
    let compared = Compared {
        before: Side { judged: before.found(&one_look), document: &one },
        after: Side { judged: after.found(&two_look), document: &two },
        scope: &scope,
        comparison: Comparison::of(&one, &two, &scope),
    };
    comparer.joined(&Joined::Pair { compared: &compared, key: None })?;
    Ok(CompareOutcome { is_different: !compared.is_same(), ..CompareOutcome::default() })
}

/// Whether a payload is an object without a member.
fn is_empty(document: &Document<'_>) -> bool {
    document.members().is_some_and(Members::is_empty)
}
