//! The top-level names of payloads of this family of events, each with its slot.
//!
//! In: names. Out: slots, and masks of slots, one bit each.
//! Invariants: the names of events' fields come first, then the envelope's; one table of names serves every event, so
//! that a payload is read once, whichever event it is.

use crate::payload::{Members, Names, Pointer, Reader};
use std::sync::OnceLock;

pub(crate) const ID: usize = 0;
pub(crate) const ASSOCIATION_TYPE: usize = 1;
pub(crate) const FIRST_KEY: usize = 2;
pub(crate) const FIRST_LABEL: usize = 3;
pub(crate) const SECOND_KEY: usize = 4;
pub(crate) const SECOND_LABEL: usize = 5;
pub(crate) const KEY: usize = 6;
pub(crate) const LOCATION_ID: usize = 7;
pub(crate) const FIRST_CARDINALITY: usize = 8;
pub(crate) const SECOND_CARDINALITY: usize = 9;
pub(crate) const ASSOCIATION_ID: usize = 10;
pub(crate) const FIRST_RECORD: usize = 11;
pub(crate) const SECOND_RECORD: usize = 12;
/// The number of names that are fields of an event.
pub(crate) const FIELDS: usize = 13;
pub(crate) const TYPE: usize = FIELDS;
pub(crate) const WEBHOOK_ID: usize = FIELDS + 2;

/// The pointer to the member of each slot.
const POINTERS: [&str; FIELDS + 8] = [
    "/id",
    "/associationType",
    "/firstObjectKey",
    "/firstObjectLabel",
    "/secondObjectKey",
    "/secondObjectLabel",
    "/key",
    "/locationId",
    "/firstObjectToSecondObjectCardinality",
    "/secondObjectToFirstObjectCardinality",
    "/associationId",
    "/firstRecordId",
    "/secondRecordId",
    "/type",
    "/timestamp",
    "/webhookId",
    "/appId",
    "/versionId",
    "/companyId",
    "/traceId",
    "/payloadTooLarge",
];

/// The name of each slot.
pub(crate) const NAMES: [&str; POINTERS.len()] = {
    let (mut names, mut slot) = (POINTERS, 0);
    while slot < names.len() {
        names[slot] = names[slot].split_at(1).1;
        slot += 1;
    }
    names
};

/// The fields that deliveries carry besides the event's own. `timestamp` and `webhookId` are documented for all events,
/// and so are, on outdated or single pages, `traceId` (in prose) and `payloadTooLarge` (a payload above 256 KB is cut;
/// never observed). The others are inferred from siblings.
pub(crate) const ENVELOPE: [&str; 8] = {
    let (mut names, mut index) = ([""; 8], 0);
    while index < names.len() {
        names[index] = NAMES[FIELDS + index];
        index += 1;
    }
    names
};

/// The envelope's mark of a payload that the platform has cut.
pub(crate) const CUT: &str = NAMES[FIELDS + 7];

/// The fields that only events about associations have; `id`, `key` and `locationId` occur everywhere.
pub(crate) const OWN: [&str; 5] =
    [NAMES[ASSOCIATION_TYPE], NAMES[FIRST_KEY], NAMES[FIRST_LABEL], NAMES[SECOND_KEY], NAMES[SECOND_LABEL]];

/// The bits of the slots of [`OWN`].
pub(crate) const OWN_MASK: u32 = mask(&[ASSOCIATION_TYPE, FIRST_KEY, FIRST_LABEL, SECOND_KEY, SECOND_LABEL]);

/// The bits of the envelope's slots.
pub(crate) const ENVELOPE_MASK: u32 = ((1 << ENVELOPE.len()) - 1) << FIELDS;

/// The bits of these slots.
pub(crate) const fn mask(slots: &[usize]) -> u32 {
    let (mut mask, mut index) = (0, 0);
    while index < slots.len() {
        mask |= 1 << slots[index];
        index += 1;
    }
    mask
}

/// The slot of `name`, without an allocation: every name of every payload is looked up.
pub(crate) fn slot(name: &str) -> Option<usize> {
    let mut same_length = *OF_LENGTH.get(name.len())?;
    while same_length != 0 {
        let slot = same_length.trailing_zeros() as usize;
        if NAMES[slot] == name {
            return Some(slot);
        }
        same_length &= same_length - 1;
    }
    None
}

/// The bits of the slots of the names of each length.
const OF_LENGTH: [u32; NAMES[FIRST_CARDINALITY].len() + 1] = {
    let (mut masks, mut slot) = ([0; _], 0);
    while slot < NAMES.len() {
        masks[NAMES[slot].len()] |= 1 << slot;
        slot += 1;
    }
    masks
};

/// The pointer to the member `name` at the top.
pub(crate) fn pointer(name: &str) -> Pointer {
    slot(name).map_or_else(|| Pointer::default().join(name), |slot| Pointer::known(POINTERS[slot]))
}

/// A reader that finds the members of known names in payloads, by slot.
pub fn reader() -> Reader {
    static KNOWN: OnceLock<Names> = OnceLock::new();
    Reader::new(KNOWN.get_or_init(|| Names::new(NAMES)))
}

/// The number of effective members whose slot is not in `mask`, including those without a slot.
pub(crate) fn beyond(members: &Members<'_>, mask: u32) -> usize {
    members.unknown() + (members.present() & !mask).count_ones() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_the_slot_of_its_index() {
        for (index, name) in NAMES.into_iter().enumerate() {
            assert_eq!(slot(name), Some(index), "{name}");
        }
        assert_eq!((NAMES[TYPE], NAMES[WEBHOOK_ID]), ("type", "webhookId"));
        assert_eq!((slot("ID"), slot("")), (None, None));
        assert!(NAMES.len() <= Names::MOST);
    }
}
