//! An event's fields for use in a receiver.
//!
//! In: a document. Out: an [`Association`] or a [`Relation`], whose fields are strings or absent.
//! Invariants: a field that is not a string is absent here and a finding there, so judge the payload first; of a
//! repeated name the last counts, as in `JSON.parse`.

use super::members::{
    ASSOCIATION_ID, ASSOCIATION_TYPE, FIRST_CARDINALITY, FIRST_KEY, FIRST_LABEL, FIRST_RECORD, ID, KEY,
    LOCATION_ID, NAMES, SECOND_CARDINALITY, SECOND_KEY, SECOND_LABEL, SECOND_RECORD, WEBHOOK_ID,
};
use crate::payload::Document;
use std::borrow::Cow;

/// The fields of an AssociationCreate, AssociationUpdate or AssociationDelete.
///
/// ```
/// use assoclens::event::{ASSOCIATION_CREATE, Association};
/// use assoclens::payload::Document;
///
/// let document = Document::parse(ASSOCIATION_CREATE.example.as_bytes()).unwrap();
/// let association = Association::from(&document);
/// assert_eq!(association.id.unwrap(), "67ade73d1119d2ac7ad0c475");
/// assert_eq!(association.first_to_second_cardinality, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Association {
    /// `id`: identifies the association.
    pub id: Option<String>,
    /// `associationType`: `USER_DEFINED` or `SYSTEM_DEFINED`, as far as is known.
    pub association_type: Option<String>,
    /// `firstObjectKey`: `contact`, `custom_objects.vehicle`.
    pub first_object_key: Option<String>,
    /// `firstObjectLabel`.
    pub first_object_label: Option<String>,
    /// `secondObjectKey`.
    pub second_object_key: Option<String>,
    /// `secondObjectLabel`.
    pub second_object_label: Option<String>,
    /// `firstObjectToSecondObjectCardinality`; AssociationCreate has none.
    pub first_to_second_cardinality: Option<String>,
    /// `secondObjectToFirstObjectCardinality`; AssociationCreate has none.
    pub second_to_first_cardinality: Option<String>,
    /// `key`: the association's own name.
    pub key: Option<String>,
    /// `locationId`: the account.
    pub location_id: Option<String>,
    /// `webhookId`: identifies the delivery. Keep those that you have handled, to recognise a repeated one.
    pub webhook_id: Option<String>,
}

/// The fields of a RelationCreate or RelationDelete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// `id`: identifies the relation.
    pub id: Option<String>,
    /// `associationId`: its association.
    pub association_id: Option<String>,
    /// `firstObjectKey`: the kind of object of the first record.
    pub first_object_key: Option<String>,
    /// `firstRecordId`.
    pub first_record_id: Option<String>,
    /// `secondObjectKey`.
    pub second_object_key: Option<String>,
    /// `secondRecordId`.
    pub second_record_id: Option<String>,
    /// `locationId`: the account.
    pub location_id: Option<String>,
    /// `webhookId`: identifies the delivery, as in [`Association::webhook_id`].
    pub webhook_id: Option<String>,
}

impl From<&Document<'_>> for Association {
    fn from(document: &Document<'_>) -> Self {
        let text = |slot| text(document, slot);
        Self {
            id: text(ID),
            association_type: text(ASSOCIATION_TYPE),
            first_object_key: text(FIRST_KEY),
            first_object_label: text(FIRST_LABEL),
            second_object_key: text(SECOND_KEY),
            second_object_label: text(SECOND_LABEL),
            first_to_second_cardinality: text(FIRST_CARDINALITY),
            second_to_first_cardinality: text(SECOND_CARDINALITY),
            key: text(KEY),
            location_id: text(LOCATION_ID),
            webhook_id: text(WEBHOOK_ID),
        }
    }
}

impl From<&Document<'_>> for Relation {
    fn from(document: &Document<'_>) -> Self {
        let text = |slot| text(document, slot);
        Self {
            id: text(ID),
            association_id: text(ASSOCIATION_ID),
            first_object_key: text(FIRST_KEY),
            first_record_id: text(FIRST_RECORD),
            second_object_key: text(SECOND_KEY),
            second_record_id: text(SECOND_RECORD),
            location_id: text(LOCATION_ID),
            webhook_id: text(WEBHOOK_ID),
        }
    }
}

fn text(document: &Document<'_>, slot: usize) -> Option<String> {
    document.root().member(NAMES[slot])?.as_str().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EVENTS;

    /// Each field with its documented name: no two of them may change places.
    fn named(document: &Document<'_>, is_relation: bool) -> Vec<(&'static str, Option<String>)> {
        let (a, r) = (Association::from(document), Relation::from(document));
        if is_relation {
            return vec![
                ("id", r.id),
                ("firstObjectKey", r.first_object_key),
                ("firstRecordId", r.first_record_id),
                ("secondObjectKey", r.second_object_key),
                ("secondRecordId", r.second_record_id),
                ("associationId", r.association_id),
                ("locationId", r.location_id),
            ];
        }
        vec![
            ("id", a.id),
            ("associationType", a.association_type),
            ("firstObjectKey", a.first_object_key),
            ("firstObjectLabel", a.first_object_label),
            ("secondObjectKey", a.second_object_key),
            ("secondObjectLabel", a.second_object_label),
            ("firstObjectToSecondObjectCardinality", a.first_to_second_cardinality),
            ("secondObjectToFirstObjectCardinality", a.second_to_first_cardinality),
            ("key", a.key),
            ("locationId", a.location_id),
        ]
    }

    #[test]
    fn every_documented_field_is_in_the_typed_one_of_its_name() {
        for event in EVENTS {
            let text: String =
                event.fields().iter().map(|field| format!(r#""{0}":"{0}","#, field.name)).collect();
            let text = format!("{{{}}}", text.trim_end_matches(','));
            let document = Document::parse(text.as_bytes()).unwrap();
            let typed = named(&document, event.is_about_records());
            for field in event.fields() {
                let (_, value) = typed.iter().find(|(name, _)| *name == field.name).unwrap();
                assert_eq!(value.as_ref(), Some(&field.name), "{event}");
            }
        }
    }

    #[test]
    fn the_last_of_a_repeated_name_counts_and_a_value_of_another_type_is_absent() {
        let text = br#"{"id": "1", "id": "2", "key": 3, "firstRecordId": "\u00e4", "webhookId": "w"}"#;
        let document = Document::parse(text).unwrap();
        let association = Association::from(&document);
        assert_eq!(
            association,
            Association { id: Some("2".into()), webhook_id: Some("w".into()), ..Association::default() }
        );
        assert_eq!(Relation::from(&document).first_record_id.as_deref(), Some("ä"));
    }
}
