//! Whether an object speaks for the event: by the names of its members, and by its `type`.
//!
//! In: the members of an object, one after another. Out: whether it is a payload of this family of events.
//!
//! Invariants: `id`, `key`, `type`, `timestamp` and `locationId` alone are everyone's, and no sign; a name that is none
//! of the event's costs a look at its length and its first letter.

use crate::event::facts::{FIELDS, Known, OWN, known};
use crate::payload::Node;

/// The values of `type` of this family of events, without case, separators and past tense.
const FAMILY: [&str; 5] =
    ["associationcreate", "associationupdate", "associationdelete", "relationcreate", "relationdelete"];
/// The fields that only events about relations have.
const OF_RELATIONS: [&str; 3] = ["firstRecordId", "secondRecordId", "associationId"];
/// How long a name can be that is meant for one of the event's own, in letters, and how many of them may be wrong.
const LENGTHS: std::ops::RangeInclusive<usize> = 11..=20;
const SLIPS: usize = 2;

/// What was seen of an object.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    /// The documented names, a bit each.
    names: u16,
    /// Whether one of them is a name that only this family of events has.
    pub(super) has_own: bool,
    is_typed: bool,
    /// Whether there are headers, and something that may be the body they came with.
    pub(super) has_headers: bool,
    pub(super) has_body: bool,
}

impl Sight {
    /// What is to be seen of `root`.
    pub(super) fn of(root: Node<'_>) -> Self {
        let mut sight = Self::default();
        for member in root.members().iter().flat_map(|members| members.iter()) {
            let name = member.name();
            sight.see(&name);
            if name == "type" {
                sight.see_type(member.value());
            }
        }
        sight
    }

    /// Sees a member of that name.
    pub(super) fn see(&mut self, name: &str) {
        match name {
            "headers" => self.has_headers = true,
            "body" | "rawBody" | "payload" | "content" => self.has_body = true,
            _ => {}
        }
        if let Some(Known::Field(index)) = known(name) {
            self.names |= 1 << index;
            self.has_own |= (1..=OWN.len()).contains(&index);
        } else if let Some(index) = meant(name) {
            self.names |= 1 << index;
            self.has_own = true;
        }
    }

    /// Sees the value of `type`.
    pub(super) fn see_type(&mut self, value: Node<'_>) {
        if value.text().len() > 64 {
            return;
        }
        self.is_typed |= value.as_str().is_some_and(|text| {
            let text = bare(&text);
            FAMILY.iter().any(|name| text.strip_suffix('d').unwrap_or(&text) == *name)
        });
    }

    /// Whether it has a documented name at all, such as `id`.
    pub(super) fn has_name(self) -> bool {
        self.names != 0
    }

    /// Whether it is a payload of the event or of one of its family.
    pub(super) fn speaks(self) -> bool {
        self.is_typed || self.has_own && self.names.count_ones() >= 2
    }
}

/// The slot of the name that only this family of events has and that is meant by `name`, which is not written so.
fn meant(name: &str) -> Option<usize> {
    let first = name.bytes().find(u8::is_ascii_alphabetic)?.to_ascii_lowercase();
    if !LENGTHS.contains(&name.len()) || !matches!(first, b'a' | b'f' | b's') {
        return None;
    }
    let name = bare(name);
    let own = OWN.iter().enumerate().map(|(index, own)| (index + 1, *own));
    let relations = OF_RELATIONS.iter().enumerate().map(|(index, own)| (FIELDS + index, *own));
    own.chain(relations)
        .find(|(_, own)| strsim::osa_distance(&name, &bare(own)) <= SLIPS)
        .map(|(slot, _)| slot)
}

/// Without case and separators.
fn bare(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::facts::field_name;
    use crate::payload::Document;

    fn speaks(text: &str) -> bool {
        Sight::of(Document::parse(text.as_bytes()).unwrap().root()).speaks()
    }

    #[test]
    fn an_object_speaks_by_its_own_names_or_by_its_type() {
        for text in [
            r#"{"associationType":1,"id":2}"#,
            r#"{"first_object_key":1,"Second-Object-Label":2}"#,
            r#"{"firstObjectLable":1,"key":2}"#,
            r#"{"firstRecordId":1,"associationId":2}"#,
            r#"{"type":"AssociationCreated"}"#,
            r#"{"type":"association.create"}"#,
            r#"{"type":"RelationDelete"}"#,
        ] {
            assert!(speaks(text), "{text}");
        }
        for text in [
            r#"{"id":1,"key":2,"locationId":3,"type":"ContactCreate","timestamp":4}"#,
            r#"{"firstObjectKey":1}"#,
            r#"{"associationTypes":1,"subjectKey":2,"firstName":"a","secondLabel":"b"}"#,
            r#"{"first_name":"a","address":"b","accessToken":"c","sessionToken":1}"#,
            r#"{"type":{"type":"AssociationCreate"}}"#,
            "{}",
        ] {
            assert!(!speaks(text), "{text}");
        }
        assert!(OWN.iter().enumerate().all(|(index, own)| field_name(index + 1) == *own));
    }
}
