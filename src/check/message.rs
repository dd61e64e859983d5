//! Messages about violations of the schema: what was expected, and what was found.
//!
//! In: the kind of violation, the place's name and value. Out: [`MessageWords`].
//! Invariants: a value is shown as written, escaped, and cut; jsonschema's own text, which quotes whole
//! instances, is never used.

use super::alike;
use crate::count::amount;
use crate::escape::{is_plain, quoted, visible};
use crate::payload::{Kind, Node, Pointer};
use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value;
use std::borrow::Cow;

/// The number of characters of a value or a name that a sentence shows.
const MOST: usize = 60;

/// The name of the whole payload in a sentence.
pub(super) const THE_PAYLOAD: &str = "the payload";

/// The text of a finding.
pub(super) struct MessageWords {
    pub(super) message: String,
    pub(super) label: Option<Cow<'static, str>>,
    pub(super) help: Option<Cow<'static, str>>,
}

/// The message about a violation at `pointer`, where the value is `node`.
pub(super) fn words(kind: &ValidationErrorKind, pointer: &Pointer, node: Node<'_>) -> MessageWords {
    let subject = subject(pointer);
    let (message, label) = match kind {
        ValidationErrorKind::Type { kind } => {
            return wrong_type(&subject, pointer.as_str().is_empty(), kind, node);
        }
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            (format!("{subject} lacks `{}`", cut(name)), Some("this object".into()))
        }
        kind => (format!("{subject} {}", demand(kind, node)), None),
    };
    MessageWords { message, label, help: None }
}

/// The message if the root, or a value in it, has none of the required types. `subject` is the place's name in a
/// sentence.
pub(super) fn wrong_type(subject: &str, is_root: bool, kind: &TypeKind, node: Node<'_>) -> MessageWords {
    let expected = expected_types(kind);
    let label = match &expected {
        Cow::Borrowed("a string") => "expected a string".into(),
        Cow::Borrowed("an object") => "expected an object".into(),
        expected => ["expected ", expected].concat().into(),
    };
    let message = [subject, " must be ", &expected, ", not ", &found(node)].concat();
    MessageWords { message, label: Some(label), help: help(kind, is_root, node) }
}

/// The name of a place in a sentence: `the payload`, `` `id` ``, or `` `/data/id` ``.
fn subject(pointer: &Pointer) -> Cow<'static, str> {
    let mut tokens = pointer.tokens();
    let place = match (tokens.next(), tokens.next()) {
        (None, _) => return THE_PAYLOAD.into(),
        (Some(name), None) if !name.is_empty() => name,
        _ => pointer.as_str().into(),
    };
    quoted_name(&place).into()
}

fn demand(kind: &ValidationErrorKind, node: Node<'_>) -> String {
    use ValidationErrorKind as V;
    let not = || format!("not {}", found(node));
    match kind {
        V::AdditionalProperties { .. } => {
            "is not among the properties that the schema allows here".to_owned()
        }
        V::UnevaluatedProperties { .. } => "is a property that no part of the schema accounts for".to_owned(),
        V::PropertyNames { error } => format!("has a name that breaks `{}`", error.kind().keyword()),
        V::AdditionalItems { limit } => {
            format!("must have no more than {}", amount(*limit as u64, "element"))
        }
        V::UnevaluatedItems { .. } => "has elements that no part of the schema accounts for".to_owned(),
        V::AnyOf { context } => format!("fits none of the {} forms under `anyOf`", context.len()),
        V::OneOfNotValid { context } => format!("fits none of the {} forms under `oneOf`", context.len()),
        V::OneOfMultipleValid { .. } => "fits more than one of the forms under `oneOf`".to_owned(),
        V::Not { .. } => "has the form that `not` forbids".to_owned(),
        V::FalseSchema => "must not be there: the schema refuses any value".to_owned(),
        V::Constant { expected_value } => format!("must be {}, {}", schema_value(expected_value), not()),
        V::Enum { options } => format!("must be one of {}, {}", schema_value(options), not()),
        V::Contains => "must have an element of the form under `contains`".to_owned(),
        V::UniqueItems => "must not have the same element twice".to_owned(),
        V::Pattern { pattern } => format!("must match the pattern `{}`, {}", cut(pattern), not()),
        V::BacktrackLimitExceeded { .. } | V::RegexEngineFailure { .. } => "cannot be matched".to_owned(),
        V::Format { format } => format!("must be of the format `{}`, {}", cut(format), not()),
        V::ContentEncoding { content_encoding } => format!("must be encoded in `{}`", cut(content_encoding)),
        V::ContentMediaType { content_media_type } => {
            format!("must be of type `{}`", cut(content_media_type))
        }
        V::FromUtf8 { .. } => "must be UTF-8 once decoded".to_owned(),
        V::Maximum { limit } => format!("must be at most {}, {}", schema_value(limit), not()),
        V::Minimum { limit } => format!("must be at least {}, {}", schema_value(limit), not()),
        V::ExclusiveMaximum { limit } => format!("must be less than {}, {}", schema_value(limit), not()),
        V::ExclusiveMinimum { limit } => format!("must be more than {}, {}", schema_value(limit), not()),
        V::MultipleOf { multiple_of } => {
            format!("must be a multiple of {}, {}", schema_value(multiple_of), not())
        }
        V::MaxItems { limit } => sized("at most", *limit, "element", node),
        V::MinItems { limit } => sized("at least", *limit, "element", node),
        V::MaxLength { limit } => sized("at most", *limit, "character", node),
        V::MinLength { limit } => sized("at least", *limit, "character", node),
        V::MaxProperties { limit } => sized("at most", *limit, "property", node),
        V::MinProperties { limit } => sized("at least", *limit, "property", node),
        kind => format!("breaks `{}`", kind.keyword()),
    }
}

fn sized(bound: &str, limit: u64, unit: &str, node: Node<'_>) -> String {
    format!("must have {bound} {}, not {}", amount(limit, unit), size(node))
}

fn size(node: Node<'_>) -> u64 {
    let mut elements = 0;
    node.each_element(|_| elements += 1);
    let size = match node.kind() {
        Kind::String => node.as_str().map_or(0, |text| text.chars().count()),
        Kind::Object => node.members().map_or(0, |members| members.len()),
        _ => elements,
    };
    size as u64
}

fn expected_types(kind: &TypeKind) -> Cow<'static, str> {
    const TYPES: [(JsonType, &str); 7] = [
        (JsonType::String, "a string"),
        (JsonType::Number, "a number"),
        (JsonType::Integer, "an integer"),
        (JsonType::Boolean, "a boolean"),
        (JsonType::Object, "an object"),
        (JsonType::Array, "an array"),
        (JsonType::Null, "null"),
    ];
    let mut expected = TYPES.into_iter().filter(|(json_type, _)| expects(kind, *json_type));
    let first = expected.next().map_or("", |(_, name)| name);
    expected.fold(first.into(), |expected, (_, name)| [&expected, " or ", name].concat().into())
}

fn expects(kind: &TypeKind, json_type: JsonType) -> bool {
    match kind {
        TypeKind::Single(expected) => *expected == json_type,
        TypeKind::Multiple(expected) => expected.contains(json_type),
    }
}

/// The value at the place, in a few words.
fn found(node: Node<'_>) -> Cow<'_, str> {
    match node.kind() {
        Kind::Null => "null".into(),
        Kind::Boolean => node.text().into(),
        Kind::Number => ["the number ", &cut(node.text())].concat().into(),
        Kind::String => ["the string ", &string(&node.as_str().unwrap_or_default())].concat().into(),
        Kind::Array => ["an array of ", &amount(size(node), "element")].concat().into(),
        Kind::Object => ["an object of ", &amount(size(node), "property")].concat().into(),
    }
}

/// The advice if a value has none of the required types.
fn help(kind: &TypeKind, is_root: bool, node: Node<'_>) -> Option<Cow<'static, str>> {
    let wants = |json_type| expects(kind, json_type);
    match node.kind() {
        Kind::Array if is_root && wants(JsonType::Object) => Some(match objects_in(node) {
            0 => "a payload is one JSON object".into(),
            objects => format!(
                "the array holds {}; write one per line: jq -c '.[]' FILE | assoclens validate",
                amount(objects as u64, "object")
            )
            .into(),
        }),
        _ if is_root => None,
        Kind::Number if wants(JsonType::String) => {
            Some(["put it in quotes: \"", &cut(node.text()), "\""].concat().into())
        }
        Kind::Null if wants(JsonType::String) => Some("leave the field out, or give it a string".into()),
        _ => None,
    }
}

/// The number of objects in an array.
fn objects_in(node: Node<'_>) -> usize {
    let mut objects = 0;
    node.each_element(|element| objects += usize::from(element.kind() == Kind::Object));
    objects
}

/// A value of the schema, as compact JSON.
fn schema_value(value: &Value) -> String {
    cut(&value.to_string()).into_owned()
}

/// The value of a string in a sentence, with a note if it may be taken for another.
pub(super) fn string(text: &str) -> String {
    quoted(text, MOST) + &alike::note(text, MOST)
}

/// A name in a sentence, likewise.
pub(super) fn quoted_name(text: &str) -> String {
    ["`", &cut(text), "`", &alike::note(text, MOST)].concat()
}

/// A text made visible and cut to a few words' length.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST && is_plain(text) {
        return text.into();
    }
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    visible(&shown).into_owned().into()
}
