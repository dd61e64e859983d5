//! The description of an event: its name, its published page, and its signs.
//!
//! In: facts, one file per event. Out: [`Event`], a value that rules, captures and reports query.
//! Invariants: the fields are read from the embedded schema, their single source; their slots are in the published
//! order; every field is a string, so that `check::schema` can read the verdict off the table without jsonschema.

use super::lookalike::MemberSign;
use super::members::{ENVELOPE_MASK, FIRST_RECORD, mask};
use crate::payload::{Document, Node};
use std::fmt;
use std::sync::OnceLock;

/// One event whose payloads are judged by its published schema.
#[derive(Debug)]
pub struct Event {
    /// Its name in `type`.
    pub name: &'static str,
    /// The name of its schema and its page: `association-created`.
    pub page: &'static str,
    /// The published schema, as embedded.
    pub schema: &'static str,
    /// The example payload of the published page, byte for byte.
    pub example: &'static str,
    /// Its meaning, as the end of a sentence.
    pub meaning: &'static str,
    /// The slots of its fields.
    pub(crate) slots: Slots,
    /// Members that no event with other fields has: its signs if `type` does not decide.
    pub(crate) signs: &'static [MemberSign],
    /// Members that are a sign only if no field speaks for another event.
    pub(crate) weak_signs: &'static [MemberSign],
    /// The fields, read from the schema.
    pub(super) cache: OnceLock<Vec<Field>>,
}

/// One documented field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The member's name.
    pub name: String,
    /// The JSON type that the schema requires.
    pub json_type: String,
    /// Its meaning, close to the published page's words.
    pub meaning: String,
    /// The published example's value.
    pub example: String,
}

/// The slots of an event's fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    /// In the published order.
    pub(crate) order: &'static [usize],
    /// One bit each.
    pub(crate) mask: u32,
}

impl Slots {
    pub(super) const fn of(order: &'static [usize]) -> Self {
        Self { order, mask: mask(order) }
    }

    /// Its fields and the envelope's: all others are undocumented.
    pub(crate) const fn with_envelope(self) -> u32 {
        self.mask | ENVELOPE_MASK
    }
}

impl Event {
    /// The documented fields, in the published order.
    ///
    /// # Panics
    /// Never: a test reads every embedded schema.
    pub fn fields(&self) -> &[Field] {
        self.cache.get_or_init(|| {
            read(self.schema).expect("internal error: the embedded schema describes its fields")
        })
    }

    /// Whether the name in that slot is one of its fields.
    pub(crate) const fn has(&self, slot: usize) -> bool {
        self.slots.mask >> slot & 1 == 1
    }

    /// Whether it is about two records, rather than two kinds of object.
    pub(crate) const fn is_about_records(&self) -> bool {
        self.has(FIRST_RECORD)
    }

    /// Whether only `type` distinguishes the two.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.slots.mask == other.slots.mask
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Event {}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

fn read(schema: &str) -> Option<Vec<Field>> {
    let document = Document::parse(schema.as_bytes()).ok()?;
    let properties = document.root().member("properties")?;
    let text = |node: Option<Node<'_>>| Some(node?.as_str()?.into_owned());
    let field = |name: &str, property: Node<'_>| {
        Some(Field {
            name: name.to_owned(),
            json_type: text(property.member("type"))?,
            meaning: text(property.member("description"))?,
            example: text(property.member("examples")?.elements()?.first().copied())?,
        })
    };
    properties.members()?.iter().map(|member| field(&member.name(), member.value())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EVENTS;
    use crate::event::members::NAMES;

    #[test]
    fn every_event_s_fields_are_its_example_s_in_its_order() {
        for event in EVENTS.iter().copied() {
            let example = Document::parse(event.example.as_bytes()).unwrap();
            let members = example.root().members().unwrap();
            let pairs: Vec<_> = members
                .iter()
                .map(|member| (member.name().into_owned(), member.value().as_str().unwrap().into_owned()))
                .collect();
            let fields: Vec<_> =
                event.fields().iter().map(|field| (field.name.clone(), field.example.clone())).collect();
            assert_eq!(pairs, fields, "{event}");
            let names: Vec<&str> = event.slots.order.iter().map(|slot| NAMES[*slot]).collect();
            assert!(fields.iter().map(|(name, _)| name).eq(&names), "{event}");
            assert!(event.fields().iter().all(|field| field.json_type == "string"), "{event}");
            let document = Document::parse(event.schema.as_bytes()).unwrap();
            let id = format!("urn:assoclens:schema:{}", event.page);
            assert_eq!(document.root().member("$id").unwrap().as_str().unwrap(), id);
        }
    }
}
