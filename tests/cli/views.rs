//! The machine formats of `inspect` and `diff` conform to `schemas/inspect.schema.json` and `schemas/diff.schema.json`,
//! for every fixture and for pairs of them; the formats for people keep to their width and are harmless.

use assoclens::escape::is_unsafe;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use unicode_width::UnicodeWidthStr as _;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(arguments)
        .current_dir(ROOT)
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn stdout(arguments: &[&str]) -> String {
    String::from_utf8(run(arguments, &[]).stdout).unwrap()
}

fn fixtures() -> Vec<String> {
    let walk = walkdir::WalkDir::new(Path::new(ROOT).join("fixtures")).sort_by_file_name();
    let files = walk.into_iter().map(Result::unwrap).filter(|entry| entry.depth() == 2);
    files.map(|entry| entry.path().strip_prefix(ROOT).unwrap().to_str().unwrap().to_owned()).collect()
}

fn validator(name: &str) -> jsonschema::Validator {
    let read = |name: &str| -> Value {
        let path = Path::new(ROOT).join("schemas").join(format!("{name}.schema.json"));
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    // With references, closed records could not be extended, so they are opened for this one use.
    let mut report = read("report");
    if name == "inspect" {
        report["$defs"]["record"].as_object_mut().unwrap().remove("additionalProperties");
    }
    let registry = jsonschema::Registry::new()
        .add("urn:assoclens:schema:report:1", jsonschema::Resource::from_contents(report))
        .unwrap()
        .prepare()
        .unwrap();
    jsonschema::options().offline().with_registry(&registry).build(&read(name)).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, text: &str, about: &str) {
    assert!(!text.chars().any(|character| character != '\n' && is_unsafe(character)), "{about}: {text}");
    let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{about}: {error}: {text}"));
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{about}: {errors:#?}");
}

#[test]
fn an_inspection_of_everything_is_what_its_schema_says() {
    let validator = validator("inspect");
    for paths in [&["fixtures"][..], &["--explain", "fixtures/valid"], &["no/such.json"]] {
        let text = stdout(&[&["inspect", "--format", "json"], paths].concat());
        assert_valid(&validator, &text, &format!("{paths:?}"));
    }
}

#[test]
fn every_comparison_is_what_its_schema_says() {
    let validator = validator("diff");
    for other in fixtures() {
        for first in ["fixtures/valid/flat-delivery.json", "fixtures/valid/deliveries.ndjson"] {
            for scope in [&[][..], &["--all", "--ignore", "id", "--ignore", "/data/x"]] {
                let output = run(&[&["diff", "--format", "json", first, &other], scope].concat(), &[]);
                let text = String::from_utf8(output.stdout).unwrap();
                if text.is_empty() {
                    assert_eq!(output.status.code(), Some(2), "{other}");
                } else {
                    assert_valid(&validator, &text, &other);
                }
            }
        }
    }
}

#[test]
fn the_exit_code_of_a_comparison_never_depends_on_its_format() {
    let formats = ["human", "side-by-side", "json", "json-patch", "merge-patch", "unified"];
    for other in fixtures() {
        // A patch leads from one payload to another; captures are compared by their content elsewhere.
        let holds_several =
            other.ends_with(".ndjson") || other.contains("document") && !other.contains("example");
        let code = |format: &str| {
            let first = "fixtures/valid/flat-delivery.json";
            run(&["diff", "--unwrap", "never", "--format", format, first, &other], &[]).status.code()
        };
        let codes: Vec<_> = formats
            .iter()
            .filter(|format| !(holds_several && format.ends_with("patch")))
            .map(|format| code(format))
            .collect();
        assert!(codes.windows(2).all(|pair| pair[0] == pair[1]), "{other}: {codes:?}");
    }
}

/// Every layout, for the documented example, each fixture, and pairs of them.
fn layouts() -> Vec<Vec<String>> {
    let mut layouts = Vec::new();
    for fixture in fixtures() {
        for format in ["human", "table"] {
            layouts.push(vec![
                "inspect".to_owned(),
                "--format".to_owned(),
                format.to_owned(),
                fixture.clone(),
            ]);
        }
        for format in ["human", "side-by-side"] {
            let first = "fixtures/valid/documented-example.json".to_owned();
            layouts.push(vec![
                "diff".to_owned(),
                "--all".to_owned(),
                "--format".to_owned(),
                format.to_owned(),
                first,
                fixture.clone(),
            ]);
        }
    }
    layouts
}

#[test]
fn layouts_keep_to_their_width_and_colour_changes_no_letter() {
    for arguments in layouts() {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        for (width, locale) in [("40", "C.UTF-8"), ("80", "C"), ("200", "C.UTF-8")] {
            let environment = [("COLUMNS", width), ("LC_ALL", locale)];
            let plain = String::from_utf8(run(&arguments, &environment).stdout).unwrap();
            let coloured = run(&[&arguments[..], &["--color", "always"]].concat(), &environment);
            let coloured = String::from_utf8(coloured.stdout).unwrap();
            assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain, "{arguments:?}");
            // A note about one payload has a path, which is not broken.
            let own = plain.lines().take_while(|line| {
                !["error[", "warning[", "note[", "warning:"].iter().any(|sign| line.starts_with(sign))
            });
            for line in own {
                assert!(line.width() <= width.parse().unwrap(), "{arguments:?} {width}: {line:?}");
                assert!(!line.chars().any(is_unsafe), "{arguments:?}: {line:?}");
            }
        }
    }
}

#[test]
fn depth_and_size_break_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let deep = |inner: &str| format!("{{\"id\":{}{inner}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let long = |last: &str| format!("{{\"key\":\"{}{last}\"}}", "x".repeat(100_000));
    let many = |value: u32| {
        let members: Vec<String> = (0..5_000).map(|index| format!("\"m{index}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    for (name, one, two) in
        [("deep", deep("1"), deep("2")), ("long", long("a"), long("b")), ("many", many(1), many(2))]
    {
        let (one_path, two_path) = (path(&format!("{name}1")), path(&format!("{name}2")));
        std::fs::write(&one_path, one).unwrap();
        std::fs::write(&two_path, two).unwrap();
        for format in ["human", "table", "payload", "json"] {
            assert_eq!(
                run(&["inspect", "--format", format, &one_path], &[]).status.code(),
                Some(0),
                "{name} {format}"
            );
        }
        for format in ["human", "side-by-side", "json", "json-patch", "merge-patch", "unified"] {
            let output = run(&["diff", "--all", "--format", format, &one_path, &two_path], &[]);
            assert_eq!(output.status.code(), Some(1), "{name} {format}");
        }
        let human = run(&["diff", "--all", &one_path, &two_path], &[]).stdout;
        assert!(human.len() < 20_000, "{name}: {}", human.len());
    }
}

#[test]
fn which_side_is_indexed_changes_no_total() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("tuesday.ndjson");
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/cases/diff/tuesday.ndjson")).unwrap();
    let (monday, tuesday) = ("tests/cases/diff/monday.ndjson", "tests/cases/diff/tuesday.ndjson");
    let totals = |one: &str, two: &str| -> Value {
        serde_json::from_str::<Value>(&stdout(&["diff", "--format", "json", one, two])).unwrap()["totals"]
            .clone()
    };
    // Blank lines make a file longer without changing it.
    std::fs::write(&long, "\n".repeat(10_000) + &text).unwrap();
    let long = long.to_str().unwrap();
    assert_eq!(totals(monday, tuesday), totals(monday, long));
    let short = folder.path().join("monday.ndjson");
    let text = std::fs::read_to_string(Path::new(ROOT).join(monday)).unwrap();
    std::fs::write(&short, "\n".repeat(10_000) + &text).unwrap();
    assert_eq!(totals(monday, tuesday), totals(short.to_str().unwrap(), tuesday));
}

#[test]
fn no_line_begins_with_what_a_runner_would_take_for_a_command() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (one, two) = (path("one"), path("two"));
    let commands = "::error::x ".repeat(60);
    let payload = |last: &str| {
        serde_json::json!({"id": format!("{commands}{last}"), "type": "::error::x", "::error::x": [last], "::error::y": last, "a ::error::x": last, "key": "::x",
            "firstObjectKey": "::x", "firstObjectLabel": format!("{last}::"), "locationId": format!("::{last}::")})
        .to_string()
    };
    std::fs::write(&one, payload("1")).unwrap();
    std::fs::write(&two, payload("2")).unwrap();
    for width in 20..120 {
        let width = width.to_string();
        let environment = [("COLUMNS", width.as_str())];
        let runs: [&[&str]; 6] = [
            &["inspect", &one],
            &["inspect", "--format", "table", &one],
            &["inspect", "--field", "id", "--field", "key", "--field", "locationId", &one],
            &["diff", &one, &two],
            &["diff", "--format", "side-by-side", "--all", &one, &two],
            &["diff", "--by", "key", "--all", &one, &two],
        ];
        for arguments in runs {
            let output = run(arguments, &environment);
            for line in String::from_utf8([output.stdout, output.stderr].concat()).unwrap().lines() {
                assert!(
                    !line.trim_start().starts_with("::") && !line.contains("##"),
                    "{width} {arguments:?}: {line}"
                );
            }
        }
    }
}
