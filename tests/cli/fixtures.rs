//! Walks `fixtures/`: each file must yield exactly the findings in `fixtures/manifest.json`, and each must be listed;
//! each code of the catalogue has a fixture that raises it and one that nearly does.

use assoclens::capture::Unwrap;
use assoclens::check::catalogue::sections;
use assoclens::check::{Code, Finding, Judge, Level};
use assoclens::engine::{JudgedBlock, Options};
use assoclens::event::{EVENTS, Wanted};
use assoclens::read::{InputFormat, PathItem, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every finding in a file, in order, with its `code line:column`.
fn findings(path: &Path, unwrap: Unwrap) -> Vec<(Finding, String)> {
    findings_by(&Judge::default(), path, unwrap)
}

fn findings_by(judge: &Judge, path: &Path, unwrap: Unwrap) -> Vec<(Finding, String)> {
    let bytes = std::fs::read(path).unwrap();
    let options = Options { format: InputFormat::Auto, unwrap, all_events: false, jobs: 1 };
    let blocks = JudgedBlock::of_bytes(&bytes, judge, &options).unwrap();
    let mut found = Vec::new();
    for payload in blocks.iter().flat_map(JudgedBlock::all) {
        let mut cursor = payload.frame.cursor();
        for finding in payload.findings {
            let at = cursor.advance_to(payload.frame.place(&finding.span).start);
            found.push((finding.clone(), format!("{} {}:{}", finding.code, at.line, at.column)));
        }
    }
    if blocks.is_empty() {
        let entry = |finding: Finding| (finding.clone(), format!("{} 1:1", finding.code));
        found.extend(judge.judge(b"").into_iter().map(entry));
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

#[test]
fn every_fixture_yields_what_the_manifest_says() {
    let root = root();
    let manifest: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&std::fs::read(root.join("manifest.json")).unwrap()).unwrap();
    let found: BTreeMap<String, Vec<(Finding, String)>> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.depth() > 1)
        // Captures, which the walk skips, are listed one by one in tests/cli/captures.rs.
        .filter(|entry| {
            let is_walked = |end: &str| entry.path().extension().is_some_and(|extension| extension == end);
            !entry.path().starts_with(root.join("capture"))
                || ["json", "ndjson", "har"].into_iter().any(is_walked)
        })
        .map(|entry| {
            let name = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (name, findings(entry.path(), Unwrap::Auto))
        })
        .collect();
    let walked = sources(vec![root]).filter(|found| matches!(found, Ok(PathItem::Source(_)))).count();
    assert_eq!(walked, found.len() + 1, "the program's own walk sees the same files");
    for (name, findings) in &found {
        let is_valid = findings.iter().all(|(finding, _)| finding.level != Level::Error);
        if let Some((folder @ ("valid" | "invalid"), _)) = name.split_once('/') {
            assert_eq!(folder == "valid", is_valid, "{name} is in the right folder");
        }
    }
    let entries = |findings: Vec<(Finding, String)>| findings.into_iter().map(|(_, entry)| entry).collect();
    let found: BTreeMap<String, Vec<String>> =
        found.into_iter().map(|(name, findings)| (name, entries(findings))).collect();
    let names: BTreeSet<&String> = found.keys().chain(manifest.keys()).collect();
    let differ = names.into_iter().filter(|name| found.get(*name) != manifest.get(*name));
    let line = |name: &String| {
        format!("{name:?}: {:?}, and the manifest has {:?}\n", found.get(name), manifest.get(name))
    };
    let differ: String = differ.map(line).collect();
    assert!(differ.is_empty(), "fixtures/manifest.json\n{differ}");
}

/// The codes that no fixture can raise, with the reasons.
fn needs_more_than_a_file(code: Code) -> bool {
    // One fixture would be too long for a repository, one needs --schema, one is about a stream, others about an
    // expectation, and those about captures need --unwrap (tests/cli/captures.rs has them). The examples in the
    // catalogue are run by another test.
    let starts = [
        "too-long",
        "too-deep",
        "too-costly",
        "capture/",
        "duplicate-delivery",
        "unexpected-",
        "unmet-",
        "unlisted-",
    ];
    starts.iter().any(|start| code.as_str().starts_with(start))
}

/// The codes of fields that AssociationCreate does not have.
const OF_OTHERS: [Code; 3] = [Code::Cardinality, Code::CardinalityPair, Code::RecordId];

#[test]
fn every_code_has_a_fixture_that_raises_it_and_one_that_nearly_does() {
    for code in sections().filter(|code| !needs_more_than_a_file(*code)) {
        let raises = |folder: &str| {
            let name = code.heading().trim_end_matches("/…");
            let path = root().join(format!("findings/{folder}/{name}.json"));
            assert!(
                path.exists(),
                "{} is missing: a payload that raises {code}, or nearly does",
                path.display()
            );
            let is_of_rule = |code: &str| code == name || code.starts_with(&format!("{name}/"));
            // Findings about other events' fields need these events.
            let is_of_others = OF_OTHERS.contains(&code);
            let judge = Judge::default();
            let judge = if is_of_others { judge.with_events(Wanted::Any) } else { judge };
            findings_by(&judge, &path, Unwrap::Never)
                .iter()
                .map(|(finding, _)| is_of_rule(finding.code.as_str()))
                .collect::<Vec<_>>()
        };
        let raised = raises("raises");
        assert!(
            raised.contains(&true) && !raised.contains(&false),
            "{} raises it and nothing else",
            code.heading()
        );
        assert!(!raises("nearly").contains(&true), "{} is not raised by what is nearly it", code.heading());
    }
}

/// Each example is judged as its event, and in a stream of all events only those without a schema are reported.
#[test]
fn every_event_is_judged_as_what_it_is() {
    for event in EVENTS.iter().copied() {
        let example = root().join(format!("events/{}.json", event.page));
        let path = if example.exists() { example } else { root().join("valid/documented-example.json") };
        assert_eq!(std::fs::read_to_string(&path).unwrap(), event.example);
        for wanted in [Wanted::Any, Wanted::Only(event)] {
            let judge = Judge::default().with_events(wanted);
            assert!(findings_by(&judge, &path, Unwrap::Auto).is_empty(), "{event}, {wanted:?}");
        }
    }
    let judge = Judge::default().with_events(Wanted::Any);
    let found = findings_by(&judge, &root().join("events/mixed.ndjson"), Unwrap::Auto);
    let places: Vec<&str> = found.iter().map(|(_, place)| place.as_str()).collect();
    assert_eq!(places, ["other-event 4:10", "other-event 7:10", "other-event 10:132"]);
}

/// No rule fires on any known form of deliveries.
#[test]
fn the_documented_example_and_realistic_deliveries_raise_nothing() {
    for name in ["documented-example", "flat-delivery", "system-defined", "unicode-labels"] {
        let found = findings(&root().join(format!("valid/{name}.json")), Unwrap::Auto);
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

#[test]
fn the_program_holds_the_fixtures_to_the_manifest() {
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(["validate", "--expect", "fixtures/manifest.json", "fixtures"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The exit code and the output of a run in `folder`.
fn validate(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    let output = command.arg("validate").args(arguments).current_dir(folder).env_clear().output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_written_manifest_lists_the_same_and_is_then_met() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.json");
    let (path, project) = (path.to_str().unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")));
    for options in [&[][..], &["--unwrap", "auto"], &["--strict", "--all-events", "--jobs", "1"]] {
        let (code, output) = validate(project, &[options, &["--expect-write", path, "fixtures"]].concat());
        assert_eq!(code, Some(0), "{output}");
        let (code, output) = validate(project, &[options, &["--expect", path, "fixtures"]].concat());
        assert_eq!(code, Some(0), "{output}");
        if options.is_empty() {
            let text = std::fs::read_to_string(path).unwrap();
            let written: BTreeMap<String, Vec<String>> = serde_json::from_str(&text).unwrap();
            let by_name =
                |(name, list): (String, _)| (name.split_once("/fixtures/").unwrap().1.to_owned(), list);
            let mut written: BTreeMap<String, Vec<String>> = written.into_iter().map(by_name).collect();
            // It is one of the files, because it is not the manifest that is written.
            assert!(written.remove("manifest.json").is_some());
            let manifest = std::fs::read(root().join("manifest.json")).unwrap();
            let expected: BTreeMap<String, Vec<String>> = serde_json::from_slice(&manifest).unwrap();
            let differs = written.iter().zip(&expected).find(|(found, expected)| found != expected);
            assert_eq!((differs, written.len()), (None, expected.len()));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_written_is_met_whatever_files_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("in\nner");
    std::fs::create_dir(&inner).unwrap();
    for name in
        ["a.json", "a\nb.json", "\"q\\.json", "::error::.json", "\u{202e}nosj.json", "-q.json", "<stdin>"]
    {
        std::fs::write(inner.join(name), "{\"id\":1}\n{\"id\":2}").unwrap();
    }
    for paths in [&["."][..], &["./a.json", "<stdin>", "a\nb.json", "a.json", "a.json"]] {
        for manifest in ["m.json", "./m.json"] {
            let (code, output) = validate(&inner, &[&["--expect-write", manifest], paths].concat());
            assert_eq!(code, Some(0), "{output}");
            let (code, output) = validate(&inner, &[&["--expect", manifest], paths].concat());
            assert_eq!(code, Some(0), "{output}");
            std::fs::remove_file(inner.join("m.json")).unwrap();
        }
    }
}
