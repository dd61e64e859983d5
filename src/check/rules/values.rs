//! What the documented fields hold: `association-type`, `object-key`, `object-pair`, `swapped-identifiers`.
//!
//! What always holds: a value of another type is the schema's business and an empty one is `empty-field`'s.

use super::{ASSOCIATION_TYPE, Advice, FIRST_KEY, ID, LOCATION_ID, SECOND_KEY, bare, shown};
use crate::association::event::{
    ASSOCIATION_TYPES, CUSTOM_OBJECTS, OBJECT_KINDS, field_name, is_custom_object, is_in_documented_pairs,
    is_location_id, is_object_id, is_object_key,
};
use crate::payload::{Members, Node};
use std::borrow::Cow;

/// Whether the documented fields' values have the forms that deliveries have.
pub(super) fn forms(members: &Members<'_>, advice: &mut Advice<'_>) {
    association_type(members, advice);
    object_key(FIRST_KEY, members, advice);
    object_key(SECOND_KEY, members, advice);
    object_pair(members, advice);
    swapped_identifiers(members, advice);
}

/// A documented field's value and the string in it, if it holds more than white space.
#[inline]
fn filled<'a>(members: &Members<'a>, index: usize) -> Option<(Node<'a>, Cow<'a, str>)> {
    let member = members.known(index)?;
    let is_lettered = members.lettered() >> index & 1 == 1;
    let text = member.string().filter(|text| is_lettered || !text.trim().is_empty())?;
    Some((member.value(), text))
}

/// The string that a documented field holds.
fn string<'a>(members: &Members<'a>, index: usize) -> Option<Cow<'a, str>> {
    members.known(index)?.string()
}

/// The page says "e.g.", so another value is no error; no other was ever members.
fn association_type(members: &Members<'_>, advice: &mut Advice<'_>) {
    let Some((value, text)) = filled(members, ASSOCIATION_TYPE) else { return };
    if ASSOCIATION_TYPES.contains(&text.as_ref()) {
        return;
    }
    let message =
        format!("`associationType` is {}, neither \"USER_DEFINED\" nor \"SYSTEM_DEFINED\"", shown(value));
    let meant = meant_type(&text).map(|meant| format!("did you mean \"{meant}\"?"));
    advice.raise_at("association-type", field_name(ASSOCIATION_TYPE), value, message).help = meant;
}

fn meant_type(text: &str) -> Option<&'static str> {
    let text = bare(text);
    ASSOCIATION_TYPES.into_iter().find(|known| {
        strsim::osa_distance(&text, &bare(known)) <= 2 || bare(known).strip_suffix("defined") == Some(&text)
    })
}

/// Kinds can be added to the platform; until one is members, plurals, capitals and names without their prefix are
/// by far the likelier cause.
fn object_key(index: usize, members: &Members<'_>, advice: &mut Advice<'_>) {
    let Some((value, text)) = filled(members, index) else { return };
    if is_object_key(text.as_ref()) {
        return;
    }
    let name = field_name(index);
    let message = format!("`{name}` is {}, which is no object key known from deliveries", shown(value));
    advice.raise_at("object-key", name, value, message).help = Some(match meant_key(&text) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!(
            "known are {} and {CUSTOM_OBJECTS}NAME, with NAME in lower-case letters, digits and `_`",
            OBJECT_KINDS.join(", ")
        ),
    });
}

fn meant_key(text: &str) -> Option<String> {
    // Longer than any key in use: better said in general.
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

/// The page's prose knows three pairs of kinds, and others are delivered: worth a note, where a user made them.
/// What the platform defines itself is no mistake of anyone's.
fn object_pair(members: &Members<'_>, advice: &mut Advice<'_>) {
    let (Some((value, first)), Some(second)) = (filled(members, FIRST_KEY), string(members, SECOND_KEY))
    else {
        return;
    };
    let is_settled = !is_object_key(first.as_ref())
        || !is_object_key(second.as_ref())
        || is_in_documented_pairs(first.as_ref()) && is_in_documented_pairs(second.as_ref())
        || string(members, ASSOCIATION_TYPE).as_deref() == Some(ASSOCIATION_TYPES[1]);
    if !is_settled {
        let message = format!(
            "the page does not list the pair {} and {}: it has contacts and custom objects only",
            quoted(&first),
            quoted(&second)
        );
        advice.raise_at("object-pair", field_name(FIRST_KEY), value, message);
    }
}

fn quoted(text: &str) -> String {
    crate::visible::quoted(text, super::MOST)
}

/// Each form is so narrow that one field alone is sign enough.
fn swapped_identifiers(members: &Members<'_>, advice: &mut Advice<'_>) {
    let id = filled(members, ID).filter(|(_, id)| is_location_id(id.as_ref()));
    let location = filled(members, LOCATION_ID).filter(|(_, location)| is_object_id(location.as_ref()));
    let (name, value, message) = match (id, location) {
        (Some((value, _)), Some(_)) => ("id", value, "`id` and `locationId` seem to be swapped".to_owned()),
        (Some((value, _)), None) => {
            ("id", value, "`id` has the form of a location's, 20 letters and digits".to_owned())
        }
        (None, Some((value, _))) => (
            "locationId",
            value,
            "`locationId` has the form of an association's id, 24 hex digits".to_owned(),
        ),
        (None, None) => return,
    };
    advice.raise_at("swapped-identifiers", name, value, message).help =
        Some("an association's id is usually 24 hex digits, a location's 20 letters and digits".to_owned());
}
