use crate::check::{Code, Judge, Unworded};
use crate::escape::is_unsafe;
use crate::event::facts::CARDINALITIES;
use crate::event::{ASSOCIATION_DELETE, ASSOCIATION_UPDATE, Event, RELATION_CREATE, RELATION_DELETE, Wanted};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Deliveries as they are known: the eight fields in any form observed, and any of the envelope's, as null too, all in
/// any order.
fn realistic() -> impl Strategy<Value = String> {
    let custom = "custom_objects\\.[a-z0-9_]{1,20}";
    // Letters of any language, and emoji with their joiners and selectors.
    let label = || {
        prop_oneof![
            "[A-Za-z0-9 &'().-]{0,12}[A-Za-z]",
            "\\p{L}{1,12}".prop_filter("letters that can be seen", |text| !text.chars().any(is_unsafe)),
            Just("👩\u{200d}🔧 ❤\u{fe0f}".to_owned())
        ]
    };
    let user =
        ("[0-9a-f]{24}", prop_oneof![Just("contact".to_owned()), custom], custom, "[a-z][a-z0-9_]{0,30}")
            .prop_map(|(id, first, second, key)| ("USER_DEFINED", id, first, second, key));
    let kind = prop::sample::select(vec!["contact", "opportunity", "business", "task", "note"]);
    let system =
        ("[A-Z]{4,12}_[A-Z_.]{4,20}_ASSOCIATION", kind.clone(), kind).prop_map(|(key, first, second)| {
            ("SYSTEM_DEFINED", key.clone(), first.to_owned(), second.to_owned(), key)
        });
    let location = "[a-z][A-Z][A-Za-z0-9]{18}";
    let fields = (prop_oneof![user, system], label(), label(), location).prop_map(
        |((association_type, id, first, second, key), first_label, second_label, location)| {
            vec![
                ("id", json!(id)),
                ("associationType", json!(association_type)),
                ("firstObjectKey", json!(first)),
                ("firstObjectLabel", json!(first_label)),
                ("secondObjectKey", json!(second)),
                ("secondObjectLabel", json!(second_label)),
                ("key", json!(key)),
                ("locationId", json!(location)),
            ]
        },
    );
    let envelope = proptest::sample::subsequence(
        vec![
            ("type", json!("AssociationCreate")),
            ("timestamp", json!("2026-02-13T12:36:13.412Z")),
            ("webhookId", json!("3f2b8c1e-5a6d-4e7f-9b0a-1c2d3e4f5a6b")),
            ("appId", json!("698f00112233445566778899")),
            ("versionId", json!("698f00112233445566778899")),
            ("companyId", json!("Kq93LmZt20XcVbNs45Ty")),
            ("traceId", Value::Null),
            ("companyId", Value::Null),
        ],
        0..=7,
    );
    (fields, envelope)
        .prop_map(|(fields, mut envelope)| {
            envelope.dedup_by_key(|(name, _)| *name);
            let has_company = envelope.iter().filter(|(name, _)| *name == "companyId").count() > 1;
            [fields, if has_company { Vec::new() } else { envelope }].concat()
        })
        .prop_shuffle()
        .prop_map(|members| {
            let members: Vec<String> =
                members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
            format!("{{{}}}", members.join(", "))
        })
}

/// Deliveries of the other events, as they are known, with their event.
fn realistic_others() -> impl Strategy<Value = (&'static Event, String)> {
    let cardinality = prop::sample::select(CARDINALITIES.to_vec());
    let update = prop::sample::select(vec![&ASSOCIATION_UPDATE, &ASSOCIATION_DELETE]);
    let changed = (realistic(), cardinality, update).prop_map(|(text, cardinality, event)| {
        let text = text.replace("AssociationCreate", event.name);
        let back = crate::event::facts::mirrored(cardinality);
        let more = format!(
            r#""firstObjectToSecondObjectCardinality": "{cardinality}", "secondObjectToFirstObjectCardinality": "{back}""#
        );
        (event, text.replacen('{', &format!("{{{more}, "), 1))
    });
    let record = || {
        prop_oneof![
            (Just("contact".to_owned()), "[A-Za-z0-9]{20}"),
            ("custom_objects\\.[a-z0-9_]{1,20}", "[0-9a-f]{24}"),
            (Just("opportunity".to_owned()), "[A-Za-z0-9]{20}|[0-9a-f]{24}"),
        ]
    };
    let association = prop_oneof!["[0-9a-f]{24}", "[A-Z]{4,12}_[A-Z_.]{4,20}_ASSOCIATION"];
    let link = prop::sample::select(vec![&RELATION_CREATE, &RELATION_DELETE]);
    let linked = (record(), record(), association, "[0-9a-f]{24}", link, any::<bool>()).prop_map(
        |((first, one), (second, two), association, id, event, is_named)| {
            let named = if is_named { format!(r#""type": "{event}", "#) } else { String::new() };
            let text = format!(
                r#"{{{named}"id": "{id}", "firstObjectKey": "{first}", "firstRecordId": "{one}", "secondObjectKey": "{second}", "secondRecordId": "{two}", "associationId": "{association}", "locationId": "Zx81QpLm04RtVbNc77Ha"}}"#
            );
            (event, text)
        },
    );
    prop_oneof![changed, linked]
}

/// Members that rules look for, with hostile values, or wrappers of another payload.
fn any_members() -> impl Strategy<Value = String> {
    let names = vec![
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "secondObjectKey",
        "key",
        "locationId",
        "location_id",
        "type",
        "data",
        "headers",
        "body",
        "requestContext",
        "Records",
        "log",
        "requests",
        "firstRecordId",
        "contact_id",
        "x\u{202e}##[",
        "specversion",
        "timestamp",
        "eventSource",
        "0",
        "",
        "\\ud83d\\ude00",
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("67".to_owned()),
        prop::sample::select(vec![
            "",
            " ",
            "AssociationCreate",
            "ContactCreate",
            "aws:sqs",
            "contacts",
            "\\u0000##[x]",
            "\u{202e}",
            "eHy2cOSZxMQzQ6Yyvl8P",
            "67ade73d1119d2ac7ad0c475",
            "{}",
            "\u{85}é"
        ])
        .prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(3, 30, 6, move |inner| {
        let member = (prop::sample::select(names.clone()), inner.clone());
        prop_oneof![
            4 => proptest::collection::vec(member, 0..9).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| format!("\"{name}\": {value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(",\n"))
            }),
            1 => proptest::collection::vec(inner, 0..3).prop_map(|elements| format!("[{}]", elements.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_said_is_safe_placed_and_the_same_each_time(text in any_members()) {
        let findings = Judge::default().judge(text.as_bytes());
        prop_assert_eq!(&findings, &Judge::default().judge(text.as_bytes()));
        prop_assert!(findings.len() < 40);
        for finding in findings {
            prop_assert!(text.get(finding.span.clone()).is_some_and(|part| !part.is_empty()), "{:?}", finding);
            let words = [Some(finding.message.into()), finding.label, finding.help];
            for words in words.iter().flatten() {
                prop_assert!(!words.contains("##") && !words.chars().any(crate::escape::is_unsafe), "{}", words);
                prop_assert!(words.len() < 1000, "{}", words);
            }
        }
    }

    #[test]
    fn nothing_is_said_about_a_realistic_delivery(text in realistic()) {
        let findings = Judge::default().judge(text.as_bytes());
        prop_assert!(findings.is_empty(), "{text}\n{findings:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_said_about_a_realistic_delivery_of_another_event((event, text) in realistic_others()) {
        for wanted in [Wanted::Any, Wanted::Only(event)] {
            let findings = Judge::default().with_events(wanted).judge(text.as_bytes());
            prop_assert!(findings.is_empty(), "{wanted:?} {text}\n{findings:?}");
        }
        let findings = Judge::default().judge(text.as_bytes());
        prop_assert!(findings.len() == 1 && findings[0].code == Code::OtherEvent, "{text}\n{findings:?}");
    }
}

/// The codes raised by a payload that has only the relevant members.
fn codes(text: &str) -> Vec<&'static str> {
    let findings = Judge::default().judge(text.as_bytes());
    findings.iter().map(|finding| finding.code.as_str()).filter(|code| *code != "missing-field").collect()
}

#[test]
fn a_misspelled_name_is_distinguished_from_another_name() {
    for name in [
        "ID",
        "_id",
        "Key",
        "LOCATION-ID",
        "locationid",
        "locatonId",
        "fristObjectKey",
        "first_object_label",
        "secondObjetLabels",
        "association_type",
        "associationTypes",
        "id\u{200b}",
    ] {
        let codes = codes(&format!(r#"{{"{name}": "x"}}"#));
        assert!(codes.contains(&"misspelled-field"), "{name}: {codes:?}");
    }
    for name in [
        "ids",
        "keys",
        "kee",
        "location",
        "locations",
        "associationTypeId",
        "firstName",
        "objectKey",
        "firstRecordKey",
        "thirdObjectKey",
        "label",
        "companyID",
    ] {
        assert_eq!(codes(&format!(r#"{{"{name}": "x"}}"#)), ["undocumented-field"], "{name}");
    }
    assert_eq!(codes(r#"{"location_id": "x", "locationId": "y"}"#), ["undocumented-field"]);
}

#[test]
fn an_event_is_recognised_by_its_type_first() {
    // The codes that `type` alone raises, and those that it raises next to a field that only a Relation has.
    for (event_type, alone, beside_a_sign) in [
        ("AssociationCreate", None, "undocumented-field"),
        ("AssociationCreated", Some("event-type"), "event-type"),
        ("association.created", Some("event-type"), "event-type"),
        ("AssocationCreate", Some("event-type"), "event-type"),
        ("association", Some("event-type"), "other-event"),
        ("", Some("event-type"), "other-event"),
        ("AssociationUpdate", Some("other-event"), "other-event"),
        ("association_deleted", Some("other-event"), "other-event"),
        ("RelationCreated", Some("other-event"), "other-event"),
        ("ContactCreate", Some("other-event"), "other-event"),
        ("InboundMessage", Some("other-event"), "other-event"),
    ] {
        let found = codes(&format!(r#"{{"type": "{event_type}", "id": "x"}}"#));
        assert_eq!(found, Vec::from_iter(alone), "{event_type}");
        let found = codes(&format!(r#"{{"type": "{event_type}", "firstRecordId": "x"}}"#));
        assert_eq!(found[0], beside_a_sign, "{event_type}: {found:?}");
    }
    assert_eq!(codes(r#"{"type": null}"#), Vec::<&str>::new());
    assert_eq!(codes(r#"{"type": 5}"#), ["event-type"]);
}

#[test]
fn a_weak_sign_counts_only_if_no_field_speaks_for_the_event() {
    assert_eq!(codes(r#"{"associationId": "x", "firstObjectKey": "contact"}"#), ["other-event"]);
    assert_eq!(codes(r#"{"associationId": "x", "key": "a"}"#), ["undocumented-field"]);
    assert_eq!(codes(r#"{"workflow": {}, "contact_id": "x"}"#), ["other-event"]);
    assert_eq!(codes(r#"{"workflow": {}, "firstObjectLabel": "x"}"#), ["undocumented-field"]);
    assert_eq!(codes(r#"{"firstRecordId": null, "associationId": null}"#), ["undocumented-field"]);
}

#[test]
fn a_payload_in_something_else_is_reported_once() {
    for text in [
        r#"{"headers": {}, "body": "{}", "id": "x", "key": "y"}"#,
        r#"{"data": {"id": "x", "key": "y"}}"#,
        r#"{"type": "AssociationCreate", "webhookId": "w", "data": {"id": "x"}}"#,
        r#"{"id": 41, "row": {"payload": "{\"firstObjectKey\": \"contact\", \"key\": \"y\"}"}}"#,
        r#"{"id": "x", "specversion": "1.0", "type": "t", "data": {"firstObjectKey": "contact"}}"#,
    ] {
        let found = codes(text);
        let advice: Vec<_> = found.iter().copied().filter(|code| *code != "schema/type").collect();
        assert!(matches!(advice[..], ["wrapped-payload" | "nested-data"]), "{text}: {found:?}");
    }
    for text in [
        r#"{"headers": {}}"#,
        r#"{"body": "{}"}"#,
        r#"{"data": {"id": "x"}}"#,
        r#"{"data": [{"id": "x", "key": "y"}]}"#,
        r#"{"type": "AssociationCreate", "timestamp": "t", "data": {}}"#,
        r#"{"headers": {}, "body": "{}", "associationType": "USER_DEFINED"}"#,
    ] {
        assert_eq!(codes(text), ["undocumented-field"], "{text}");
    }
    assert_eq!(codes(r#""text""#), ["schema/type"]);
    assert_eq!(codes(r#""{\"id\": \"x\"}""#), ["schema/type"]);
    assert_eq!(codes(r#""{\"id\": \"x\", \"associationType\": \"y\"}""#), ["schema/type", "wrapped-payload"]);
    assert_eq!(codes(r#""{\"id\": ""#), ["schema/type"]);
}

#[test]
fn characters_that_spell_are_left_alone_in_labels_only() {
    let in_field = |field: &str, value: &str| codes(&format!(r#"{{"{field}": "{value}"}}"#));
    for spelled in ["نمی\u{200c}خواهم", "👩\u{200d}🔧", "❤\u{fe0f}", "\u{200f}שלום", "葛\u{e0100}"]
    {
        assert_eq!(in_field("firstObjectLabel", spelled), Vec::<&str>::new(), "{spelled:?}");
        assert_eq!(in_field("key", spelled), ["suspicious-text"], "{spelled:?}");
    }
    for hidden in ["a\u{200d}b", "\u{202e}שלום", "ä\u{200b}", "a\u{ad}b", r"a\u0000b", r"a\tb", "a\u{85}b"]
    {
        assert_eq!(in_field("firstObjectLabel", hidden), ["suspicious-text"], "{hidden:?}");
    }
}

#[test]
fn a_label_of_joiners_costs_linear_time() {
    let label = format!("{}é", "\u{200d}".repeat(300_000));
    assert_eq!(codes(&format!(r#"{{"firstObjectLabel": "{label}"}}"#)), Vec::<&str>::new());
}

#[test]
fn another_event_is_reported_and_nothing_else() {
    use crate::event::documented::{EVENTS, RENAMED};

    let members =
        r#""_id":"67ade73d1119d2ac7ad0c475","id":"eHy2cOSZxMQzQ6Yyvl8P","location_id":"","key":"","extra":1"#;
    let values = EVENTS.iter().chain(RENAMED.iter().map(|(value, _)| value));
    for value in values.filter(|value| **value != "AssociationCreate") {
        for value in [(*value).to_owned(), format!("{value}d"), value.to_uppercase(), format!(" {value}")] {
            let findings = Judge::default().judge(format!(r#"{{"type":"{value}",{members}}}"#).as_bytes());
            let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(codes, ["other-event"], "{value}");
        }
    }
}

#[test]
fn each_payload_is_judged_as_what_it_is() {
    let label = |text: &str| {
        let look = Judge::default().with_events(Wanted::Any).look(
            text.as_bytes(),
            &mut crate::event::reader(),
            Unworded::NONE,
        );
        let codes: Vec<&str> = look.findings.iter().map(|finding| finding.code.as_str()).collect();
        let event = look.event.map_or_else(|| "none".to_owned(), |event| event.to_string());
        (event, codes.into_iter().find(|code| matches!(*code, "event-type" | "other-event" | "schema/type")))
    };
    let cases = [
        (r#"{"type": "RelationDelete", "id": 5}"#, "RelationDelete", Some("schema/type")),
        (r#"{"type": "RelationDeleted"}"#, "RelationDelete", Some("event-type")),
        (r#"{"type": "association_update"}"#, "AssociationUpdate", Some("event-type")),
        (r#"{"type": "AssociationUpdaet"}"#, "AssociationUpdate", Some("event-type")),
        (r#"{"type": "AssociationCreate", "firstRecordId": "x"}"#, "AssociationCreate", None),
        (r#"{"firstRecordId": "x"}"#, "RelationCreate or RelationDelete", None),
        (r#"{"associationId": "x", "firstObjectKey": "contact"}"#, "RelationCreate or RelationDelete", None),
        (r#"{"associationId": "x", "key": "a"}"#, "AssociationCreate", None),
        (r#"{"secondRecordId": 5}"#, "RelationCreate or RelationDelete", Some("schema/type")),
        (
            r#"{"firstObjectToSecondObjectCardinality": "ONE_TO_ONE"}"#,
            "AssociationUpdate or AssociationDelete",
            None,
        ),
        (r#"{"type": "x", "firstRecordId": "x"}"#, "RelationCreate or RelationDelete", Some("event-type")),
        (r#"{"firstRecordId": null}"#, "AssociationCreate", None),
        (r#"{"key": "a"}"#, "AssociationCreate", None),
        (r#"{"type": "association"}"#, "AssociationCreate", Some("event-type")),
        (r#"{"type": "ContactCreate", "id": 5}"#, "none", Some("other-event")),
        (r#"{"type": "FlowCreate", "id": 5}"#, "none", Some("other-event")),
        (r#"{"owners": [], "id": 5}"#, "none", Some("other-event")),
        ("[]", "none", Some("schema/type")),
    ];
    for (text, event, code) in cases {
        assert_eq!(label(text), (event.to_owned(), code), "{text}");
    }
}

#[test]
fn only_a_foreign_field_speaks_against_a_wanted_event() {
    let codes = |event: &'static Event, text: &str| -> Vec<&'static str> {
        let findings = Judge::default().with_events(Wanted::Only(event)).judge(text.as_bytes());
        findings.iter().map(|finding| finding.code.as_str()).collect()
    };
    for (event, text, expected) in [
        (&RELATION_CREATE, r#"{"associationType": "x", "firstObjectKey": "contact"}"#, "other-event"),
        (&RELATION_CREATE, r#"{"firstObjectToSecondObjectCardinality": "x"}"#, "other-event"),
        (&RELATION_CREATE, r#"{"type": "RelationDelete", "firstRecordId": "x"}"#, "other-event"),
        (&RELATION_CREATE, r#"{"type": "RelationCreated"}"#, "event-type"),
        (&RELATION_DELETE, r#"{"firstObjectKey": "contact"}"#, "missing-field"),
        (&RELATION_DELETE, r#"{"firstRecordId": "x", "associationType": "x"}"#, "undocumented-field"),
        (&ASSOCIATION_UPDATE, r#"{"associationType": "USER_DEFINED", "key": "a"}"#, "missing-field"),
        (&ASSOCIATION_UPDATE, r#"{"type": "AssociationCreate"}"#, "other-event"),
        (&ASSOCIATION_DELETE, r#"{"firstRecordId": "x", "key": "a"}"#, "other-event"),
        (&ASSOCIATION_DELETE, r#"{"labels": {}, "key": "a"}"#, "other-event"),
    ] {
        assert!(codes(event, text).contains(&expected), "{event} {text}: {:?}", codes(event, text));
    }
}
