//! Joins the records of two streams by a key.
//!
//! In: records, one side's first. Out: the match of each record of the other side.
//! Invariants: only fingerprints and the place of a record are kept, so memory is that of one side's keys; there is one
//! look-up per record; each run draws new keys for its fingerprints, so no sender can slow down the look-ups.

use super::{Fingerprint, Scope, fingerprint, hasher};
use crate::event::members::NAMES;
use crate::event::{ASSOCIATION_CREATE, Class, Wanted, classify, event_type};
use crate::meaning::fingerprint_of;
use crate::payload::{Document, Member, Members, Node, decode_into};
use crate::seed::{self, Fingerprinted};
use ahash::AHasher;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};
use std::sync::OnceLock;

/// The fingerprints that decide whether a record needs a closer look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print {
    /// Of the key; for a record without one, of all fields that count.
    key: Fingerprint,
    /// Of all fields that count.
    counted: Fingerprint,
    /// Of all others: half as long, because only a count depends on it.
    other: u64,
}

impl Print {
    /// Whether all fields that count are the same.
    pub fn is_same(&self, other: &Self) -> bool {
        self.counted == other.counted
    }

    /// Whether all fields that do not count are the same.
    pub fn is_same_elsewhere(&self, other: &Self) -> bool {
        self.other == other.other
    }
}

/// Marks the slot of a value that is not a string.
const NO_STRING: u64 = 0x80;

/// The members of known names, hashed in the order of their slots whatever their order in the record. There is one hash
/// for those that count and one for the rest, because finishing a hash costs as much as hashing a field.
struct SlotHashes {
    counted: SipHasher13,
    /// Keyed as well, but quicker: only a count depends on it.
    other: AHasher,
}

impl Default for SlotHashes {
    fn default() -> Self {
        static KEYS: OnceLock<ahash::RandomState> = OnceLock::new();
        Self { counted: hasher(), other: KEYS.get_or_init(seed::ahash).build_hasher() }
    }
}

impl SlotHashes {
    fn add(&mut self, slot: usize, value: Node<'_>, is_counted: bool) {
        let print = fingerprint(value);
        let write = |hasher: &mut dyn Hasher| {
            hasher.write_u64((slot as u64 | NO_STRING) << 56);
            hasher.write_u128(print);
        };
        if is_counted { write(&mut self.counted) } else { write(&mut self.other) }
    }

    fn add_string(&mut self, slot: usize, text: &[u8], is_counted: bool) {
        // The length comes first, so that no text runs into the next.
        let head = (slot as u64) << 56 | text.len() as u64;
        if is_counted {
            self.counted.write_u64(head);
            self.counted.write(text);
        } else {
            self.other.write_u64(head);
            self.other.write(text);
        }
    }

    /// The hashes of the fields that count and of the rest, including the members of other names.
    fn finish(&self, unknown: &Sums) -> (Fingerprint, u64) {
        let counted = self.counted.finish128().as_u128().wrapping_add(unknown.counted);
        (counted, self.other.finish().wrapping_add(unknown.other as u64))
    }
}

/// The members of all other names, as sums, because the order of members means nothing.
#[derive(Default)]
struct Sums {
    counted: Fingerprint,
    other: Fingerprint,
}

impl Sums {
    fn add(&mut self, is_counted: bool, member: Fingerprint) {
        let sum = if is_counted { &mut self.counted } else { &mut self.other };
        *sum = sum.wrapping_add(member);
    }
}

fn of_member(name: &str, value: Node<'_>) -> Fingerprint {
    let mut hasher = hasher();
    hasher.write(name.as_bytes());
    hasher.write(b"\xff");
    hasher.write_u128(fingerprint(value));
    hasher.finish128().as_u128()
}

/// Takes the fingerprints of records that are joined by one field.
///
/// Invariants: fingerprints depend on the meaning of a record, not on its spelling; one hash covers all known members.
#[derive(Debug)]
pub struct Prints {
    by: String,
    scope: Scope,
    slots: Vec<Slot>,
    wanted: Wanted,
    /// A buffer for decoding.
    decoded: String,
}

#[derive(Debug)]
struct Slot {
    is_key: bool,
    is_ignored: bool,
}

impl Prints {
    /// For records joined by their field `by`.
    pub fn new(by: &str, scope: &Scope, wanted: Wanted) -> Self {
        let slot = |name: &str| Slot { is_key: name == by, is_ignored: scope.ignores_name(name) };
        let slots = NAMES.into_iter().map(slot).collect();
        Self { by: by.to_owned(), scope: scope.clone(), slots, wanted, decoded: String::new() }
    }

    /// The fingerprints of a record that was read by [`event::reader`]'s reader, and whether it has the key.
    pub fn of(&mut self, document: &Document<'_>) -> (Print, bool) {
        let Some(members) = document.members() else {
            let counted = fingerprint(document.root());
            let (_, other) = SlotHashes::default().finish(&Sums::default());
            return (Print { key: !counted, counted, other }, false);
        };
        let (mut slots, mut unknown, mut key) = (SlotHashes::default(), Sums::default(), None);
        let class = classify(members, self.wanted);
        let counted = match class.recognised() {
            _ if self.scope.all => u32::MAX,
            Some(event) => event.event.slots.mask,
            None => ASSOCIATION_CREATE.slots.mask,
        };
        for (index, slot) in self.slots.iter().enumerate() {
            let Some(member) = members.known(index).filter(|_| slot.is_key || !slot.is_ignored) else {
                continue;
            };
            let is_counted = counted >> index & 1 == 1;
            let text = text(&member, &mut self.decoded);
            if slot.is_key {
                key = Some(text.map_or_else(|| fingerprint(member.value()), fingerprint_of));
            }
            match text {
                _ if slot.is_ignored => {}
                Some(text) => slots.add_string(index, text.as_bytes(), is_counted),
                None => slots.add(index, member.value(), is_counted),
            }
        }
        if members.unknown() > 0 {
            self.add_unknown(members, &mut unknown, &mut key);
        }
        let (counted, other) = slots.finish(&unknown);
        let event = event_print(class, members);
        (Print { key: key.unwrap_or(!counted).wrapping_add(event), counted, other }, key.is_some())
    }

    fn add_unknown(&self, members: &Members<'_>, unknown: &mut Sums, key: &mut Option<Fingerprint>) {
        for member in members.iter().filter(|member| !member.is_shadowed() && !member.is_known()) {
            let (name, value) = (member.name(), member.value());
            if name == self.by {
                *key = Some(fingerprint(value));
            }
            if !self.scope.ignores_name(&name) {
                unknown.add(self.scope.all, of_member(&name, value));
            }
        }
    }
}

/// Distinguishes the keys of one event from those of another, so that records are joined within an event.
fn event_print(class: Class, members: &Members<'_>) -> Fingerprint {
    match class {
        Class::Judged { event, .. } if *event.event == ASSOCIATION_CREATE => 0,
        Class::Judged { event, .. } => fingerprint_of(&event.label()),
        Class::Named(Some(name)) => fingerprint_of(name),
        Class::Named(None) => event_type(members).map_or(0, fingerprint),
        Class::Alike(looks, _) => fingerprint_of(&looks.title),
    }
}

/// The string value, decoded into `decoded` if need be.
fn text<'a>(member: &Member<'a>, decoded: &'a mut String) -> Option<&'a str> {
    let written = member.string_text()?;
    if !member.seen().is_escaped() {
        return Some(written);
    }
    decode_into(written, decoded);
    Some(decoded)
}

/// One record of the indexed side.
#[derive(Clone, Copy, Debug)]
pub struct Indexed<P> {
    /// The fingerprints to compare.
    pub print: Print,
    pub place: P,
    /// A part of the hash of the first record that matched it; 0 if none did.
    met: u64,
}

/// The match of a record of the other side.
#[derive(Clone, Copy, Debug)]
pub enum Met<P> {
    /// The record of that key, for the first time.
    First(Indexed<P>),
    /// No record of that key.
    Nothing,
    /// A key that its own side had before; whether all fields that count were the same.
    Again(bool),
}

/// The records of one side, by key.
#[derive(Debug)]
pub struct Index<P> {
    /// In the order of their side: two streams in the same order then move through memory together.
    records: Vec<Indexed<P>>,
    /// The index in `records` of each key. Only the index is kept, so that most of the table stays in the processor's
    /// cache.
    by_key: HashTable<u32>,
    /// The index after the last match: two streams are mostly in the same order, and then no key has to be looked up.
    next: usize,
    /// The keys without a match, and their hashes: at most a few more than there are records.
    strangers: HashMap<Fingerprint, u64, BuildHasherDefault<Fingerprinted>>,
}

impl<P> Default for Index<P> {
    fn default() -> Self {
        let (records, by_key, strangers) = (Vec::new(), HashTable::new(), HashMap::default());
        Self { records, by_key, next: 0, strangers }
    }
}

impl<P: Copy + Ord> Index<P> {
    /// Makes room for this many records in all.
    pub fn expect(&mut self, records: usize) {
        self.records.reserve(records.saturating_sub(self.records.len()));
        let known = &self.records;
        let more = records.saturating_sub(self.by_key.len());
        self.by_key.reserve(more, |index| hash(known[*index as usize].print.key));
    }

    /// Adds a record. If its key is there already, the earlier record stays and is returned.
    pub fn add(&mut self, print: Print, place: P) -> Option<Indexed<P>> {
        let records = &self.records;
        let is_same = |index: &u32| records[*index as usize].print.key == print.key;
        match self.by_key.entry(hash(print.key), is_same, |index| hash(records[*index as usize].print.key)) {
            Entry::Occupied(first) => Some(records[*first.get() as usize]),
            Entry::Vacant(free) => {
                let index = u32::try_from(records.len());
                free.insert(index.expect("internal error: so many records fit no memory"));
                self.records.push(Indexed { print, place, met: 0 });
                None
            }
        }
    }

    /// The index of the record with that key.
    fn find(&self, key: Fingerprint) -> Option<usize> {
        if self.records.get(self.next).is_some_and(|record| record.print.key == key) {
            return Some(self.next);
        }
        let is_same = |index: &u32| self.records[*index as usize].print.key == key;
        self.by_key.find(hash(key), is_same).map(|index| *index as usize)
    }

    /// Joins a record of the other side.
    pub fn join(&mut self, print: &Print) -> Met<P> {
        /// The number of strangers that are kept however small the index is.
        const FEW: usize = 1 << 16;
        let met = print.counted as u64 | 1;
        if let Some(index) = self.find(print.key) {
            self.next = index + 1;
            let record = &mut self.records[index];
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

    /// The places of the records without a match, in order.
    pub fn left(&self) -> Vec<P> {
        let mut left: Vec<P> =
            self.records.iter().filter(|record| record.met == 0).map(|record| record.place).collect();
        left.sort_unstable();
        left
    }
}

/// The fingerprint itself, because it is a keyed hash already.
fn hash(key: Fingerprint) -> u64 {
    (key >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meaning::Keys;

    fn print(text: &str) -> Print {
        let scope = Scope { ignore: vec!["timestamp".to_owned(), "/key".to_owned()], ..Scope::default() };
        Prints::new("id", &scope, Wanted::Any).of(&crate::event::reader().read(text.as_bytes()).unwrap()).0
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
    fn records_are_joined_whose_keys_for_other_programs_are_equal_and_no_others() {
        let mut texts: Vec<String> = Vec::new();
        let events = ["", r#""type":"AssociationCreate","#, r#""type":"AssociationUpdate","#]
            .into_iter()
            .chain([
                r#""type":"RelationCreate","#,
                r#""type":"ContactCreate","#,
                r#""type":"ContactDelete","#,
            ])
            .chain([r#""type":"Never","#, r#""type":7,"#, r#""type":null,"#, r#""firstRecordId":"r","#]);
        for event in events {
            let values = [r#""1""#, "1", "1.0", r#""\u0031""#, "null", "[1.0]", "[1]", r#"{"a":1,"b":2}"#];
            for value in values.into_iter().chain([r#"{"b":2,"a":0,"a":1}"#, r#""é""#, "\"e\u{301}\""]) {
                texts.push(format!(r#"{{{event}"id":0,"id":{value},"x":{value}}}"#));
            }
        }
        for (by, wanted) in
            [("id", Wanted::Any), ("x", Wanted::Any), ("id", Wanted::Only(&ASSOCIATION_CREATE))]
        {
            let (mut keys, mut prints) = (Keys::new(by, wanted), Prints::new(by, &Scope::default(), wanted));
            let mut both = |text: &String| {
                let (print, has_key) = prints.of(&crate::event::reader().read(text.as_bytes()).unwrap());
                assert!(has_key, "{text}");
                (keys.of(text.as_bytes()).unwrap(), print.key)
            };
            let made: Vec<(String, Fingerprint)> = texts.iter().map(&mut both).collect();
            for (one, (key, print)) in made.iter().enumerate() {
                for (other, (other_key, other_print)) in made.iter().enumerate() {
                    let (one, other) = (&texts[one], &texts[other]);
                    assert_eq!(key == other_key, print == other_print, "{by}: {one} and {other}");
                }
            }
        }
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
