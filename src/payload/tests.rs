use super::*;
use proptest::prelude::*;
use serde_json::Value;

/// Any JSON value, written with arbitrary white space, escapes and duplicates left to the fixed cases.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter_map("finite", |number| serde_json::Number::from_f64(number).map(Value::Number)),
        "\\PC{0,6}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-c/~\"\\\\]{0,2}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn check_spans(document: &Document<'_>, node: Node<'_>, value: &Value) -> Result<(), TestCaseError> {
    let text = &document.text()[document.span(node.text())];
    prop_assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), value);
    if let (Some(elements), Some(values)) = (node.elements(), value.as_array()) {
        prop_assert_eq!(elements.len(), values.len());
        for (element, value) in elements.into_iter().zip(values) {
            check_spans(document, element, value)?;
        }
    }
    if let (Some(members), Some(values)) = (node.members(), value.as_object()) {
        prop_assert_eq!(members.len(), values.len());
        for (name, value) in values {
            let member = members.get(name).unwrap();
            prop_assert_eq!(&member.name(), name);
            check_spans(document, member.value(), value)?;
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn the_text_at_a_span_is_the_value_there(value in any_json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = Document::parse(text.as_bytes()).unwrap();
        check_spans(&document, document.root(), &value)?;
    }

    #[test]
    fn exactly_what_serde_json_refuses_is_refused(text in "[\\[\\]{}:,\"a01.eE+\\- \\\\u/d8ntrufls]{0,24}") {
        let is_json = serde_json::from_str::<Value>(&text).is_ok();
        prop_assert_eq!(Document::parse(text.as_bytes()).is_ok(), is_json, "{}", text);
    }

    #[test]
    fn no_proper_prefix_of_an_object_is_a_document(value in any_json()) {
        let text = serde_json::json!({ "value": value }).to_string();
        for end in 0..text.len() {
            prop_assert!(Document::parse(&text.as_bytes()[..end]).is_err());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        if let Err(fault) = Document::parse(&bytes) {
            prop_assert!(fault.span.end <= bytes.len().max(1));
        }
    }

    #[test]
    fn a_cursor_agrees_with_counting(text in "[a\u{e9}\u{1f600}\n\r]{0,40}", stops in proptest::collection::vec(0usize..160, 0..6)) {
        let mut stops: Vec<usize> = stops.into_iter().map(|stop| stop.min(text.len())).filter(|&stop| text.is_char_boundary(stop)).collect();
        stops.sort_unstable();
        let mut cursor = Cursor::new(text.as_bytes(), Position::START);
        for stop in stops {
            let before = &text[..stop];
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() as u64 + 1;
            prop_assert_eq!(cursor.advance_to(stop), Position { offset: stop as u64, line, column });
        }
    }
}

fn document(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes()).unwrap()
}

#[test]
fn the_last_of_two_duplicates_counts_and_both_are_kept() {
    for filler in [0, 40] {
        let fill: String = (0..filler).map(|index| format!("\"f{index}\":0,")).collect();
        let text = format!(r#"{{"id":1,{fill}"\u0069d":2,"ID":3,"id":4}}"#);
        let document = document(&text);
        let members = document.root().members().unwrap();
        assert_eq!(members.get("id").unwrap().value().text(), "4");
        assert_eq!(members.duplicates(), 2);
        assert_eq!(members.len(), filler + 2);
        let written: Vec<_> = members
            .iter()
            .filter(|member| member.name() == "id")
            .map(|member| member.value().text())
            .collect();
        assert_eq!(written, ["1", "2", "4"]);
    }
}

#[test]
fn names_are_compared_decoded_and_case_sensitively() {
    let document = document(r#"{"__proto__":1,"":2,"Id":3,"\u00e9":4,"e\u0301":5,"iD":6}"#);
    let value = |name| document.root().member(name).map(|node| node.text());
    assert_eq!(value("__proto__"), Some("1"));
    assert_eq!(value(""), Some("2"));
    assert_eq!(value("id"), None);
    assert_eq!(value("\u{e9}"), Some("4"));
    assert_eq!(value("e\u{301}"), Some("5"));
    assert_eq!(document.root().members().unwrap().duplicates(), 0);
}

#[test]
fn half_a_character_is_refused_wherever_it_is_and_a_whole_one_is_not() {
    for text in [
        r#"{"\ud83d":1}"#,
        r#"{"a":1,"\ud83d":2}"#,
        r#"{"\ud83d":1,"\ud83d":2}"#,
        r#"{"a":["\uDE00"]}"#,
        r#""\ud83d\ud83d\ude00""#,
        r#""\ud83d\n""#,
    ] {
        assert!(Document::parse(text.as_bytes()).is_err(), "{text}");
    }
    for text in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#""\\\\ud83d""#, r#""\ud7ff\ue000""#] {
        assert!(Document::parse(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn depth_counts_open_containers_outside_strings() {
    for (text, depth) in [("1", 0), ("{}", 1), (r#"{"a":[{"b":"[[[\"[["}]}"#, 3), ("[[],[[]]]", 3)] {
        assert_eq!(document(text).depth(), depth, "{text}");
    }
}

#[test]
fn a_million_levels_do_not_overflow_a_small_stack() {
    let text = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    let text = format!("{{\"extra\":{text}}}");
    let read = move || document(&text).depth();
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(read).unwrap();
    assert_eq!(thread.join().unwrap(), 1_000_001);
}

#[test]
fn pointers_escape_and_unescape() {
    let pointer = Pointer::default().join("a/b").join("").join("~1");
    assert_eq!(pointer.as_str(), "/a~1b//~01");
    assert_eq!(pointer.tokens().collect::<Vec<_>>(), ["a/b", "", "~1"]);
    assert_eq!(Pointer::default().tokens().count(), 0);
}

#[test]
fn a_pointer_names_one_value_and_an_index_is_written_in_one_way() {
    let document = Document::parse(br#"{"a":[10,11,{"b/c":12,"01":13}],"":14,"+1":15}"#).unwrap();
    for (pointer, expected) in [
        ("/a/0", Some("10")),
        ("/a/1", Some("11")),
        ("/a/2/b~1c", Some("12")),
        ("/a/2/01", Some("13")),
        ("/", Some("14")),
        ("/+1", Some("15")),
        ("/a/3", None),
        ("/a/+1", None),
        ("/a/01", None),
        ("/a/00", None),
        ("/a/-", None),
        ("/a/", None),
        ("/a/99999999999999999999", None),
        ("/a/0/0", None),
    ] {
        let node = document.root().at(&Pointer::from(pointer.to_owned()));
        assert_eq!(node.map(|node| node.text()), expected, "{pointer}");
    }
    assert_eq!(document.root().at(&Pointer::default()).unwrap().text(), document.text());
}

#[test]
fn a_reader_keeps_the_table_of_an_ordinary_payload_and_no_large_one() {
    static NAMES: Names = Names::none();
    let mut reader = Reader::new(&NAMES);
    for (members, is_kept) in [(20, true), (20_000, false)] {
        let text = format!("{{{}}}", vec![r#""a":1"#; members].join(","));
        let document = reader.read(text.as_bytes()).unwrap();
        reader.reuse(document);
        assert_eq!(!reader.tables.is_empty(), is_kept, "{members}");
    }
}
