//! Two records were linked.

use super::kind::{Event, Slots};
use super::lookalike::{MemberSign, SignValue};
use super::members::{
    ASSOCIATION_ID, FIRST_KEY, FIRST_RECORD, ID, LOCATION_ID, NAMES, SECOND_KEY, SECOND_RECORD,
};
use std::sync::OnceLock;

/// Its schema and example are those of RelationDelete.
pub static RELATION_CREATE: Event = Event {
    name: "RelationCreate",
    page: "relation-created",
    schema: include_str!("../../schemas/relation-created.schema.json"),
    example: include_str!("../../fixtures/events/relation-created.json"),
    meaning: "two records were linked by an association that exists",
    slots: SLOTS,
    signs: SIGNS,
    weak_signs: WEAK_SIGNS,
    cache: OnceLock::new(),
};

/// The fields of RelationDelete, too: the pages differ in their titles.
pub(super) const SLOTS: Slots =
    Slots::of(&[ID, FIRST_KEY, FIRST_RECORD, SECOND_KEY, SECOND_RECORD, ASSOCIATION_ID, LOCATION_ID]);

pub(super) const SIGNS: &[MemberSign] =
    &[(NAMES[FIRST_RECORD], SignValue::Any), (NAMES[SECOND_RECORD], SignValue::Any)];
pub(super) const WEAK_SIGNS: &[MemberSign] = &[(NAMES[ASSOCIATION_ID], SignValue::Any)];
