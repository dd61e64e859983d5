//! Every capture under `fixtures/capture/`: its payloads, their places, and their findings.
//!
//! `fixtures/capture/unwrapped.txt` lists them for each file; `UPDATE_CASES=1 cargo test --test cli captures` rewrites
//! it, to be read before it is committed.

use assoclens::capture::listed;
use assoclens::check::catalogue::sections;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/capture")
}

fn validate(arguments: &[&str], path: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    command.arg("validate").args(arguments).arg(path).env_clear().output().unwrap()
}

/// The records of `--format ndjson`.
fn records(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All captures, by their path below `fixtures/capture`.
fn captures() -> BTreeMap<String, PathBuf> {
    let files = walkdir::WalkDir::new(root()).into_iter().map(Result::unwrap).filter(|entry| {
        let name = entry.file_name().to_str().unwrap();
        entry.file_type().is_file()
            && !matches!(name, "README.md" | "unwrapped.txt")
            && !name.ends_with(".pem")
    });
    let named = |path: &Path| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    files.map(|entry| (named(entry.path()), entry.into_path())).collect()
}

fn is_hostile(name: &str) -> bool {
    name.starts_with("hostile/")
}

/// The shapes without a payload: their tools leave it out.
fn is_bodyless(name: &str) -> bool {
    let unavailable = ["curl-v.", "curl-trace-ascii.", "cloudflare-tail."];
    unavailable.iter().any(|start| name.starts_with(start))
}

/// A payload in one line: its place, its fidelity, and its findings.
fn reported(record: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let step = |step: &Value| {
        let (pointer, number) = (text(&step["pointer"]), step["number"].as_u64());
        let number = number.map(|number| format!(" no. {number}")).unwrap_or_default();
        let encoding = step["encoding"].as_str().map(|encoding| format!(" ({encoding})")).unwrap_or_default();
        format!("{} {pointer}{number}{encoding}", text(&step["shape"])).replace("  ", " ").trim().to_owned()
    };
    let capture = &record["capture"];
    let steps: Vec<String> = capture["steps"].as_array().into_iter().flatten().map(step).collect();
    let from = if steps.is_empty() { "bare".to_owned() } else { steps.join(" > ") };
    let fidelity = capture["fidelity"].as_str().map(|word| format!(", {word}")).unwrap_or_default();
    let place = format!("{}:{}", record["line"], record["column"]);
    let found = record["findings"].as_array().unwrap().iter().map(|finding| {
        format!(
            "{} {} {}:{}",
            text(&finding["code"]),
            text(&finding["pointer"]),
            finding["line"],
            finding["column"]
        )
        .replace("  ", " ")
    });
    let found: Vec<String> = found.collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    format!("{from}{fidelity} at {place}: {found}")
}

#[test]
fn every_capture_yields_what_the_manifest_lists() {
    let found: BTreeMap<String, Vec<String>> = captures()
        .into_iter()
        .map(|(name, path)| {
            let output = validate(&["--unwrap", "auto", "--format", "ndjson"], &path);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {output:?}");
            (name, records(&output).iter().map(reported).collect())
        })
        .collect();
    let listed: Vec<String> = found
        .iter()
        .map(|(name, payloads)| {
            let payloads = payloads.iter().map(|payload| format!("  {payload}\n"));
            format!("{name}\n{}", payloads.collect::<String>())
        })
        .collect();
    let (path, listed) = (root().join("unwrapped.txt"), listed.concat());
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, &listed).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    for (line, (found, expected)) in listed.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of fixtures/capture/unwrapped.txt", line + 1);
    }
    assert_eq!(listed.lines().count(), expected.lines().count());
}

#[test]
fn every_realistic_capture_yields_its_payloads_and_nothing_is_found_in_them() {
    let mut ids = BTreeSet::new();
    for (name, path) in captures().into_iter().filter(|(name, _)| !is_hostile(name) && !is_bodyless(name)) {
        let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
            .args(["inspect", "--field", "id"])
            .arg(&path)
            .env_clear()
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.is_empty(), "{name} holds a payload");
        for id in text.lines() {
            assert!(ids.insert(id.to_owned()), "{name}: {id} is in another capture, too");
        }
        let output = validate(&["--unwrap", "auto", "--format", "ndjson"], &path);
        for record in records(&output) {
            assert!(record["capture"].is_object(), "{name}: {record}");
            // A payload that no shape reports is found, and has a finding about that.
            let is_found = record["capture"]["steps"][0]["shape"] == "json";
            let findings = record["findings"].as_array().unwrap();
            let is_said = |finding: &Value| {
                is_found && finding["code"] == "wrapped-payload" || finding["code"] == "nested-data"
            };
            let is_silent = findings.iter().all(is_said);
            let is_other = name == "smee.txt" && record["findings"][0]["code"] == "other-event";
            assert!(is_silent || is_other, "{name}: {record}");
        }
    }
}

/// Without `--unwrap`, a capture is judged as it is, and a finding names it and the option to type.
#[test]
fn a_capture_that_is_not_unwrapped_is_named_with_the_flag_that_unwraps_it() {
    for (name, path) in captures().into_iter().filter(|(name, _)| !is_hostile(name)) {
        let holds_nothing = is_bodyless(&name) && name != "curl-trace-ascii.txt";
        let unwrapped = records(&validate(&["--unwrap", "auto", "--format", "ndjson"], &path));
        let shape = unwrapped[0]["capture"]["steps"][0]["shape"].as_str().unwrap().to_owned();
        let judged = records(&validate(&["--unwrap", "never", "--format", "ndjson"], &path));
        let word = if shape == "json" { "auto" } else { &shape };
        // For a capture without a payload, the finding says at once what to do instead.
        let unavailable = unwrapped[0]["findings"][0]["help"].as_str().unwrap_or_default();
        let says = |finding: &Value| {
            let help = finding["help"].as_str().unwrap_or_default();
            matches!(finding["code"].as_str(), Some("wrapped-payload" | "nested-data"))
                && help.ends_with(&if holds_nothing {
                    unavailable.to_owned()
                } else {
                    format!("--unwrap {word}")
                })
        };
        let findings = judged.iter().flat_map(|record| record["findings"].as_array().unwrap());
        assert!(findings.into_iter().any(says), "{name}: {shape} in {judged:?}");
        // The suggested shape does unwrap it.
        let named = records(&validate(&["--unwrap", word, "--format", "ndjson"], &path));
        assert_eq!(named, unwrapped, "{name}");
    }
}

/// The fixtures were signed with keys of their own: whatever a capture does to a body, one form of it still matches.
#[test]
fn every_signature_of_a_realistic_capture_is_verified() {
    let mut verified = BTreeMap::new();
    for (key, scheme) in [("ed25519", "ed25519"), ("rsa", "rsa-sha256")] {
        let key_file = root().join(format!("keys/{key}.pem"));
        for (name, path) in captures().into_iter().filter(|(name, _)| !is_hostile(name) && !is_bodyless(name))
        {
            let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
                .args(["verify", "--format", "json", "--scheme", scheme, "--public-key"])
                .args([&key_file, &path])
                .env_clear()
                .output()
                .unwrap();
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            for body in report["bodies"].as_array().unwrap() {
                match body["outcome"].as_str().unwrap() {
                    "verified" => *verified.entry(key).or_insert(0) += 1,
                    "no-signature" => {}
                    // Two tools received the header's word for an unsigned delivery.
                    outcome => assert_eq!((outcome, key), ("unsigned", "rsa"), "{name}: {body}"),
                }
            }
        }
    }
    assert!(verified.values().all(|count| *count > 30), "{verified:?}");
}

/// A wrong key never verifies: the published one is another key.
#[test]
fn no_signature_of_a_fixture_is_the_vendors() {
    for (name, path) in captures() {
        let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
            .arg("verify")
            .arg(&path)
            .env_clear()
            .output()
            .unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{name}: {output:?}");
    }
}

#[test]
fn every_code_about_captures_is_raised_by_a_fixture() {
    let expected = std::fs::read_to_string(root().join("unwrapped.txt")).unwrap();
    for code in sections().filter(|code| code.as_str().starts_with("capture/")) {
        assert!(expected.contains(&format!(": {code} ")), "{code}: no fixture in fixtures/capture raises it");
    }
}

#[test]
fn every_shape_has_a_fixture_and_a_row_in_the_docs() {
    let expected = std::fs::read_to_string(root().join("unwrapped.txt")).unwrap();
    let mut table = "| name | what it is | recognised by | payload at |\n|---|---|---|---|\n".to_owned();
    for shape in listed() {
        let name = shape.name;
        assert!(
            [" ", ","].iter().any(|end| expected.contains(&format!("  {name}{end}"))),
            "fixtures/capture has no fixture for {name}"
        );
        let code =
            |text: &str| if text.starts_with('/') { format!("`{text}`") } else { text.replace('|', "\\|") };
        let signs = |signs: &Vec<_>| signs.iter().map(|sign: &Cow<'_, str>| code(sign)).collect::<Vec<_>>();
        let signs: Vec<String> = shape.signs.iter().map(|of_one| signs(of_one).join(", ")).collect();
        let places: Vec<String> = shape.places.iter().map(|place| code(place)).collect();
        let places = shape.instead.map_or_else(|| places.join(", else "), |help| format!("nowhere: {help}"));
        table += &format!("| `{name}` | {} | {} | {places} |\n", shape.what, signs.join("; or "));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/captures.md");
    let docs = std::fs::read_to_string(&path).unwrap();
    let (prose, written) = docs.split_once("-->\n").unwrap();
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, format!("{prose}-->\n\n{table}")).unwrap();
    } else {
        assert_eq!(written.trim_start(), table, "docs/captures.md; UPDATE_CASES=1 writes it anew");
    }
}
