//! The lazy view for jsonschema: a [`Node`] is validated in place.
//!
//! Invariants: of duplicate members only the last is visible, as in `JSON.parse`; numbers are compared as written; no
//! long text is built into a value; every look is paid for, and without a budget nothing is visible.

use super::budget::{self, Reliability};
use crate::meaning::fingerprint;
use crate::payload::{Elements, Kind, Member, Members, Node};
use jsonschema::json::{Array, Json, JsonNumber, Node as JsonNode, NodeIdentity, Object};
use jsonschema::{JsonType, ValidationError};
use jsonschema_value::LazyInstance;
use jsonschema_value::cmp::equal_numbers;
use serde_json::{Number, Value};
use std::borrow::Cow;
use std::collections::HashSet;

/// The representation of [`Node`]s.
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
    type Array = List<'a>;
    type Number = Lexeme<'a>;

    fn as_object(&self) -> Option<Self::Object> {
        // The members of an object are read at once.
        let bytes = self.text().len();
        (seen(self) == Kind::Object && budget::descend(bytes * LOOK_BYTES / 8)).then(|| self.members())?
    }

    fn as_array(&self) -> Option<Self::Array> {
        (seen(self) == Kind::Array && budget::descend(0)).then_some(List(*self))
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        (seen(self) == Kind::String && budget::read(self.text().len())).then(|| self.as_str())?
    }

    fn as_number(&self) -> Option<Self::Number> {
        JsonNode::is_number(self).then(|| Lexeme(self.text()))
    }

    fn is_number(&self) -> bool {
        seen(self) == Kind::Number && budget::look(self.text().len())
    }

    fn as_boolean(&self) -> Option<bool> {
        (seen(self) == Kind::Boolean).then(|| self.text() == "true")
    }

    fn is_null(&self) -> bool {
        seen(self) == Kind::Null
    }

    fn json_type(&self) -> JsonType {
        match seen(self) {
            Kind::Null => JsonType::Null,
            Kind::Boolean => JsonType::Boolean,
            Kind::Number => JsonType::Number,
            Kind::String => JsonType::String,
            Kind::Array => JsonType::Array,
            Kind::Object => JsonType::Object,
        }
    }

    /// Compares to the depth of `expected`, without building the payload's values.
    fn equals_value(&self, expected: &Value) -> bool {
        match expected {
            Value::Null => JsonNode::is_null(self),
            Value::Bool(expected) => self.as_boolean() == Some(*expected),
            Value::Number(expected) => {
                self.as_number().is_some_and(|number| equal_numbers(&number, expected))
            }
            Value::String(expected) => self.as_string().is_some_and(|text| text == expected.as_str()),
            Value::Array(expected) => self.as_array().is_some_and(|array| {
                let mut elements = array.elements();
                expected
                    .iter()
                    .all(|value| elements.next().is_some_and(|element| element.equals_value(value)))
                    && elements.next().is_none()
            }),
            Value::Object(expected) => self.as_object().is_some_and(|object| {
                let is_equal = |(name, value): (&String, &Value)| {
                    Object::get(&object, name).is_some_and(|member| member.equals_value(value))
                };
                Members::len(&object) == expected.len() && expected.iter().all(is_equal)
            }),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(value_of(self.text().as_bytes(), 0))
    }

    fn lazy_value(&self) -> LazyInstance<'a> {
        match budget::error() {
            Reliability::Sound => LazyInstance::Deferred {
                bytes: self.text().as_bytes(),
                tag: 0,
                make: value_of,
                cell: Default::default(),
            },
            Reliability::Last => LazyInstance::Ready(Cow::Borrowed(&LAST)),
            Reliability::Doubtful => LazyInstance::Ready(Cow::Borrowed(&DOUBTFUL)),
        }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        Some(NodeIdentity::new(self.text().as_ptr() as usize))
    }
}

/// The kind of value that a node shows: null, once the budget is spent.
fn seen(node: &Node<'_>) -> Kind {
    if budget::look(0) { node.kind() } else { Kind::Null }
}

/// The instance of errors at the end of a budget; no other is borrowed.
static LAST: Value = Value::Bool(true);
static DOUBTFUL: Value = Value::Bool(false);

/// The reliability of an error of the view, given the budget on which it was found.
pub(super) fn standing(error: &ValidationError<'_>) -> Reliability {
    match error.instance() {
        Cow::Borrowed(value) if std::ptr::eq(*value, &LAST) => Reliability::Last,
        Cow::Borrowed(value) if std::ptr::eq(*value, &DOUBTFUL) => Reliability::Doubtful,
        _ => Reliability::Sound,
    }
}

/// The longest text that is built into a value: of errors, only names are read.
const BUILT_BYTES: usize = 1 << 10;

/// The value of a short text, and null instead of any other: jsonschema builds one for each error in a branch.
fn value_of(text: &[u8], _tag: u32) -> Value {
    if text.len() > BUILT_BYTES { Value::Null } else { serde_json::from_slice(text).unwrap_or(Value::Null) }
}

impl<'a> Object<'a, View> for Cow<'a, Members<'a>> {
    type Node = Node<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = Effective<'a>;

    fn len(&self) -> usize {
        Members::len(self)
    }

    fn get(&self, key: &String) -> Option<Node<'a>> {
        // Names are compared one after another.
        let is_affordable = budget::look(Members::len(self) * LOOK_BYTES / 8) && budget::step(0);
        is_affordable.then(|| Members::get(self, key).map(Member::value))?
    }

    fn members(&self) -> Effective<'a> {
        Effective { members: self.clone(), next: 0 }
    }
}

/// The effective members.
pub(super) struct Effective<'a> {
    members: Cow<'a, Members<'a>>,
    next: usize,
}

impl<'a> Iterator for Effective<'a> {
    type Item = (Cow<'a, str>, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.members.iter_from(self.next);
        let (index, member) = rest.find(|(_, member)| !member.is_shadowed())?;
        self.next = index + 1;
        budget::step(member.name_text().len()).then(|| (member.name(), member.value()))
    }
}

/// An array, read only as far as needed.
pub(super) struct List<'a>(Node<'a>);

impl<'a> Array<'a, View> for List<'a> {
    type Node = Node<'a>;
    type ElementsIter = ListElements<'a>;

    fn len(&self) -> usize {
        let mut length = 0;
        if budget::look(self.0.text().len() * LOOK_BYTES) {
            self.0.each_element(|_| length += 1);
        }
        length
    }

    fn elements(&self) -> ListElements<'a> {
        ListElements(self.0.stream())
    }

    /// Compares fingerprints of meaning, so that no choice of values makes it more than linear.
    fn is_unique(&self) -> bool {
        let mut seen = HashSet::new();
        let has_one = self.elements().nth(1).is_none();
        has_one
            || self.elements().all(|element| {
                let bytes = element.text().len();
                if bytes > COMPARED_BYTES {
                    budget::refuse();
                }
                // Anything unpaid counts as different.
                !budget::look(bytes * 4 * LOOK_BYTES) || seen.insert(fingerprint(element))
            })
    }
}

/// The number of bytes of text that cost one look.
const LOOK_BYTES: usize = 64;
/// The longest element that `uniqueItems` compares: its parts are kept meanwhile, a hundred bytes or so each.
const COMPARED_BYTES: usize = 4 << 20;

/// The elements of an array, one by one, as long as there is a budget.
pub(super) struct ListElements<'a>(Elements<'a>);

impl<'a> Iterator for ListElements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        let element = self.0.next()?;
        (budget::step(0) && budget::look(element.text().len() * LOOK_BYTES / 8)).then_some(element)
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
