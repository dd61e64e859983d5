//! The lazy view as jsonschema reads it: a [`Node`] is validated where it stands.
//!
//! What always holds: of duplicate members only the last is seen, as in `JSON.parse`; numbers are compared as
//! written; the text that an error is about is not built into a value unless someone reads it.

use crate::payload::{Kind, Member, Members, Node};
use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use jsonschema_value::LazyInstance;
use serde_json::{Number, Value};
use std::borrow::Cow;

/// The representation that [`Node`]s are.
pub(super) struct View;

impl Json for View {
    type Node<'a> = Node<'a>;
    type PreparedKey = String;
    type StringBuffer = String;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut String, string: &str, read: impl FnOnce(Node<'_>) -> T) -> T {
        *buffer = Value::from(string).to_string();
        read(Node::new(buffer))
    }
}

impl<'a> JsonNode<'a, View> for Node<'a> {
    type Object = Cow<'a, Members<'a>>;
    type Array = Elements<'a>;
    type Number = Lexeme<'a>;

    fn as_object(&self) -> Option<Self::Object> {
        self.members()
    }

    fn as_array(&self) -> Option<Self::Array> {
        self.elements().map(Elements)
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.as_str()
    }

    fn as_number(&self) -> Option<Self::Number> {
        self.is_number().then(|| Lexeme(self.text()))
    }

    fn is_number(&self) -> bool {
        self.kind() == Kind::Number
    }

    fn as_boolean(&self) -> Option<bool> {
        (self.kind() == Kind::Boolean).then(|| self.text() == "true")
    }

    fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    fn json_type(&self) -> JsonType {
        match self.kind() {
            Kind::Null => JsonType::Null,
            Kind::Boolean => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(value_of(self.text().as_bytes(), 0))
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        LazyInstance::Deferred {
            bytes: self.text().as_bytes(),
            tag: 0,
            make: value_of,
            cell: Default::default(),
        }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(self.text().as_ptr() as usize))
    }
}

/// Values nested too deeply for serde_json are null here. Only [`Schema`](super::Schema)s that look no deeper
/// than the eight fields' types are shown such payloads.
fn value_of(text: &[u8], _tag: u32) -> Value {
    serde_json::from_slice(text).unwrap_or(Value::Null)
}

impl<'a> Object<'a, View> for Cow<'a, Members<'a>> {
    type Node = Node<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Effective<'a>;

    fn len(&self) -> usize {
        Members::len(self)
    }

    fn get(&self, key: &String) -> Option<Node<'a>> {
        Members::get(self, key).map(Member::value)
    }

    fn members(&self) -> Effective<'a> {
        Effective { members: self.clone(), next: 0 }
    }
}

/// The members that count.
pub(super) struct Effective<'a> {
    members: Cow<'a, Members<'a>>,
    next: usize,
}

impl<'a> Iterator for Effective<'a> {
    type Item = (Cow<'a, str>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.members.iter().enumerate().skip(self.next);
        let (index, member) = rest.find(|(_, member)| !member.is_shadowed())?;
        self.next = index + 1;
        Some((member.name(), member.value()))
    }
}

/// The elements of an array.
pub(super) struct Elements<'a>(Vec<Node<'a>>);

impl<'a> Array<'a, View> for Elements<'a> {
    type Node = Node<'a>;
    type ElementsIter = std::vec::IntoIter<Node<'a>>;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn elements(&self) -> Self::ElementsIter {
        self.0.clone().into_iter()
    }
}

/// A number as written.
pub(super) struct Lexeme<'a>(&'a str);

impl Lexeme<'_> {
    fn number(&self) -> Number {
        self.0.parse().expect("internal error: a number is well-formed JSON")
    }
}

impl JsonNumber for Lexeme<'_> {
    fn as_u64(&self) -> Option<u64> {
        self.0.parse().ok()
    }

    fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok().filter(|value: &f64| value.is_finite())
    }

    fn as_str(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }

    fn to_number(&self) -> Cow<'_, Number> {
        Cow::Owned(self.number())
    }
}
