//! What is known about the event beyond its schema: the envelope, the values seen, and the signs of its siblings.
//! Which events there are is in [`documented`](super::documented).
//!
//! In: names and values. Out: what they stand for.
//! What always holds: nothing here is a verdict. Each fact says how sure it is: *documented* by the vendor,
//! *observed* in public code and deliveries of sibling events, or *inferred* from both.

use super::fields;

/// What this event calls itself in `type`. Inferred from its siblings, most of which are called as their pages are;
/// the page's title is "Association Created".
pub const NAME: &str = "AssociationCreate";

/// How many fields are documented.
pub const FIELDS: usize = 8;

/// The bits of their slots.
pub(crate) const EIGHT: u32 = (1 << FIELDS) - 1;

/// Of these, those of [`OWN`], which come after `id`.
pub(crate) const EIGHT_OWN: u32 = ((1 << OWN.len()) - 1) << 1;

/// The fields that deliveries carry beside the event's own. `timestamp` and `webhookId` are documented for all events,
/// and so are, on stale or single pages, `traceId` (in prose) and `payloadTooLarge` (what is above 256 KB is cut;
/// never observed). The others are inferred from siblings.
pub const ENVELOPE: [&str; 8] =
    ["type", "timestamp", "webhookId", "appId", "versionId", "companyId", "traceId", CUT];

/// What the envelope says of a payload that the platform has cut.
pub const CUT: &str = "payloadTooLarge";

/// The two values of `associationType` that the page gives as examples, and the only ones observed.
pub const ASSOCIATION_TYPES: [&str; 2] = ["USER_DEFINED", "SYSTEM_DEFINED"];

/// The object kinds observed beside `custom_objects.…`; `note` is rare.
pub const OBJECT_KINDS: [&str; 5] = ["contact", "opportunity", "business", "task", "note"];

/// What the key of a custom object begins with; `[a-z0-9_]+` follows. Observed.
pub const CUSTOM_OBJECTS: &str = "custom_objects.";

/// The fields that only events about associations have: `id`, `key` and `locationId` are everyone's.
pub const OWN: [&str; 5] =
    ["associationType", "firstObjectKey", "firstObjectLabel", "secondObjectKey", "secondObjectLabel"];

/// What events are called whose own name is not known, or is one of too many.
pub const UNNAMED: &str = "other events";

/// What a member's name is known as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The documented field of that index in [`fields`].
    Field(usize),
    /// The envelope's field of that index in [`ENVELOPE`].
    Envelope(usize),
}

impl Known {
    /// Its place among [`known_names`](super::known_names): the envelope comes after the documented fields.
    #[must_use]
    pub const fn slot(self) -> usize {
        match self {
            Self::Field(index) => index,
            Self::Envelope(index) => FIELDS + index,
        }
    }
}

/// What `name` is known as, without an allocation: every name of every payload is asked about.
#[must_use]
pub fn known(name: &str) -> Option<Known> {
    Some(match name {
        "id" => Known::Field(0),
        "associationType" => Known::Field(1),
        "firstObjectKey" => Known::Field(2),
        "firstObjectLabel" => Known::Field(3),
        "secondObjectKey" => Known::Field(4),
        "secondObjectLabel" => Known::Field(5),
        "key" => Known::Field(6),
        "locationId" => Known::Field(7),
        _ => Known::Envelope(ENVELOPE.iter().position(|known| *known == name)?),
    })
}

/// The name of the documented field of that index.
#[must_use]
pub fn field_name(index: usize) -> &'static str {
    &fields()[index].name
}

/// Whether `key` has the form of a custom object's.
#[must_use]
pub fn is_custom_object(key: impl AsRef<[u8]>) -> bool {
    key.as_ref().strip_prefix(CUSTOM_OBJECTS.as_bytes()).is_some_and(|name| {
        !name.is_empty() && name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    })
}

/// Whether the page's prose has pairs of objects of that kind: contacts and custom objects. Documented.
#[must_use]
pub fn is_in_documented_pairs(key: impl AsRef<[u8]>) -> bool {
    let key = key.as_ref();
    key == b"contact" || is_custom_object(key)
}

/// Whether `key` is one of those observed in deliveries.
#[must_use]
pub fn is_object_key(key: impl AsRef<[u8]>) -> bool {
    let key = key.as_ref();
    is_custom_object(key) || OBJECT_KINDS.iter().any(|kind| kind.as_bytes() == key)
}

/// Whether `text` is 24 hex digits, the usual form of an association's id (a `MongoDB` `ObjectId`). Observed.
#[must_use]
pub fn is_object_id(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    text.len() == 24 && text.iter().all(u8::is_ascii_hexdigit)
}

/// Whether `text` is 20 of `[A-Za-z0-9]` in both cases, the form of a location's id. Observed.
///
/// That both cases occur keeps words and numbers of that length out: of random ids, one in 20,000 has one case.
#[must_use]
pub fn is_location_id(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    text.len() == 20
        && text.iter().all(u8::is_ascii_alphanumeric)
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
}

/// An event, or another kind of webhook, that people take for this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sibling {
    /// The values of `type` that name it; none for what is no event.
    pub types: &'static [&'static str],
    /// What to call it in a sentence.
    pub title: &'static str,
    /// What it announces.
    pub meaning: &'static str,
    /// Members that it has and this event has not, wherever they stand. Observed, or documented where a page shows
    /// them.
    pub signs: &'static [Sign],
    /// Members that are a sign only where none of [`DISTINCTIVE`] is there but those in `shared`.
    pub weak_signs: &'static [Sign],
    /// The distinctive fields of this event that it has, too.
    pub shared: &'static [&'static str],
}

/// A member that is a sign of another event: its name, and what its value has to be.
pub type Sign = (&'static str, Value);

/// What the value of a sign has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Anything but null.
    Any,
    /// An object.
    Object,
    /// An array.
    Array,
}

/// The fields that say that a payload is about an association: `id` and `locationId` are everyone's.
pub const DISTINCTIVE: [&str; 6] =
    ["associationType", "firstObjectKey", "firstObjectLabel", "secondObjectKey", "secondObjectLabel", "key"];

/// The siblings, in the order their signs count.
pub const SIBLINGS: &[Sibling] = &[
    Sibling {
        types: &["RelationCreate", "RelationDelete"],
        title: "a Relation event (RelationCreate or RelationDelete)",
        meaning: "two records were linked by an association that exists, or are no longer",
        signs: &[("firstRecordId", Value::Any), ("secondRecordId", Value::Any)],
        weak_signs: &[("associationId", Value::Any)],
        shared: &["firstObjectKey", "secondObjectKey"],
    },
    Sibling {
        types: &["AssociationUpdate", "AssociationDelete"],
        title: "an AssociationUpdate or AssociationDelete",
        meaning: "an association that exists was changed or removed",
        signs: &[
            ("firstObjectToSecondObjectCardinality", Value::Any),
            ("secondObjectToFirstObjectCardinality", Value::Any),
        ],
        weak_signs: &[],
        shared: &DISTINCTIVE,
    },
    Sibling {
        types: &[],
        title: "the webhook of a Workflow action, which is no event",
        meaning: "a workflow ran for a contact",
        signs: &[],
        weak_signs: &[("customData", Value::Any), ("workflow", Value::Any), ("contact_id", Value::Any)],
        shared: &[],
    },
    Sibling {
        types: &["ObjectSchemaCreate", "ObjectSchemaUpdate"],
        title: "an ObjectSchema event (ObjectSchemaCreate or ObjectSchemaUpdate)",
        meaning: "a kind of custom object was defined or changed",
        signs: &[],
        weak_signs: &[
            ("primaryDisplayProperty", Value::Any),
            ("searchableProperties", Value::Any),
            ("labels", Value::Object),
        ],
        shared: &["key"],
    },
    Sibling {
        types: &["RecordCreate", "RecordUpdate", "RecordDelete"],
        title: "a Record event (RecordCreate, RecordUpdate or RecordDelete)",
        meaning: "a record of a custom object was created, changed or removed",
        signs: &[],
        weak_signs: &[("owners", Value::Array), ("followers", Value::Array), ("properties", Value::Array)],
        shared: &[],
    },
    Sibling {
        types: &[
            "InvoiceCreate",
            "InvoiceDelete",
            "InvoicePaid",
            "InvoicePartiallyPaid",
            "InvoiceSent",
            "InvoiceUpdate",
            "InvoiceVoid",
        ],
        title: "an Invoice event",
        meaning: "an invoice was made or changed",
        signs: &[],
        weak_signs: &[
            ("invoiceNumber", Value::Any),
            ("invoiceItems", Value::Array),
            ("amountDue", Value::Any),
        ],
        shared: &[],
    },
    Sibling {
        types: &["PriceCreate", "PriceDelete", "PriceUpdate"],
        title: "a Price event",
        meaning: "a product's price was made or changed",
        signs: &[],
        weak_signs: &[("membershipOffers", Value::Array), ("variantOptionIds", Value::Array)],
        shared: &[],
    },
    Sibling {
        types: &["ProductCreate", "ProductDelete", "ProductUpdate"],
        title: "a Product event",
        meaning: "a product was made or changed",
        signs: &[],
        weak_signs: &[("productType", Value::Any), ("availableInStore", Value::Any)],
        shared: &[],
    },
];

/// What the event itself announces. People take it for a link between two records. Observed.
pub const MEANING: &str =
    "an association was defined, a pair of labels between two object types, and no records were linked";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::known_names;

    #[test]
    fn the_documented_fields_are_known_by_their_published_order() {
        for (index, field) in fields().iter().enumerate() {
            assert_eq!(known(&field.name), Some(Known::Field(index)));
        }
        assert_eq!(fields().len(), FIELDS);
        for (index, name) in known_names().enumerate() {
            assert_eq!(known(name).map(Known::slot), Some(index));
        }
        assert_eq!(known("webhookId"), Some(Known::Envelope(2)));
        assert_eq!(known("ID"), None);
    }

    #[test]
    fn values_are_told_by_their_form() {
        assert!(is_object_key("custom_objects.real_estate_buyer") && is_object_key("task"));
        assert!(!is_object_key("custom_objects.") && !is_object_key("custom_objects.Buyer"));
        assert!(is_object_id("67ade73d1119d2ac7ad0c475") && !is_object_id("eHy2cOSZxMQzQ6Yyvl8P"));
        assert!(is_location_id("eHy2cOSZxMQzQ6Yyvl8P") && !is_location_id("aaaaaaaaaaaaaaaaaaaa"));
    }
}
