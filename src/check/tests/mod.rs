//! The verdict against independent ones, and what no payload may cost.

use super::view::View;
use super::*;
use crate::event::{EVENTS, Event, Wanted};
use crate::payload::Node;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::LazyLock;

mod schemas;

/// (pointer, keyword) of every violation, as jsonschema reports them on `serde_json::Value`, with a list of unexpected
/// names split as ours is.
fn expected(schema: &Value, instance: &Value) -> BTreeSet<(String, String)> {
    use jsonschema::error::ValidationErrorKind as V;
    let validator = jsonschema::options()
        .offline()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .unwrap();
    let mut found = BTreeSet::new();
    for error in validator.iter_errors(instance) {
        let parent = Pointer::from(error.instance_path().as_str().to_owned());
        let keyword = error.kind().keyword().replace("falseSchema", "false");
        match error.kind() {
            V::AdditionalProperties { unexpected } => {
                found.extend(unexpected.iter().map(|name| (parent.join(name).to_string(), keyword.clone())));
            }
            V::PropertyNames { error } => {
                found.insert((parent.join(error.instance().as_str().unwrap()).to_string(), keyword));
            }
            _ => {
                found.insert((parent.to_string(), keyword));
            }
        }
    }
    found
}

fn found(schema: &Value, text: &str) -> BTreeSet<(String, String)> {
    let judge = own(&schema.to_string());
    let pair = |finding: Finding| {
        (finding.pointer.to_string(), finding.code.as_str().strip_prefix("schema/").unwrap().to_owned())
    };
    judge.judge(text.as_bytes()).into_iter().map(pair).collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..4).prop_map(Value::from),
        prop_oneof![Just(1.0), Just(1.5), Just(-0.0), Just(1e300)].prop_map(Value::from),
        "[ab\u{e9}]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("a/b".to_owned()),
        Just("7".to_owned()),
        Just("07".to_owned()),
        Just("~1".to_owned()),
        Just("\"\\".to_owned()),
        "[ab~]{1,2}"
    ]
}

fn any_schema() -> impl Strategy<Value = Value> {
    let types =
        prop::sample::select(vec!["string", "number", "integer", "boolean", "null", "object", "array"]);
    let keyword = prop_oneof![
        types.clone().prop_map(|name| ("type", json!(name))),
        proptest::sample::subsequence(vec!["string", "number", "null", "object", "array"], 1..4)
            .prop_map(|names| ("type", json!(names))),
        proptest::collection::vec(name(), 1..3)
            .prop_map(|names| ("required", json!(names.into_iter().collect::<BTreeSet<_>>()))),
        proptest::collection::vec(any_json(), 1..4).prop_map(|values| ("enum", json!(values))),
        any_json().prop_map(|value| ("const", value)),
        prop::sample::select(vec!["^a", "b$", "^[ab]*$", "\u{e9}", "a|b"])
            .prop_map(|pattern| ("pattern", json!(pattern))),
        (0u64..4).prop_map(|length| ("minLength", json!(length))),
        (-2i64..3).prop_map(|least| ("minimum", json!(least))),
        any::<bool>().prop_map(|is_open| ("additionalProperties", json!(is_open))),
        Just(("propertyNames", json!({"maxLength": 1}))),
        Just(("propertyNames", json!({"pattern": "^a"}))),
        Just(("uniqueItems", json!(true))),
    ];
    let flat = proptest::collection::vec(keyword, 0..4).prop_map(|keywords| {
        keywords.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()
    });
    flat.prop_recursive(3, 24, 4, |inner| {
        (
            inner.clone(),
            proptest::collection::vec((name(), inner.clone()), 0..4),
            proptest::option::of(inner.clone()),
            proptest::option::of(inner),
        )
            .prop_map(|(mut schema, properties, items, additional)| {
                let object = schema.as_object_mut().unwrap();
                object.insert("properties".to_owned(), Value::Object(properties.into_iter().collect()));
                items.into_iter().for_each(|items| drop(object.insert("items".to_owned(), items)));
                additional
                    .into_iter()
                    .for_each(|schema| drop(object.insert("additionalProperties".to_owned(), schema)));
                schema
            })
    })
}

/// The properties of each page's schema, all of them strings.
const PUBLISHED: &[(&str, &[&str])] = {
    const ASSOCIATION: &[&str] = &[
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "firstObjectToSecondObjectCardinality",
        "secondObjectKey",
        "secondObjectLabel",
        "secondObjectToFirstObjectCardinality",
        "key",
        "locationId",
    ];
    const RELATION: &[&str] = &[
        "id",
        "firstObjectKey",
        "firstRecordId",
        "secondObjectKey",
        "secondRecordId",
        "associationId",
        "locationId",
    ];
    const CREATED: &[&str] = &[
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "secondObjectKey",
        "secondObjectLabel",
        "key",
        "locationId",
    ];
    &[
        ("AssociationCreate", CREATED),
        ("AssociationUpdate", ASSOCIATION),
        ("AssociationDelete", ASSOCIATION),
        ("RelationCreate", RELATION),
        ("RelationDelete", RELATION),
    ]
};

fn published(fields: &[&str]) -> Value {
    let properties: Value =
        fields.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    json!({"type": "object", "properties": properties})
}

/// An instance that is likely to have the events' names, so that the embedded schema applies.
fn any_payload() -> impl Strategy<Value = Value> {
    let names: Vec<&str> = PUBLISHED.iter().flat_map(|(_, fields)| *fields).copied().collect();
    let members = proptest::collection::vec(
        (prop_oneof![4 => prop::sample::select(names).prop_map(str::to_owned), 1 => name()], any_json()),
        0..10,
    );
    prop_oneof![6 => members.prop_map(|members| Value::Object(members.into_iter().collect())), 1 => any_json()]
}

/// For each event, a judge that reads its table, and one that uses jsonschema, as for a user's schema.
static BOTH: LazyLock<Vec<[Judge; 2]>> = LazyLock::new(|| {
    let judge = |schema, event| Judge { wanted: Wanted::Only(event), ..Judge::new(schema) };
    let both = |event: &'static Event| {
        let own = Schema::from_text(event.schema.as_bytes()).unwrap();
        [judge(Schema::embedded(), event), judge(own, event)]
    };
    event::EVENTS.iter().copied().map(both).collect()
});

/// Objects with repeated names, some spelled with an escape.
fn any_members() -> impl Strategy<Value = String> {
    let name = prop::sample::select(&event::members::NAMES[..]);
    let member = (name, any::<bool>(), any_json()).prop_map(|(name, is_escaped, value)| {
        let first = u32::from(name.as_bytes()[0]);
        let name = if is_escaped { format!("\\u{first:04x}{}", &name[1..]) } else { name.to_owned() };
        format!("\"{name}\" : {value}")
    });
    proptest::collection::vec(member, 0..12).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// Payloads of known names with values that the rules may report, and usually do not.
fn almost_ordinary() -> impl Strategy<Value = String> {
    let values = [
        (
            "id",
            vec!["698f1a2b3c4d5e6f70819203", "eHy2cOSZxMQzQ6Yyvl8P", "", "TASK_CUSTOM_OBJECTS.X_ASSOCIATION"],
        ),
        ("associationType", vec!["USER_DEFINED", "SYSTEM_DEFINED", "user_defined", " "]),
        (
            "firstObjectKey",
            vec!["contact", "custom_objects.a_1", "opportunity", "contacts", "custom_objects."],
        ),
        ("firstObjectLabel", vec!["Tenant", "K\u{e4}ufer", "   ", "a\u{200b}b"]),
        ("secondObjectKey", vec!["custom_objects.b", "contact", "business", "Contact"]),
        ("secondObjectLabel", vec!["Apartment", ""]),
        ("key", vec!["tenant_apartment", "##[x"]),
        ("locationId", vec!["Zx81QpLm04RtVbNc77Ha", "698f1a2b3c4d5e6f70819203"]),
        ("type", vec!["AssociationCreate", "AssociationCreated", "RelationCreate", ""]),
        ("timestamp", vec!["2026-02-13T12:36:13.412Z", ""]),
        ("webhookId", vec!["abc123xyz"]),
        ("companyId", vec!["Kq93LmZt20XcVbNs45Ty", "a\u{202e}"]),
    ];
    let members: Vec<_> = values
        .into_iter()
        .map(|(name, values)| {
            // The first value is the ordinary one.
            let value = prop_oneof![12 => Just(values[0]), 2 => prop::sample::select(values)];
            (
                Just(name),
                value,
                prop::bool::weighted(if name.len() == 9 || name == "type" { 0.5 } else { 0.97 }),
            )
        })
        .collect();
    let extra = prop_oneof![8 => Just(""), 1 => Just(",\"extra\":\"1\""), 1 => Just(",\"id\":\"x\""), 1 => Just(",\"data\":{}")];
    (members, extra, any::<bool>()).prop_map(|(members, extra, is_spaced)| {
        let colon = if is_spaced { " : " } else { ":" };
        let present = members.into_iter().filter(|(_, _, is_there)| *is_there);
        let members: Vec<_> =
            present.map(|(name, value, _)| format!("\"{name}\"{colon}\"{value}\"")).collect();
        format!("{{{}{extra}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_view_gets_the_same_verdict_as_a_value(schema in any_schema(), instance in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&instance) } else { serde_json::to_string(&instance) }.unwrap();
        prop_assert_eq!(found(&schema, &text), expected(&schema, &instance), "{} {}", schema, text);
    }

    #[test]
    fn every_embedded_schema_accepts_and_refuses_what_the_published_one_does(instance in any_payload()) {
        for (name, fields) in PUBLISHED {
            let Some(Wanted::Only(event)) = Wanted::of(name) else { panic!("{name}") };
            let embedded: Value = serde_json::from_str(event.schema).unwrap();
            let is_valid = |schema: &Value| jsonschema::options().offline().build(schema).unwrap().is_valid(&instance);
            let is_published = is_valid(&published(fields));
            prop_assert_eq!(is_valid(&embedded), is_published, "{}", name);
            // The judge must agree, because its check is its own; advisories change no verdict.
            let findings = Judge::default().with_events(Wanted::Only(event)).judge(instance.to_string().as_bytes());
            prop_assert_eq!(findings.iter().all(|finding| finding.level != Level::Error), is_published, "{}", name);
            for finding in findings.iter().filter(|finding| !finding.code.is_of_schema()) {
                prop_assert!(finding.code.layer() == catalogue::RuleLayer::Advisory && finding.level == finding.code.level(), "{:?}", finding);
            }
        }
    }

    #[test]
    fn a_published_schema_is_judged_as_jsonschema_judges_it(
        which in 0..event::EVENTS.len(),
        text in prop_oneof![
            any_members(),
            any_payload().prop_map(|payload| payload.to_string()),
            almost_ordinary(),
        ]
    ) {
        let [ours, theirs] = &BOTH[which];
        prop_assert_eq!(ours.judge(text.as_bytes()), theirs.judge(text.as_bytes()), "{}", text);
    }

    #[test]
    fn earlier_payloads_change_no_finding(texts in proptest::collection::vec(almost_ordinary(), 1..4)) {
        let (judge, mut reader) = (Judge::default(), event::reader());
        for text in texts {
            let findings = judge.judge_next(text.as_bytes(), &mut reader);
            prop_assert_eq!(findings, judge.judge(text.as_bytes()), "{}", text);
        }
    }

    #[test]
    fn judging_arbitrary_bytes_never_panics(bytes: Vec<u8>) {
        let _ = Judge::default().judge(&bytes);
    }
}

#[test]
fn the_embedded_schema_keeps_every_keyword_of_the_page_and_adds_annotations_only() {
    fn bare(value: &Value) -> Value {
        let drop = ["$schema", "$id", "title", "description", "examples"];
        match value {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| !drop.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), bare(value)))
                .collect(),
            other => other.clone(),
        }
    }
    for (name, fields) in PUBLISHED {
        let Some(Wanted::Only(event)) = Wanted::of(name) else { panic!("{name}") };
        let embedded: Value = serde_json::from_str(event.schema).unwrap();
        assert_eq!(bare(&embedded), published(fields), "{name}");
        assert!(jsonschema::meta::is_valid(&embedded), "{name}");
    }
    for event in EVENTS {
        let is_listed = PUBLISHED.iter().any(|(name, _)| *name == event.name);
        assert!(is_listed, "{event}: PUBLISHED in this file lacks the properties of its page");
    }
}

#[test]
fn the_view_keeps_jsonschema_s_contract() {
    let text = jsonschema::json::conformance::document().to_string();
    let document = Document::parse(text.as_bytes()).unwrap();
    jsonschema::json::conformance::assert_conformance::<View>(&document.root());
    let nested = Document::parse(br#"{"a": [{"b": 1}]}"#).unwrap();
    let root: Node<'_> = nested.root();
    assert_eq!(root.member("a").unwrap().elements().unwrap()[0].member("b").unwrap().text(), "1");
}

#[test]
fn a_value_of_any_depth_in_a_documented_field_is_a_finding() {
    let text = format!(r#"{{"id":{}{}}}"#, "[".repeat(1_000_000), "]".repeat(1_000_000));
    let judged = std::thread::Builder::new()
        .stack_size(256 << 10)
        .spawn(move || Judge::default().judge(text.as_bytes()));
    assert_eq!(
        judged.unwrap().join().unwrap()[1].message,
        "`id` must be a string, not an array of 1 element"
    );
}

#[test]
fn a_hostile_object_raises_a_bounded_number_of_advisories() {
    let members = |name: &dyn Fn(usize) -> String| {
        let members: Vec<String> = (0..50_000).map(|index| format!("\"{}\":1", name(index))).collect();
        let text = format!("{{{}}}", members.join(","));
        Judge::default().judge(text.as_bytes()).len()
    };
    assert_eq!(members(&|_| "id".to_owned()), 3, "missing, duplicate, and of the wrong type");
    assert!(members(&|index| format!("{}", index / 2)) < 30, "25,000 names, each given twice");
    assert!(members(&|index| format!("locationI{index}")) < 5, "names that are nearly a documented one");
    assert!(members(&|index| format!("{index}\u{200b}")) < 5, "names that cannot be seen whole");
}

/// A schema of one's own, without advisories.
fn own(schema: &str) -> Judge {
    let selector = |text: &str| text.parse().unwrap();
    let levels = Levels::new(&[LevelChange::Allow(selector("all")), LevelChange::Deny(selector("schema/"))]);
    Judge::new(Schema::from_text(schema.as_bytes()).unwrap()).with_levels(levels)
}
