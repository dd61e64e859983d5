//! Whether an object speaks for the event: by the names of its members, and by its `type`.
//!
//! In: the members of an object, in order. Out: whether it is a payload of this family of events.
//!
//! Invariants: `id`, `key`, `type`, `timestamp` and `locationId` alone occur everywhere and prove nothing; a foreign
//! name costs a look at its length and first letter.

use crate::event::documented::documented;
use crate::event::members::{
    ASSOCIATION_ID, FIRST_RECORD, ID, KEY, LOCATION_ID, NAMES, OWN_MASK, SECOND_RECORD, WEBHOOK_ID, slot,
};
use crate::event::{ASSOCIATION_CREATE, bare, is_of_family};
use crate::payload::{Document, Members, Node};
use std::ops::Range;

/// The slots of the fields that only events about relations have.
const OF_RELATIONS: [usize; 3] = [FIRST_RECORD, SECOND_RECORD, ASSOCIATION_ID];
/// The length in letters of a misspelled name of the event, and the number of letters that may be wrong.
const LENGTHS: std::ops::RangeInclusive<usize> = 11..=20;
const SLIPS: usize = 2;

/// The signs that were seen in an object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    /// The documented names, a bit each.
    names: u32,
    /// Whether one of them is a name that only this family of events has.
    pub(super) has_own: bool,
    is_typed: bool,
    /// Whether its `type` is another event's, and whether it has a name that surrounds the fields in deliveries.
    is_other: bool,
    has_envelope: bool,
    /// Whether there are headers, and something that may be their body.
    pub(super) has_headers: bool,
    pub(super) has_body: bool,
}

impl Sight {
    /// Looks at `root`.
    pub(super) fn of(root: Node<'_>) -> Self {
        let mut sight = Self::default();
        for member in root.members().iter().flat_map(|members| members.iter()) {
            let name = member.name();
            sight.see(&name);
            if name == "type" {
                sight.see_type(member.value());
            }
        }
        sight
    }

    /// The same for a document, at once if it was read with the event's names and clearly speaks.
    pub(super) fn of_document(document: &Document<'_>) -> Self {
        let names = document.members().map_or(0, Members::present) & ASSOCIATION_CREATE.slots.mask;
        let sight = Self { names, has_own: names & OWN_MASK != 0, ..Self::default() };
        if sight.speaks() { sight } else { Self::of(document.root()) }
    }

    /// Sees a member of that name.
    pub(super) fn see(&mut self, name: &str) {
        match name {
            "headers" => self.has_headers = true,
            "body" | "rawBody" | "payload" | "content" => self.has_body = true,
            _ => {}
        }
        let slot = slot(name);
        self.has_envelope |= name == "locationId" || slot.is_some_and(|slot| slot >= WEBHOOK_ID);
        let documented = slot.map_or(0, |slot| 1 << slot) & ASSOCIATION_CREATE.slots.mask;
        if documented != 0 {
            self.names |= documented;
            self.has_own |= documented & OWN_MASK != 0;
        } else if let Some(index) = meant(name) {
            self.names |= 1 << index;
            self.has_own = true;
        } else if let Some(index) = meant_for_everyone(name) {
            self.names |= 1 << index;
        }
    }

    pub(super) fn see_type(&mut self, value: Node<'_>) {
        if value.text().len() > 64 {
            return;
        }
        let Some(text) = value.as_str() else { return };
        self.is_other |= documented(&text).is_some_and(|name| name != ASSOCIATION_CREATE.name);
        self.is_typed |= is_of_family(&text);
    }

    /// Whether it has a documented name at all, such as `id`.
    pub(super) fn has_name(self) -> bool {
        self.names != 0
    }

    /// Whether it is a payload of another event.
    pub(super) fn is_other_event(self) -> bool {
        self.is_other && self.has_envelope
    }

    /// Whether it is a payload of the event or of one of its family.
    pub(super) fn speaks(self) -> bool {
        self.is_typed || self.has_own && self.names.count_ones() >= 2
    }
}

/// The slot of the name of this family of events that `name` misspells.
fn meant(name: &str) -> Option<usize> {
    let first = name.bytes().find(u8::is_ascii_alphabetic)?.to_ascii_lowercase();
    if !LENGTHS.contains(&name.len()) || !matches!(first, b'a' | b'f' | b's') {
        return None;
    }
    let name = bare(name);
    let mut own = (0..NAMES.len()).filter(|slot| OWN_MASK >> slot & 1 == 1).chain(OF_RELATIONS);
    own.find(|slot| strsim::osa_distance(&name, &bare(NAMES[*slot])) <= SLIPS)
}

/// The slot of the general name that `name` misspells.
fn meant_for_everyone(name: &str) -> Option<usize> {
    const LONGEST: usize = 12;
    let is_near = name.len() <= LONGEST && name.starts_with(['I', 'i', 'K', 'k', 'L', 'l', '_']);
    let mut everyone = [ID, KEY, LOCATION_ID].into_iter().filter(|_| is_near);
    if !name.is_ascii() {
        let name = Some(bare(name)).filter(|_| is_near)?;
        return everyone.find(|slot| NAMES[*slot].eq_ignore_ascii_case(&name));
    }
    // A comparison without case and separators, and without a copy.
    let letters = || name.bytes().filter(u8::is_ascii_alphanumeric);
    everyone.find(|slot| {
        letters()
            .map(|letter| letter.to_ascii_lowercase())
            .eq(NAMES[*slot].bytes().map(|letter| letter.to_ascii_lowercase()))
    })
}

/// Whether a name that only this event has occurs in `text`, however it is spelled.
pub(super) fn spells_own_name(text: &[u8]) -> bool {
    spelled(text).next().is_some()
}

/// The words in `text` that spell a name of this event alone, however they do.
pub(super) fn spelled(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let words = text.split(move |byte| !is_letter(byte)).scan(0, |next, word| {
        let start = *next;
        *next = start + word.len() + 1;
        Some((start, word))
    });
    let is_own = |slot: usize| ASSOCIATION_CREATE.slots.mask >> slot & 1 == 1;
    words
        .filter(|(_, word)| LENGTHS.contains(&word.len()))
        .filter(move |(_, word)| std::str::from_utf8(word).ok().and_then(meant).is_some_and(is_own))
        .map(|(start, word)| start..start + word.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaks(text: &str) -> bool {
        Sight::of(Document::parse(text.as_bytes()).unwrap().root()).speaks()
    }

    #[test]
    fn an_object_speaks_by_its_own_names_or_by_its_type() {
        for text in [
            r#"{"associationType":1,"id":2}"#,
            r#"{"first_object_key":1,"Second-Object-Label":2}"#,
            r#"{"firstObjectLable":1,"key":2}"#,
            r#"{"firstRecordId":1,"associationId":2}"#,
            r#"{"type":"AssociationCreated"}"#,
            r#"{"type":"association.create"}"#,
            r#"{"type":"RelationDelete"}"#,
            r#"{"ID":1,"first_object_label":2}"#,
            r#"{"location-id":1,"FirstObjectKey":2}"#,
        ] {
            assert!(speaks(text), "{text}");
        }
        for text in [
            r#"{"id":1,"key":2,"locationId":3,"type":"ContactCreate","timestamp":4}"#,
            r#"{"firstObjectKey":1}"#,
            r#"{"associationTypes":1,"subjectKey":2,"firstName":"a","secondLabel":"b"}"#,
            r#"{"first_name":"a","address":"b","accessToken":"c","sessionToken":1}"#,
            r#"{"type":{"type":"AssociationCreate"}}"#,
            r#"{"ID":1,"Key":2,"location_id":3,"_id":4}"#,
            "{}",
        ] {
            assert!(!speaks(text), "{text}");
        }
        assert!(spells_own_name(br#"a {"x":1,"first_object_label":5}"#));
        assert!(spells_own_name(b"SECOND-OBJECT-KEY=contact"));
        assert!(!spells_own_name(b"associationId=1 first object label, firstName"));
    }
}
