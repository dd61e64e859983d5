use super::*;
use proptest::prelude::*;

/// `pointer change` of every change, association fields before others.
fn changes(before: &str, after: &str, scope: &Scope) -> Vec<String> {
    let (before, after) =
        (Document::parse(before.as_bytes()).unwrap(), Document::parse(after.as_bytes()).unwrap());
    let comparison = Comparison::of(&before, &after, scope);
    let shown = |difference: &Difference<'_>| format!("{} {:?}", difference.pointer, difference.change);
    comparison.condensed().iter().chain(&comparison.other).map(shown).collect()
}

fn plainly(before: &str, after: &str) -> Vec<String> {
    changes(before, after, &Scope::default())
}

#[test]
fn a_difference_in_form_does_not_count() {
    let before = r#"{"id":"caf\u00e9","key":1.50,"x":[1,{"a":1,"b":2}]}"#;
    let after = "{ \"x\" : [ 1.0, {\"b\":2,\"a\":1} ],\n \"key\": 15e-1, \"id\": 1, \"\\u0069d\": \"café\" }";
    assert_eq!(plainly(before, after), [""; 0]);
}

#[test]
fn absent_null_and_empty_are_three_things() {
    let [absent, null, empty] = ["{}", r#"{"id":null}"#, r#"{"id":""}"#];
    assert_eq!(plainly(absent, null), ["/id Added"]);
    assert_eq!(plainly(null, empty), ["/id Type(Null, String)"]);
    assert_eq!(plainly(empty, absent), ["/id Removed"]);
}

#[test]
fn the_published_order_rules_and_other_fields_come_apart() {
    let before = r#"{"b":1,"locationId":"L","id":"1","a":{"x":[1,2,3]}}"#;
    let after = r#"{"locationId":"M","id":1,"a":{"x":[1,9],"y~/":null}}"#;
    assert_eq!(
        plainly(before, after),
        [
            "/id Type(String, Number)",
            "/locationId Text(Other)",
            "/a/x/1 Value",
            "/a/x/2 Removed",
            "/a/y~0~1 Added",
            "/b Removed"
        ]
    );
}

#[test]
fn ignored_fields_are_left_out_by_name_and_by_pointer() {
    let (before, after) = (r#"{"id":1,"a":{"x":1,"xy":1},"/b":1}"#, r#"{"id":2,"a":{"x":2,"xy":2},"/b":2}"#);
    let ignoring = |names: &[&str]| {
        let ignore = names.iter().map(|name| (*name).to_owned()).collect();
        changes(before, after, &Scope { ignore, ..Scope::default() })
    };
    assert_eq!(ignoring(&["id", "/a/x", "/b"]), ["/a/xy Value"]);
    assert_eq!(ignoring(&["/id", "a"]), ["/~1b Value"]);
}

#[test]
fn exchanged_sides_are_one_change() {
    let before = r#"{"id":"1","firstObjectKey":"a","firstObjectLabel":"A","secondObjectKey":"b","secondObjectLabel":"B"}"#;
    let after = r#"{"id":"2","firstObjectKey":"b","firstObjectLabel":"B","secondObjectKey":"a","secondObjectLabel":"A"}"#;
    assert_eq!(plainly(before, after), ["/id Text(Other)", " SidesExchanged"]);
    let one_label_stays = after.replace("\"B\"", "\"C\"");
    assert_eq!(plainly(before, &one_label_stays).len(), 5);
    let (one, two) = (r#"{"firstObjectKey":"a"}"#, r#"{"secondObjectKey":"a"}"#);
    assert_eq!(plainly(one, two), [" SidesExchanged"]);
    assert_eq!(plainly("{}", "{}"), [""; 0]);
}

#[test]
fn integers_one_apart_are_different() {
    let (before, after) = (r#"{"id":100000000000000000000001}"#, r#"{"id":100000000000000000000002}"#);
    assert_eq!(plainly(before, after), ["/id Value"]);
}

#[test]
fn roots_of_any_kind_are_compared() {
    assert_eq!(plainly("[1]", "{}"), [" Type(Array, Object)"]);
    assert_eq!(plainly("[1]", "[2]"), ["/0 Value"]);
    assert_eq!(plainly("\"a\"", "\"A\""), [" Text(LetterCase)"]);
}

#[test]
fn shape_is_types_and_presence() {
    let scope = Scope { is_shape: true, ..Scope::default() };
    let (before, after) = (r#"{"id":"1","key":"k","locationId":"L"}"#, r#"{"id":"2","key":null,"x":1}"#);
    assert_eq!(
        changes(before, after, &scope),
        ["/key Type(String, Null)", "/locationId Removed", "/x Added"]
    );
}

#[test]
fn no_depth_is_too_much() {
    let nested =
        |inner: &str| format!("{{\"id\":{}{inner}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let found = plainly(&nested("1"), &nested("2"));
    assert_eq!(found.len(), 1);
    assert!(found[0].ends_with("/0 Value") && found[0].len() < 1100);
}

proptest! {
    #[test]
    fn equal_payloads_have_equal_fingerprints_however_they_are_written(
        members in proptest::collection::vec(
            (prop::sample::select(vec!["id", "key", "type", "timestamp", "firstObjectKey", "locationId", "x"]), "[ -~\u{e9}\u{1f600}]{0,12}"),
            1..7,
        ),
        by in prop::sample::select(vec!["id", "key", "webhookId", "x"]), all: bool, ignored in prop::option::of(Just("key".to_owned())),
    ) {
        let scope = Scope { all, ignore: ignored.into_iter().collect(), ..Scope::default() };
        let (mut prints, mut reader) = (join::Prints::new(by, &scope, crate::event::Wanted::Any), crate::event::reader());
        let mut print = |text: &str| prints.of(&reader.read(text.as_bytes()).unwrap());
        let written = |write: &dyn Fn(&str) -> String| {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("{} : {}", write(name), write(value))).collect();
            format!("{{{}}}", members.join(" , "))
        };
        let plain = print(&written(&|text| serde_json::json!(text).to_string()));
        let escaped = |text: &str| {
            let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            format!("\"{units}\"")
        };
        prop_assert_eq!(print(&written(&escaped)), plain);
        let is_there = members.iter().any(|(name, _)| *name == by);
        prop_assert_eq!(plain.1, is_there);
        // Another value of a field that counts makes another record.
        let mut changed = members.clone();
        let last = changed.last_mut().unwrap();
        last.1.push('!');
        let is_counted = scope.counts(last.0) && !scope.ignores_name(last.0);
        let other = print(&serde_json::to_string(&changed.iter().cloned().collect::<std::collections::BTreeMap<_, _>>()).unwrap());
        prop_assert_eq!(plain.0.is_same(&other.0), !is_counted);
    }
}
