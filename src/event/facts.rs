//! Facts about values beyond the schemas: the observed forms.
//!
//! In: names and values. Out: their meaning.
//! Invariants: nothing here is a verdict. Each fact says how certain it is: *documented* by the vendor, *observed* in
//! public code and deliveries of sibling events, or *inferred* from both.

/// The two values of `associationType` that the page gives as examples, and the only ones observed.
pub const ASSOCIATION_TYPES: [&str; 2] = ["USER_DEFINED", "SYSTEM_DEFINED"];

/// The number of objects of each side that may be associated with one another. Observed in sibling events.
pub const CARDINALITIES: [&str; 4] = ["ONE_TO_ONE", "ONE_TO_MANY", "MANY_TO_ONE", "MANY_TO_MANY"];

/// The same cardinality seen from the other side.
pub fn mirrored(cardinality: &str) -> &str {
    let [_, one_to_many, many_to_one, _] = CARDINALITIES;
    match cardinality {
        _ if cardinality == one_to_many => many_to_one,
        _ if cardinality == many_to_one => one_to_many,
        same => same,
    }
}

/// The object kinds observed besides `custom_objects.…`; `note` is rare.
pub const OBJECT_KINDS: [&str; 5] = ["contact", "opportunity", "business", "task", "note"];

/// The prefix of a custom object's key; `[a-z0-9_]+` follows. Observed.
pub const CUSTOM_OBJECTS: &str = "custom_objects.";

/// The name for events whose own name is unknown, or is one of too many.
pub const UNNAMED: &str = "other events";

/// Whether `key` has the form of a custom object's.
pub fn is_custom_object(key: impl AsRef<[u8]>) -> bool {
    key.as_ref().strip_prefix(CUSTOM_OBJECTS.as_bytes()).is_some_and(|name| {
        !name.is_empty() && all(name, |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    })
}

/// Whether the page's prose lists pairs with objects of that kind: contacts and custom objects. Documented.
pub fn is_in_documented_pairs(key: impl AsRef<[u8]>) -> bool {
    let key = key.as_ref();
    key == b"contact" || is_custom_object(key)
}

/// Whether `key` is one of those observed in deliveries.
pub fn is_object_key(key: impl AsRef<[u8]>) -> bool {
    let key = key.as_ref();
    is_custom_object(key) || OBJECT_KINDS.iter().any(|kind| kind.as_bytes() == key)
}

/// Whether `text` is 24 hex digits, the usual form of an association's id (a `MongoDB` `ObjectId`). Observed.
pub fn is_object_id(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    text.len() == 24 && all(text, |byte| byte.is_ascii_hexdigit())
}

/// Whether `text` is 20 of `[A-Za-z0-9]` in both cases, the form of a location's id. Observed.
///
/// Requiring both cases excludes words and numbers of that length: of random ids, one in 20,000 has only one case.
pub fn is_location_id(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    text.len() == 20
        && all(text, |byte| byte.is_ascii_alphanumeric())
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
}

/// Whether all bytes pass. Each is looked at: many at once are quicker than stopping at the first.
fn all(text: &[u8], is_so: impl Fn(u8) -> bool) -> bool {
    text.iter().fold(true, |all, byte| all & is_so(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_recognised_by_their_form() {
        assert!(is_object_key("custom_objects.real_estate_buyer") && is_object_key("task"));
        assert!(!is_object_key("custom_objects.") && !is_object_key("custom_objects.Buyer"));
        assert!(is_object_id("67ade73d1119d2ac7ad0c475") && !is_object_id("eHy2cOSZxMQzQ6Yyvl8P"));
        assert!(is_location_id("eHy2cOSZxMQzQ6Yyvl8P") && !is_location_id("aaaaaaaaaaaaaaaaaaaa"));
    }
}
