//! The schema layer: jsonschema's verdict on the lazy view, turned into findings.
//!
//! In: a schema (the embedded one, or a file's text) and documents. Out: one finding for each violation.
//! What always holds: nothing is fetched; patterns run in linear time; `required` points at the object, an
//! unexpected property at its key, everything else at the value.

use super::finding::{Finding, Level};
use super::message::{Words, cut, words};
use super::place::Places;
use super::view::View;
use crate::association;
use crate::payload::{Cursor, Document, Kind, Member, Node, Pointer, Position};
use anyhow::anyhow;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ReferencingError, ValidationError, Validator};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::OnceLock;

/// The published schema, as it is embedded.
pub const EMBEDDED_SCHEMA: &str = include_str!("../../schemas/association-created.schema.json");

/// How deep a payload may be nested to be judged against a schema of the user's. Such a schema can follow a
/// payload all the way down, which takes stack; the embedded one looks at the top level only.
const MAX_DEPTH: usize = 127;

/// A schema to judge against.
#[derive(Debug)]
pub struct Schema(Choice);

#[derive(Debug)]
enum Choice {
    /// The published one, compiled when a payload first needs a closer look.
    Embedded(Box<OnceLock<Validator<View>>>),
    /// One of the user's.
    Own(Box<Validator<View>>),
}

impl Schema {
    /// The published schema of the event.
    #[must_use]
    pub fn embedded() -> Self {
        Self(Choice::Embedded(Box::default()))
    }

    pub(super) fn is_embedded(&self) -> bool {
        matches!(self.0, Choice::Embedded(_))
    }

    /// Compiles a schema of the user's, of the draft that its `$schema` names (2020-12 if none).
    ///
    /// # Errors
    /// The text is not JSON, or not a schema, or refers to another resource: none is ever fetched.
    pub fn from_text(text: &[u8]) -> anyhow::Result<Self> {
        let text = text.strip_prefix(crate::payload::BYTE_ORDER_MARK).unwrap_or(text);
        let schema: Value = serde_json::from_slice(text).map_err(|error| no_json(text, &error))?;
        let validator = jsonschema::options_for::<View>()
            .offline()
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|error| refused(&error))?;
        Ok(Self(Choice::Own(Box::new(validator))))
    }

    /// Every violation in `document`, in no particular order.
    pub(super) fn violations(&self, document: &Document<'_>) -> Vec<Finding> {
        let root = document.root();
        let validator = match &self.0 {
            Choice::Embedded(_) if is_plainly_valid(root) => return Vec::new(),
            Choice::Embedded(validator) => validator.get_or_init(compile_embedded),
            Choice::Own(validator) => {
                if let Some(finding) = too_deep(document) {
                    return vec![finding];
                }
                validator
            }
        };
        if validator.is_valid(root) {
            return Vec::new();
        }
        let mut places = Places::new(root);
        validator.iter_errors(root).flat_map(|error| findings(document, &mut places, &error)).collect()
    }
}

/// The embedded schema's verdict on the ordinary payload, an object in which every documented field that is
/// there is a string, at a third of the cost. False says nothing: the schema itself decides then. A property
/// test holds the two together.
fn is_plainly_valid(root: Node<'_>) -> bool {
    let is_string = |member: &Member<'_>| member.value().kind() == Kind::String;
    root.members().is_some_and(|members| {
        association::fields().iter().all(|field| members.get(&field.name).is_none_or(is_string))
    })
}

fn compile_embedded() -> Validator<View> {
    let schema = serde_json::from_str(EMBEDDED_SCHEMA).expect("internal error: the embedded schema is JSON");
    // All its keywords mean the same since draft 4, and compiling it as draft 7 rather than 2020-12 saves more
    // than a millisecond: jsonschema builds the smaller metaschema.
    let validator = jsonschema::options_for::<View>().offline().with_draft(Draft::Draft7).build(&schema);
    validator.expect("internal error: the embedded schema compiles")
}

fn too_deep(document: &Document<'_>) -> Option<Finding> {
    let depth = document.depth();
    (depth > MAX_DEPTH).then(|| Finding {
        code: "too-deep",
        level: Level::Error,
        pointer: Pointer::default(),
        span: document.span(document.root().text()),
        message: format!("the payload is nested {depth} levels deep; with --schema, {MAX_DEPTH} are judged"),
        label: None,
        help: None,
    })
}

/// One violation is one finding, but for a list of unexpected properties, of which each is its own.
fn findings<'a>(
    document: &'a Document<'_>,
    places: &mut Places<'a>,
    error: &ValidationError<'_>,
) -> Vec<Finding> {
    let parent = Pointer::from(error.instance_path().as_str().to_owned());
    let node = places.at(&parent).expect("internal error: an error's path leads to a value");
    let code = code(error.kind());
    let names: Vec<Cow<'_, str>> = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(Cow::from).collect()
        }
        ValidationErrorKind::PropertyNames { error } => {
            error.instance().as_str().map(|name| Cow::Owned(name.to_owned())).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let finding = |pointer: Pointer, text: &str, Words { message, label, help }| {
        let (span, pointer) = (document.span(text), pointer.bounded());
        Finding { code, level: Level::Error, pointer, span, message, label, help }
    };
    let at_keys: Vec<Finding> = names
        .iter()
        .filter_map(|name| {
            let member = places.member(node, name)?;
            let pointer = parent.join(name);
            let words = words(error.kind(), &pointer, member.value());
            Some(finding(pointer, member.name_text(), words))
        })
        .collect();
    if at_keys.is_empty() {
        let words = words(error.kind(), &parent, node);
        return vec![finding(parent, node.text(), words)];
    }
    at_keys
}

/// `schema/` and the keyword that is violated.
fn code(kind: &ValidationErrorKind) -> &'static str {
    use ValidationErrorKind as V;
    match kind {
        V::AdditionalItems { .. } => "schema/additionalItems",
        V::AdditionalProperties { .. } => "schema/additionalProperties",
        V::AnyOf { .. } => "schema/anyOf",
        V::BacktrackLimitExceeded { .. } | V::RegexEngineFailure { .. } | V::Pattern { .. } => {
            "schema/pattern"
        }
        V::Constant { .. } => "schema/const",
        V::Contains => "schema/contains",
        V::ContentEncoding { .. } | V::FromUtf8 { .. } => "schema/contentEncoding",
        V::ContentMediaType { .. } => "schema/contentMediaType",
        V::Custom { .. } => "schema/custom",
        V::Enum { .. } => "schema/enum",
        V::ExclusiveMaximum { .. } => "schema/exclusiveMaximum",
        V::ExclusiveMinimum { .. } => "schema/exclusiveMinimum",
        V::FalseSchema => "schema/false",
        V::Format { .. } => "schema/format",
        V::MaxItems { .. } => "schema/maxItems",
        V::Maximum { .. } => "schema/maximum",
        V::MaxLength { .. } => "schema/maxLength",
        V::MaxProperties { .. } => "schema/maxProperties",
        V::MinItems { .. } => "schema/minItems",
        V::Minimum { .. } => "schema/minimum",
        V::MinLength { .. } => "schema/minLength",
        V::MinProperties { .. } => "schema/minProperties",
        V::MultipleOf { .. } => "schema/multipleOf",
        V::Not { .. } => "schema/not",
        V::OneOfMultipleValid { .. } | V::OneOfNotValid { .. } => "schema/oneOf",
        V::PropertyNames { .. } => "schema/propertyNames",
        V::Required { .. } => "schema/required",
        V::Type { .. } => "schema/type",
        V::UnevaluatedItems { .. } => "schema/unevaluatedItems",
        V::UnevaluatedProperties { .. } => "schema/unevaluatedProperties",
        V::UniqueItems => "schema/uniqueItems",
        V::Referencing(_) => "schema/$ref",
    }
}

/// Why a schema is not JSON, in the words that a payload gets; what only a payload may be, such as nested deeper
/// than a schema, in the reader's.
fn no_json(text: &[u8], error: &serde_json::Error) -> anyhow::Error {
    let Err(fault) = Document::parse(text) else { return anyhow!("it cannot be read: {error}") };
    let at = Cursor::new(text, Position::START).advance_to(fault.span.start);
    anyhow!("it is not JSON: {} (line {}, column {})", fault.message, at.line, at.column)
}

/// Why a schema cannot be used, in our words where the cause is a common one.
fn refused(error: &ValidationError<'_>) -> anyhow::Error {
    let place = match error.instance_path().as_str() {
        "" => "the schema itself".to_owned(),
        path => cut(path),
    };
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => anyhow!(
            "it refers to {}, and references outside the file are never fetched; \
             put what it needs under `$defs` in the same file",
            cut(uri)
        ),
        ValidationErrorKind::Referencing(error) => {
            anyhow!("a reference in it leads nowhere: {}", cut(&error.to_string()))
        }
        ValidationErrorKind::Format { format } if format == "regex" => {
            anyhow!(
                "the pattern at {place} is none that can be matched in linear time (no look-around, no back-reference)"
            )
        }
        kind => anyhow!("it is no JSON Schema: {place} breaks `{}` of the metaschema", kind.keyword()),
    }
}
