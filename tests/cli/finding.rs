//! Payloads inside anything: JSON of any nesting, strings that hold JSON, base64, and any text. The findings of a
//! payload are its own, at their places in the file.

use crate::promises::captures::{capture, opened};
use assoclens::capture::Unwrap;
use assoclens::check::Level;
use assoclens::engine::JudgedBlock;
use base64::engine::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use std::ops::Range;

/// The number of strings inside strings that are opened.
const DEEPEST: usize = 4;

/// A text, and the place of the value in it that is not a string.
#[derive(Clone, Debug)]
struct Text {
    text: String,
    value: Range<usize>,
    /// The number of strings around it, and whether one of them keeps no places.
    strings: usize,
    is_opaque: bool,
}

/// Something around a text.
#[derive(Clone, Debug)]
enum Around {
    Object(Vec<(String, String)>, String, Vec<(String, String)>),
    Array(Vec<String>, Vec<String>),
    Quoted(Vec<u8>),
    Base64(bool),
}

impl Text {
    fn between(&self, before: &str, after: &str) -> Self {
        let value = self.value.start + before.len()..self.value.end + before.len();
        Self { text: format!("{before}{}{after}", self.text), value, ..*self }
    }

    fn inside(&self, around: &Around) -> Self {
        let members = |members: &[(String, String)]| -> Vec<String> {
            members.iter().map(|(name, value)| format!("{name:?}: {value}")).collect()
        };
        match around {
            Around::Object(before, name, after) => {
                let before: String = members(before).into_iter().map(|member| member + ",\n").collect();
                let after: String = members(after).into_iter().map(|member| format!(",\t{member}")).collect();
                self.between(&format!("{{{before}{name:?}:"), &format!("{after}}}"))
            }
            Around::Array(before, after) => {
                let before: String = before.iter().map(|value| format!("{value}, ")).collect();
                let after: String = after.iter().map(|value| format!(" ,{value}")).collect();
                self.between(&format!("[{before}"), &format!("{after}]"))
            }
            Around::Quoted(_) | Around::Base64(_) if self.strings == DEEPEST => self.clone(),
            Around::Quoted(choices) => self.quoted(choices),
            Around::Base64(is_standard) => {
                let text = match is_standard {
                    true => STANDARD.encode(&self.text),
                    false => URL_SAFE_NO_PAD.encode(&self.text),
                };
                let text = format!("\"{text}\"");
                Self { value: 0..text.len(), text, strings: self.strings + 1, is_opaque: true }
            }
        }
    }

    /// The text in base64.
    fn encoded(&self) -> Self {
        let text = STANDARD.encode(&self.text);
        Self { value: 0..text.len(), text, strings: self.strings + 1, is_opaque: true }
    }

    /// The text as a JSON string with some unnecessary escapes.
    fn quoted(&self, choices: &[u8]) -> Self {
        let (mut text, mut value, mut choices) =
            ("\"".to_owned(), self.value.clone(), choices.iter().cycle());
        for (offset, character) in self.text.char_indices() {
            if offset == self.value.end {
                value.end = text.len();
            }
            if offset == self.value.start {
                value.start = text.len();
            }
            match (character, choices.next().unwrap()) {
                (character, 0..=9) => {
                    for unit in character.encode_utf16(&mut [0; 2]) {
                        text += &format!("\\u{unit:04x}");
                    }
                }
                ('\n', _) => text += "\\n",
                ('\t', _) => text += "\\t",
                ('"' | '\\', _) => text += &format!("\\{character}"),
                (character, _) => text.push(character),
            }
        }
        if self.value.end == self.text.len() {
            value.end = text.len();
        }
        Self { text: text + "\"", value, strings: self.strings + 1, is_opaque: self.is_opaque }
    }
}

fn payload() -> impl Strategy<Value = Text> {
    ("[ -~é😀]{0,12}", any::<bool>()).prop_map(|(label, is_laid_out)| {
        let (label, blank) = (serde_json::to_string(&label).unwrap(), if is_laid_out { "\n  " } else { "" });
        let start = format!(
            "{{{blank}\"associationType\":\"USER_DEFINED\",\"secondObjectLabel\":{label},\"id\":{blank}"
        );
        let value = start.len()..start.len() + 6;
        Text { text: format!("{start}770077{blank}}}"), value, strings: 0, is_opaque: false }
    })
}

/// Any JSON value without a name of the event.
fn value() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("-1.5e3".to_owned()),
        "[ -~é]{0,30}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        "[A-Za-z0-9+/]{0,40}".prop_map(|text| format!("{text:?}")),
    ];
    scalar.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec((name(), inner), 0..3).prop_map(|members| {
                let members: Vec<String> =
                    members.into_iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    "x[a-zA-Z0-9_ /~.-]{0,10}"
}

fn around() -> impl Strategy<Value = Around> {
    let members = || prop::collection::vec((name(), value()), 0..3);
    let values = || prop::collection::vec(value(), 0..3);
    prop_oneof![
        3 => (members(), name(), members()).prop_map(|(before, name, after)| Around::Object(before, name, after)),
        2 => (values(), values()).prop_map(|(before, after)| Around::Array(before, after)),
        2 => prop::collection::vec(any::<u8>(), 1..20).prop_map(Around::Quoted),
        1 => any::<bool>().prop_map(Around::Base64),
    ]
}

/// Lines of text in which nothing looks like JSON.
fn lines() -> impl Strategy<Value = String> {
    prop::collection::vec("[A-Za-z#>*-][ -z|~é]{0,30}", 0..4)
        .prop_map(|lines| lines.into_iter().map(|line| line + "\n").collect())
}

fn assert_found(payload: &Text, file: &Text) -> Result<(), TestCaseError> {
    assert_found_beside(&[], payload, file)
}

/// Asserts that `payload` is found in `file`, and that nothing else is, except the findings `before` it.
fn assert_found_beside(before: &[&str], payload: &Text, file: &Text) -> Result<(), TestCaseError> {
    let blocks = opened(file.text.as_bytes(), Unwrap::Auto);
    let mut found: Vec<_> = blocks.iter().flat_map(JudgedBlock::all).collect();
    for known in before {
        prop_assert!(!found.is_empty(), "{}", &file.text);
        prop_assert_eq!(&*String::from_utf8_lossy(found.remove(0).frame.bytes), *known, "{}", &file.text);
    }
    let texts: Vec<_> = found.iter().map(|found| String::from_utf8_lossy(found.frame.bytes)).collect();
    prop_assert_eq!(&texts, &[payload.text.as_str()], "{}", &file.text);
    let errors: Vec<_> = found[0].findings.iter().filter(|finding| finding.level == Level::Error).collect();
    prop_assert_eq!(errors.len(), 1, "{:?} of {}", errors, &file.text);
    prop_assert_eq!(errors[0].pointer.as_str(), "/id");
    let place = found[0].frame.place(&errors[0].span);
    let start = usize::try_from(found[0].frame.start.offset).unwrap() + place.start;
    prop_assert!(
        if file.is_opaque { start <= file.value.start } else { start == file.value.start },
        "{} instead of {} in {}",
        start,
        file.value.start,
        &file.text
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_payload_is_found_in_any_json(payload in payload(), arounds in prop::collection::vec(around(), 1..8)) {
        let file = arounds.iter().fold(payload.clone(), |text, around| text.inside(around));
        assert_found(&payload, &file)?;
        capture(file.text.as_bytes(), &Unwrap::Auto);
    }

    #[test]
    fn a_payload_is_found_in_any_text(
        payload in payload(),
        arounds in prop::collection::vec(around(), 0..4),
        // A number or a word may be a value by itself, and then each line is one.
        before in "[A-Z#>*][ -z|~é]{0,30}",
        lines in (lines(), lines()),
        prefix in "[A-Za-z*-][ -!#-z|~é]{0,20} ",
        suffix in "( [ -!#-z|~é]{0,20})?",
        is_encoded in any::<bool>(),
    ) {
        let inside = arounds.iter().fold(payload.clone(), |text, around| text.inside(around));
        // In a text, only an object can be distinguished from words, and base64 of one.
        prop_assume!(inside.text.starts_with('{'));
        prop_assume!(!is_encoded || inside.strings < DEEPEST);
        let inside = if is_encoded { inside.encoded() } else { inside };
        let file = inside.between(&format!("{before}\n{}{prefix}", lines.0), &format!("{suffix}\n{}", lines.1));
        assert_found(&payload, &file)?;
        capture(file.text.as_bytes(), &Unwrap::Auto);
    }

    #[test]
    fn a_payload_is_found_beside_a_body(
        payload in payload(),
        arounds in prop::collection::vec(around(), 0..5),
        name in name(),
        has_copy in any::<bool>(),
    ) {
        let body = r#"{"associationType":"USER_DEFINED","id":"1"}"#;
        let copy = if has_copy { format!(",\"copy\":[{body}]") } else { String::new() };
        let inside = arounds.iter().fold(payload.clone(), |text, around| text.inside(around));
        let before = format!("{{\"headers\":{{}},\"body\":{body:?}{copy},{name:?}:");
        let file = inside.between(&before, "}");
        assert_found_beside(&[body], &payload, &file)?;
        capture(file.text.as_bytes(), &Unwrap::Auto);
    }
}
