//! The pictures of the README and of docs/commands.md: they exist, light and dark, are self-contained, and show the
//! program's output.
//!
//! `docs/pictures/make.sh` draws them again.

use roxmltree::{Document, Node};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const NAMES: [&str; 3] = ["validate", "inspect", "diff"];

fn pictures() -> impl Iterator<Item = (String, String)> {
    NAMES
        .into_iter()
        .flat_map(|name| ["light", "dark"].map(|kind| format!("docs/pictures/{name}-{kind}.svg")))
        .map(|path| {
            let text = fs::read_to_string(Path::new(ROOT).join(&path)).unwrap();
            (path, text)
        })
}

#[test]
fn pictures_are_in_a_page_and_refer_to_nothing_outside() {
    let page = |name| fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    // A page in docs/ leaves that folder out of the path.
    let pages = page("README.md") + &page("docs/commands.md").replace("\"pictures/", "\"docs/pictures/");
    for (path, text) in pictures() {
        assert!(pages.contains(&format!("\"{path}\"")), "{path}");
        let document = Document::parse(&text).unwrap();
        for node in document.descendants().filter(Node::is_element) {
            assert!(
                !["image", "script", "use", "a", "foreignObject"].contains(&node.tag_name().name()),
                "{path}"
            );
            for attribute in node.attributes() {
                assert!(!attribute.value().contains("://") && !attribute.name().ends_with("href"), "{path}");
            }
        }
        let is_inside = text.split("url(").skip(1).all(|reference| reference.starts_with('#'));
        assert!(is_inside && !text.contains("@font-face") && !text.contains("@import"), "{path}");
    }
}

/// The text of a picture, line by line, each piece in the column in which it is drawn.
fn lines(document: &Document<'_>) -> Vec<String> {
    const COLUMN: f64 = 20.0 * 0.602;
    let mut lines: BTreeMap<u32, String> = BTreeMap::new();
    for node in document.descendants().filter(|node| node.has_tag_name("text")) {
        let number = |name| node.attribute(name).unwrap().parse::<f64>().unwrap();
        let line = lines.entry(number("y") as u32).or_default();
        let column = (number("x") / COLUMN).round() as usize;
        let fill = column.saturating_sub(unicode_width::UnicodeWidthStr::width(line.as_str()));
        *line += &(" ".repeat(fill) + &node.text().unwrap().replace('\u{a0}', " "));
    }
    lines.into_values().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn pictures_show_what_the_program_prints() {
    let folder = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    for (path, text) in pictures() {
        let document = Document::parse(&text).unwrap();
        let mut shown = lines(&document);
        while shown.pop_if(|line| line.is_empty()).is_some() {}
        let command = shown[0].strip_prefix("$ ").unwrap();
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(ROOT)
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
            .envs([("COLUMNS", "90"), ("LC_ALL", "C.UTF-8")])
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(shown[1..].join("\n"), printed.trim_end(), "{path}: run docs/pictures/make.sh");
    }
}
