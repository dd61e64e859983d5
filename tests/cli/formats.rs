//! Every format over the same mixed input: the exit code is the same, nothing hostile is written unescaped, and
//! independent parsers accept the output.

use crate::choices::validate_formats;
use crate::skipped::is_there;
use assoclens::escape::is_unsafe;
use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names and texts with a special meaning to a shell, a terminal, a runner, XML, Markdown, or a URI.
const HOSTILE: [&str; 12] = [
    "\u{1b}[31mred",
    "::error::x",
    "##[error]x",
    "a\nb::warning file=c,line=1::x",
    "\u{202e}\u{200b}\u{2028}\u{feff}",
    "]]><!-- &amp; \"'",
    "|`<img src=x>`[d](https://e.example)@f",
    "100%0A,%25:;?#",
    "\u{0}\u{b}\u{7f}\u{85}",
    "\u{fffe}\u{ffff}\u{fffd}\u{1fffe}",
    "{0} {{1}} [a](1)",
    "ä\u{1f600} b",
];

/// A folder of payloads whose every name and value is hostile, except for characters that a file name cannot have.
fn hostile_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (index, text) in HOSTILE.iter().enumerate() {
        let payload = serde_json::json!({"key": text, *text: {"x": text}, "id": [text]});
        let name: String = text.chars().filter(|character| !matches!(character, '\0' | '/')).collect();
        fs::write(folder.path().join(format!("{index}{name}.json")), payload.to_string()).unwrap();
        fs::write(folder.path().join(format!("{name}.ndjson")), format!("{payload}\n{payload}\n{{\""))
            .unwrap();
    }
    let many: Vec<String> = (0..60).map(|number| format!("\"n{number}\":1")).collect();
    fs::write(folder.path().join("::error::many.json"), format!("{{{}}}", many.join(","))).unwrap();
    folder
}

/// Runs that together are valid, invalid, broken, unreadable, hostile, too long to list, and empty.
fn runs(hostile: &Path) -> Vec<Vec<String>> {
    let closed = ["--schema", "tests/cases/closed.schema.json"];
    let runs: [&[&str]; 9] = [
        &["fixtures"],
        &["fixtures/valid"],
        &["fixtures", "no/such.json"],
        &["no/such.json"],
        &["fixtures/valid", "no/\u{1b}such.json"],
        &["--schema", "tests/cases/strings.schema.json", "tests/cases/53-numbers.json"],
        &[closed[0], closed[1], hostile.to_str().unwrap()],
        &[closed[0], closed[1], "."],
        &[closed[0], closed[1], "::error::x.ndjson", "::error::many.json"],
    ];
    runs.iter().map(|run| run.iter().map(|argument| (*argument).to_owned()).collect()).collect()
}

/// (exit status, standard output) of `assoclens validate`, run in `folder`.
fn validate_in(folder: &Path, arguments: &[impl AsRef<std::ffi::OsStr>]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .arg("validate")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    (output.status.code().expect("no signal"), String::from_utf8(output.stdout).unwrap())
}

/// A run's exit status and standard output.
type Reported = (i32, String);

/// The output of every run in `format`.
fn reports(format: &str) -> &'static [Reported] {
    // Several tests look at each.
    static ALL: LazyLock<Vec<(&str, Vec<Reported>)>> = LazyLock::new(|| {
        let hostile = hostile_folder();
        validate_formats().into_iter().map(|format| (format, reported(format, hostile.path()))).collect()
    });
    &ALL.iter().find(|(known, _)| *known == format).unwrap().1
}

fn reported(format: &str, hostile: &Path) -> Vec<Reported> {
    let schema = fs::canonicalize(Path::new(ROOT).join("tests/cases/closed.schema.json")).unwrap();
    let mut reports = Vec::new();
    for mut run in runs(hostile) {
        let is_inside = run.last().unwrap().starts_with(['.', ':']);
        if is_inside {
            run[1] = schema.to_str().unwrap().to_owned();
        }
        run.extend(["--format".to_owned(), format.to_owned()]);
        reports.push(validate_in(if is_inside { hostile } else { Path::new(ROOT) }, &run));
    }
    reports
}

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let codes = |format: &str| reports(format).iter().map(|(code, _)| *code).collect::<Vec<i32>>();
    let expected = codes("human");
    assert_eq!(BTreeSet::from_iter(expected.clone()), BTreeSet::from([0, 1, 2]));
    validate_formats().iter().for_each(|format| assert_eq!(codes(format), expected, "{format}"));
}

#[test]
fn no_format_writes_anything_raw_or_a_command_that_was_not_meant() {
    for format in validate_formats() {
        for (_, report) in reports(format) {
            assert!(!report.replace('\n', "").chars().any(is_unsafe), "{format}: {report}");
            assert!(!report.contains("##"), "{format}: {report}");
            let commands = report.lines().filter(|line| line.trim_start().starts_with("::")).count();
            assert!(commands == 0 || format == "github", "{format}: {report}");
        }
    }
}

#[test]
fn a_full_disk_is_an_error_in_every_format() {
    if !is_there("/dev/full") {
        return;
    }
    for format in validate_formats() {
        for path in ["fixtures/valid", "fixtures/invalid/id-wrong-type.json"] {
            // A report without findings writes nothing.
            let is_silent = validate_in(Path::new(ROOT), &["--format", format, path]).1.is_empty();
            let (status, stdout) =
                validate_in(Path::new(ROOT), &["--format", format, "--output", "/dev/full", path]);
            assert_eq!((status == 2, stdout.is_empty()), (!is_silent, !is_silent), "{format} {path}");
        }
    }
}

#[test]
fn each_concise_line_is_one_finding() {
    let grammar = Regex::new(
        r"^(?P<path>.+?):(?P<line>[1-9][0-9]*):(?P<column>[1-9][0-9]*): ((error|warning|note)\[[a-zA-Z$/-]+\] .+|note: .+)$",
    )
    .unwrap();
    for ((_, report), (_, records)) in reports("concise").iter().zip(reports("ndjson")) {
        let findings = records.lines().map(|record| {
            let record: Value = serde_json::from_str(record).unwrap();
            record["findings"].as_array().unwrap().len() + usize::from(record.get("omitted").is_some())
        });
        assert_eq!(report.lines().count(), findings.sum::<usize>());
        report.lines().for_each(|line| assert!(grammar.is_match(line), "{line}"));
    }
}

/// A workflow command, read as the runner does: (command, properties, data).
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, properties) = head.split_once(' ').unwrap();
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').unwrap();
        assert!(!value.contains(':'), "{line}");
        (name.to_owned(), unescaped(value, &["%25", "%0D", "%0A", "%3A", "%2C"]))
    });
    (command.to_owned(), properties.collect(), unescaped(data, &["%25", "%0D", "%0A"]))
}

fn unescaped(text: &str, known: &[&str]) -> String {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| Regex::new("%(..)?").unwrap());
    ESCAPE
        .replace_all(text, |found: &regex::Captures<'_>| {
            assert!(known.contains(&&found[0]), "{text}");
            char::from(u8::from_str_radix(&found[1], 16).unwrap()).to_string()
        })
        .into_owned()
}

#[test]
fn each_github_command_is_one_annotation_and_no_more_are_written_than_are_shown() {
    let codes = Regex::new("^[a-zA-Z$/-]+$").unwrap();
    let mut annotated = 0;
    for (_, report) in reports("github") {
        let commands: Vec<_> = report.lines().filter(|line| line.starts_with("::")).map(command).collect();
        let others =
            report.lines().filter(|line| !line.starts_with("::") && !line.starts_with("unwrapped: "));
        assert!(others.count() <= 2, "the rest, and the summary: {report}");
        for level in ["error", "warning", "notice"] {
            assert!(commands.iter().filter(|(command, ..)| command == level).count() <= 10, "{report}");
        }
        for (command, properties, data) in &commands {
            assert!(["error", "warning", "notice"].contains(&command.as_str()));
            assert!(codes.is_match(&properties["title"]) && !data.is_empty(), "{properties:?}");
            let number = |name: &str| properties.get(name).map(|value| value.parse::<u64>().unwrap());
            let has_columns = number("line").is_some() && number("line") == number("endLine");
            assert_eq!(has_columns, number("col").is_some() && number("endColumn").is_some());
        }
        annotated += commands.len();
    }
    assert!(annotated > 30);
}

#[test]
fn every_github_file_is_the_name_of_the_source() {
    let hostile = hostile_folder();
    let (_, report) = validate_in(hostile.path(), &["--format", "github", "."]);
    let (_, records) = validate_in(hostile.path(), &["--format", "ndjson", "."]);
    let sources: BTreeSet<String> = records
        .lines()
        .map(|record| {
            let record: Value = serde_json::from_str(record).unwrap();
            record["source"].as_str().unwrap().strip_prefix("./").unwrap().to_owned()
        })
        .collect();
    let files: BTreeSet<String> = report
        .lines()
        .filter(|line| line.starts_with("::"))
        .map(|line| command(line).1["file"].clone())
        .collect();
    assert!(files.len() > 3 && files.is_subset(&sources), "{files:?} {sources:?}");
}

#[test]
fn a_gitlab_report_is_an_array_of_issues_with_different_fingerprints() {
    let fields =
        |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<String>>().join(" ");
    for (_, report) in reports("gitlab") {
        let issues: Vec<Value> = serde_json::from_str(report).unwrap();
        for issue in &issues {
            assert_eq!(fields(issue), "check_name description fingerprint location severity");
            assert_eq!(fields(&issue["location"]), "lines path");
            assert!(["info", "minor", "major"].contains(&issue["severity"].as_str().unwrap()));
            assert!(!issue["description"].as_str().unwrap().is_empty());
            let path = issue["location"]["path"].as_str().unwrap();
            assert!(!path.starts_with("./"), "{path}");
            let lines = &issue["location"]["lines"];
            assert!(
                lines["begin"].as_u64().unwrap() >= 1 && lines["end"].as_u64() >= lines["begin"].as_u64()
            );
        }
        assert_distinct(issues.iter().map(|issue| &issue["fingerprint"]));
    }
}

fn assert_distinct<'a>(fingerprints: impl Iterator<Item = &'a Value>) {
    let all: Vec<&str> = fingerprints.map(|fingerprint| fingerprint.as_str().unwrap()).collect();
    assert!(all.iter().all(|fingerprint| fingerprint.len() == 32));
    assert_eq!(BTreeSet::from_iter(&all).len(), all.len());
}

#[test]
fn a_junit_report_is_xml_whose_counts_are_right() {
    for ((code, report), (_, summary)) in reports("junit").iter().zip(reports("json")) {
        let summary = &serde_json::from_str::<Value>(summary).unwrap()["summary"];
        let document = roxmltree::Document::parse(report).unwrap_or_else(|error| panic!("{error}: {report}"));
        let root = document.root_element();
        assert_eq!(root.tag_name().name(), "testsuites");
        let (mut failures, mut errors) = (0, 0);
        for suite in root.children().filter(roxmltree::Node::is_element) {
            let number = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
            let count = |name: &str| suite.descendants().filter(|node| node.has_tag_name(name)).count();
            assert_eq!(number("tests"), count("testcase"));
            assert_eq!(number("failures"), count("failure"));
            assert_eq!(number("errors"), count("error"));
            failures += number("failures");
            errors += number("errors");
        }
        assert_eq!(Some(failures as u64), summary["invalid"].as_u64());
        assert_eq!(errors > 0, summary["unreadable"].as_u64() > Some(0));
        assert_eq!(*code > 0, failures + errors > 0);
    }
}

#[test]
fn a_sarif_log_is_what_the_official_schema_says() {
    // One pattern, for the language of a run, has a stray bracket that not every dialect of patterns allows.
    let schema = include_str!("../sarif/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().offline().should_validate_formats(true).build(&schema).unwrap();
    for ((code, report), (_, issues)) in reports("sarif").iter().zip(reports("gitlab")) {
        let log: Value = serde_json::from_str(report).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), serde_json::from_str::<Vec<Value>>(issues).unwrap().len());
        assert_eq!(run["invocations"][0]["executionSuccessful"], Value::from(*code != 2));
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            let rule = run["tool"]["driver"]["rules"][index]["id"].as_str().unwrap();
            let code = result["ruleId"].as_str().unwrap();
            assert!(code == rule || code.starts_with(&format!("{rule}/")), "{code} {rule}");
        }
        assert_distinct(results.iter().map(|result| &result["partialFingerprints"]["assoclensFinding/v1"]));
    }
}

/// The text at a region's lines and columns, counted independently. A byte order mark is not part of the text.
fn marked(text: &str, region: &Value) -> String {
    let number = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let offset = |line: usize, column: usize| {
        let before: usize = lines[..line - 1].iter().map(|line| line.len()).sum();
        before + lines.get(line - 1).map_or(0, |line| line.chars().take(column - 1).map(char::len_utf8).sum())
    };
    text[offset(number("startLine"), number("startColumn"))..offset(number("endLine"), number("endColumn"))]
        .to_owned()
}

#[test]
fn both_halves_of_every_sarif_region_mark_the_same_text() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark.json");
    fs::write(&mark, "\u{feff}{\"id\": 1, \"ä\": \"\u{1f600}\", \"key\": 23}").unwrap();
    let (_, report) =
        validate_in(Path::new(ROOT), &["--format", "sarif", "fixtures", mark.to_str().unwrap()]);
    let log: Value = serde_json::from_str(&report).unwrap();
    let mut seen = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let bytes = fs::read(Path::new(ROOT).join(uri.strip_prefix("file://").unwrap_or(uri))).unwrap();
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let region = &place["region"];
        let offset = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap();
        let start = offset("byteOffset");
        let by_bytes = &text[start..start + offset("byteLength")];
        assert_eq!(
            marked(text.trim_start_matches('\u{feff}'), region),
            by_bytes.trim_start_matches('\u{feff}'),
            "{uri} {region}"
        );
        seen += 1;
    }
    assert!(seen > 30);
}

#[test]
fn the_patterns_for_editors_match_every_line_of_the_concise_format() {
    let page = fs::read_to_string(Path::new(ROOT).join("docs/formats.md")).unwrap();
    let block = page.split("```json\n").find(|block| block.contains("problemMatcher")).unwrap();
    let matcher: Value = serde_json::from_str(block.split("```").next().unwrap()).unwrap();
    let pattern = &matcher["tasks"][0]["problemMatcher"]["pattern"];
    let regexp = Regex::new(pattern["regexp"].as_str().unwrap()).unwrap();
    let group = |name: &str| usize::try_from(pattern[name].as_u64().unwrap()).unwrap();
    let (_, report) = validate_in(Path::new(ROOT), &["--format", "concise", "fixtures/invalid"]);
    assert!(report.lines().count() > 30);
    for line in report.lines() {
        let found = regexp.captures(line).unwrap_or_else(|| panic!("{line}"));
        assert!(found[group("file")].starts_with("fixtures/invalid/"), "{line}");
        assert!(["error", "warning", "note"].contains(&&found[group("severity")]), "{line}");
        assert!(found[group("line")].parse::<u64>().is_ok() && found[group("column")].parse::<u64>().is_ok());
        assert!(!found[group("code")].is_empty() && !found[group("message")].is_empty());
    }
}
