//! The rooms of `src/` import downwards only: a line of `use crate::…` may only name a room below its own.
//!
//! The order is that of docs/design.md. A cycle, or an upward import, fails here with the file and the line.

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from the top to the ground. A room may import those in the lines below its own, but none in its own line.
const STOREYS: [&[&str]; 16] = [
    &["main"],
    &["command"],
    &["cli"],
    &["report"],
    &["expect", "progress"],
    &["engine"],
    &["read", "redact", "trial"],
    &["check"],
    &["signature"],
    &["diff"],
    &["capture", "meaning"],
    &["split", "event", "http"],
    &["payload"],
    &["escape", "headers"],
    &["count", "interrupt", "lanes", "seed", "stdio"],
    &["terminal"],
];

fn storey(room: &str) -> usize {
    let is_here = |rooms: &&[&str]| rooms.contains(&room);
    STOREYS.iter().position(is_here).unwrap_or_else(|| panic!("{room} has no place in STOREYS"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false if path.extension().is_some_and(|ending| ending == "rs") => found.push(path),
            false => {}
        }
    }
}

/// The room that a file belongs to: the folder in `src/`, or the file there.
fn room(path: &Path) -> String {
    let first = path.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The imports of a file from this crate, with their lines: `crate::room` anywhere in code, and each name in
/// `crate::{room, room::Name}`.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap();
        for rest in code.split("crate::").skip(1) {
            let names = rest.strip_prefix('{').map_or(rest, |list| list.split('}').next().unwrap());
            let is_list = rest.starts_with('{');
            for name in names.split(',').take(if is_list { usize::MAX } else { 1 }) {
                let name: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((number + 1, name));
            }
        }
    }
    found
}

/// Upward imports and cycles, as `file:line imports room`.
fn wrong(path: &Path, text: &str) -> Vec<String> {
    let own = room(path);
    let runs_up = |name: &str| name != own && storey(name) <= storey(&own);
    let found = imports(text).into_iter().filter(|(_, name)| runs_up(name));
    found.map(|(line, name)| format!("{}:{line} imports {name}", path.display())).collect()
}

/// Tests of a room may import anything, so they are not checked.
fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests" || part == "tests.rs" || part == "lib.rs")
}

#[test]
fn every_import_runs_down() {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
    let mut all = Vec::new();
    files(Path::new("src"), &mut all);
    assert!(all.len() > 100, "the files were not found");
    all.sort();
    let wrong: Vec<String> = all
        .iter()
        .filter(|path| !is_test(path))
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            wrong(path, text.split("#[cfg(test)]\nmod tests").next().unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "imports that do not run down:\n{}", wrong.join("\n"));
}

#[test]
fn an_import_that_runs_up_is_seen_however_it_is_written() {
    let path = Path::new("src/payload/node.rs");
    let up = "use crate::check::Finding;\nuse crate::{escape, report::Human};\nlet x = crate::read::y();\n// crate::cli\n";
    let expected = ["2 imports report", "3 imports read", "1 imports check"];
    let found = wrong(path, up);
    assert_eq!(found.len(), 3, "{found:?}");
    for line in expected {
        assert!(found.iter().any(|found| found.ends_with(line)), "{line} in {found:?}");
    }
    assert!(wrong(path, "use crate::escape::visible;\nuse crate::payload::Pointer;\n").is_empty());
}

#[test]
fn the_page_draws_the_rooms_that_there_are() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/design.md")).unwrap();
    let drawn: Vec<String> = STOREYS.iter().map(|rooms| rooms.join("  ")).collect();
    assert!(page.contains(&format!("```\n{}\n```", drawn.join("\n"))), "docs/design.md draws another order");
    for room in STOREYS.iter().copied().flatten() {
        let (folder, file) = (format!("`src/{room}/"), format!("`src/{room}.rs`"));
        assert!(page.contains(&folder) || page.contains(&file), "docs/design.md has no row for {room}");
    }
}

/// Names that two types have, with reasons in docs/design.md.
const TWICE: [&str; 3] = ["Keys", "Origin", "There"];

/// The types that a file declares outside of its tests.
fn types(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let declared = code.lines().filter_map(|line| {
        let line = line
            .split_once("pub(")
            .and_then(|(_, rest)| rest.split_once(") "))
            .map_or(line, |(_, rest)| rest);
        let (keyword, rest) = line.trim_start_matches("pub ").split_once(' ')?;
        matches!(keyword, "struct" | "enum" | "trait" | "type").then_some(rest)
    });
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    declared.map(|rest| rest.chars().take_while(|c| is_name(*c)).collect()).collect()
}

#[test]
fn a_type_name_occurs_once() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let mut seen = std::collections::BTreeMap::<String, Vec<PathBuf>>::new();
    for path in all.into_iter().filter(|path| !is_test(path)) {
        for name in types(&fs::read_to_string(&path).unwrap()) {
            seen.entry(name).or_default().push(path.clone());
        }
    }
    assert!(seen.len() > 300, "{} types were found", seen.len());
    seen.retain(|name, paths| paths.len() > 1 && !TWICE.contains(&name.as_str()));
    assert!(seen.is_empty(), "name them apart, so that a search finds one: {seen:#?}");
}
