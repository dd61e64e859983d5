//! Compares the scanner with serde_json: both accept the same texts, and see the same in them.

use super::tests::any_json;
use super::*;
use crate::escape::is_unsafe;
use proptest::prelude::*;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::sync::LazyLock;

const KNOWN: [&str; 5] = ["id", "key", "associationType", "firstObjectLabel", "secondObjectLabel"];
static NAMES: LazyLock<Names> = LazyLock::new(|| Names::new(KNOWN));

/// A member as both see it: its name decoded and as written, its value as written, and whether it is shadowed.
type SeenMember = (String, String, String, bool);

/// The content of a document: the value as written, and the members if it is an object.
type FoundContent = (String, Option<Vec<SeenMember>>);

/// The content according to serde_json.
fn exact(bytes: &[u8]) -> Option<FoundContent> {
    let whole = std::str::from_utf8(bytes).ok()?;
    let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
    // A value whose strings are decoded, so that half a character is refused.
    serde_json::from_str::<serde_json::Value>(text).ok()?;
    let root = serde_json::from_str::<&RawValue>(text).unwrap().get().trim_matches(BLANKS).to_owned();
    let members = root.starts_with('{').then(|| {
        let list = serde_json::Deserializer::from_str(&root).deserialize_map(MemberVisitor).unwrap();
        let is_shadowed =
            |index: usize| list[index + 1..].iter().any(|(name, ..): &(String, _, _)| *name == list[index].0);
        let member = |(index, (name, written, value)): (usize, &(String, String, String))| {
            (name.clone(), written.clone(), value.clone(), is_shadowed(index))
        };
        list.iter().enumerate().map(member).collect()
    });
    Some((root, members))
}

struct MemberVisitor;

impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Vec<(String, String, String)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            let decoded = serde_json::from_str(name.get()).unwrap();
            list.push((decoded, name.get().to_owned(), value.get().to_owned()));
        }
        Ok(list)
    }
}

/// The content according to the scanner, and whether everything else that it notes is correct.
fn found(bytes: &[u8], reader: &mut Reader) -> Option<FoundContent> {
    let document = reader.read(bytes).ok()?;
    let members = document.members().map(|members| {
        let all: Vec<SeenMember> = members.iter().map(|member| checked(&member)).collect();
        let shadowed = all.iter().filter(|(.., is_shadowed)| *is_shadowed).count();
        assert_eq!((members.duplicates(), members.len()), (shadowed, all.len() - shadowed));
        let mut unknown = all.len() - shadowed;
        for (slot, name) in KNOWN.into_iter().enumerate() {
            let last = all.iter().rfind(|(known, ..)| known == name).map(|(_, _, value, _)| value.as_str());
            assert_eq!(members.known(slot).map(|member| member.value().text()), last, "{name}");
            assert_eq!(members.get(name).map(|member| member.value().text()), last, "{name}");
            unknown -= usize::from(last.is_some());
        }
        assert_eq!(members.unknown(), unknown);
        all
    });
    let found = (document.root().text().to_owned(), members);
    reader.reuse(document);
    Some(found)
}

fn checked(member: &Member<'_>) -> SeenMember {
    let (name, value) = (member.name().into_owned(), member.value());
    assert_eq!(member.is_known(), KNOWN.contains(&name.as_str()));
    assert_eq!(member.kind(), value.kind());
    check_seen(member.name_text(), member.seen_in_name());
    match member.string() {
        Some(text) => {
            check_seen(value.text(), member.seen());
            assert_eq!(text, serde_json::from_str::<String>(value.text()).unwrap());
            assert_eq!(member.characters().unwrap().collect::<String>(), text);
            let mut decoded = String::new();
            decode_into(member.string_text().unwrap(), &mut decoded);
            assert_eq!(decoded, text);
        }
        None => assert!(member.seen().is_plain() && value.kind() != Kind::String),
    }
    (name, member.name_text().to_owned(), value.text().to_owned(), member.is_shadowed())
}

/// Compares the notes about a string with its content.
fn check_seen(written: &str, seen: super::Seen) {
    let ascii: String = written.chars().filter(char::is_ascii).collect();
    let has_unsafe = serde_json::from_str::<String>(&ascii).unwrap().chars().any(is_unsafe);
    assert_eq!(seen.is_escaped(), written.contains('\\'), "{written}");
    let hides = |character: char| !character.is_ascii() && is_unsafe(character);
    assert!(seen.may_hide() || !written.contains(hides), "{written}");
    assert_eq!(seen.is_safe_ascii(), !has_unsafe, "{written}");
    assert_eq!(seen.is_plain(), !written.contains('\\') && written.is_ascii() && !has_unsafe, "{written}");
}

#[test]
fn an_unsafe_character_is_noted_wherever_it_is_in_a_string() {
    let all = ('\u{80}'..=char::MAX).filter(|character| is_unsafe(*character));
    for character in all.filter(|character| u32::from(*character) < 0x2_0000 || *character == '\u{e0041}') {
        for before in [0, 1, 13, 14, 15, 16, 17, 31] {
            for (filler, behind) in [("a", ""), ("ä", ","), ("م", ","), ("🏠", "x")] {
                let text = format!("\"{}{character}\"{}", filler.repeat(before), behind.repeat(40));
                let (_, seen) = super::scan::string(text.as_bytes(), 1).unwrap();
                assert!(seen.may_hide(), "{text:?}");
            }
        }
    }
    let long = format!("\"{}\"{}", "مهتم й 買 ä 🏠".repeat(20), " ".repeat(20));
    assert!(!super::scan::string(long.as_bytes(), 1).unwrap().1.may_hide());
}

/// Compares the two, with and without the remains of an earlier document.
fn assert_same(bytes: &[u8]) {
    let exact = exact(bytes);
    let shown = String::from_utf8_lossy(bytes);
    let mut reader = Reader::new(&NAMES);
    assert_eq!(found(bytes, &mut reader), exact, "{shown}");
    let other = br#"{"x":{"y":[1]},"key":"\n","id":2,"id":"a","x":0}"#;
    assert!(found(other, &mut reader).is_some());
    assert_eq!(found(bytes, &mut reader), exact, "{shown}");
    assert_eq!(Document::parse(bytes).is_ok(), exact.is_some(), "{shown}");
    if let Err(fault) = reader.read(bytes) {
        assert!(fault.span.end <= bytes.len().max(1), "{shown}");
    }
}

/// Documents with everything that JSON has, and much that is nearly JSON.
const TORTURE: [&str; 14] = [
    r#"{"id":"698f1a2b3c4d5e6f70819203","type":"AssociationCreate","key":"a\"b\\c\/d\b\f\n\r\té"}"#,
    " { \"a\" : [ 1 , -0.5e+10 , { } , [ ] , true , false , null ] , \"\" : { \"b\" : { \"c\" : \"d\" } } } \r\n",
    r#"{"i\u0064":1,"id":"x","key":[[[{"a":[{}]}]]],"\ud83d\ude00":"\ud83d\ude00\u0000\u200b"}"#,
    "{\"secondObjectLabel\":\"Käufer für Müller und Покупатель 买方 😀\",\"secondObjectLabeL\":\"\",\"associationType\":0}",
    r#"[0,-1,10,1.5,1e5,1E-5,123456789012345678901234567890.123e4567,"",[],{},[{"a":[]}]]"#,
    r#"{"a":01,"b":1.,"c":.5,"d":+1,"e":1e,"f":-,"g":0x1,"h":NaN}"#,
    r#"{"a":"\x","b":"\u12g4","c":"\ud800","d":"\ud800\u0041","e":"\udc00\ud800","f":"\uD83D\uDE00"}"#,
    "{\"a\":1,,\"b\":2}",
    "{\"a\" 1 \"b\":2,}",
    "[1,2,]] {}",
    "\u{feff}{\"a\":\"tru\u{7f}e\"}",
    "true false",
    "\"a string with \u{2028} in it, longer than thirty-two bytes, and an end\"",
    "{\"a\":tru,\"b\":nulll,\"c\":falsee}",
];

#[test]
fn every_prefix_is_read_alike() {
    for text in TORTURE {
        (0..=text.len()).for_each(|end| assert_same(&text.as_bytes()[..end]));
    }
}

#[test]
fn every_byte_at_every_place_is_read_alike() {
    for text in &TORTURE[..7] {
        for place in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut bytes = text.as_bytes().to_vec();
                bytes[place] = byte;
                assert_same(&bytes);
            }
        }
    }
}

#[test]
fn every_byte_at_every_place_of_a_string_of_every_length_is_read_alike() {
    for length in 1..36 {
        for place in 0..length {
            for byte in 0..=u8::MAX {
                let mut text = vec![b'a'; length];
                text[place] = byte;
                let payload = [b"{\"id\":\"", &text[..], b"\"}"].concat();
                assert_eq!(
                    found(&payload, &mut Reader::new(&NAMES)),
                    exact(&payload),
                    "{byte:#04x} at {place} of {length}"
                );
            }
        }
    }
}

#[test]
fn a_name_is_known_by_all_of_its_letters() {
    for known in KNOWN {
        for place in 0..known.len() {
            let (before, after) = known.split_at(place);
            for other in [format!("{before}x{after}"), format!("{before}x{}", &after[1..]), before.to_owned()]
            {
                assert_same(format!("{{\"{other}\":1,\"{known}\":2,\"{other}\":3}}").as_bytes());
            }
        }
        // At the very end of the text, where fewer than sixteen bytes are left.
        assert_same(format!("{{\"{known}\":0}}").as_bytes());
    }
}

#[test]
fn nested_values_are_checked_at_any_depth() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")] {
        for inner in
            ["1", "\"\"", "01", "\"\\ud800\"", "{\"a\"}", "[,]", "[1}", "{\"a\":1]", "{1:1}", "[1 2]", ""]
        {
            for depth in [1, 2, 30] {
                assert_same(
                    format!("{{\"x\":{}{inner}{}}}", open.repeat(depth), close.repeat(depth)).as_bytes(),
                );
                assert_same(format!("{}{inner}{}", open.repeat(depth), close.repeat(depth + 1)).as_bytes());
            }
        }
    }
}

/// Texts made of JSON's parts, mostly in a valid order.
fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        r#""id""#,
        r#""key""#,
        r#""associationType""#,
        r#""secondObjectLabel""#,
        r#""i\u0064""#,
        r#""""#,
        r#""x""#,
        r#""\u0078""#,
        r#""é""#,
        r#""a name that is longer than all that are known""#,
    ]);
    let value = prop_oneof![
        4 => "\"[ -!#-\\[\\]-~]{0,40}\"",
        2 => any_json().prop_map(|value| value.to_string()),
        1 => "\"(\\\\u[0-9a-fD]{4}|\\\\[\"/bfnrtx]|[\u{0}-\u{ff}\u{4e00}-\u{4e10}]){0,12}\"",
        1 => "-?[0-9]{0,3}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{0,3})?",
        1 => prop::sample::select(vec!["true", "null", "false", "{}", "[]", "tru", "\"", "[", "}"]).prop_map(str::to_owned),
    ];
    let space = prop::sample::select(vec!["", "", "", " ", "\r\n\t", "\u{c}"]);
    let member = (name, value, space.clone())
        .prop_map(|(name, value, space)| format!("{space}{name}{space}:{space}{value}"));
    let text = (proptest::collection::vec(member, 0..24), space, any::<bool>()).prop_map(
        |(members, space, has_mark)| {
            let mark = if has_mark && space.is_empty() { "\u{feff}" } else { "" };
            format!("{mark}{space}{{{}{space}}}{space}", members.join(",")).into_bytes()
        },
    );
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2);
    (text, changes, any::<prop::sample::Index>(), prop::bool::weighted(0.1)).prop_map(
        |(mut text, changes, end, is_cut)| {
            for (index, byte) in changes {
                let at = index.index(text.len());
                text[at] = byte;
            }
            text.truncate(if is_cut { end.index(text.len()) } else { text.len() });
            text
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn near_json_is_read_alike(bytes in nearly_json()) {
        assert_same(&bytes);
    }

    #[test]
    fn the_parts_of_json_are_read_alike(text in "[\\[\\]{}:,\"a01.eE+\\- \\\\u/d8ntrufls]{0,24}") {
        assert_same(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_alike(bytes: Vec<u8>) {
        assert_same(&bytes);
    }
}
