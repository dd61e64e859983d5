//! Checks that a schema is one, and that its keywords are spelled as JSON Schema spells them.
//!
//! In: a schema's text and value. Out: an error for one that could refuse no payload although it has content, or in
//! which a name occurs twice, and a warning for each keyword that is a slip away from a known one.
//! Invariants: intended uses of JSON Schema (`true`, `{}`, one's own annotations next to keywords) raise nothing; names
//! within `properties`, `$defs` and examples are never taken for keywords.

use crate::check::message::cut;
use crate::payload::{Document, Node, Pointer};
use anyhow::{anyhow, bail};
use serde_json::{Map, Value};

/// Keywords that can refuse a value, or lead to others that can.
const CHECKING: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Keywords that describe a schema, or accompany a checking one.
const OTHER: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$id",
    "$recursiveAnchor",
    "$schema",
    "$vocabulary",
    "contentSchema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "else",
    "examples",
    "id",
    "maxContains",
    "minContains",
    "readOnly",
    "then",
    "title",
    "writeOnly",
];

/// Names that are near a keyword and are well-known annotations of other specifications.
const FOREIGN: &[&str] = &["discriminator", "example", "nullable", "note"];

/// The highest number of warnings.
const MOST_WARNINGS: usize = 10;

/// Refuses a schema in which a name occurs twice in one object: only the last would count.
///
/// # Errors
/// There is such a name.
pub(super) fn refuse_repeated(text: &[u8]) -> anyhow::Result<()> {
    let document = Document::parse(text).ok();
    let place = document.as_ref().and_then(|document| repeated(document.root(), &Pointer::default()));
    place.map_or(Ok(()), |place| {
        Err(anyhow!(
            "{} occurs twice in it, and only the last would count; remove one of them",
            cut(place.as_str())
        ))
    })
}

/// The first place that occurs twice. A schema is at most as deep as an ordinary JSON reader accepts.
fn repeated(node: Node<'_>, place: &Pointer) -> Option<Pointer> {
    let members = node.members();
    let own = members.iter().flat_map(|members| members.iter()).find_map(|member| {
        let inner = place.join(&member.name());
        if member.is_shadowed() { Some(inner) } else { repeated(member.value(), &inner) }
    });
    own.or_else(|| {
        let elements = node.elements().unwrap_or_default();
        (0..)
            .zip(elements)
            .find_map(|(index, element): (usize, _)| repeated(element, &place.join(&index.to_string())))
    })
}

/// The warnings that a person should read before any payload is checked.
///
/// # Errors
/// The value is not a schema.
pub(super) fn check(schema: &Value) -> anyhow::Result<Vec<String>> {
    let mut slips = Vec::new();
    find(schema, &Pointer::default(), &mut slips);
    if let Value::Object(members) = schema {
        refuse_what_refuses_nothing(members, slips.first())?;
    }
    let more = slips.len().saturating_sub(MOST_WARNINGS);
    let mut warnings: Vec<String> = slips.iter().take(MOST_WARNINGS).map(Slip::words).collect();
    if more > 0 {
        warnings.push(format!("and {more} more keywords that JSON Schema does not have"));
    }
    Ok(warnings)
}

fn refuse_what_refuses_nothing(members: &Map<String, Value>, slip: Option<&Slip<'_>>) -> anyhow::Result<()> {
    let has = |names: &[&str]| names.iter().any(|name| members.contains_key(*name));
    let is_foreign = |name: &String| !OTHER.contains(&name.as_str()) && name != "$id";
    if has(CHECKING) || !(members.keys().any(is_foreign) || has(&["$defs", "definitions"])) {
        return Ok(());
    }
    if let Some(version) = ["openapi", "swagger"].into_iter().find(|name| members.contains_key(*name)) {
        bail!("it is {}", open_api(members, version));
    }
    let part = ["$defs", "definitions"].into_iter().find_map(|list| first_name(members, &format!("/{list}")));
    Err(match (slip, part) {
        (Some(slip), _) => anyhow!("it would accept every payload: {}", slip.words()),
        (None, Some(part)) => anyhow!(
            "it would accept every payload, because nothing refers to its parts; say which one counts: {}",
            with_reference(&part)
        ),
        (None, None) => anyhow!(
            "it is JSON, but not a JSON Schema: no keyword in it could refuse a payload; `assoclens schema` \
             prints \
             one to begin with"
        ),
    })
}

fn open_api(members: &Map<String, Value>, version: &str) -> String {
    let list = if version == "swagger" { "/definitions" } else { "/components/schemas" };
    let part = first_name(members, list).map_or_else(String::new, |part| {
        format!("; its schemas are parts of it, so say which one counts: {}", with_reference(&part))
    });
    format!("an OpenAPI document, not a JSON Schema{part}")
}

/// The place of the first part under a pointer, if its name can be typed unquoted.
fn first_name(members: &Map<String, Value>, list: &str) -> Option<String> {
    let (first, rest) = list[1..].split_once('/').unwrap_or((&list[1..], ""));
    let list_of = members.get(first)?;
    let list_of = if rest.is_empty() { list_of } else { list_of.get(rest)? };
    let is_plain =
        |name: &&String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let name = list_of.as_object()?.keys().find(is_plain)?;
    Some(format!("#{list}/{name}"))
}

fn with_reference(part: &str) -> String {
    format!("jq '. + {{\"$ref\": \"{part}\"}}' FILE >schema.json")
}

/// A name that is nearly a keyword.
struct Slip<'s> {
    name: &'s str,
    keyword: &'static str,
    place: Pointer,
}

impl Slip<'_> {
    fn words(&self) -> String {
        let place = match self.place.as_str() {
            "" => String::new(),
            place => format!(" at {}", cut(place)),
        };
        format!(
            "`{}`{place} is not a keyword of JSON Schema and checks nothing; did you mean `{}`?",
            cut(self.name),
            self.keyword
        )
    }
}

fn find<'s>(schema: &'s Value, place: &Pointer, slips: &mut Vec<Slip<'s>>) {
    let Value::Object(members) = schema else { return };
    for (name, value) in members {
        let inner = place.join(name);
        match (name.as_str(), value) {
            (
                "$defs" | "definitions" | "dependentSchemas" | "dependencies" | "patternProperties"
                | "properties",
                Value::Object(list),
            ) => list.iter().for_each(|(name, part)| find(part, &inner.join(name), slips)),
            ("allOf" | "anyOf" | "items" | "oneOf" | "prefixItems", Value::Array(list)) => {
                (0..).zip(list).for_each(|(index, part): (usize, _)| {
                    find(part, &inner.join(&index.to_string()), slips);
                });
            }
            (
                "additionalItems"
                | "additionalProperties"
                | "contains"
                | "contentSchema"
                | "else"
                | "if"
                | "items"
                | "not"
                | "propertyNames"
                | "then"
                | "unevaluatedItems"
                | "unevaluatedProperties",
                part,
            ) => find(part, &inner, slips),
            _ => slips.extend(nearly(name).map(|keyword| Slip { name, keyword, place: place.clone() })),
        }
    }
}

/// The keyword that a name is certainly meant to be: another letter case, or a slip or two in a long name.
fn nearly(name: &str) -> Option<&'static str> {
    let known = CHECKING.iter().chain(OTHER).copied();
    if name.len() < 3
        || name.starts_with("x-")
        || FOREIGN.contains(&name)
        || known.clone().any(|known| known == name)
    {
        return None;
    }
    let lower = name.to_lowercase();
    let slips = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    let is_sure =
        |known: &&str| slips(known) <= most_slips(known, lower.len()) || is_exchanged(&lower, known);
    known.filter(is_sure).min_by_key(|known| slips(known))
}

/// Whether two adjacent letters of a short keyword are swapped, which makes no other word.
fn is_exchanged(name: &str, keyword: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    keyword.len() == 4 && strsim::osa_distance(name, keyword) == 1 && sorted(name) == sorted(keyword)
}

/// The number of slips with which a name of `bytes` bytes is certainly that keyword.
fn most_slips(keyword: &str, bytes: usize) -> usize {
    match keyword.len() {
        ..4 => 0,
        // A replaced letter makes another word: when, then.
        4 => usize::from(bytes != 4),
        5..8 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sure_slips_are_found_and_other_names_left_alone() {
        for (name, keyword) in [
            ("minlength", "minLength"),
            ("MaxItems", "maxItems"),
            ("additionalPropertys", "additionalProperties"),
            ("require", "required"),
            ("item", "items"),
            ("types", "type"),
            ("allof", "allOf"),
            ("partern", "pattern"),
            ("tpye", "type"),
            ("typ", "type"),
        ] {
            assert_eq!(nearly(name), Some(keyword), "{name}");
        }
        let alone = [
            "x-minlength",
            "example",
            "nullable",
            "when",
            "note",
            "name",
            "order",
            "units",
            "label",
            "tag",
            "ids",
        ];
        for name in alone.iter().chain(CHECKING).chain(OTHER) {
            assert_eq!(nearly(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_are_not_keywords_by_their_place_are_left_alone() {
        let schema = json!({
            "properties": {"minlength": {"maxlenght": 3}, "required": {"const": {"minlength": 1}}},
            "$defs": {"item": {"anyOf": [true, {"Items": {}}]}},
            "examples": [{"minlength": 1}],
        });
        let places = [
            "`Items` at /$defs/item/anyOf/1 is not a keyword of JSON Schema and checks nothing; did you \
             mean `items`?",
            "`maxlenght` at /properties/minlength is not a keyword of JSON Schema and checks nothing; did \
             you mean \
             `maxLength`?",
        ];
        assert_eq!(check(&schema).unwrap(), places);
    }

    #[test]
    fn a_schema_that_accepts_everything_is_refused_unless_on_purpose() {
        for schema in
            [json!(true), json!({}), json!({"title": "any", "$id": "x"}), json!({"type": "object", "own": 1})]
        {
            assert_eq!(check(&schema).unwrap(), Vec::<String>::new(), "{schema}");
        }
        for (schema, why) in [
            (json!({"id": "67", "key": "a"}), "it is JSON, but not a JSON Schema"),
            (json!({"requird": ["id"]}), "it would accept every payload: `requird` is not a keyword"),
            (
                json!({"$defs": {"A": {}}}),
                "it would accept every payload, because nothing refers to its parts; say which one counts: jq '. + \
                 {\"$ref\": \
                 \"#/$defs/A\"}' FILE >schema.json",
            ),
            (
                json!({"swagger": "2.0", "definitions": {"it's": {}}}),
                "it is an OpenAPI document, not a JSON Schema",
            ),
        ] {
            let error = check(&schema).unwrap_err().to_string();
            assert!(error.starts_with(why) && !error.contains("it's"), "{error}");
        }
    }
}
