//! The whole program with absurd inputs: no panic, a meaningful exit code, and output that is bounded, harmless and
//! well-formed.

use crate::choices::validate_formats;
use crate::promises::{
    self, REPORTED_AT_MOST, assert_form, assert_harmless, head_at_most, without_separators,
};
use crate::running::{Files, commands, run};
use assoclens::command::Exit;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// One of the fixtures, or of the longer examples of the tests.
fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: LazyLock<Vec<Vec<u8>>> =
        LazyLock::new(|| fixtures().iter().map(|path| fs::read(path).unwrap()).collect());
    &SEEDS
}

fn fixtures() -> Vec<PathBuf> {
    let walk = ["fixtures", "tests/cases/diff"].map(|folder| Path::new(ROOT).join(folder));
    let mut paths: Vec<PathBuf> = walk
        .iter()
        .flat_map(walkdir::WalkDir::new)
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    paths.sort();
    assert!(paths.len() > 90);
    paths
}

/// Pieces with a special meaning somewhere, to be put anywhere.
const PIECES: [&[u8]; 34] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"::error::x",
    b"##[error]x",
    b"##vso[x]",
    b"#",
    b"\x1b[31m",
    b"\xc2\x9b31m",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xf3\xa0\x80\x81",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u001b",
    b"null",
    b"1e999",
    b"-0",
    b"\"id\":1,",
    b"<![CDATA[ ]]>",
    b"\xe2\x80\xa8",
    b"\xef\xbf\xbe",
    b"\x1f\x8b",
];

/// A seed with some bytes removed and some pieces inserted.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    let change = (any::<prop::sample::Index>(), 0usize..12, piece);
    (prop::sample::select(seeds()), prop::collection::vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
        for (at, cut, piece) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        bytes
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat());
    prop_oneof![8 => mutated(), 3 => pieces, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// Two texts of pieces that look alike, or like nothing at all; most pieces of one are in the other.
fn alike() -> impl Strategy<Value = [String; 2]> {
    let families = [
        &["a", "а", "A"][..],
        &["o", "о", "0", "O"],
        &["l", "I", "1"],
        &["\u{e9}", "e\u{301}"],
        &[" ", "\u{a0}", "\u{3000}", "\u{2009}", "\t", "  "],
        &["", "\u{200b}", "\u{200d}"],
        &["#", "\\", "\""],
    ];
    let piece = prop::sample::select(families.to_vec()).prop_flat_map(|family| {
        let any = || prop::sample::select(family.to_vec());
        prop_oneof![any().prop_map(|piece| [piece; 2]), [any(), any()]]
    });
    prop::collection::vec(piece, 1..6)
        .prop_map(|pieces| [0, 1].map(|side| pieces.iter().map(|piece| piece[side]).collect()))
}

/// Runs every command over two files and checks the output.
fn every_command(files: &Files, one: &[u8], two: &[u8]) {
    let (one_path, two_path) = (files.write("one.json", one), files.write("two.json", two));
    let payloads = 2 + one.len() + two.len();
    for (format, command) in commands() {
        let ran = run(&[&command[..], &[&one_path, &two_path]].concat());
        assert_harmless(&ran.err, false);
        assert!(ran.err.len() <= payloads * REPORTED_AT_MOST);
        if format == "filter" {
            // It writes payloads, byte for byte, with a line end after each that has none.
            let letters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte != b'\n').count();
            assert!(ran.exit != Exit::Findings && letters(&ran.out) <= letters(one) + letters(two));
            continue;
        }
        let out = String::from_utf8(ran.out).unwrap();
        assert_harmless(&without_separators(format, &out), format == "github");
        if !(command[0] == "diff" && ran.exit == Exit::Unavailable) {
            assert_form(format, &out);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn no_bytes_break_any_command_in_any_format(one in any_bytes(), two in any_bytes()) {
        every_command(&Files::new(), &one, &two);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_payload_breaks_any_format(bytes in any_bytes()) {
        promises::payload(&bytes);
    }

    #[test]
    fn how_a_stream_arrives_changes_nothing(bytes in any_bytes(), lengths in prop::collection::vec(any::<u8>(), 1..6)) {
        promises::stream(&bytes, &lengths);
    }

    #[test]
    fn no_two_payloads_break_a_comparison(one in any_bytes(), two in any_bytes()) {
        promises::diff(&one, &two);
    }

    #[test]
    fn two_strings_that_differ_look_different([one, two] in alike()) {
        if one != two {
            promises::look_different(&one, &two);
        }
    }

    #[test]
    fn any_code_that_is_asked_about_is_answered_harmlessly(code in "\\PC{0,20}|[\\x00-\\x20:#a-z/]{0,12}") {
        let ran = run(&["explain", "--", &code]);
        prop_assert!(ran.exit != Exit::Findings);
        assert_harmless(&ran.err, false);
    }

    #[test]
    fn any_schema_is_used_or_refused(schema in mutated()) {
        let files = Files::new();
        let schema = files.write("schema.json", &schema);
        let payload = files.write("payload.json", br#"{"id":1,"properties":"x","type":["a"]}"#);
        let ran = run(&["validate", "--schema", &schema, &payload]);
        assert_harmless(&ran.err, false);
        assert_harmless(&String::from_utf8(ran.out).unwrap(), false);
    }
}

#[test]
fn every_fixture_keeps_every_promise() {
    let files = Files::new();
    for (bytes, other) in seeds().iter().zip(seeds().iter().skip(1)) {
        promises::payload(bytes);
        promises::diff(bytes, other);
        every_command(&files, bytes, other);
    }
}

#[test]
fn a_stream_may_be_cut_at_every_place() {
    for bytes in seeds().iter().filter(|bytes| bytes.len() < 255) {
        for length in 1..=u8::try_from(bytes.len()).unwrap() {
            promises::stream(bytes, &[length, u8::MAX]);
        }
    }
    for bytes in seeds().iter().filter(|bytes| bytes.len() < 2000) {
        promises::stream(bytes, &[1]);
        promises::stream(bytes, &[7, 2]);
    }
}

#[test]
fn every_code_point_is_harmless_in_every_format() {
    // Many in one payload: as a name, as a value, and on a line that is not JSON.
    let all: Vec<char> =
        (0..=0x0010_ffff).filter_map(char::from_u32).filter(|&found| is_distinguished(found)).collect();
    for characters in all.chunks(40) {
        let members = characters.iter().map(|character| {
            let text = serde_json::to_string(&format!("::{character}")).unwrap();
            format!("{text}:{text}")
        });
        let text = format!("{{\"id\":1,{}}}", members.collect::<Vec<_>>().join(","));
        promises::payload(text.as_bytes());
        promises::payload(&text.as_bytes()[1..]);
    }
}

/// Whether a character is unsafe, next to an unsafe one, or a sample of the others.
fn is_distinguished(character: char) -> bool {
    let code = u32::from(character);
    let near = [code.saturating_sub(1), code, code + 1];
    code.is_multiple_of(997)
        || near.into_iter().filter_map(char::from_u32).any(assoclens::escape::is_unsafe) && code < 0xe0010
}

/// Text in which everything is hostile, of about `length` bytes.
fn hostile(length: usize) -> String {
    "::error::##[x]\\u001b\u{202e}\u{200b}\u{e0001}\\u0000%0A".repeat(length / 40)
}

#[test]
fn the_report_about_a_payload_is_bounded_whatever_its_size() {
    let long = hostile(70_000);
    let many = |name: &str, value: &str| -> String {
        (0..200).map(|index| format!(",\"{name}{index}\":{value}")).collect()
    };
    let fields = [
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "secondObjectKey",
        "secondObjectLabel",
        "key",
        "locationId",
    ];
    let each = |value: &str| fields.map(|name| format!("\"{name}\":{value}")).join(",");
    let payloads = [
        format!("{{{}}}", each(&format!("\"{}\"", hostile(10_000)))),
        format!("{{{}}}", each(&format!("[\"{}\"]", hostile(10_000)))),
        format!("{{{}}}", each(&"9".repeat(10_000))),
        format!("{{\"{long}\":1,\"id\":2}}"),
        format!("{{\"id\":1{}}}", many(&hostile(200), "1")),
        format!("{{\"id\":1,{},{}}}", each("1"), each(&format!("\"{}\"", hostile(4000)))),
        format!("{{\"{long}\" \"{long}\"}}"),
        format!("\"{long}\""),
        format!("{{\"type\":\"{long}\",\"data\":{{\"{long}\":1}}}}"),
        format!("{{\"data\":{{\"x\":[{}1]}}}}", "1,".repeat(10_000)),
    ];
    for (payload, next) in payloads.iter().zip(&payloads[1..]) {
        promises::payload(payload.as_bytes());
        promises::diff(payload.as_bytes(), next.as_bytes());
    }
}

#[test]
fn the_findings_of_a_users_schema_are_bounded_too() {
    let files = Files::new();
    let long = hostile(100_000);
    let payload = format!("{{\"{long}\":{{\"{long}\":[\"{long}\",\"{long}\"]}},\"x\":\"{long}\"}}");
    let payload = files.write("payload.json", payload.as_bytes());
    for schema in [
        r#"{"additionalProperties":false}"#.to_owned(),
        r#"{"additionalProperties":{"type":"string"}}"#.to_owned(),
        r#"{"additionalProperties":{"additionalProperties":{"items":{"maxLength":3},"uniqueItems":true}}}"#
            .to_owned(),
        r#"{"properties":{"x":{"enum":["LONG!"]}}}"#.replace("LONG", &long),
        r#"{"properties":{"x":{"const":"LONG2"}},"required":["LONG3"]}"#.replace("LONG", &long),
        r#"{"propertyNames":{"maxLength":3}}"#.to_owned(),
        r#"{"properties":{"x":{"pattern":"^LONG$"}}}"#.replace("LONG", &"ab".repeat(3000)),
        r#"{"oneOf":[{"type":"string"},{"properties":{"x":{"type":"null"}}}]}"#.to_owned(),
    ] {
        let schema = files.write("schema.json", schema.as_bytes());
        for format in validate_formats() {
            let ran = run(&["validate", "--schema", &schema, "--format", format, &payload]);
            let out = String::from_utf8(ran.out).unwrap();
            assert_eq!(ran.exit, Exit::Findings, "{format}: {}", ran.err);
            let at_most = REPORTED_AT_MOST + head_at_most(format);
            assert!(out.len() <= at_most, "{format}: {} bytes", out.len());
            assert_harmless(&out, format == "github");
            assert_form(format, &out);
        }
    }
}

#[test]
fn every_byte_that_is_not_utf8_is_reported_harmlessly() {
    for byte in 0x80..=0xff {
        promises::payload(&[b'"', byte, b'"']);
        promises::payload(&[byte]);
    }
}
