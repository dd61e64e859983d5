//! `assoclens verify` for programs: its JSON conforms to `schemas/verify.schema.json`, its exit code never depends on
//! the format, its lines keep to the width, and its output is harmless. The keys are made for the tests.

use assoclens::escape::is_unsafe;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use unicode_width::UnicodeWidthStr as _;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BODY: &str = include_str!("../signature/delivery.json");
const HEADERS: &str = include_str!("../signature/headers.txt");
const KEY: &[&str] = &["--public-key", "tests/signature/ed25519.pem"];

fn run(arguments: &[&str], stdin: &[u8], environment: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .arg("verify")
        .args(arguments)
        .current_dir(ROOT)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// Arguments, a body, the exit code and the outcome.
fn situations() -> Vec<(Vec<String>, Vec<u8>, i32, &'static str)> {
    let headers = ["--header", HEADERS];
    let with = |parts: &[&[&str]]| parts.concat().into_iter().map(str::to_owned).collect::<Vec<String>>();
    let body = BODY.as_bytes().to_vec();
    let deep = [b"{\"timestamp\":".as_slice(), &b"[".repeat(100_000), &b"]".repeat(100_000), b"}"].concat();
    let now = ["--max-age", "5m", "--now"];
    let rsa = ["--public-key", "tests/signature/rsa.pem", "--scheme", "rsa-sha256"];
    let hostile = "X-GHL-Signature: \u{1b}[31m##[error]\u{202e}::error::";
    let wrong = BODY.replace("Tenant", "Tenan\u{202e}t").into_bytes();
    let odd = r#"{"timestamp":"\u001b ##[x] ::b ::c ::d ::e ::f \u202e"}"#.as_bytes().to_vec();
    let many = "A: b\n".repeat(15_000) + &"X-GHL-Signature: AAAA\n".repeat(10);
    vec![
        (with(&[KEY, &headers]), body.clone(), 0, "verified"),
        (with(&[KEY, &headers]), [BODY.as_bytes(), b"\r\n"].concat(), 0, "verified"),
        (with(&[&rsa, &headers]), body.clone(), 0, "verified"),
        (with(&[KEY, &headers, &now, &["2026-02-13T12:40:00Z"]]), body.clone(), 0, "verified"),
        (with(&[KEY, &headers, &now, &["2026-02-13T12:50:00Z"]]), body.clone(), 1, "verified"),
        (with(&[KEY, &headers, &now, &["2026-02-13T12:20:00Z"]]), body.clone(), 1, "verified"),
        (with(&[&headers]), body.clone(), 1, "mismatch"),
        (with(&[KEY, &headers]), wrong, 1, "mismatch"),
        (with(&[KEY, &headers]), deep, 1, "mismatch"),
        (with(&[KEY, &headers, &now, &["2026-02-13T12:20:00Z"]]), odd, 1, "mismatch"),
        (with(&[KEY, &headers]), Vec::new(), 1, "mismatch"),
        (with(&[KEY, &headers]), b"\xff\xfe\0{".to_vec(), 1, "mismatch"),
        (with(&[KEY, &headers]), b"{\"a\":\"\xad\"}".to_vec(), 1, "mismatch"),
        (with(&[&["--header", hostile]]), body.clone(), 1, "malformed"),
        (with(&[&["--header", "x-wh-signature: N/A"]]), body.clone(), 1, "unsigned"),
        (with(&[]), body.clone(), 2, "no-signature"),
        (with(&[KEY, &["--scheme", "rsa-sha256"], &headers]), body.clone(), 2, "no-key"),
        (with(&[&["--header", &many]]), body, 1, "malformed"),
    ]
}

#[test]
fn the_json_is_what_its_schema_says_and_the_exit_code_is_that_of_every_format() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/verify.schema.json")).unwrap();
    let validator = jsonschema::options().offline().build(&schema).unwrap();
    for (arguments, body, code, outcome) in situations() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let human = run(&arguments, &body, &[]);
        assert_eq!(human.status.code(), Some(code), "{human:?}");
        let json = run(&[&arguments[..], &["--format", "json"]].concat(), &body, &[]);
        assert_eq!(json.status.code(), Some(code), "{json:?}");
        let text = String::from_utf8(json.stdout).unwrap();
        assert!(!text.chars().any(|character| character != '\n' && is_unsafe(character)), "{text}");
        assert!(!text.contains("##"), "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} {text}");
        assert_eq!(value["bodies"][0]["outcome"], outcome, "{text}");
        assert_eq!(value["bodies"][0]["passed"], code == 0, "{text}");
    }
}

#[test]
fn reports_for_people_keep_to_their_width_and_colour_changes_no_letter() {
    for (arguments, body, ..) in situations() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        for (width, locale) in [("40", "C.UTF-8"), ("80", "C"), ("200", "C.UTF-8")] {
            let environment = [("COLUMNS", width), ("LC_ALL", locale)];
            let plain = String::from_utf8(run(&arguments, &body, &environment).stdout).unwrap();
            let coloured =
                run(&[&arguments[..], &["--color", "always"]].concat(), &body, &environment).stdout;
            let coloured = String::from_utf8(coloured).unwrap();
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
            assert!(!plain.is_empty());
            for line in plain.lines() {
                assert!(line.width() <= width.parse().unwrap(), "{width}: {line}");
                assert!(!line.chars().any(is_unsafe) && !line.contains("##"), "{line}");
                assert!(!line.trim_start().starts_with("::"), "{line}");
            }
        }
    }
}

#[test]
fn the_examples_of_the_help_work() {
    let help = String::from_utf8(run(&["--help"], b"", &[]).stdout).unwrap();
    let examples = help.split_once("Examples:").unwrap().1;
    let commands = examples.lines().filter_map(|line| line.strip_prefix("      "));
    let signature = HEADERS.lines().find_map(|line| line.strip_prefix("X-GHL-Signature: ")).unwrap();
    // The first three are tried with the published keys, which made none of the signatures here.
    let codes = commands.map(|command| {
        let command = command
            .replace("assoclens", env!("CARGO_BIN_EXE_assoclens"))
            .replace("capture.har", "fixtures/capture/har.har")
            .replace("BASE64", signature)
            .replace("capture.har", "fixtures/capture/har.har")
            .replace("body.json", "tests/signature/delivery.json")
            .replace("headers.txt", "tests/signature/headers.txt")
            .replace("key.pem", "tests/signature/ed25519.pem");
        Command::new("sh").args(["-c", &command]).current_dir(ROOT).output().unwrap().status.code().unwrap()
    });
    assert_eq!(codes.collect::<Vec<i32>>(), [1, 1, 1, 0]);
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let limit = assoclens::payload::MAX_BYTES;
    let output = run(&["--header", HEADERS], &b" ".repeat(limit + 1), &[]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: <stdin> holds more than 67108864 bytes"), "{message}");
}

#[test]
fn more_bodies_than_are_verified_at_once_are_refused() {
    let capture = b"{\"headers\":{\"X-WH-Signature\":\"N/A\"},\"body\":\"{}\"}\n";
    let verify = |count| run(&["--format", "json"], &capture.repeat(count), &[]);
    assert_eq!(verify(10_000).status.code(), Some(1));
    let output = verify(10_001);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(message, "error: <stdin> holds 10001 bodies, and 10000 are verified at once; split it\n");
}
