//! The association itself: its documented fields, read from the embedded schema, their single source.
//!
//! In: `schemas/association-created.schema.json`. Out: names, types, meanings and examples, in the published
//! order; what is known beyond the schema ([`facts`], [`documented`]); a payload's members told apart ([`Delivery`]); what values
//! say ([`says`]).

mod delivery;
pub mod documented;
pub mod facts;
mod value;

pub use delivery::{Delivery, Entry};
pub use value::{created, says};

use crate::payload::{Document, Names, Node, Reader};
use std::sync::OnceLock;

/// The published schema, as it is embedded.
pub const SCHEMA: &str = include_str!("../../schemas/association-created.schema.json");

/// The example payload of the published page, byte for byte.
pub const EXAMPLE: &str = include_str!("../../fixtures/valid/documented-example.json");

/// One documented field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The member's name.
    pub name: String,
    /// The JSON type that the schema asks for.
    pub json_type: String,
    /// What it means, in the published page's words.
    pub meaning: String,
    /// The published example's value.
    pub example: String,
}

/// The eight documented fields, in the published order.
///
/// # Panics
/// Never: a test reads the embedded schema.
pub fn fields() -> &'static [Field] {
    static FIELDS: OnceLock<Vec<Field>> = OnceLock::new();
    FIELDS.get_or_init(|| read(SCHEMA).expect("internal error: the embedded schema describes its fields"))
}

/// What reads payloads and finds the members of known names in them, by [`facts::Known::slot`].
#[must_use]
pub fn reader() -> Reader {
    static NAMES: OnceLock<Names> = OnceLock::new();
    Reader::new(NAMES.get_or_init(|| Names::new(known_names())))
}

/// The names that an ordinary payload has: the documented fields in their order, then the envelope's.
pub fn known_names() -> impl Iterator<Item = &'static str> {
    fields().iter().map(|field| field.name.as_str()).chain(facts::ENVELOPE)
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

    #[test]
    fn the_fields_are_the_documented_example_s_in_its_order() {
        let example = Document::parse(EXAMPLE.as_bytes()).unwrap();
        let members = example.root().members().unwrap();
        let pairs: Vec<_> = members
            .iter()
            .map(|member| (member.name().into_owned(), member.value().as_str().unwrap().into_owned()))
            .collect();
        let fields: Vec<_> =
            fields().iter().map(|field| (field.name.clone(), field.example.clone())).collect();
        assert_eq!(pairs, fields);
        assert_eq!(fields.len(), 8);
    }
}
