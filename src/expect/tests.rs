use super::*;
use crate::payload::Position;
use std::fs;
use std::time::{Duration, Instant};

#[test]
fn many_places_cost_linear_time() {
    const COUNT: usize = 60_000;
    let folder = tempfile::tempdir().unwrap();
    let entries: Vec<String> = (1..=COUNT).map(|line| format!("\"schema/type {line}:1\"")).collect();
    let path = folder.path().join("manifest.json");
    fs::write(&path, format!("{{\"a.json\": [{}, \"schema/type\"]}}", entries.join(","))).unwrap();
    fs::write(folder.path().join("a.json"), "").unwrap();
    let source = folder.path().join("a.json").to_str().unwrap().to_owned();
    let text = "1\n".repeat(COUNT);
    let frame = Frame::bare(text.as_bytes(), Position::START);
    let finding = |line: usize| {
        Finding::new(Code::SchemaType, Pointer::default(), 2 * line..2 * line + 1, String::new())
    };
    let begun = Instant::now();
    let mut manifest = Manifest::read(&path).unwrap();
    // Twice, because a file that is judged again must meet its list again.
    for _ in 0..2 {
        let findings = (0..COUNT).map(finding).chain([finding(7), finding(7)]).collect();
        manifest.begin(&source);
        let left = manifest.weigh(frame, findings).unwrap();
        assert_eq!(left.len(), 1, "one more is expected anywhere, and none beside it");
        assert!(manifest.unmet().is_empty());
    }
    // Quadratic time would take minutes.
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}
