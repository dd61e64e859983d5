//! An association was defined.

use super::kind::{Event, Slots};
use super::lookalike::SignValue;
use super::members::{
    ASSOCIATION_TYPE, FIRST_KEY, FIRST_LABEL, ID, KEY, LOCATION_ID, NAMES, SECOND_KEY, SECOND_LABEL,
};
use std::sync::OnceLock;

/// The name is inferred from its siblings, most of which are named like their pages; the page's title is "Association
/// Created".
pub static ASSOCIATION_CREATE: Event = Event {
    name: "AssociationCreate",
    page: "association-created",
    schema: include_str!("../../schemas/association-created.schema.json"),
    example: include_str!("../../fixtures/valid/documented-example.json"),
    // People take it for a link between two records. Observed.
    meaning: "an association was defined, a pair of labels between two object types, and no records were linked",
    slots: SLOTS,
    signs: &[],
    weak_signs: &[
        (NAMES[ASSOCIATION_TYPE], SignValue::Any),
        (NAMES[FIRST_LABEL], SignValue::Any),
        (NAMES[SECOND_LABEL], SignValue::Any),
    ],
    cache: OnceLock::new(),
};

const SLOTS: Slots =
    Slots::of(&[ID, ASSOCIATION_TYPE, FIRST_KEY, FIRST_LABEL, SECOND_KEY, SECOND_LABEL, KEY, LOCATION_ID]);
