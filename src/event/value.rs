//! The meaning of a value beyond its text.
//!
//! In: a field's name and its decoded string. Out: a few words, or nothing if nothing is known.
//! Invariants: the words rest on observed forms, not on the published schema, and change no verdict; they quote only
//! plain ASCII from the payload.

use super::facts::{ASSOCIATION_TYPES, CUSTOM_OBJECTS, OBJECT_KINDS, is_custom_object, is_object_id};
use jiff::Timestamp;

/// The meaning of the string `value` of the field `name`, in a few words.
pub fn says(name: &str, value: &str) -> Option<String> {
    match name {
        "id" | "appId" | "versionId" | "associationId" | "firstRecordId" | "secondRecordId" => {
            created(value).map(|time| format!("created {time}"))
        }
        "associationType" => Some(origin(value)),
        "firstObjectKey" | "secondObjectKey" => Some(object_kind(value)),
        _ => None,
    }
}

/// The time at which an id of 24 hex digits was made, in UTC: its first eight are the seconds since 1970.
pub fn created(id: &str) -> Option<String> {
    let seconds = id.get(..8).filter(|_| is_object_id(id))?;
    let seconds = u32::from_str_radix(seconds, 16).ok()?;
    Some(Timestamp::from_second(seconds.into()).ok()?.to_string())
}

fn origin(association_type: &str) -> String {
    let [user, system] = ASSOCIATION_TYPES;
    match association_type {
        _ if association_type == user => "defined by a user".to_owned(),
        _ if association_type == system => "defined by the system".to_owned(),
        _ => format!("neither {user} nor {system}"),
    }
}

fn object_kind(key: &str) -> String {
    match key.strip_prefix(CUSTOM_OBJECTS) {
        // A longer one can be read in the value itself.
        Some(name) if is_custom_object(key) && name.len() > 40 => "custom object".to_owned(),
        Some(name) if is_custom_object(key) => format!("custom object `{name}`"),
        None if OBJECT_KINDS.contains(&key) => "standard object".to_owned(),
        _ => "no known kind of object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_when_it_was_made() {
        for (id, expected) in [
            ("67ade73d1119d2ac7ad0c475", Some("2025-02-13T12:36:13Z")),
            ("000000000000000000000000", Some("1970-01-01T00:00:00Z")),
            ("65e0c1ff0000000000000000", Some("2024-02-29T17:42:23Z")),
            ("FFFFFFFFffffffffffffffff", Some("2106-02-07T06:28:15Z")),
            ("67ade73d1119d2ac7ad0c47", None),
            ("67ade73d1119d2ac7ad0c47g", None),
            ("OPPORTUNITIES_CONTACTS_ASSOCIATION", None),
            ("ééééééééé", None),
        ] {
            assert_eq!(created(id).as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn keys_and_types_say_what_they_are() {
        for (name, value, expected) in [
            ("firstObjectKey", "contact", Some("standard object")),
            ("secondObjectKey", "custom_objects.property", Some("custom object `property`")),
            (
                "secondObjectKey",
                "custom_objects.real_estate_buyers_of_the_northern_districts",
                Some("custom object"),
            ),
            ("secondObjectKey", "custom_objects.", Some("no known kind of object")),
            ("firstObjectKey", "contacts", Some("no known kind of object")),
            ("associationType", "SYSTEM_DEFINED", Some("defined by the system")),
            ("associationType", "user_defined", Some("neither USER_DEFINED nor SYSTEM_DEFINED")),
            ("key", "67ade73d1119d2ac7ad0c475", None),
        ] {
            assert_eq!(says(name, value).as_deref(), expected, "{name} {value}");
        }
    }
}
