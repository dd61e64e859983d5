//! Walks `fixtures/`: each file must yield exactly what `fixtures/manifest.json` says, and each must be there.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use assoclens::check::Judge;
use assoclens::input::{Blocks, InputFormat, Source, sources};
use assoclens::payload::Cursor;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `code line:column` of every finding in a file, in order.
fn findings(path: &Path) -> Vec<String> {
    let (judge, source) = (Judge::default(), Source::file(path.to_owned()));
    let mut blocks = Blocks::new(&source, source.open().unwrap(), InputFormat::Auto, judge.limit());
    let mut found = Vec::new();
    let mut is_empty = true;
    while let Some(block) = blocks.next_block().unwrap() {
        for frame in block.frames() {
            is_empty = false;
            let mut cursor = Cursor::new(frame.bytes, frame.start);
            for finding in judge.judge(frame.bytes) {
                let at = cursor.advance_to(finding.span.start);
                found.push(format!("{} {}:{}", finding.code, at.line, at.column));
            }
        }
    }
    if is_empty {
        found.extend(judge.judge(b"").into_iter().map(|finding| format!("{} 1:1", finding.code)));
    }
    found
}

#[test]
fn every_fixture_yields_what_the_manifest_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let manifest: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&std::fs::read(root.join("manifest.json")).unwrap()).unwrap();
    let folders: Vec<PathBuf> = ["valid", "invalid"].iter().map(|folder| root.join(folder)).collect();
    let found: BTreeMap<String, Vec<String>> = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file() && entry.depth() > 1)
        .map(|entry| {
            let name = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            (name, findings(entry.path()))
        })
        .collect();
    assert_eq!(found, manifest, "left: found, right: fixtures/manifest.json");
    assert_eq!(sources(folders).count(), found.len(), "the program's own walk sees the same files");
    for (name, findings) in &found {
        assert_eq!(name.starts_with("valid/"), findings.is_empty(), "{name} is in the right folder");
    }
}
