//! What is redacted has the findings of the original at the same places, and nothing of its values.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FOLDERS: [&str; 3] = ["fixtures/valid", "fixtures/invalid", "fixtures/findings"];
const KEY: &str = "tests/cases/redact.key";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

/// All files of fixtures in that folder, as paths from the root of the package.
fn fixtures(folder: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => fixtures(&path, found),
            false => found.push(path),
        }
    }
}

/// What was redacted, in a file of its own.
fn redacted(path: &str, folder: &Path, more: &[&str]) -> PathBuf {
    let output = run(&[&["redact", "--key", KEY, path], more].concat());
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    let file = folder.join(Path::new(path).file_name().unwrap());
    fs::write(&file, output.stdout).unwrap();
    file
}

/// The records of `validate`, without the names of inputs and what quotes them, and the exit code.
fn judged(path: &str, more: &[&str]) -> (Vec<Value>, Option<i32>) {
    let output = run(&[&["validate", "--format", "ndjson", path], more].concat());
    let records = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let records = records.map(|line| {
        let mut record: Value = serde_json::from_slice(line).unwrap();
        record.as_object_mut().unwrap().remove("source");
        for finding in record.get_mut("findings").and_then(Value::as_array_mut).into_iter().flatten() {
            let finding = finding.as_object_mut().unwrap();
            ["message", "help", "label"].iter().for_each(|quoting| drop(finding.remove(*quoting)));
        }
        record
    });
    (records.collect(), output.status.code())
}

#[test]
fn every_fixture_has_its_findings_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    FOLDERS.iter().for_each(|folder| fixtures(folder, &mut paths));
    paths.retain(|path| !path.ends_with(".gz") && !path.ends_with(".zst"));
    assert!(paths.len() > 60, "the fixtures were not found");
    for path in paths {
        let as_it_stands = ["--unwrap", "never"];
        let file = redacted(&path, folder.path(), &as_it_stands);
        assert_eq!(
            judged(file.to_str().unwrap(), &as_it_stands),
            judged(&path, &as_it_stands),
            "{path}\n{}",
            String::from_utf8_lossy(&fs::read(&file).unwrap())
        );
    }
}

#[test]
fn the_payloads_of_a_capture_come_out_with_their_own_findings() {
    let folder = tempfile::tempdir().unwrap();
    let codes = |path: &str| {
        let (records, _) = judged(path, &["--event", "auto"]);
        let of_record = |record: &Value| -> Vec<String> {
            let findings = record["findings"].as_array().into_iter().flatten();
            let codes = findings.map(|finding| format!("{} {}", finding["code"], finding["pointer"]));
            codes.filter(|code| !code.contains("wrapped-payload")).collect()
        };
        records.iter().map(of_record).collect::<Vec<_>>()
    };
    for path in
        ["har.har", "aws-apigw-v2-base64.json", "http-chunked.txt", "lambda-log.txt", "aws-sqs-sns.json"]
    {
        let path = format!("fixtures/capture/{path}");
        let file = redacted(&path, folder.path(), &[]);
        let expected: Vec<_> = codes(&path).into_iter().flatten().collect();
        let found: Vec<_> = codes(file.to_str().unwrap()).into_iter().flatten().collect();
        assert_eq!(found, expected, "{path}");
    }
}

/// Every string and number in a value, but for what stays.
fn values(value: &Value, name: &str, found: &mut Vec<String>) {
    const WORDS: [&str; 5] = ["type", "associationType", "timestamp", "firstObjectKey", "secondObjectKey"];
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| values(value, name, found)),
        Value::Array(elements) => elements.iter().for_each(|element| values(element, name, found)),
        Value::String(text) if !WORDS.contains(&name) && !name.ends_with("Cardinality") => {
            found.push(text.clone());
        }
        Value::Number(number) => found.push(number.to_string()),
        _ => {}
    }
}

#[test]
fn no_value_of_the_original_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    FOLDERS.iter().for_each(|folder| fixtures(folder, &mut paths));
    let mut looked_for = 0;
    for path in paths {
        let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
        let Ok(value) = serde_json::from_slice::<Value>(&text) else { continue };
        let mut originals = Vec::new();
        values(&value, "", &mut originals);
        let file = redacted(&path, folder.path(), &[]);
        let Ok(safe) = serde_json::from_slice::<Value>(&fs::read(file).unwrap()) else { continue };
        let mut left = Vec::new();
        values(&safe, "", &mut left);
        // Of a few letters, the pseudonym may be the value itself.
        for original in
            originals.iter().filter(|original| original.chars().filter(|c| c.is_alphanumeric()).count() > 5)
        {
            looked_for += 1;
            assert!(!left.contains(original), "{path}: {original}");
            assert!(!safe.to_string().contains(original.as_str()), "{path}: {original}");
        }
    }
    assert!(looked_for > 50, "{looked_for}");
}

#[test]
fn two_files_under_one_key_compare_as_the_originals_do() {
    let folder = tempfile::tempdir().unwrap();
    let payload = |label: &str, id: &str| {
        format!(
            r#"{{"id":{id},"firstObjectLabel":"{label}","secondObjectKey":"custom_objects.{label}","locationId":"eHy2cOSZxMQzQ6Yyvl8P"}}"#
        )
    };
    let before = payload("Buyer of Property", "67");
    let others = [
        payload("buyer of property", "67.0"),
        payload("Buyer  of Property", "68"),
        payload("Buyer of Property\u{200b}", "\"67\""),
        payload("Buyer \u{43e}f Property", "null"),
        payload("Seller", "67"),
        payload("Büyer of Property", "67"),
        before.clone(),
    ];
    for (index, after) in others.iter().enumerate() {
        let [one, two] = ["a", "b"].map(|name| folder.path().join(format!("{name}{index}.json")));
        fs::write(&one, &before).unwrap();
        fs::write(&two, after).unwrap();
        let kinds = |one: &Path, two: &Path| {
            let output = run(&["diff", "--format", "json", one.to_str().unwrap(), two.to_str().unwrap()]);
            let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
            forget(&mut report);
            (report, output.status.code())
        };
        let hidden = folder.path().join(format!("hidden{index}"));
        fs::create_dir(&hidden).unwrap();
        let [safe_one, safe_two] = [&one, &two].map(|path| redacted(path.to_str().unwrap(), &hidden, &[]));
        assert_eq!(kinds(&safe_one, &safe_two), kinds(&one, &two), "{after}");
    }
}

/// Takes out of a report what quotes the payloads: all strings but those that name a kind or a place.
fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(_)
                        if !["kind", "change", "text", "pointer", "field"].contains(&name.as_str()) =>
                    {
                        *value = Value::Null;
                    }
                    _ if ["before", "after", "code_points"].contains(&name.as_str()) => *value = Value::Null,
                    _ => forget(value),
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(forget),
        _ => {}
    }
}

#[test]
fn without_a_key_every_run_draws_others() {
    let path = "fixtures/valid/documented-example.json";
    let (one, two) = (run(&["redact", "--quiet", path]), run(&["redact", "--quiet", path]));
    assert_eq!(one.stdout.len(), two.stdout.len());
    assert_ne!(one.stdout, two.stdout);
    assert!(one.stderr.is_empty());
}
