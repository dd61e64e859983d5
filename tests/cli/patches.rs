//! The patches of `diff`, applied by an independent implementation: they turn the first payload into the second.

use assoclens::check::{Judge, Share};
use assoclens::diff::{Comparison, Scope};
use assoclens::engine::Judged;
use assoclens::engine::compare::{Compared, Joined, Side};
use assoclens::payload::{Document, Position};
use assoclens::read::Frame;
use assoclens::report::Report;
use assoclens::report::diff::{Differences, JsonPatch, MergePatch};
use proptest::prelude::*;
use serde_json::{Map, Value};

/// The output of a format about two payloads, and its warnings.
fn reported(
    report: &mut dyn Report<Differences>,
    before: &str,
    after: &str,
    scope: &Scope,
) -> (String, String) {
    let (one, two) =
        (Document::parse(before.as_bytes()).unwrap(), Document::parse(after.as_bytes()).unwrap());
    let judge = Judge::default();
    let findings = [before, after].map(|text| judge.judge(text.as_bytes()));
    let side = |document, text: &'static str, index: usize| Side {
        judged: Judged {
            shown: Share::NONE,
            ..Judged::new(text, 1, Frame::bare(b"", Position::START), &findings[index])
        },
        document,
    };
    let comparison = Comparison::of(&one, &two, scope);
    let compared = Compared { before: side(&one, "a", 0), after: side(&two, "b", 1), scope, comparison };
    let mut out = Vec::new();
    report.item(&Joined::Pair { compared: &compared, key: None }, &mut out).unwrap();
    (String::from_utf8(out).unwrap(), report.remarks().join("\n"))
}

fn patched(before: &Value, patch: &str) -> Value {
    let patch: json_patch::Patch = serde_json::from_str(patch).unwrap();
    let mut value = before.clone();
    json_patch::patch(&mut value, &patch).unwrap();
    value
}

fn merged(before: &Value, patch: &str) -> Value {
    let mut value = before.clone();
    json_patch::merge(&mut value, &serde_json::from_str(patch).unwrap());
    value
}

/// `value` with the association's fields of `other`.
fn with_association_of(value: &Value, other: &Value) -> Value {
    let mut object = value.as_object().unwrap().clone();
    for field in assoclens::event::ASSOCIATION_CREATE.fields() {
        match other.get(&field.name) {
            Some(value) => drop(object.insert(field.name.clone(), value.clone())),
            None => drop(object.remove(&field.name)),
        }
    }
    Value::Object(object)
}

fn name() -> impl Strategy<Value = String> {
    let names = [
        "id",
        "key",
        "locationId",
        "firstObjectKey",
        "secondObjectKey",
        "type",
        "x",
        "a/b",
        "~",
        "",
        "##",
        "\u{202e}",
    ];
    prop::sample::select(names.to_vec()).prop_map(str::to_owned)
}

/// Any small value; without a null unless `has_null`.
fn value(has_null: bool) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        "[a-c\u{e9} #\"\\\\]{0,4}".prop_map(Value::from),
        Just(if has_null { Value::Null } else { Value::from(7) }),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn object(has_null: bool) -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), value(has_null), 0..6)
        .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn a_json_patch_leads_from_one_payload_to_the_other(before in value(true), after in value(true)) {
        let scope = Scope { all: true, ..Scope::default() };
        let (patch, warnings) = reported(&mut JsonPatch, &before.to_string(), &after.to_string(), &scope);
        prop_assert_eq!(patched(&before, &patch), after, "{}", patch);
        prop_assert_eq!(warnings, "");
    }

    #[test]
    fn a_json_patch_of_the_association_leaves_the_rest(before in object(true), after in object(true)) {
        let (patch, _) = reported(&mut JsonPatch, &before.to_string(), &after.to_string(), &Scope::default());
        prop_assert_eq!(patched(&before, &patch), with_association_of(&before, &after), "{}", patch);
    }

    #[test]
    fn a_merge_patch_leads_there_or_says_that_it_cannot(before in object(true), after in object(true)) {
        let scope = Scope { all: true, ..Scope::default() };
        let (patch, warnings) = reported(&mut MergePatch::default(), &before.to_string(), &after.to_string(), &scope);
        let is_there = merged(&before, &patch) == after;
        prop_assert_eq!(is_there, warnings.is_empty(), "{} {}", patch, warnings);
    }

    #[test]
    fn without_nulls_a_merge_patch_always_leads_there(before in value(false), after in value(false)) {
        let scope = Scope { all: true, ..Scope::default() };
        let (patch, warnings) = reported(&mut MergePatch::default(), &before.to_string(), &after.to_string(), &scope);
        prop_assert_eq!(merged(&before, &patch), after, "{}", patch);
        prop_assert_eq!(warnings, "");
    }

    #[test]
    fn a_payload_is_the_same_as_itself_and_a_difference_has_two_sides(before in value(true), after in value(true)) {
        let scope = Scope { all: true, ..Scope::default() };
        let count = |one: &Value, two: &Value| {
            let (one, two) = (one.to_string(), two.to_string());
            let (one, two) = (Document::parse(one.as_bytes()).unwrap(), Document::parse(two.as_bytes()).unwrap());
            Comparison::of(&one, &two, &scope).counted(&scope).count()
        };
        prop_assert_eq!(count(&before, &before), 0);
        prop_assert_eq!(count(&before, &after), count(&after, &before));
        prop_assert_eq!(count(&before, &after) == 0, before == after);
    }
}
