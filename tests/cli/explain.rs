//! `docs/findings.md` is what the catalogue says, and every example in it raises what it explains.
//!
//! `UPDATE_CASES=1 cargo test --test cli explain` writes the page.

use assoclens::check::catalogue::{KEYWORDS, Layer, RULES, Rule};
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const HEAD: &str = "\
# Findings

Every finding has a code, which is stable, and a level. An **error** makes the payload invalid and the exit code 1; a
**warning** is likely a mistake; a **note** is worth knowing. By default the errors are what cannot be read as JSON and
what breaks the schema, and nothing else. `--deny`, `--warn`, `--allow` and `--strict` change that.

Each entry says how sure it is: *documented* by a standard or on the event's published page; *observed* in public code
and in deliveries of sibling events; *inferred* from both. None has been checked against a real delivery of this event.

`assoclens explain CODE` prints the same text. This page is made from it by `tests/cli/explain.rs`.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for layer in [Layer::Reading, Layer::Schema, Layer::Expectation, Layer::Advisory] {
        let title = match layer {
            Layer::Reading => "What cannot be judged",
            Layer::Schema => "What breaks the schema",
            Layer::Expectation => "What is not as expected",
            Layer::Advisory => "Advisories",
        };
        writeln!(page, "\n## {title}\n\n| code | level | |\n|---|---|---|").unwrap();
        let rules: Vec<&Rule> = RULES.iter().filter(|rule| rule.layer == layer).collect();
        for rule in &rules {
            let (code, Rule { level, summary, .. }) = (rule.name(), rule);
            writeln!(page, "| `{code}` | {} | {summary} |", level.as_str()).unwrap();
        }
        rules.iter().for_each(|rule| page += &entry(rule));
    }
    page
}

fn entry(rule: &Rule) -> String {
    let Rule { level, why, example, remedy, source, .. } = rule;
    let keywords: String = if rule.layer == Layer::Schema {
        let rows = KEYWORDS.iter().map(|keyword| format!("| `{}` | {} |\n", keyword.code, keyword.meaning));
        format!("| code | what the value is |\n|---|---|\n{}\n", rows.collect::<String>())
    } else {
        String::new()
    };
    format!(
        "\n### `{}` ({})\n\n{why}\n\n{keywords}```sh\n{example}\n```\n\n{remedy}\n\nSource, {}: {}.\n",
        rule.name(),
        level.as_str(),
        source.kind.as_str(),
        source.text
    )
}

#[test]
fn the_page_of_findings_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap();
    assert!(found == page(), "docs/findings.md is out of date: UPDATE_CASES=1 cargo test --test cli explain");
}

#[test]
fn every_example_raises_what_it_explains() {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    for rule in RULES {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new("sh")
            .args(["-c", rule.example])
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let head = format!("{}[{}", rule.level.as_str(), rule.name().trim_end_matches('…'));
        assert!(stdout.contains(&head), "{}\n{stdout}{:?}", rule.example, output.stderr);
    }
}
