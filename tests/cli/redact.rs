//! Redacted files have the findings of the originals at the same places, and none of their values.

use crate::promises;
use base64::engine::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::collections::BTreeSet;
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

/// The redacted input, in a file of its own.
fn redacted(path: &str, folder: &Path, more: &[&str]) -> PathBuf {
    let output = run(&[&["redact", "--key", KEY, path], more].concat());
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    let file = folder.join(Path::new(path).file_name().unwrap());
    fs::write(&file, output.stdout).unwrap();
    file
}

/// The records of `validate`, without the names and quotes of inputs, and the exit code.
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

/// Every string and number in a value, except those that stay.
fn values(value: &Value, name: &str, found: &mut Vec<String>) {
    const WORDS: [&str; 5] = ["type", "associationType", "timestamp", "firstObjectKey", "secondObjectKey"];
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| values(value, name, found)),
        Value::Array(elements) => elements.iter().for_each(|element| values(element, name, found)),
        Value::String(text)
            if !WORDS.contains(&name) && !name.ends_with("Cardinality") && text != "application/json" =>
        {
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
        // The pseudonym of a few letters may be the value itself.
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
    let text = |before: &str, after: &str| (payload(before, "67"), payload(after, "67"));
    let id = |after: &str| (payload("Buyer", "67"), payload("Buyer", after));
    let pairs = [
        text("Buyer of Property", "buyer of property"),
        text("Buyer of Property", "Buyer  of Property"),
        text("Buyer of Property", "Buyer of Property\u{200b}"),
        text("Buyer of Property", "Buyer \u{43e}f Property"),
        text("Buyer of Property", "Seller"),
        text("Buyer of Property", "B\u{fc}yer of Property"),
        text("Buyer of Property", "Buyer of Property"),
        text("K\u{e4}ufer", "Ka\u{308}ufer"),
        text("Kim", "\u{212a}im"),
        text("Kim", "\u{212a}IM"),
        text("Buyer 5", "Bu\u{ff59}er 5"),
        text("Flat 5", "Flat \u{ff15}"),
        text("Flat 5", "Flat \u{1d7d3}"),
        text("Buyer", "\u{1d4d1}\u{1d4fe}\u{1d502}\u{1d4ee}\u{1d4fb}"),
        text("Buyer", "\u{24b7}uyer"),
        text("Flat 5", "Flat 6"),
        text("\u{41f}\u{43e}\u{43a}", "\u{43f}\u{43e}\u{43a}"),
        id("67.0"),
        id("68"),
        id("\"67\""),
        id("null"),
    ];
    for (index, (before, after)) in pairs.iter().enumerate() {
        let [one, two] = ["a", "b"].map(|name| folder.path().join(format!("{name}{index}.json")));
        fs::write(&one, before).unwrap();
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
        assert_eq!(kinds(&safe_one, &safe_two), kinds(&one, &two), "{before} {after}");
    }
}

/// Removes from a report all quotes of payloads: all strings except those that name a kind or a place.
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

/// All fixtures, including captures and hostile ones, except compressed ones.
fn everything() -> Vec<String> {
    let mut paths = Vec::new();
    FOLDERS
        .iter()
        .chain(&["fixtures/capture", "fixtures/events"])
        .for_each(|folder| fixtures(folder, &mut paths));
    paths.retain(|path| {
        !["gz", "zst", "md"].iter().any(|end| path.ends_with(end)) && !path.ends_with("unwrapped.txt")
    });
    assert!(paths.len() > 150, "the fixtures were not found");
    paths
}

#[test]
fn every_capture_is_kept_and_has_its_findings_where_they_were() {
    let mut compressed = Vec::new();
    for path in everything() {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
        promises::redact::redacted(&bytes);
        if promises::redact::in_place(&bytes).is_none() {
            compressed.push(path);
        }
    }
    compressed.sort();
    let inside = |name: &str| format!("fixtures/capture/{name}");
    let expected = ["cloudwatch-subscription.json", "hostile/gzip-bomb.json"];
    assert_eq!(compressed, expected.map(inside));
}

/// Inputs that a fuzzer made of fixtures, each reduced to the fault.
#[test]
fn a_broken_part_stays_broken_at_its_place() {
    let payload = STANDARD_NO_PAD.encode(b"{\"type\":\"ContactCreate\",\"firstName\":\"Anna\"}");
    let encoded = STANDARD.encode(b"{\"type\":\"\xff\",\"id\":\"67ade73d1119d2ac\"}");
    let time = "2026-02-19T04:16:28.585000001";
    let record = r#"{\"firstRecordId\":\"a\",\"secondRecordId\":\"b c\n","stream":"stdout","time":"#;
    for text in [
        format!("{{\"specversion\":\"1.0\",\"id\":\"a\",\"data_base64\":\"{encoded}\"}}\n"),
        "INIT_START Runtime Version: \n== Info: {\\\"secondObjectKey\":\"custom_objects.h\"}".to_owned(),
        format!("{time}.Z stdout F {{\"firstObjectKey\":\"contact\",\"id\":3}}\n{time}Z stdout F x {{\n"),
        format!("{time}Z stdout F a\n-{time}Z stdout F {{\"type\":1}}\n"),
        format!("{time}Z stdout F a\n{{\"log\":\"{record}\"{time}Z\"}}\n{{\"log\":\"{{\\\"firstObjectKey\\\":\\\"\u{1}\",\n"),
        r#"{"assoclens":1,"received":"a","headers":[["Content-Length","48"]],"body":"{\"firstObjectKey\":\"a\",,}"}"#.to_owned(),
        "o: a\n(\"{\"\\\"appId\\\":1}\"}\n{\"assoclens\":1,\"headers\":[[\"Cookie\",null]],\"number\":02}\n".to_owned(),
        "\"{\\\"type\\\":\\\"a\",\n \"b\": \"c\"\n  \\\"firstObjectLabel\\\":\\\"d\\\"}\0\"".to_owned(),
        "{\"body\":\"{\\\"id\\\": 1, \\\"secondObjectLabel\\\" \\\"x\\\", \\\"key\\\": \\\"y\\\"}\"}".to_owned(),
        "id: 0\nevent: ready\ndata: {}\n\nid: 1\ndata\0\0host\":\"a\",\"body\":{\"associationType\":\"b\",\"key\":1}}\n\n".to_owned(),
        "== Info: a\":1,\"b\":{\"c\":\"d\n=> Send header, 5 bytes (0x5)\n0000: POST / HTTP/1.1\n".to_owned(),
        format!(":{{secondObjectKey\"{payload}="),
        format!("{time}Z stdout P firstObjectKey:\n{time}Z stdout F {{"),
        "{\" proxy listening at secondObjectKey".to_owned(),
        "{\"=> Send header, 5 bytes (0x5)\n0000: POST / secondObjectKey".to_owned(),
        "{\"firstObjectLabel\":-0.0e+1secondObjectKey\"}".to_owned(),
        "INIT_START Runtime Version: \n\"\\u002u".to_owned(),
        "\"{\\u0\",secondObjectKey".to_owned(),
        "\"\\u007b\",associationType".to_owned(),
        "\"\\u007b\\firstObjectKey\",".to_owned(),
        "{\"data\":\"\\firstObjectKey { {\\\"type\\\":1}\"}\n".to_owned(),
        "a{{\"e\":\"A\\\",\\\"e\\\":\"\",\\\"firstObjectKey\":\"}\"}{\"\":\"\\\"secondObjectLabel\"}".to_owned(),
        "{\"\":\"InvoicePaidhcmRzIiwic2Vjb25kT2JqZWN0TGFiZWwiOird\",\"\u{feff}\":\"\"}".to_owned(),
        "\r== Info: \t5id: 1\nevent: messaie\n".to_owned(),
        "{\"\":\" \\\"firstObjectLabel\",\"\":tan".to_owned(),
        "INIT_START Runtime Version: \n:{\"t\":\"\",\" == Info: \":null,\\\"secondObjectKey\":\"\"}".to_owned(),
        "\\\"secondObjectLabel\\u007b\\u0022\\u0022\\u00u0073\"firstObjectKey".to_owned(),
    ] {
        promises::redact::redacted(text.as_bytes());
    }
}

/// It begins as UTF-16 does, and is neither that nor text of single bytes, so it may be withheld.
#[test]
fn what_is_no_text_from_its_second_word_on_is_not_called_broken_text() {
    let bytes = b"{\0{\0  \"rese\x8f\x93eseq\"ts\": => Send data, 5 bytes (0x5)\n0000: nu}\nX";
    promises::redact::redacted(bytes);
}

/// The letters show where a broken document ends: only letters of JSON's words may occur outside of strings.
#[test]
fn a_broken_part_ends_where_it_did_whatever_its_letters_are() {
    for word in ["teru", "seat", "stern", "ease", "else", "b", "i", "x", "at", "axe", "no", "E"] {
        for text in [
            format!("{{\"a\": {word}\n}}\n}}\n"),
            format!("{{\"method\": {word}\n}}\n}}\n"),
            format!("{{\"a\": tr{word}\n}}\n}}\n"),
            format!("[{word}] {{\"firstObjectKey\":1}}\n"),
            format!("[1, {{\"firstObjectKey\":1}}, {word}] {{\"firstObjectKey\":1}}\n"),
        ] {
            promises::redact::redacted(text.as_bytes());
        }
    }
}

/// Where escapes are undone, what looks like one and isn't would be found as another character.
#[test]
fn a_near_escape_does_not_become_one() {
    for digit in 1..9 {
        for text in [
            format!("{{\\x2ia{digit}to\\x22firstObjectKey"),
            format!("{{%2ia{digit}to%22firstObjectKey"),
            format!("{{%{digit}%22firstObjectKey%22:%k{digit}a"),
            format!("a=%7B%22x%22:%22%2z{digit}%22,%22firstObjectKey%22:1%7D"),
            format!("{{&#{digit}5555;a&quot;firstObjectKey&quot;:1 x"),
        ] {
            promises::redact::redacted(text.as_bytes());
        }
    }
    for letter in 'a'..='z' {
        promises::redact::redacted(format!(r#"",\"associationType\\\{letter}1"#).as_bytes());
    }
}

#[test]
fn a_number_in_front_of_a_text_ends_where_it_did() {
    for letter in 'a'..='z' {
        for text in [format!("1.5{letter}d: x\n"), format!("0.5e7{letter} x\n"), format!("1e-5{letter} x\n")]
        {
            promises::redact::redacted(text.as_bytes());
        }
    }
}

#[test]
fn a_capture_that_is_kept_is_judged_alike_in_every_respect_and_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["har.har", "http-chunked.txt", "curl-trace.txt", "cri-partial.txt", "ngrok.json", "smee.txt"]
    {
        let path = format!("fixtures/capture/{path}");
        let file = redacted(&path, folder.path(), &["--headers"]);
        for unwrap in ["auto", "never"] {
            let unwrap = ["--unwrap", unwrap];
            assert_eq!(judged(file.to_str().unwrap(), &unwrap), judged(&path, &unwrap), "{path}");
        }
    }
}

/// A text, and every text inside it: the content of its strings, and of base64 in it.
fn views(text: &[u8], depth: usize, found: &mut Vec<String>) {
    fn strings(value: &Value, depth: usize, found: &mut Vec<String>) {
        match value {
            Value::String(text) => views(text.as_bytes(), depth + 1, found),
            Value::Array(all) => all.iter().for_each(|one| strings(one, depth, found)),
            Value::Object(all) => all.values().for_each(|one| strings(one, depth, found)),
            _ => {}
        }
    }
    if depth > 6 {
        return;
    }
    let whole = String::from_utf8_lossy(text).into_owned();
    for value in serde_json::Deserializer::from_str(&whole).into_iter::<Value>().map_while(Result::ok) {
        strings(&value, depth, found);
    }
    let is_digit = |one: char| one.is_ascii_alphanumeric() || "+/-_=".contains(one);
    for run in whole.split(|one| !is_digit(one)).filter(|run| run.len() >= 16) {
        let decoded = STANDARD.decode(run).or_else(|_| URL_SAFE_NO_PAD.decode(run));
        if let Some(text) = decoded.ok().filter(|bytes| std::str::from_utf8(bytes).is_ok()) {
            views(&text, depth + 1, found);
        }
    }
    found.push(whole);
}

/// Personal text: words with digits and letters in them such as ids, keys, hosts, signatures; and every value of a
/// member or header that is not on the list of kept ones.
fn secrets(view: &str, found: &mut BTreeSet<String>) {
    let is_mixed = |word: &&str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        // The content of base64 is checked by itself.
        let is_base64 = STANDARD_NO_PAD.decode(word).is_ok_and(|bytes| String::from_utf8(bytes).is_ok());
        !is_base64
            && word.len() >= 8
            && digits > 0
            && digits < word.len()
            && word.trim_end_matches('Z').contains(char::is_alphabetic)
    };
    found.extend(view.split(|one: char| !one.is_ascii_alphanumeric()).filter(is_mixed).map(str::to_owned));
    let kept =
        ["content-type", "content-length", "accept", "connection", "transfer-encoding", "accept-encoding"];
    for line in view.lines() {
        if let Some((name, value)) = line.trim_start_matches(['>', '<', ' ']).split_once(": ") {
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let is_kept = kept.contains(&name.to_ascii_lowercase().as_str());
            if is_name && name.contains('-') && !is_kept && value.len() > 5 && !value.contains('{') {
                found.insert(value.trim().to_owned());
            }
        }
    }
    for value in serde_json::Deserializer::from_str(view).into_iter::<Value>().map_while(Result::ok) {
        values_of(&value, "", found);
    }
}

fn values_of(value: &Value, name: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| values_of(value, name, found)),
        Value::Array(all) => all.iter().for_each(|one| values_of(one, name, found)),
        Value::String(text) => {
            let kept = [
                "type",
                "associationType",
                "firstObjectKey",
                "secondObjectKey",
                "name",
                "value",
                "method",
                "httpMethod",
                "mimeType",
                "stream",
                "encoding",
                "eventSource",
                "EventSource",
                "Type",
                "httpVersion",
                "protocol",
            ];
            // The content of base64 is checked by itself.
            let is_base64 =
                text.len() >= 16 && STANDARD.decode(text).is_ok_and(|bytes| String::from_utf8(bytes).is_ok());
            let is_time = is_base64 || text.starts_with("20") && text.contains('T') && text.contains(':');
            let is_header = name.contains('-') || name == "accept" || name == "connection";
            let letters = text.chars().filter(|one| one.is_alphanumeric()).count();
            if !kept.contains(&name)
                && !name.ends_with("Cardinality")
                && !is_header
                && !is_time
                && letters > 5
                && !text.contains(['{', '"'])
            {
                found.insert(text.clone());
            }
        }
        _ => {}
    }
}

/// The words that stay: the names of all members, and words of the notation.
fn names(text: &[u8]) -> BTreeSet<String> {
    let notation = [
        "application/json",
        "application/json, text/plain, */*",
        "text/plain",
        "HTTP/1.1",
        "Keep-Alive",
        "Content-Length",
        "Content-Type",
        "User-Agent",
        "Connection",
    ];
    let mut found: BTreeSet<String> = notation.map(str::to_owned).into();
    let text = String::from_utf8_lossy(text);
    let mut before = text.split('"').peekable();
    while let Some(name) = before.next() {
        if before.peek().is_some_and(|behind| behind.trim_start().starts_with(':')) {
            found.insert(name.to_owned());
        }
    }
    found
}

/// Whether a word occurs in a text, not as a part of a longer one.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + word.len()..]);
        !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric)
    })
}

#[test]
fn no_value_of_a_capture_is_left_at_any_depth() {
    let (mut looked_for, mut all_left) = (0, Vec::new());
    for path in everything() {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
        let Some(safe) = promises::redact::in_place(&bytes) else { continue };
        let (mut before, mut after, mut secret) = (Vec::new(), Vec::new(), BTreeSet::new());
        views(&bytes, 0, &mut before);
        views(&safe, 0, &mut after);
        before.iter().for_each(|view| secrets(view, &mut secret));
        let kept = names(&bytes);
        let is_left = |one: &&String| !kept.contains(*one) && after.iter().any(|view| has_word(view, one));
        let left: Vec<_> = secret.iter().filter(is_left).collect();
        all_left.extend(left.into_iter().map(|left| format!("{path}: {left}")));
        looked_for += secret.len();
    }
    assert!(all_left.is_empty(), "{all_left:#?}");
    assert!(looked_for > 2000, "{looked_for}");
}
