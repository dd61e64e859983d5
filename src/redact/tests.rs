use super::*;
use crate::check::Judge;
use proptest::prelude::*;

fn redacted(text: &str) -> String {
    String::from_utf8(Redactor::new([7; 16]).redact(text.as_bytes())).unwrap()
}

/// The codes and places of all findings.
fn findings(text: &[u8]) -> Vec<(String, String, std::ops::Range<usize>)> {
    let found = Judge::default().judge(text);
    found.into_iter().map(|one| (one.code.to_string(), one.pointer.to_string(), one.span)).collect()
}

#[test]
fn values_are_replaced_in_their_place_and_words_of_the_event_stay() {
    let text = r#"{"id": "67ade73d1119d2ac7ad0c475", "type":"AssociationCreate","firstObjectKey":"contact",
        "secondObjectKey":"custom_objects.real_estate", "firstObjectLabel":"K\u00e4ufer", "timestamp":"2026-01-02T03:04:05.678Z", "n": 1.50, "x": [null, true]}"#;
    let safe = redacted(text);
    assert_eq!(safe.len(), text.len());
    for kept in [
        r#""AssociationCreate""#,
        r#""contact""#,
        r#""custom_objects."#,
        "2026-01-02T03:04:05.678Z",
        "[null, true]",
    ] {
        assert!(safe.contains(kept), "{safe}");
    }
    for gone in ["67ade73d", "real_estate", "ufer", "1.50"] {
        assert!(!safe.contains(gone), "{safe}");
    }
    assert!(safe.contains("\\u00"), "an escape stays one: {safe}");
    assert_eq!(findings(text.as_bytes()), findings(safe.as_bytes()));
}

#[test]
fn what_differs_in_one_respect_still_does() {
    let value = |text: &str| redacted(&format!("\"{text}\"")).trim_matches('"').to_owned();
    let plain = value("Buyer of Property");
    assert_eq!(value("buyer of property").to_lowercase(), plain.to_lowercase());
    assert_eq!(value("Buyer  of Property").replace("  ", " "), plain);
    assert_eq!(value("Buyer\u{200b} of Property").replace('\u{200b}', ""), plain);
    let twin = value("Buyer \u{43e}f Property");
    assert_eq!(twin.chars().filter(|letter| !letter.is_ascii()).count(), 1, "{twin}");
    assert_ne!(value("Buyer of Propertz"), plain);
}

#[test]
fn equal_numbers_stay_equal() {
    let number = |text: &str| redacted(text).parse::<f64>().unwrap();
    assert_eq!(number("67"), number("67.0"));
    assert_eq!(number("67"), number("0.67e2"));
    assert_ne!(number("67"), number("68"));
    assert_eq!(redacted("0"), "0");
    assert_eq!(redacted("10").len(), 2);
}

#[test]
fn text_in_strings_and_in_base64_is_redacted_by_its_own_members() {
    let safe =
        redacted(r#"{"body": "{\"id\": \"67ade73d1119d2ac7ad0c475\", \"type\": \"AssociationCreate\"}"}"#);
    assert!(safe.contains(r#"\"type\": \"AssociationCreate\""#) && !safe.contains("67ade"), "{safe}");
    let inner = r#"{"id":"67ade73d1119d2ac7ad0c475","type":"AssociationCreate"}"#;
    let safe = redacted(&format!(
        "{{\"body\": \"{}\"}}",
        value::encoded(inner, &base64::engine::general_purpose::STANDARD)
    ));
    let (decoded, _) = value::base64(&safe[10..safe.len() - 2]).unwrap();
    assert!(decoded.contains("AssociationCreate") && !decoded.contains("67ade"), "{decoded}");
}

#[test]
fn times_are_shifted_by_one_span() {
    let mut redactor = Redactor::new([1; 16]).shifting_times();
    let mut time = |text: &str| {
        let text = format!("{{\"timestamp\":\"{text}\"}}");
        let safe = String::from_utf8(redactor.redact(text.as_bytes())).unwrap();
        safe[14..safe.len() - 2].parse::<jiff::Timestamp>().unwrap()
    };
    let (one, other) = (time("2026-03-01T00:00:00.000Z"), time("2026-03-01T00:01:00+00:00"));
    assert_eq!(other.as_second() - one.as_second(), 60);
    assert!(one.as_second() < "2026-02-28T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second());
}

/// A payload that somebody may have: fields and other members of any value, perhaps damaged.
fn payloads() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "secondObjectKey",
        "key",
        "locationId",
        "type",
        "timestamp",
        "webhookId",
        "first_object_label",
        "Id",
        "extra",
        "data",
        "labels",
        "firstRecordId",
    ]);
    let texts = prop_oneof![
        "[0-9a-f]{24}",
        "[0-9A-Za-z]{20}",
        "custom_objects\\.[a-z_]{1,9}",
        "[A-Za-z ]{0,12}",
        "\\PC{0,12}",
        Just("contact".to_owned()),
        Just("USER_DEFINED".to_owned()),
        Just("RelationCreated".to_owned()),
        Just("2026-01-02T03:04:05.678Z".to_owned()),
        Just("\u{202e}x\u{200b}".to_owned()),
        "[а-яà-ü]{1,9}",
    ];
    let values = prop_oneof![
        8 => texts.prop_map(|text| serde_json::to_string(&text).unwrap()),
        1 => any::<f64>().prop_filter_map("not JSON", |number| serde_json::to_string(&number).ok()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => prop::sample::select(vec!["null", "true", "[]", "{}", "[\"a\", 1.0]", "tru", "'x'", "None", "\"\\u0041\""])
            .prop_map(str::to_owned),
    ];
    let members = prop::collection::vec((names, values), 0..10);
    let object = members.prop_map(|members| {
        let members: Vec<String> =
            members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
        format!("{{{}}}", members.join(",\n  "))
    });
    let damage = prop::option::weighted(0.3, (any::<prop::sample::Index>(), "[\\[\\]{}\",:\\\\ ]?"));
    (object, damage).prop_map(|(mut text, damage)| {
        if let Some((at, put)) = damage {
            let at = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text[at..].chars().next().map_or(at, |next| at + next.len_utf8());
            text.replace_range(at..end, &put);
        }
        text
    })
}

proptest! {
    /// What is found in the redacted payload is found at the same places as before.
    #[test]
    fn the_findings_are_those_of_the_original(text in payloads()) {
        prop_assert_eq!(findings(text.as_bytes()), findings(redacted(&text).as_bytes()), "{}\n{}", &text, redacted(&text));
    }

    /// Whatever the bytes are, there are as many, and what differed differs.
    #[test]
    fn the_length_stays_and_no_two_values_become_the_same(one in "\\PC{0,40}", other in "\\PC{0,40}") {
        let (first, second) = (redacted(&one), redacted(&other));
        prop_assert_eq!(first.len(), one.len());
        prop_assert_eq!(one == other, first == second);
    }

    #[test]
    fn bytes_that_are_no_text_stay_in_their_number(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Redactor::new([3; 16]).redact(&bytes).len(), bytes.len());
    }
}
