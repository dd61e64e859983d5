//! Schemas and payloads that are too costly, each alone and together: bounded time, bounded memory, no signal.

use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The memory that the program may map, in KiB: a gibibyte and the stacks of its threads.
const MOST_KIB: usize = 1_500_000;

/// (status, standard output and standard error) of validating `payload` against `schema`.
fn validate(schema: &str, payload: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.json"), schema).unwrap();
    fs::write(folder.path().join("p.json"), payload).unwrap();
    run(folder.path(), "--schema s.json", MOST_KIB)
}

fn run(folder: &Path, options: &str, most_kib: usize) -> (i32, String) {
    let line = format!(
        "ulimit -v {most_kib}; exec timeout 300 \"$PROGRAM\" validate --jobs 1 --format concise --max-findings 3 --allow all \
         --deny schema/ {options} p.json 2>&1"
    );
    let mut command = Command::new("bash");
    command.args(["-c", &line]).current_dir(folder).env("PROGRAM", env!("CARGO_BIN_EXE_assoclens"));
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap_or_else(|| panic!("a signal: {text}")), text)
}

fn nested(depth: usize, leaf: &str) -> String {
    "{\"a\":".repeat(depth) + leaf + &"}".repeat(depth)
}

fn list(count: usize, element: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(element).collect::<Vec<_>>().join(","))
}

/// A schema of parts that lead into one another: `link` makes one from the place of the next.
fn chain(length: usize, link: impl Fn(String) -> Value, last: Value) -> String {
    let mut parts: serde_json::Map<String, Value> =
        (0..length).map(|index| (index.to_string(), link(format!("#/$defs/{}", index + 1)))).collect();
    parts.insert(length.to_string(), last);
    json!({"$defs": parts, "$ref": "#/$defs/0"}).to_string()
}

fn back() -> Value {
    json!({"properties": {"a": {"$ref": "#/$defs/0"}}})
}

/// A schema that branches at every level of a payload.
fn branching(keyword: &str) -> String {
    let branch = |name: &str| json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}}, "required": [name]});
    json!({"$defs": {"n": {keyword: [{"type": "integer"}, branch("a"), branch("b")]}}, "$ref": "#/$defs/n"})
        .to_string()
}

/// A description, the expected status, schema and payload.
type Case = (&'static str, i32, String, String);

fn branches() -> Vec<Case> {
    let deep = nested(126, "\"x\"");
    let ones = list(80_000, |_| "1".to_owned());
    let dynamic = json!({"$id": "http://x/a", "$dynamicAnchor": "n", "anyOf": [{"type": "integer"},
        {"properties": {"a": {"$dynamicRef": "#n"}}, "required": ["z"]},
        {"additionalProperties": {"$dynamicRef": "#n"}, "minProperties": 2}]});
    let unevaluated = json!({"$defs": {"n": {"anyOf": [{"properties": {"a": {"$ref": "#/$defs/n"}}},
        {"properties": {"b": {"$ref": "#/$defs/n"}}}], "unevaluatedProperties": false}}, "$ref": "#/$defs/n"});
    vec![
        ("oneOf in itself", 1, branching("oneOf"), deep.clone()),
        ("anyOf in itself", 1, branching("anyOf"), deep.clone()),
        ("anyOf in itself, and right", 0, branching("anyOf"), nested(126, "1")),
        ("$dynamicRef", 1, dynamic.to_string(), deep.clone()),
        ("unevaluatedProperties", 0, unevaluated.to_string(), deep.clone()),
        ("many errors", 1, json!({"items": {"type": "string"}}).to_string(), ones.clone()),
        (
            "many branches",
            1,
            json!({"items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}).to_string(),
            ones.clone(),
        ),
        (
            "errors times errors",
            1,
            json!({"items": {"allOf": vec![json!({"type": "string"}); 700]}}).to_string(),
            ones.clone(),
        ),
        ("nothing to look at", 1, json!({"items": {"allOf": vec![json!(true); 4000]}}).to_string(), ones),
    ]
}

fn values() -> Vec<Case> {
    let binary = format!("[\"{}\"]", "01101".repeat(32_000));
    let draft_7 = |keyword: &str, value: &str| {
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": {keyword: value}}).to_string()
    };
    let names = (0..3000).map(|index| format!("a{index}")).collect::<Vec<_>>();
    let alternatives = (0..4000).map(|index| json!([index])).collect::<Vec<_>>();
    vec![
        (
            "many names",
            1,
            json!({"items": {"required": names}}).to_string(),
            list(50_000, |_| "{}".to_owned()),
        ),
        (
            "many values",
            1,
            json!({"items": {"enum": alternatives}}).to_string(),
            list(25_000, |index| format!("[{index}]")),
        ),
        (
            "numbers beyond floats",
            0,
            json!({"uniqueItems": true}).to_string(),
            list(25_000, |index| format!("1e{}", index + 400)),
        ),
        ("exponents", 0, json!({"items": {"multipleOf": 0.1}}).to_string(), "[1e999999999]".to_owned()),
        ("digits", 0, json!({"items": {"minimum": 5}}).to_string(), format!("[{}]", "9".repeat(160_000))),
        ("a slow pattern", 1, json!({"items": {"pattern": "1[01]{2000}2"}}).to_string(), binary.clone()),
        (
            "a slow name",
            1,
            json!({"patternProperties": {"1[01]{2000}2": {}}}).to_string(),
            format!("{{{}:1}}", &binary[1..binary.len() - 1]),
        ),
        (
            "JSON in a string",
            0,
            draft_7("contentMediaType", "application/json"),
            format!("[\"[{}0]\"]", "0,".repeat(80_000)),
        ),
        (
            "a pattern in a string",
            0,
            draft_7("format", "regex"),
            format!("[\"{}{}\"]", "(".repeat(200), ")".repeat(200)),
        ),
    ]
}

fn chains() -> Vec<Case> {
    vec![
        (
            "a chain",
            0,
            chain(60, |next| json!({"allOf": [{"$ref": next}, {"type": "object"}]}), back()),
            nested(126, "{}"),
        ),
        (
            "a chain of not",
            0,
            chain(200, |next| json!({"not": {"not": {"$ref": next}}}), back()),
            nested(126, "{}"),
        ),
        (
            "a chain that fails",
            1,
            chain(
                200,
                |next| json!({"allOf": [{"$ref": next}, {"type": "object"}]}),
                json!({"properties": {"a": {"$ref": "#/$defs/0"}}, "required": ["q"]}),
            ),
            nested(126, "{}"),
        ),
        (
            "a chain of properties",
            0,
            chain(2000, |next| json!({"properties": {"a": {"$ref": next}}}), back()),
            nested(126, "{}"),
        ),
        (
            "unique at each level",
            1,
            json!({"uniqueItems": true, "items": {"$ref": "#"}}).to_string(),
            "[0,".repeat(120) + &list(25_000, |index| index.to_string()) + &"]".repeat(120),
        ),
    ]
}

#[test]
fn no_schema_and_payload_take_more_than_a_bounded_time_and_memory() {
    for (name, expected, schema, payload) in [branches(), values(), chains()].concat() {
        let (status, text) = validate(&schema, &payload);
        assert_eq!(status, expected, "{name}: {}", text.chars().take(500).collect::<String>());
        assert!(!text.contains("panicked") && !text.contains("overflow"), "{name}: {text}");
    }
}

#[test]
fn a_schema_that_asks_for_too_much_is_refused_before_any_payload() {
    let twice = |next: String| json!({"allOf": [{"$ref": next}, {"$ref": next}]});
    let nots = |next: String| {
        let text = "{\"not\":".repeat(100) + &json!({"$ref": next}).to_string() + &"}".repeat(100);
        serde_json::from_str(&text).unwrap()
    };
    let patterns: serde_json::Map<String, Value> =
        (0..5000).map(|index| (format!("x{index}"), json!({"pattern": format!("a{index}")}))).collect();
    let cases = [
        (chain(30, twice, json!({})), "it checks one value against "),
        (chain(30_000, |next| json!({"$ref": next}), json!({})), "its `$ref`s and `allOf`s lead into one another"),
        (json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"})
            .to_string(), "a `$ref` in it leads back to itself"),
        (chain(200, nots, json!({})), "it is too large to be used"),
        (json!({"pattern": "a{1000}{1000}"}).to_string(), "the pattern at /pattern takes too much memory"),
        (json!({"pattern": "(".repeat(12_000)}).to_string(), "the pattern `(((((("),
        (json!({"properties": patterns}).to_string(), "it holds more than 4000 patterns"),
        ("{\"not\":".repeat(200) + "{}" + &"}".repeat(200), "it cannot be read: recursion limit exceeded"),
    ];
    for (schema, why) in cases {
        let (status, text) = validate(&schema, "{}");
        assert_eq!(status, 2, "{why}: {text}");
        assert!(text.starts_with(&format!("error: cannot use the schema s.json: {why}")), "{text}");
    }
}

#[test]
fn other_input_files_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.json"), "{}").unwrap();
    for (option, what, most) in [("--schema", "schema", 8 << 20), ("--expect", "manifest", 16 << 20)] {
        let (status, text) = run(folder.path(), &format!("{option} /dev/zero"), MOST_KIB);
        let why = format!("it is longer than {most} bytes; is it the right file?");
        assert_eq!((status, text), (2, format!("error: cannot use the {what} /dev/zero: {why}\n")));
    }
}

#[test]
fn keys_and_reports_are_bounded() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.json"), "{}").unwrap();
    let cases = [
        ("verify p.json --public-key", "use the public key", 64 << 10),
        ("listen --public-key", "use the public key", 64 << 10),
        ("send http://127.0.0.1:1/ --sign-with", "sign with the key", 64 << 10),
        ("redact p.json --key", "use the key", 64 << 10),
        ("merge", "add up the report", 64 << 20),
    ];
    for (command, what, most) in cases {
        let line = format!("ulimit -v {MOST_KIB}; exec \"$PROGRAM\" {command} /dev/zero");
        let mut shell = Command::new("bash");
        shell.args(["-c", &line]).current_dir(folder.path()).env("PROGRAM", env!("CARGO_BIN_EXE_assoclens"));
        let output = shell.output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        let why = format!("it is longer than {most} bytes; is it the right file?");
        assert_eq!(
            (output.status.code(), error),
            (Some(2), format!("error: cannot {what} /dev/zero: {why}\n"))
        );
    }
}

#[test]
fn large_payloads_of_small_values_take_bounded_memory() {
    let folder = tempfile::tempdir().unwrap();
    let schema =
        r##"{"items": {"type": "string"}, "additionalProperties": {"type": "string"}, "minItems": 2}"##;
    fs::write(folder.path().join("s.json"), schema).unwrap();
    // Some megabytes of text take some tens in memory; schemas are compiled on a stack of 64 MiB, all in a gibibyte.
    let (count, most_kib) = (800_000, 420_000);
    let objects = (0..count / 4).map(|index| format!("\"{index}\\n\":1")).collect::<Vec<_>>().join(",");
    for payload in [list(count, |_| "1".to_owned()), format!("{{{objects}}}")] {
        fs::write(folder.path().join("p.json"), payload).unwrap();
        let (status, text) = run(folder.path(), "--schema s.json", most_kib);
        assert!(status == 1 && text.contains("error[too-costly]"), "{text}");
    }
}
