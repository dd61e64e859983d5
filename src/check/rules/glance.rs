//! Which ordinary payloads there is nothing to say about, told from a glance.
//!
//! In: a [`Glance`] of known names, each once, with plain ASCII strings. Out: whether [`advise`](super::advise)
//! would be silent.
//! What always holds: the same facts as in the rules decide; a property test holds the two together.

use super::{ASSOCIATION_TYPE, FIRST_KEY, ID, LOCATION_ID, SECOND_KEY};
use crate::association::event::{
    ASSOCIATION_TYPES, FIELDS, Known, NAME, is_in_documented_pairs, is_location_id, is_object_id,
    is_object_key,
};
use crate::payload::Glance;

const TYPE: usize = Known::Envelope(0).slot();

/// Whether no rule has anything to say about the payload. False says nothing.
pub(in crate::check) fn is_silent(glance: &Glance<'_>) -> bool {
    let is_filled = |slot| glance.value(slot).is_some_and(|value| value.iter().any(|byte| *byte != b' '));
    (0..FIELDS).all(is_filled)
        && glance.value(TYPE).is_none_or(|name| name == NAME.as_bytes())
        && has_forms(glance)
}

fn has_forms(glance: &Glance<'_>) -> bool {
    let value = |slot| glance.value(slot).unwrap_or_default();
    let (first, second, association_type) = (value(FIRST_KEY), value(SECOND_KEY), value(ASSOCIATION_TYPE));
    let is_pair = is_in_documented_pairs(first) && is_in_documented_pairs(second)
        || association_type == ASSOCIATION_TYPES[1].as_bytes()
            && is_object_key(first)
            && is_object_key(second);
    is_pair
        && ASSOCIATION_TYPES.iter().any(|known| association_type == known.as_bytes())
        && !is_location_id(value(ID))
        && !is_object_id(value(LOCATION_ID))
}
