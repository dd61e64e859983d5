//! An association was removed. Only its `type` distinguishes it from an update.

use super::association_update::{SIGNS, SLOTS, WEAK_SIGNS};
use super::kind::Event;
use std::sync::OnceLock;

/// Its schema and example are those of AssociationUpdate.
pub static ASSOCIATION_DELETE: Event = Event {
    name: "AssociationDelete",
    page: "association-deleted",
    schema: include_str!("../../schemas/association-deleted.schema.json"),
    example: include_str!("../../fixtures/events/association-deleted.json"),
    meaning: "an association was removed",
    slots: SLOTS,
    signs: SIGNS,
    weak_signs: WEAK_SIGNS,
    cache: OnceLock::new(),
};
