//! A payload's members, grouped by their purpose.
//!
//! In: a document. Out: a [`Delivery`]: the documented fields in their order, the envelope, the rest.
//! Invariants: only names are copied; of two members with one name the last counts, and the number of times is kept;
//! one pass over the members, however many there are.

use super::members::ENVELOPE;
use super::{ASSOCIATION_CREATE, Field, Recognised};
use crate::payload::{Document, Kind, Node};
use std::borrow::Cow;
use std::collections::HashMap;

/// One effective member.
#[derive(Clone, Debug)]
pub struct DeliveryMember<'a> {
    /// Its name, decoded.
    pub name: Cow<'a, str>,
    /// Its value, or `None` if a documented field is absent.
    pub value: Option<Node<'a>>,
    /// The number of times that the name occurs.
    pub times: usize,
    /// Its documentation, if any.
    pub field: Option<&'static Field>,
}

/// The members of one payload. All are empty or absent if the payload is not an object.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    /// The documented fields of its event in the published order, absent ones too.
    pub fields: Vec<DeliveryMember<'a>>,
    /// The members of the delivery envelope that exist, in the envelope's order.
    pub envelope: Vec<DeliveryMember<'a>>,
    /// Every other member, in the order written.
    pub other: Vec<DeliveryMember<'a>>,
    /// The payload's kind of value.
    pub kind: Kind,
    /// The event as which it was judged, if it is not another event.
    pub(crate) event: Option<Recognised>,
}

impl<'a> Delivery<'a> {
    /// Reads the members of `document`'s root, judged as `event`.
    pub fn read(document: &'a Document<'_>, event: Option<Recognised>) -> Self {
        let members = document.root().members().unwrap_or_default();
        let mut times: HashMap<String, usize> = HashMap::new();
        if members.duplicates() > 0 {
            members.iter().for_each(|member| *times.entry(member.name().into_owned()).or_default() += 1);
        }
        let fields = event.map_or(&ASSOCIATION_CREATE, |event| event.event).fields();
        let entry = |name: Cow<'a, str>, value, field| DeliveryMember {
            times: times.get(&*name).copied().unwrap_or(1),
            name,
            value,
            field,
        };
        let named = |name: &str| members.get(name).map(crate::payload::Member::value);
        let described = |name: &str| fields.iter().find(|field| field.name == name);
        let is_known = |name: &str| ENVELOPE.contains(&name) || described(name).is_some();
        let envelope = ENVELOPE.into_iter().filter_map(|name| Some((name, named(name)?)));
        Self {
            fields: fields
                .iter()
                .map(|field| entry(field.name.as_str().into(), named(&field.name), Some(field)))
                .collect(),
            envelope: envelope
                .map(|(name, value)| entry(name.into(), Some(value), described(name)))
                .collect(),
            other: members
                .iter()
                .filter(|member| !member.is_shadowed() && !is_known(&member.name()))
                .map(|member| entry(member.name(), Some(member.value()), None))
                .collect(),
            kind: document.root().kind(),
            event,
        }
    }

    /// The documented or envelope member with that name, if it exists.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        if self.kind != Kind::Object {
            return None;
        }
        self.fields.iter().chain(&self.envelope).find(|entry| entry.name == name)?.value
    }

    /// Whether it has no field of AssociationCreate, and is not judged as another event.
    pub(crate) fn is_bare(&self) -> bool {
        self.event.is_none_or(|event| *event.event == ASSOCIATION_CREATE)
            && self.fields.iter().all(|field| field.value.is_none())
    }

    /// The kind of event that the payload reports, by its `type` or its fields. Not escaped.
    pub fn event(&self) -> String {
        let named = self.get("type").and_then(|node| node.as_str()).filter(|name| !name.is_empty());
        let has_field = self.fields.iter().any(|entry| entry.value.is_some());
        match self.event {
            _ if named.is_some() => named.unwrap_or_default().into_owned(),
            _ if self.kind != Kind::Object => self.kind.as_str().to_owned(),
            None => "event without `type`".to_owned(),
            Some(event) if *event.event != ASSOCIATION_CREATE => event.to_string(),
            Some(_) if has_field => "association without `type`".to_owned(),
            Some(_) => "object without an association field".to_owned(),
        }
    }
}

impl DeliveryMember<'_> {
    /// The meaning of the value beyond its text, in a few words.
    pub fn says(&self) -> Option<String> {
        super::says(&self.name, &self.value?.as_str()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_that_counts_is_in_one_group() {
        let text = r#"{"x":0,"type":"AssociationCreate","id":1,"\u0069d":"two","appId":"a","x":3}"#;
        let document = Document::parse(text.as_bytes()).unwrap();
        let delivery = Delivery::read(&document, None);
        let shown = |entries: &[DeliveryMember<'_>]| -> Vec<String> {
            let entry = |entry: &DeliveryMember<'_>| {
                let value = entry.value.map_or("absent", |node| node.text());
                format!("{} {value} {}", entry.name, entry.times)
            };
            entries.iter().map(entry).collect()
        };
        assert_eq!(shown(&delivery.fields)[..2], ["id \"two\" 2", "associationType absent 1"]);
        assert_eq!(shown(&delivery.envelope), ["type \"AssociationCreate\" 1", "appId \"a\" 1"]);
        assert_eq!(shown(&delivery.other), ["x 3 2"]);
        assert_eq!(delivery.event(), "AssociationCreate");
    }
}
