//! Two records are no longer linked. Only its `type` distinguishes it from the creation of a link.

use super::kind::Event;
use super::relation_create::{SIGNS, SLOTS, WEAK_SIGNS};
use std::sync::OnceLock;

/// The page's schema has a comma too many; the embedded one is corrected.
pub static RELATION_DELETE: Event = Event {
    name: "RelationDelete",
    page: "relation-deleted",
    schema: include_str!("../../schemas/relation-deleted.schema.json"),
    example: include_str!("../../fixtures/events/relation-deleted.json"),
    meaning: "two records are no longer linked by an association",
    slots: SLOTS,
    signs: SIGNS,
    weak_signs: WEAK_SIGNS,
    cache: OnceLock::new(),
};
