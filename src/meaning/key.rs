//! The keys of records, as text: records of two days on two machines have the same key if, and only if, the key means
//! the same.
//!
//! In: payloads, and the name of a field. Out: a key for each payload that has the field, or none.
//! Invariants: a key depends on the payload alone, never on a run, a process or a machine, so it can be stored and
//! shuffled by; `diff` joins two records if and only if their keys are equal, so the last of duplicate names counts,
//! `1.0` is `1`, and neither is `"1"`; linear size, no recursion.

use super::{Tree, canonical_number};
use crate::event::{self, ASSOCIATION_CREATE, Class, Wanted, classify, event_type};
use crate::payload::{Document, Kind, Members, Node, Reader};

/// Makes the keys of one payload after another.
///
/// ```
/// use assoclens::event::Wanted;
/// use assoclens::meaning::Keys;
///
/// let mut keys = Keys::new("id", Wanted::Any);
/// assert_eq!(keys.of(br#"{"id": "caf\u00e9"}"#).unwrap(), "\"café\"");
/// assert_eq!(keys.of(br#"{"id": 0, "id": 1.0}"#).unwrap(), "1");
/// // Records of two events are never one.
/// let relation = br#"{"type": "RelationCreate", "id": "1"}"#;
/// assert_eq!(keys.of(relation).unwrap(), r#""RelationCreate" "1""#);
/// assert_eq!((keys.of(b"{}"), keys.of(b"[1]"), keys.of(b"{")), (None, None, None));
/// ```
#[derive(Debug)]
pub struct Keys {
    by: String,
    /// The slot of the field in a reader, if the reader knows its name.
    slot: Option<usize>,
    wanted: Wanted,
    reader: Reader,
}

impl Keys {
    /// Keys by the field `by`, for records that are distinguished by event as a [`Judge`](crate::check::Judge) does.
    pub fn new(by: &str, wanted: Wanted) -> Self {
        Self { by: by.to_owned(), slot: event::members::slot(by), wanted, reader: event::reader() }
    }

    /// The key of a payload: the event's name, unless it is AssociationCreate, and the value, as canonical JSON. `None` if it
    /// is not a JSON object with the field.
    pub fn of(&mut self, payload: &[u8]) -> Option<String> {
        let document = self.reader.read(payload).ok()?;
        let key = self.of_document(&document);
        self.reader.reuse(document);
        key
    }

    fn of_document(&self, document: &Document<'_>) -> Option<String> {
        let members = document.members()?;
        let is_it = |name: &str| name == self.by;
        let member = match self.slot {
            Some(slot) => members.known(slot),
            None => members.iter().find(|member| !member.is_shadowed() && is_it(&member.name())),
        }?;
        let mut key = String::new();
        push_event(&mut key, classify(members, self.wanted), members);
        push(&mut key, member.value());
        Some(key)
    }
}

/// Distinguishes the keys of one event from those of another.
fn push_event(key: &mut String, class: Class, members: &Members<'_>) {
    match class {
        Class::Judged { event, .. } if *event.event == ASSOCIATION_CREATE => return,
        Class::Judged { event, .. } => push_string(key, &event.label()),
        Class::Named(Some(name)) => push_string(key, name),
        Class::Named(None) => match event_type(members) {
            Some(name) => push(key, name),
            None => return,
        },
        Class::Alike(looks, _) => push_string(key, &looks.title),
    }
    key.push(' ');
}

/// The rest of a value to write.
enum Remaining {
    Part(usize),
    Text(char),
}

/// Appends a value in the one spelling that all equal values share: members by name, no white space.
fn push(out: &mut String, node: Node<'_>) {
    if !matches!(node.kind(), Kind::Object | Kind::Array) {
        return push_scalar(out, node);
    }
    let tree = Tree::read(node);
    let mut left = vec![Remaining::Part(tree.root())];
    while let Some(next) = left.pop() {
        let index = match next {
            Remaining::Part(index) => index,
            Remaining::Text(character) => {
                out.push(character);
                continue;
            }
        };
        let part = tree.part(index);
        if let Some(name) = &part.name {
            push_string(out, name);
            out.push(':');
        }
        let (open, close) = match part.node.kind() {
            Kind::Object => ('{', '}'),
            Kind::Array => ('[', ']'),
            _ => {
                push_scalar(out, part.node);
                continue;
            }
        };
        out.push(open);
        left.push(Remaining::Text(close));
        for (nth, child) in tree.children(index).iter().enumerate().rev() {
            left.push(Remaining::Part(*child));
            left.extend((nth > 0).then_some(Remaining::Text(',')));
        }
    }
}

fn push_scalar(out: &mut String, node: Node<'_>) {
    match node.kind() {
        Kind::String => push_string(out, &node.as_str().unwrap_or_default()),
        Kind::Number => out.push_str(&canonical_number(node.text())),
        _ => out.push_str(node.text()),
    }
}

fn push_string(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).expect("internal error: a string is JSON"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(by: &str, text: &str) -> Option<String> {
        Keys::new(by, Wanted::Any).of(text.as_bytes())
    }

    /// Keys stored yesterday must match those made tomorrow: these may never change.
    #[test]
    fn keys_never_change() {
        let cases = [
            ("id", r#"{"id":"67ade73d1119d2ac7ad0c475"}"#, r#""67ade73d1119d2ac7ad0c475""#),
            ("id", r#"{"id":"a\"\\\n\u0001\u007f"}"#, "\"a\\\"\\\\\\n\\u0001\u{7f}\""),
            ("id", r#"{"id":null}"#, "null"),
            ("id", r#"{"id":-0.0}"#, "0"),
            ("id", r#"{"id":1e2}"#, "100"),
            ("id", r#"{"id":1e999}"#, "1e999"),
            ("x", r#"{"x":{"b":[1.0,true,{}],"a":[],"b":[[],"\u00e9",2]}}"#, r#"{"a":[],"b":[[],"é",2]}"#),
            ("x", r#"{"\u0078":1}"#, "1"),
            ("webhookId", r#"{"type":"AssociationUpdate","webhookId":"w"}"#, r#""AssociationUpdate" "w""#),
            ("id", r#"{"type":"ContactCreate","id":"1"}"#, r#""ContactCreate" "1""#),
            ("id", r#"{"type":"Unheard","id":"1"}"#, r#""1""#),
            (
                "id",
                r#"{"id":"1","firstRecordId":"a","secondRecordId":"b"}"#,
                r#""RelationCreate or RelationDelete" "1""#,
            ),
        ];
        let found: Vec<String> = cases.iter().map(|(by, text, _)| key(by, text).unwrap()).collect();
        assert_eq!(found, cases.map(|(_, _, key)| key));
    }

    #[test]
    fn a_million_levels_are_written() {
        let (open, close) = ("[".repeat(1_000_000), "]".repeat(1_000_000));
        let text = format!(r#"{{"x":{open}{close}}}"#);
        assert_eq!(key("x", &text).unwrap().len(), 2_000_000);
    }
}
