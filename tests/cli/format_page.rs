//! `docs/formats.md` has a section for every format, and mentions every field in the schemas of our own JSON.

use assoclens::report::FORMATS;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The names of all properties in a schema, at any depth.
fn properties(schema: &Value, names: &mut BTreeSet<String>) {
    if let Some(declared) = schema.get("properties").and_then(Value::as_object) {
        names.extend(declared.keys().cloned());
    }
    match schema {
        Value::Object(members) => members.values().for_each(|member| properties(member, names)),
        Value::Array(elements) => elements.iter().for_each(|element| properties(element, names)),
        _ => {}
    }
}

#[test]
fn every_field_of_a_schema_is_in_its_section() {
    let page = read("docs/formats.md");
    for (schema, heading) in [
        ("schemas/report.schema.json", "## `json` and `ndjson`\n"),
        ("schemas/inspect.schema.json", "## `inspect`\n"),
        ("schemas/diff.schema.json", "## `diff`\n"),
        ("schemas/verify.schema.json", "## `verify`\n"),
        ("schemas/send.schema.json", "## `send`\n"),
    ] {
        let section = page.split_once(heading).unwrap().1;
        let section = section.split("\n## ").next().unwrap();
        let mut names = BTreeSet::new();
        properties(&serde_json::from_str(&read(schema)).unwrap(), &mut names);
        assert!(names.len() > 5, "{schema}");
        for name in names {
            assert!(section.contains(&format!("`{name}`")), "{heading} says nothing of {name}");
        }
    }
}

#[test]
fn every_format_for_machines_has_a_section() {
    let page = read("docs/formats.md");
    for format in FORMATS.iter().filter(|format| format.name != "human") {
        let name = format!("`{}`", format.name);
        let mut headings = page.lines().filter(|line| line.starts_with("## "));
        assert!(headings.any(|heading| heading.contains(&name)), "docs/formats.md has no section for {name}");
    }
}
