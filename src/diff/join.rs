//! Joining the records of two streams by a key.
//!
//! In: records, one side's first. Out: what each of the other side's joins.
//! What always holds: of a record nothing is kept but fingerprints and its place, so memory is that of one side's
//! keys; one look-up a record; the fingerprints are keyed anew for each run, so no sender can slow the look-ups
//! down.

use super::tree::fingerprint_of_bytes;
use super::{Fingerprint, Scope, fingerprint, hasher};
use crate::association;
use crate::payload::{Document, Kind, Names, Node};
use siphasher::sip128::Hasher128 as _;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// What is compared of a record before it is looked at closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// Of the key; of a record without one, of all that counts.
    key: Fingerprint,
    /// Of all fields that count.
    counted: Fingerprint,
    /// Of all others: half of it, since nothing hangs on it but a count.
    other: u64,
}

impl Print {
    /// Takes the fingerprints of a record that is joined by its field `by`.
    #[must_use]
    pub fn of(document: &Document<'_>, by: &str, scope: &Scope) -> Self {
        let root = document.root();
        let (mut counted, mut other): (Fingerprint, Fingerprint) = (0, 0);
        let mut key = None;
        for member in root.members().iter().flat_map(|members| members.iter()) {
            if member.is_shadowed() {
                continue;
            }
            let (name, value) = (member.name(), member.value());
            if name == by {
                key = Some(fingerprint(value));
            }
            if scope.ignores_name(&name) {
                continue;
            }
            // A sum, since the order of members means nothing.
            let sum = if scope.counts(&name) { &mut counted } else { &mut other };
            *sum = sum.wrapping_add(of_member(&name, value));
        }
        if root.kind() != Kind::Object {
            counted = fingerprint(root);
        }
        Self { key: key.unwrap_or(!counted), counted, other: other as u64 }
    }

    /// Whether all that counts is the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.counted == other.counted
    }

    /// Whether all that does not count is the same.
    #[must_use]
    pub fn is_same_elsewhere(&self, other: &Self) -> bool {
        self.other == other.other
    }
}

fn of_member(name: &str, value: Node<'_>) -> Fingerprint {
    if let Some(text) = value.as_str() {
        return of_string_member(name, text.as_bytes());
    }
    let mut hasher = hasher();
    hasher.write(name.as_bytes());
    hasher.write(b"\xff ");
    hasher.write_u128(fingerprint(value));
    hasher.finish128().as_u128()
}

fn of_string_member(name: &str, text: &[u8]) -> Fingerprint {
    let mut hasher = hasher();
    hasher.write(name.as_bytes());
    hasher.write(b"\xff\"");
    hasher.write(text);
    hasher.finish128().as_u128()
}

/// The fingerprints of ordinary records, taken at a glance: nearly all of a stream are such.
///
/// What always holds: what it takes is what [`Print::of`] takes, as a property test shows; of what is not
/// ordinary it says nothing.
#[derive(Debug)]
pub struct Ordinary {
    names: Names,
    slots: Vec<Slot>,
    key: usize,
}

#[derive(Debug)]
struct Slot {
    name: &'static str,
    is_ignored: bool,
    is_counted: bool,
}

impl Ordinary {
    /// For records joined by their field `by`; `None` if no ordinary record has that.
    #[must_use]
    pub fn new(by: &str, scope: &Scope) -> Option<Self> {
        let slot = |name| Slot { name, is_ignored: scope.ignores_name(name), is_counted: scope.counts(name) };
        let slots: Vec<Slot> = association::known_names().map(slot).collect();
        let key = slots.iter().position(|slot| slot.name == by)?;
        Some(Self { names: Names::new(association::known_names()), slots, key })
    }

    /// The fingerprints of the record, if it is an ordinary one that has the key.
    #[must_use]
    pub fn print(&self, bytes: &[u8]) -> Option<Print> {
        let glance = self.names.glance(bytes)?;
        let key = fingerprint_of_bytes(glance.value(self.key)?);
        let (mut counted, mut other): (Fingerprint, Fingerprint) = (0, 0);
        for (index, slot) in self.slots.iter().enumerate().filter(|(_, slot)| !slot.is_ignored) {
            if let Some(value) = glance.value(index) {
                let sum = if slot.is_counted { &mut counted } else { &mut other };
                *sum = sum.wrapping_add(of_string_member(slot.name, value));
            }
        }
        Some(Print { key, counted, other: other as u64 })
    }
}

/// One record of the indexed side.
#[derive(Clone, Copy, Debug)]
pub struct Indexed<P> {
    /// What it is compared by.
    pub print: Print,
    /// Where it is.
    pub place: P,
    /// A part of what counted of the first record that met it; 0 if none did.
    met: u64,
}

/// What a record of the other side meets.
#[derive(Clone, Copy, Debug)]
pub enum Met<P> {
    /// The record of that key, for the first time.
    First(Indexed<P>),
    /// No record of that key.
    Nothing,
    /// A key that its own side had before, with the same in all that counts or not.
    Again(bool),
}

/// The records of one side, by key.
#[derive(Debug)]
pub struct Index<P> {
    /// In the order of their side, so that two streams in one order go through memory side by side.
    records: Vec<Indexed<P>>,
    /// Where in `records` each key is.
    by_key: HashMap<Fingerprint, u32, BuildHasherDefault<Truncated>>,
    /// The keys that met nothing, and what counted: no more of them than there are records and a few.
    strangers: HashMap<Fingerprint, u64, BuildHasherDefault<Truncated>>,
}

impl<P> Default for Index<P> {
    fn default() -> Self {
        Self { records: Vec::new(), by_key: HashMap::default(), strangers: HashMap::default() }
    }
}

impl<P: Copy + Ord> Index<P> {
    /// Adds a record. If there is one of its key, that one stays and is given back.
    pub fn add(&mut self, print: Print, place: P) -> Option<Indexed<P>> {
        match self.by_key.entry(print.key) {
            Entry::Occupied(first) => Some(self.records[*first.get() as usize]),
            Entry::Vacant(free) => {
                let index = u32::try_from(self.records.len());
                free.insert(index.expect("internal error: so many records fit no memory"));
                self.records.push(Indexed { print, place, met: 0 });
                None
            }
        }
    }

    /// Joins a record of the other side.
    pub fn join(&mut self, print: &Print) -> Met<P> {
        /// How many strangers are kept however small the index is.
        const FEW: usize = 1 << 16;
        let met = print.counted as u64 | 1;
        if let Some(index) = self.by_key.get(&print.key) {
            let record = &mut self.records[*index as usize];
            if record.met != 0 {
                return Met::Again(record.met == met);
            }
            record.met = met;
            return Met::First(*record);
        }
        if let Some(before) = self.strangers.get(&print.key) {
            return Met::Again(*before == met);
        }
        if self.strangers.len() < self.records.len() + FEW {
            self.strangers.insert(print.key, met);
        }
        Met::Nothing
    }

    /// The places of the records that nothing has met, in order.
    #[must_use]
    pub fn left(&self) -> Vec<P> {
        let mut left: Vec<P> =
            self.records.iter().filter(|record| record.met == 0).map(|record| record.place).collect();
        left.sort_unstable();
        left
    }
}

/// Takes a fingerprint, which is a keyed hash already, for its hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct Truncated(u64);

impl Hasher for Truncated {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (first, _) = bytes.split_at(8.min(bytes.len()));
        self.0 = first.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    }

    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = (fingerprint >> 64) as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str) -> Print {
        let scope = Scope { ignore: vec!["timestamp".to_owned(), "/key".to_owned()], ..Scope::default() };
        Print::of(&Document::parse(text.as_bytes()).unwrap(), "id", &scope)
    }

    #[test]
    fn form_order_and_what_is_ignored_make_no_difference() {
        let one = print(r#"{"id":"1","locationId":"caf\u00e9","x":1.0,"timestamp":1,"key":1}"#);
        let two =
            print("{\"timestamp\":2,\"key\":3,\"x\":1,\"locationId\":\"café\",\"id\":\"0\",\"id\":\"1\"}");
        assert_eq!(one, two);
    }

    #[test]
    fn each_part_has_its_print() {
        let base = print(r#"{"id":"1","key":"a","x":1}"#);
        let other = print(r#"{"id":"1","x":2}"#);
        assert!(base.is_same(&other) && !base.is_same_elsewhere(&other) && base.key == other.key);
        let counted = print(r#"{"id":"1","locationId":"L","x":1}"#);
        assert!(!base.is_same(&counted) && base.is_same_elsewhere(&counted) && base.key == counted.key);
        assert_ne!(print(r#"{"id":"1"}"#).key, print(r#"{"id":1}"#).key);
        assert_ne!(print("{}").key, print(r#"{"locationId":"L"}"#).key);
        assert_eq!(print("[1]"), print("[1.0]"));
    }

    #[test]
    fn records_meet_once_and_what_is_left_is_in_order() {
        let mut index = Index::default();
        let [one, two, three, four] =
            [r#"{"id":"1"}"#, r#"{"id":"2"}"#, r#"{"id":"3"}"#, r#"{"id":"4"}"#].map(print);
        assert!(index.add(three, 1).is_none());
        assert!(index.add(one, 2).is_none());
        assert!(index.add(two, 3).is_none());
        assert_eq!(index.add(two, 4).unwrap().place, 3);
        assert!(matches!(index.join(&two), Met::First(record) if record.place == 3));
        assert!(matches!(index.join(&two), Met::Again(true)));
        assert!(matches!(index.join(&print(r#"{"id":"2","locationId":"L"}"#)), Met::Again(false)));
        assert!(matches!(index.join(&four), Met::Nothing));
        assert!(matches!(index.join(&four), Met::Again(true)));
        assert_eq!(index.left(), [1, 2]);
    }
}
