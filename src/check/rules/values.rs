//! The content of the documented fields: `association-type`, `object-key`, `object-pair`, `swapped-identifiers`.
//!
//! Invariants: a value of another type is left to the schema, and an empty one to `empty-field`.

use super::{Advice, shown};
use crate::check::Code;
use crate::event::bare;
use crate::event::facts::{
    ASSOCIATION_TYPES, CUSTOM_OBJECTS, OBJECT_KINDS, is_custom_object, is_in_documented_pairs,
    is_location_id, is_object_id, is_object_key,
};
use crate::event::members::{
    ASSOCIATION_ID, ASSOCIATION_TYPE, FIRST_KEY, ID, LOCATION_ID, NAMES, SECOND_KEY,
};
use crate::payload::{Member, Members};
use std::borrow::Cow;

/// Checks that the documented fields' values have the forms of deliveries.
pub(in crate::check) fn forms(members: &Members<'_>, advice: &mut Advice<'_>) {
    let is_association = advice.event.has(ASSOCIATION_TYPE);
    let origin = filled(members, ASSOCIATION_TYPE).filter(|_| is_association);
    let keys = [FIRST_KEY, SECOND_KEY]
        .map(|index| filled(members, index).map(|filled| ObjectKey::new(index, filled)));
    if let Some(origin) = &origin {
        association_type(origin, advice);
    }
    keys.iter().flatten().for_each(|key| object_key(key, advice));
    if let [Some(first), Some(second)] = &keys
        && is_association
    {
        let is_system = origin.is_some_and(|origin| origin.text == ASSOCIATION_TYPES[1]);
        object_pair(first, second, is_system, advice);
    }
    swapped_identifiers(members, advice);
    association_id(members, advice);
}

/// A documented field's value that holds more than white space.
pub(super) struct Filled<'a> {
    pub(super) member: Member<'a>,
    pub(super) text: Cow<'a, str>,
}

#[inline]
pub(super) fn filled<'a>(members: &Members<'a>, index: usize) -> Option<Filled<'a>> {
    let member = members.known(index)?;
    let is_lettered = members.lettered() >> index & 1 == 1;
    let text = member.string().filter(|text| is_lettered || !text.trim().is_empty())?;
    Some(Filled { member, text })
}

/// The key of an object.
struct ObjectKey<'a> {
    name: &'static str,
    filled: Filled<'a>,
    is_in_documented_pairs: bool,
    is_known: bool,
}

impl<'a> ObjectKey<'a> {
    fn new(index: usize, filled: Filled<'a>) -> Self {
        let is_in_documented_pairs = is_in_documented_pairs(filled.text.as_ref());
        let is_known = is_in_documented_pairs || is_object_key(filled.text.as_ref());
        Self { name: NAMES[index], filled, is_in_documented_pairs, is_known }
    }
}

/// The page says "e.g.", so another value is not an error; but no other was ever observed.
fn association_type(Filled { member, text }: &Filled<'_>, advice: &mut Advice<'_>) {
    if ASSOCIATION_TYPES.contains(&text.as_ref()) {
        return;
    }
    let value = member.value();
    let message =
        || format!("`associationType` is {}, neither \"USER_DEFINED\" nor \"SYSTEM_DEFINED\"", shown(value));
    let meant = meant_type(text).map(|meant| format!("did you mean \"{meant}\"?").into());
    advice.raise_at(Code::AssociationType, NAMES[ASSOCIATION_TYPE], value, message).help = meant;
}

fn meant_type(text: &str) -> Option<&'static str> {
    let text = bare(text);
    ASSOCIATION_TYPES.into_iter().find(|known| {
        strsim::osa_distance(&text, &bare(known)) <= 2 || bare(known).strip_suffix("defined") == Some(&text)
    })
}

/// The platform may get new kinds; until it does, plurals, capitals and names without their prefix are by far the
/// likelier cause.
fn object_key(ObjectKey { name, filled, is_known, .. }: &ObjectKey<'_>, advice: &mut Advice<'_>) {
    if *is_known {
        return;
    }
    let (value, text) = (filled.member.value(), &filled.text);
    let message =
        || format!("`{name}` is {}, which is not an object key known from deliveries", shown(value));
    advice.raise_at(Code::ObjectKey, name, value, message).help = Some(match meant_key(text) {
        Some(meant) => format!("did you mean \"{meant}\"?").into(),
        None => format!(
            "known are {} and {CUSTOM_OBJECTS}NAME, with NAME in lower-case letters, digits and `_`",
            OBJECT_KINDS.join(", ")
        )
        .into(),
    });
}

fn meant_key(text: &str) -> Option<String> {
    // Longer than any key in use: the general advice is better.
    if text.len() > super::MOST {
        return None;
    }
    let lower = text.trim().to_lowercase();
    let singular = match lower.as_str() {
        "company" | "companies" | "businesses" => "business",
        "opportunities" => "opportunity",
        other => other.strip_suffix('s').filter(|stem| OBJECT_KINDS.contains(stem)).unwrap_or(other),
    };
    if OBJECT_KINDS.contains(&singular) {
        return Some(singular.to_owned());
    }
    let after = |prefix| lower.strip_prefix(prefix);
    let name = after(CUSTOM_OBJECTS)
        .or_else(|| after("custom_object."))
        .or_else(|| after("customobjects."))
        .unwrap_or(&lower)
        .replace([' ', '-'], "_");
    let key = format!("{CUSTOM_OBJECTS}{name}");
    is_custom_object(&key).then_some(key)
}

/// The page's prose lists three pairs of kinds, but others are delivered: worth a note if a user made them. The
/// platform's own definitions are nobody's mistake.
fn object_pair(first: &ObjectKey<'_>, second: &ObjectKey<'_>, is_system: bool, advice: &mut Advice<'_>) {
    let are_documented = first.is_in_documented_pairs && second.is_in_documented_pairs;
    if are_documented || is_system || !first.is_known || !second.is_known {
        return;
    }
    let message = || {
        [
            "the page does not list the pair ",
            &quoted(&first.filled.text),
            " and ",
            &quoted(&second.filled.text),
            ": it has contacts and custom objects only",
        ]
        .concat()
    };
    advice.raise_at(Code::ObjectPair, first.name, first.filled.member.value(), message);
}

fn quoted(text: &str) -> String {
    crate::escape::quoted(text, super::MOST)
}

const FORMS: &str = "an association's id is usually 24 hex digits, a location's 20 letters and digits";

/// Each form is so narrow that one field alone is enough.
fn swapped_identifiers(members: &Members<'_>, advice: &mut Advice<'_>) {
    let id = filled(members, ID).filter(|id| is_location_id(id.text.as_ref()));
    let location = filled(members, LOCATION_ID).filter(|location| is_object_id(location.text.as_ref()));
    let (name, filled, message) = match (id, location) {
        (Some(id), Some(_)) => ("id", id, "`id` and `locationId` seem to be swapped"),
        (Some(id), None) => ("id", id, "`id` looks like a location ID (20 letters and digits)"),
        (None, Some(location)) => {
            ("locationId", location, "`locationId` looks like an association ID (24 hex digits)")
        }
        (None, None) => return,
    };
    let value = filled.member.value();
    advice.raise_at(Code::SwappedIdentifiers, name, value, || message.to_owned()).help = Some(FORMS.into());
}

/// A relation names its association by that association's id.
fn association_id(members: &Members<'_>, advice: &mut Advice<'_>) {
    if !advice.event.has(ASSOCIATION_ID) {
        return;
    }
    if let Some(id) = filled(members, ASSOCIATION_ID).filter(|id| is_location_id(id.text.as_ref())) {
        let message = "`associationId` looks like a location or contact ID (20 letters and digits)";
        let (name, value) = (NAMES[ASSOCIATION_ID], id.member.value());
        advice.raise_at(Code::SwappedIdentifiers, name, value, || message.to_owned()).help =
            Some(FORMS.into());
    }
}
