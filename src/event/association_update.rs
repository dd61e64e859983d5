//! An existing association was changed.

use super::kind::{Event, Slots};
use super::lookalike::{MemberSign, SignValue};
use super::members::{
    ASSOCIATION_TYPE, FIRST_CARDINALITY, FIRST_KEY, FIRST_LABEL, ID, KEY, LOCATION_ID, NAMES,
    SECOND_CARDINALITY, SECOND_KEY, SECOND_LABEL,
};
use std::sync::OnceLock;

/// Its schema and example are those of AssociationDelete.
pub static ASSOCIATION_UPDATE: Event = Event {
    name: "AssociationUpdate",
    page: "association-updated",
    schema: include_str!("../../schemas/association-updated.schema.json"),
    example: include_str!("../../fixtures/events/association-updated.json"),
    meaning: "an association that exists was changed",
    slots: SLOTS,
    signs: SIGNS,
    weak_signs: WEAK_SIGNS,
    cache: OnceLock::new(),
};

/// The fields of AssociationDelete, too: the pages differ in their titles.
pub(super) const SLOTS: Slots = Slots::of(&[
    ID,
    ASSOCIATION_TYPE,
    FIRST_KEY,
    FIRST_LABEL,
    FIRST_CARDINALITY,
    SECOND_KEY,
    SECOND_LABEL,
    SECOND_CARDINALITY,
    KEY,
    LOCATION_ID,
]);

pub(super) const SIGNS: &[MemberSign] =
    &[(NAMES[FIRST_CARDINALITY], SignValue::Any), (NAMES[SECOND_CARDINALITY], SignValue::Any)];
pub(super) const WEAK_SIGNS: &[MemberSign] = &[];
