//! Verdicts about JSON and payloads: the same however a payload arrives; a bad one among good ones is never skipped;
//! and time is linear in the size.

use assoclens::check::{Judge, Level};
use assoclens::event::ASSOCIATION_CREATE;
use assoclens::payload::Document;
use assoclens::payload::MAX_BYTES;
use assoclens::read::{Blocks, InputFormat, Source};
use proptest::prelude::*;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Texts that RFC 8259 requires a reader to accept.
const ACCEPTED: [&str; 45] = [
    "{}",
    "[]",
    " [] ",
    "[\n]",
    "\t{}\r\n",
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "123456789",
    "1.5",
    "0.1",
    "1e5",
    "1E5",
    "1e+5",
    "1e-5",
    "-0.0e-0",
    "123e65",
    "0e+1",
    "1E400",
    "123456789012345678901234567890",
    "\"\"",
    "\"a\"",
    r#""\"\\\/\b\f\n\r\t""#,
    r#""\u0000""#,
    r#""\u001f""#,
    r#""\uD834\uDd1e""#,
    r#""\ud83d\ude00""#,
    r#""\uFFFF""#,
    r#""\u2028\u2029""#,
    "\"\u{2028}\u{2029}\"",
    "\"\u{7f}\"",
    "\"\u{10ffff}\"",
    "\"\u{fdd0}\"",
    "\"/\"",
    r#""\\u0000""#,
    r#"{"":0}"#,
    r#"{"a":1,"a":2}"#,
    r#"{"\u0000":1}"#,
    r#"{"a":[{"b":null}]}"#,
    "[1,null,\"\",{},[]]",
    "[[[[[[[[]]]]]]]]",
    "\"\u{e9}\u{65}\u{301}\"",
];

/// Texts that it requires a reader to refuse, each nearly JSON.
const REFUSED: [&[u8]; 81] = [
    b"",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[1",
    b"[1,]",
    b"[,1]",
    b"[1,,2]",
    b"[1 2]",
    b"[1]]",
    b"[1}",
    b"{]",
    b"[\"a\"",
    b"[-]",
    b"[+1]",
    b"[01]",
    b"[-01]",
    b"[1.]",
    b"[.1]",
    b"[1e]",
    b"[1e+]",
    b"[1e1.5]",
    b"[0x1]",
    b"[1_0]",
    b"[- 1]",
    b"[NaN]",
    b"[Infinity]",
    b"[-Infinity]",
    b"[inf]",
    b"[1ea]",
    b"[1.0e]",
    b"[\xef\xbc\x91]",
    b"[--1]",
    b"[2.e3]",
    b"nul",
    b"nulll",
    b"True",
    b"TRUE",
    b"None",
    b"undefined",
    b"[tru]",
    b"'a'",
    b"\"",
    b"\"a",
    b"\"\\\"",
    b"\"\\x00\"",
    b"\"\\a\"",
    b"\"\\u00\"",
    b"\"\\u00G0\"",
    b"\"\\U0041\"",
    b"\"\\u +01\"",
    b"\"\\",
    b"\"\\\t\"",
    b"\"\t\"",
    b"\"\n\"",
    b"\"\0\"",
    b"\"\x1f\"",
    b"a",
    b"{a:1}",
    b"{'a':1}",
    b"{1:1}",
    b"{\"a\"}",
    b"{\"a\":}",
    b"{\"a\":1,}",
    b"{\"a\" 1}",
    b"{\"a\"::1}",
    b"{\"a\":1 \"b\":2}",
    b"{,}",
    b"{\"a\":1}{",
    b"{} x",
    b"{}#",
    b"{}//",
    b"/*a*/{}",
    b"{\"a\":/**/1}",
    b"{\"a\":1}\0",
    b"[\x0c]",
    b"\xc2\xa0{}",
    b"\xe2\x81\xa0[]",
    b"<html>",
];

/// Bytes that are not UTF-8, not a character, or not JSON text for another reason of encoding, with their messages.
const ENCODED: [(&[u8], &str); 16] = [
    (b"\xff\xfe{\0}\0", "UTF-16LE"),
    (b"\xfe\xff\0{\0}", "UTF-16BE"),
    (b"{\0}\0", "UTF-16LE"),
    (b"\0{\0}", "UTF-16BE"),
    (b"\xff\xfe\0\0{\0\0\0}\0\0\0", "UTF-32LE"),
    (b"\0\0\xfe\xff\0\0\0{\0\0\0}", "UTF-32BE"),
    (b"{\"id\":\"\xe9\"}", "Latin-1"),
    (b"{\"id\":\"\xc0\x80\"}", "not UTF-8"),
    (b"{\"id\":\"\xed\xa0\x80\"}", "not UTF-8"),
    (b"{\"id\":\"\xf4\x90\x80\x80\"}", "not UTF-8"),
    (b"{\"id\":\"\xc3", "ends inside a UTF-8 character"),
    (b"{\"id\":\"\\ud800\"}", "unpaired surrogate"),
    (b"{\"a\":1,\"\\udc00\":2}", "unpaired surrogate"),
    (b"{\"id\":\"\0\"}", "U+0000"),
    (b"{} \0", "1 NUL byte after the text"),
    (b"{}{}", "a second JSON value follows"),
];

#[test]
fn json_is_accepted_and_refused_as_the_standard_requires() {
    for text in ACCEPTED {
        assert!(Document::parse(text.as_bytes()).is_ok(), "{text:?}");
    }
    for text in REFUSED {
        assert!(Document::parse(text).is_err(), "{:?}", String::from_utf8_lossy(text));
    }
    // Left open by the standard, and decided here: a byte order mark is skipped, only one and only at the start.
    assert!(Document::parse(b"\xef\xbb\xbf{}").is_ok());
    assert!(Document::parse(b"\xef\xbb\xbf\xef\xbb\xbf{}").is_err());
    assert!(Document::parse(b"{}\xef\xbb\xbf").is_err());
    // An ordinary payload is recognised without a document; text after it is seen, too.
    assert!(is_valid(ASSOCIATION_CREATE.example.as_bytes()));
    for behind in REFUSED.iter().filter(|text| !text.trim_ascii().is_empty()) {
        assert!(
            !is_valid(&[ASSOCIATION_CREATE.example.as_bytes(), behind].concat()),
            "{:?}",
            String::from_utf8_lossy(behind)
        );
    }
}

fn is_valid(bytes: &[u8]) -> bool {
    static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::default);
    JUDGE.judge(bytes).iter().all(|finding| finding.level != Level::Error)
}

#[test]
fn no_encoding_makes_a_bad_payload_valid_and_the_cause_is_named() {
    let judge = Judge::default();
    for (bytes, cause) in ENCODED {
        let findings = judge.judge(bytes);
        let error = findings.iter().find(|finding| finding.level == Level::Error).expect("an error");
        assert!(error.message.contains(cause), "{cause}: {}", error.message);
        let ours = [error.message.as_str(), error.help.as_deref().unwrap_or_default()].concat();
        assert!(
            !["serde", "EOF", "expected value", "at line"].iter().any(|word| ours.contains(word)),
            "{ours}"
        );
    }
}

/// The verdict of the program for standard input, and the codes of its errors.
fn from_stdin(bytes: &[u8], format: &str) -> (Option<i32>, Vec<String>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(["validate", "--format", "ndjson", "--input-format", format])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), codes(&output.stdout))
}

fn codes(report: &[u8]) -> Vec<String> {
    let mut codes = Vec::new();
    for line in report.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let record: serde_json::Value = serde_json::from_slice(line).unwrap();
        let findings = record["findings"].as_array().unwrap().iter();
        let reported = |finding: &serde_json::Value| format!("{} {}", finding["code"], finding["pointer"]);
        codes.extend(findings.filter(|finding| finding["level"] == "error").map(reported));
    }
    codes
}

#[test]
fn a_file_standard_input_and_a_line_of_a_stream_get_the_same_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let mut judged = 0;
    for entry in walkdir::WalkDir::new(Path::new(ROOT).join("fixtures")).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let Ok(bytes) = fs::read(&path) else { continue };
        let Ok(value) = serde_json::from_slice::<Box<serde_json::value::RawValue>>(&bytes) else { continue };
        // A line break in JSON text is white space, so the same document fits on one line.
        let line = value.get().replace(['\r', '\n'], " ") + "\n";
        let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
            .args(["validate", "--format", "ndjson"])
            .arg(&path)
            .output()
            .unwrap();
        let file = (output.status.code(), codes(&output.stdout));
        assert_eq!(from_stdin(&bytes, "auto"), file, "{}", path.display());
        assert_eq!(from_stdin(line.as_bytes(), "ndjson"), file, "{}", path.display());
        // Among others, in a file.
        let stream = folder.path().join("stream.ndjson");
        fs::write(&stream, format!("{{}}\n{line}{{}}\n")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
            .args(["validate", "--format", "ndjson"])
            .arg(&stream)
            .output()
            .unwrap();
        assert_eq!((output.status.code(), codes(&output.stdout)), file, "{}", path.display());
        judged += 1;
    }
    assert!(judged > 50);
}

/// The lines at which the payloads of a stream begin, and whether each is valid.
fn verdicts(stream: &str, format: InputFormat) -> Vec<(u64, bool)> {
    let mut blocks = Blocks::new(&Source::STDIN, stream.as_bytes(), format, MAX_BYTES);
    let mut verdicts = Vec::new();
    while let Some(block) = blocks.next_block().unwrap() {
        for frame in block.frames() {
            verdicts.push((frame.start.line, is_valid(frame.bytes)));
        }
    }
    verdicts
}

const GOOD: [&str; 5] = [
    "{\"id\":\"a\"}",
    "{}",
    "{\"key\":\"\u{c}\\u0041\u{85}\u{a0}\u{2028}\u{2029}\"}",
    "{ \"x\": [1, {\"y\": \"}{\"}] }",
    // A CR is white space, but not a line end by itself.
    "{\r\"id\"\r:\"a\"}",
];
const BAD: [&str; 10] = [
    "{\"id\":1}",
    "{\"id\":",
    "{\"id\":\"a\"",
    "{\"id\" \"a\"}",
    "[]",
    "oops",
    "{'id':1}",
    "{\"id\":\"a\"}}",
    "\u{c}",
    "\u{2028}",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn a_bad_line_is_reported_at_its_line_and_shifts_no_other(
        lines in prop::collection::vec((0..GOOD.len() + BAD.len(), 0usize..3, any::<bool>()), 1..20), has_end: bool,
    ) {
        let (mut stream, mut expected, mut line) = (String::new(), Vec::new(), 1);
        for (piece, blanks, has_cr) in lines {
            let good = GOOD.get(piece);
            let text = good.or_else(|| BAD.get(piece - GOOD.len())).unwrap();
            // An unescaped form feed in a string is refused, at any place.
            expected.push((line, good.is_some() && !text.contains('\u{c}')));
            let end = if has_cr { "\r\n" } else { "\n" };
            stream += text;
            stream += end;
            stream += &format!(" \t{end}").repeat(blanks);
            line += 1 + blanks as u64;
        }
        let stream = if has_end { stream.as_str() } else { stream.trim_end_matches(['\r', '\n', ' ', '\t']) };
        prop_assert_eq!(verdicts(stream, InputFormat::Ndjson), expected);
    }

    #[test]
    fn a_stream_of_documents_is_never_clean_with_a_bad_one_in_it(
        before in prop::collection::vec(0..GOOD.len(), 0..4), bad in prop::sample::select(BAD.to_vec()),
        after in prop::collection::vec(0..GOOD.len(), 0..4), separator in prop::sample::select(vec!["\n", "\r\n", "\n\n", " "]),
        format in prop::sample::select(vec![InputFormat::Auto, InputFormat::Json]),
    ) {
        let pretty = |index: &usize| GOOD[*index].replace('{', "{\n  ").replace('\u{c}', "");
        let documents: Vec<String> = before.iter().map(pretty).chain([bad.to_owned()]).chain(after.iter().map(pretty)).collect();
        let stream = documents.join(separator);
        prop_assert!(verdicts(&stream, format).iter().any(|(_, is_valid)| !is_valid), "{:?}", stream);
    }

    #[test]
    fn no_proper_beginning_of_a_document_is_valid(index in 0usize..GOOD.len(), cut in 1usize..30) {
        let text = GOOD[index].replace('\u{c}', "");
        let end = text.floor_char_boundary(cut.min(text.len() - 1));
        prop_assert!(Document::parse(&text.as_bytes()[..end]).is_err());
        prop_assert!(!is_valid(&text.as_bytes()[..end]));
    }
}

#[test]
fn no_proper_beginning_of_an_ordinary_payload_is_valid() {
    let text = ASSOCIATION_CREATE.example.trim_end().as_bytes();
    assert!(is_valid(text));
    for end in 0..text.len() {
        assert!(!is_valid(&text[..end]), "{end}");
    }
}

#[test]
fn size_costs_linear_time() {
    let names = |count: usize, name: &dyn Fn(usize) -> String| {
        let members: Vec<String> = (0..count).map(|index| format!("\"{}\":1", name(index))).collect();
        format!("{{{}}}", members.join(","))
    };
    // Quadratic time would take hours for any of these; linear time takes seconds, even in a debug build.
    let texts = [
        ("a long string", format!("{{\"id\":\"{}\"}}", "x".repeat(2_000_000))),
        ("many escapes", format!("{{\"id\":\"{}\"}}", "\\ud83d\\ude00".repeat(100_000))),
        ("many digits", format!("{{\"id\":1{}}}", "0".repeat(1_000_000))),
        ("a long exponent", format!("{{\"id\":1e{}}}", "9".repeat(1_000_000))),
        ("many names", names(100_000, &|index| format!("n{index}"))),
        ("names of one spelling", names(100_000, &|_| "\\u0069d".to_owned())),
        ("names that begin alike", names(20_000, &|index| format!("{}{index}", "x".repeat(100)))),
        ("near misses", names(50_000, &|index| format!("locationI{index}"))),
        ("spaces", " ".repeat(5_000_000) + "{}"),
        ("blank lines", "\n".repeat(2_000_000) + "{}"),
        ("open brackets", "[".repeat(500_000)),
        ("open documents", "{\n".repeat(10_000)),
        ("short lines", "1\n".repeat(10_000)),
        ("quotes", "\"".repeat(300_000)),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in texts {
        let path = folder.path().join("large.json");
        fs::write(&path, text).unwrap();
        for command in ["validate", "inspect"] {
            let begun = Instant::now();
            let mut child = Command::new(env!("CARGO_BIN_EXE_assoclens"))
                .args([command, path.to_str().unwrap()])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let status = loop {
                if let Some(status) = child.try_wait().unwrap() {
                    break status;
                }
                if begun.elapsed() > Duration::from_secs(60) {
                    // Its end may be hours away.
                    child.kill().unwrap();
                    panic!("{command}, {name}: more than linear time");
                }
                std::thread::sleep(Duration::from_millis(5));
            };
            assert!(status.code().is_some(), "{command}, {name}: a signal");
        }
    }
}
