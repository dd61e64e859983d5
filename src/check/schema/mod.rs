//! The schema layer: the requirements of a published schema, or jsonschema's verdict on the lazy view, as findings.
//!
//! In: a schema (the embedded one, or a file's text) and documents. Out: one finding for each violation.
//! Invariants: a published schema gives the same verdict as jsonschema; nothing is fetched; patterns run in linear
//! time; `required` points at the object, an unexpected property at its key, everything else at the value.

mod cost;
mod lint;
mod pattern;

use super::budget::{self, Budget, Reliability, Spent};
use super::message::{MessageWords, THE_PAYLOAD, cut, words, wrong_type};
use super::place::Places;
use super::view::{View, standing};
use super::{Code, Finding, Level};
use crate::event::Event;
use crate::event::members::{NAMES, pointer};
use crate::payload::{Cursor, Document, Node, Pointer, Position};
use anyhow::anyhow;
use cost::Cost;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, PatternOptions, ReferencingError, ValidationError, Validator};
use serde_json::Value;
use std::borrow::Cow;

/// The depth of a payload that can be judged against a user's schema. Such a schema can follow a payload all the way
/// down, which takes stack; the embedded one looks at the top level only.
const MAX_DEPTH: usize = 127;
/// The number of errors that are looked for in one payload, those within branches included.
const MOST_ERRORS: u64 = 10_000;
/// The budget for one payload, and the addition for each of its bytes. A look takes some ten nanoseconds.
const WORK: u64 = 2_000_000;
const WORK_PER_BYTE: u64 = 32;
/// The number of nested subschemas that may be entered on the caller's stack; more of them run on a thread of their
/// own.
const NESTED_IN_PLACE: usize = 200;
/// The stack of that thread, and how much of it may be used when a container is opened.
const STACK_BYTES: usize = 64 << 20;
const STACK_USED_BYTES: usize = 40 << 20;
/// The stack of the thread that compiles: jsonschema follows eight nested references, through as many levels as JSON
/// may have.
const COMPILER_STACK_BYTES: usize = 256 << 20;
/// The memory that the patterns of a schema may take, all together and each, in bytes.
const PATTERNS_BYTES: usize = 32 << 20;
const PATTERN_BYTES: std::ops::RangeInclusive<usize> = 32 << 10..=2 << 20;

/// A schema to judge against.
#[derive(Debug)]
pub struct Schema(SchemaChoice);

#[derive(Debug)]
enum SchemaChoice {
    /// The published schema of each event, whose verdict is read off a payload's table of members.
    Embedded,
    /// A user's schema.
    Own(Box<Own>),
}

#[derive(Debug)]
struct Own {
    validator: Validator<View>,
    cost: Cost,
    /// The warnings about the schema.
    warnings: Vec<String>,
}

impl Schema {
    /// The published schema of the event as which a payload is judged.
    pub fn embedded() -> Self {
        Self(SchemaChoice::Embedded)
    }

    /// Compiles a user's schema, of the draft that its `$schema` names (2020-12 if none).
    ///
    /// # Errors
    /// The text is not JSON, or not a schema; it refers to another resource, which is never fetched; or it is too
    /// costly.
    pub fn from_text(text: &[u8]) -> anyhow::Result<Self> {
        let own = on_a_stack(COMPILER_STACK_BYTES, || Own::from_text(text))??;
        Ok(Self(SchemaChoice::Own(Box::new(own))))
    }

    /// Likely mistakes in it, one sentence each, safe to print: misspelled keywords.
    pub fn warnings(&self) -> &[String] {
        match &self.0 {
            SchemaChoice::Embedded => &[],
            SchemaChoice::Own(own) => &own.warnings,
        }
    }

    /// Every violation in `document`, in no particular order, within the budget. It is judged as `event`; without one,
    /// only a user's schema applies.
    pub(super) fn violations(&self, document: &Document<'_>, event: Option<&Event>) -> Vec<Finding> {
        match &self.0 {
            SchemaChoice::Embedded => event.map_or_else(Vec::new, |event| of_published(document, event)),
            SchemaChoice::Own(own) => {
                too_deep(document).map_or_else(|| own.violations(document), |finding| vec![finding])
            }
        }
    }
}

impl Own {
    fn from_text(text: &[u8]) -> anyhow::Result<Self> {
        let text = text.strip_prefix(crate::payload::BYTE_ORDER_MARK).unwrap_or(text);
        let schema: Value = serde_json::from_slice(text).map_err(|error| no_json(text, &error))?;
        lint::refuse_repeated(text)?;
        let warnings = lint::check(&schema)?;
        let cost = Cost::of(&schema)?;
        let pattern_bytes =
            (PATTERNS_BYTES / cost.patterns.max(1)).clamp(*PATTERN_BYTES.start(), *PATTERN_BYTES.end());
        let patterns = PatternOptions::regex().size_limit(pattern_bytes).dfa_size_limit(pattern_bytes);
        let validator = jsonschema::options_for::<View>()
            .offline()
            .with_pattern_options(patterns)
            .build(&schema)
            .map_err(|error| refused(&error))?;
        Ok(Self { validator, cost, warnings })
    }

    fn violations(&self, document: &Document<'_>) -> Vec<Finding> {
        if document.depth().saturating_mul(self.cost.nested) <= NESTED_IN_PLACE {
            return self.look(document);
        }
        on_a_stack(STACK_BYTES, || self.look(document)).unwrap_or_else(|_| {
            vec![too_costly(document, "the payload is nested too deeply for the available memory")]
        })
    }

    fn look(&self, document: &Document<'_>) -> Vec<Finding> {
        let root = document.root();
        let budget = self.budget(root.text().len());
        match budget::within(budget, || self.validator.is_valid(root)) {
            (_, Some(_)) => return vec![too_costly(document, UNDECIDED)],
            (true, None) => return Vec::new(),
            (false, None) => {}
        }
        let (errors, spent) = budget::within(budget, || self.validator.iter_errors(root).collect::<Vec<_>>());
        let mut places = Places::new(root);
        let mut all: Vec<Finding> = match spent {
            None => errors.iter().flat_map(|error| findings(document, &mut places, error)).collect(),
            Some(spent) => {
                let sound = sound(&errors, spent);
                sound.flat_map(|error| findings(document, &mut places, error)).collect()
            }
        };
        all.extend(spent.map(|spent| match spent {
            Spent::Errors => too_costly(document, MORE),
            Spent::Work => too_costly(document, UNLISTED),
        }));
        all
    }

    fn budget(&self, bytes: usize) -> Budget {
        Budget {
            work: WORK + WORK_PER_BYTE * bytes as u64,
            errors: MOST_ERRORS,
            stack: STACK_USED_BYTES,
            step: 1 + self.cost.checks / 4,
            string_byte: self.cost.string / 2,
            name_byte: self.cost.name / 2,
        }
    }
}

/// The errors that hold whatever was not looked at. They include the one under construction when the last error is
/// found: its cause was decided before, and the last one lies within it.
fn sound<'e, 'i>(
    errors: &'e [ValidationError<'i>],
    spent: Spent,
) -> impl Iterator<Item = &'e ValidationError<'i>> + use<'e, 'i> {
    let stands: Vec<Reliability> = errors.iter().map(standing).collect();
    let before = stands.iter().take_while(|standing| **standing == Reliability::Sound).count();
    let counts = match spent {
        Spent::Errors => before + 1,
        Spent::Work => before,
    };
    errors.iter().take(counts)
}

/// Runs `work` on a thread with that much stack.
fn on_a_stack<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> std::io::Result<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(bytes).spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The violations of an event's published schema, read off the table: the payload must be an object in which every
/// documented field is a string. A property test compares this with jsonschema.
fn of_published(document: &Document<'_>, event: &Event) -> Vec<Finding> {
    let wrong = |pointer: Pointer, node: Node<'_>, words| {
        finding(document, Code::SchemaType, pointer, node.text(), words)
    };
    let Some(members) = document.members() else {
        let (kind, root) = (TypeKind::Single(JsonType::Object), document.root());
        return vec![wrong(Pointer::default(), root, wrong_type(THE_PAYLOAD, true, &kind, root))];
    };
    let kind = TypeKind::Single(JsonType::String);
    let mut slots = members.present() & !members.strings() & event.slots.mask;
    let mut found = Vec::with_capacity(slots.count_ones() as usize);
    while slots != 0 {
        let slot = slots.trailing_zeros() as usize;
        let (name, member) = (NAMES[slot], members.known(slot));
        let node = member.expect("internal error: it is present").value();
        let words = wrong_type(&["`", name, "`"].concat(), false, &kind, node);
        found.push(wrong(pointer(name), node, words));
        slots &= slots - 1;
    }
    found
}

fn too_deep(document: &Document<'_>) -> Option<Finding> {
    let depth = document.depth();
    (depth > MAX_DEPTH).then(|| Finding {
        code: Code::TooDeep,
        level: Level::Error,
        pointer: Pointer::default(),
        span: document.span(document.root().text()),
        message: format!(
            "the payload is nested {depth} levels deep; with a schema that is not the embedded one, \
             {MAX_DEPTH} are checked"
        ),
        label: None,
        help: None,
        remedy: None,
    })
}

const UNDECIDED: &str =
    "checking the payload against the schema takes too much work and was stopped undecided";
const UNLISTED: &str =
    "the payload breaks the schema, and finding all places takes too much work; some are missing";
const MORE: &str = "the payload breaks the schema 10,000 times, branches included; the search ended there";

fn too_costly(document: &Document<'_>, what: &str) -> Finding {
    Finding {
        code: Code::TooCostly,
        level: Level::Error,
        pointer: Pointer::default(),
        span: document.span(document.root().text()),
        message: what.to_owned(),
        label: None,
        help: Some(
            "let the schema decide early: distinguish the branches of `oneOf` and `anyOf` by a `required` \
             or `const`, and keep patterns short"
                .into(),
        ),
        remedy: None,
    }
}

/// A violation at `text`, a slice of the document's text.
fn finding(
    document: &Document<'_>,
    code: Code,
    pointer: Pointer,
    text: &str,
    words: MessageWords,
) -> Finding {
    let MessageWords { message, label, help } = words;
    let (span, pointer) = (document.span(text), pointer.bounded());
    Finding { code, level: Level::Error, pointer, span, message, label, help, remedy: None }
}

/// One violation is one finding, except for a list of unexpected properties: each of these is one.
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
    let at_keys: Vec<Finding> = names
        .iter()
        .filter_map(|name| {
            let member = places.member(node, name)?;
            let pointer = parent.join(name);
            let words = words(error.kind(), &pointer, member.value());
            Some(finding(document, code, pointer, member.name_text(), words))
        })
        .collect();
    if at_keys.is_empty() {
        let words = words(error.kind(), &parent, node);
        return vec![finding(document, code, parent, node.text(), words)];
    }
    at_keys
}

/// `schema/` and the violated keyword.
fn code(kind: &ValidationErrorKind) -> Code {
    use ValidationErrorKind as V;
    match kind {
        V::AdditionalItems { .. } => Code::SchemaAdditionalItems,
        V::AdditionalProperties { .. } => Code::SchemaAdditionalProperties,
        V::AnyOf { .. } => Code::SchemaAnyOf,
        V::BacktrackLimitExceeded { .. } | V::RegexEngineFailure { .. } | V::Pattern { .. } => {
            Code::SchemaPattern
        }
        V::Constant { .. } => Code::SchemaConst,
        V::Contains => Code::SchemaContains,
        V::ContentEncoding { .. } | V::FromUtf8 { .. } => Code::SchemaContentEncoding,
        V::ContentMediaType { .. } => Code::SchemaContentMediaType,
        V::Custom { .. } => Code::SchemaCustom,
        V::Enum { .. } => Code::SchemaEnum,
        V::ExclusiveMaximum { .. } => Code::SchemaExclusiveMaximum,
        V::ExclusiveMinimum { .. } => Code::SchemaExclusiveMinimum,
        V::FalseSchema => Code::SchemaFalse,
        V::Format { .. } => Code::SchemaFormat,
        V::MaxItems { .. } => Code::SchemaMaxItems,
        V::Maximum { .. } => Code::SchemaMaximum,
        V::MaxLength { .. } => Code::SchemaMaxLength,
        V::MaxProperties { .. } => Code::SchemaMaxProperties,
        V::MinItems { .. } => Code::SchemaMinItems,
        V::Minimum { .. } => Code::SchemaMinimum,
        V::MinLength { .. } => Code::SchemaMinLength,
        V::MinProperties { .. } => Code::SchemaMinProperties,
        V::MultipleOf { .. } => Code::SchemaMultipleOf,
        V::Not { .. } => Code::SchemaNot,
        V::OneOfMultipleValid { .. } | V::OneOfNotValid { .. } => Code::SchemaOneOf,
        V::PropertyNames { .. } => Code::SchemaPropertyNames,
        V::Required { .. } => Code::SchemaRequired,
        V::Type { .. } => Code::SchemaType,
        V::UnevaluatedItems { .. } => Code::SchemaUnevaluatedItems,
        V::UnevaluatedProperties { .. } => Code::SchemaUnevaluatedProperties,
        V::UniqueItems => Code::SchemaUniqueItems,
        V::Referencing(_) => Code::SchemaRef,
    }
}

/// The reason why a schema is not JSON, in the words used for payloads; if only a payload may be like this, such as
/// nested deeper, in the reader's words.
fn no_json(text: &[u8], error: &serde_json::Error) -> anyhow::Error {
    let Err(fault) = Document::parse(text) else { return anyhow!("it cannot be read: {error}") };
    let at = Cursor::new(text, Position::START).advance_to(fault.span.start);
    anyhow!("it is not JSON: {} (line {}, column {})", fault.message, at.line, at.column)
}

/// The reason why a schema cannot be used, in our words if it is a common one.
fn refused(error: &ValidationError<'_>) -> anyhow::Error {
    let place = match error.instance_path().as_str() {
        "" => "the schema itself".to_owned(),
        path => cut(path).into_owned(),
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
            anyhow!("the pattern at {place} takes too much memory; let it repeat less")
        }
        kind => anyhow!("it is not a JSON Schema: {place} breaks `{}` of the metaschema", kind.keyword()),
    }
}
