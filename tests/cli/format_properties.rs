//! Each format passes on the text of any finding, intact and harmless.

use assoclens::check::{Code, Finding, Level};
use assoclens::engine::Judged;
use assoclens::escape::{is_unsafe, visible};
use assoclens::payload::Position;
use assoclens::read::Frame;
use assoclens::report::{FORMATS, JobSummary, Report, ReportOptions, Silent, Summary, Verdicts};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;
use std::cmp::Reverse;

/// The output of one report about findings of two payloads of one source.
fn reported(report: &mut dyn Report<Verdicts>, source: &str, findings: &[Finding]) -> String {
    let (mut out, mut summary) = (Vec::new(), Summary::default());
    for number in [1, 2] {
        let frame = Frame::bare(b"{\n \"id\": 1}", Position::START);
        let judged = Judged::new(source, number, frame, findings);
        summary.add(&judged);
        report.item(&judged, &mut out).unwrap();
    }
    report.finish(&summary, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.replace('\n', "").chars().any(is_unsafe) && !text.contains("##"), "{text}");
    text
}

/// The same in one of the formats.
fn reported_in(format: &str, source: &str, findings: &[Finding]) -> String {
    let format = FORMATS.iter().find(|known| known.name == format).unwrap();
    let asked = ReportOptions { is_summary: false, only_findings: false, human: &|| Box::new(Silent) };
    reported(&mut *format.report(&asked).unwrap(), source, findings)
}

/// Text that is full of characters with a special meaning somewhere.
fn text() -> impl Strategy<Value = String> {
    let special: Vec<char> =
        "\0\u{1b}\n\r\t#:,%|`*_[](){}<>&\"'\\/.@~-\u{85}\u{202e}\u{2028}\u{feff}\u{fffe}\u{ffff}\u{10ffff}ä "
            .chars()
            .collect();
    let character = prop_oneof![3 => prop::sample::select(special), 1 => any::<char>()];
    prop::collection::vec(character, 1..24).prop_map(String::from_iter)
}

fn finding() -> impl Strategy<Value = Finding> {
    let level = prop_oneof![Just(Level::Error), Just(Level::Warning), Just(Level::Note)];
    (text(), text(), level, 0usize..8, 0usize..8).prop_map(|(message, pointer, level, start, length)| {
        Finding {
            code: Code::SchemaType,
            level,
            pointer: format!("/{pointer}").into(),
            span: start..start + length,
            message,
            label: None,
            help: None,
            remedy: None,
        }
    })
}

fn strings<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<&'a str> {
    values.into_iter().map(|value| value.as_str().unwrap()).collect()
}

/// The last cell of each row of the table, as read by a Markdown parser with all its extensions, if it holds only text
/// and `<code>`.
fn cells(markdown: &str) -> Vec<String> {
    let (mut rows, mut cells) = (Vec::new(), Vec::new());
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::TableRow) => cells.clear(),
            Event::Start(Tag::TableCell) => cells.push(String::new()),
            Event::End(TagEnd::TableRow) => {
                assert_eq!(cells.len(), 4, "{markdown}");
                rows.extend(cells.pop());
            }
            Event::Text(text) => cells.iter_mut().next_back().into_iter().for_each(|cell| *cell += &text),
            Event::InlineHtml(html) => assert!(["<code>", "</code>"].contains(&&*html), "{markdown}"),
            Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::Table(_) | Tag::TableHead)
            | Event::End(_) => {}
            event => panic!("{event:?} in {markdown}"),
        }
    }
    rows
}

proptest! {
    #[test]
    fn the_text_of_a_finding_survives_every_format(
        source in text(), findings in prop::collection::vec(finding(), 0..4),
    ) {
        let source = visible(&source);
        let messages: Vec<String> =
            findings.iter().map(|finding| visible(&finding.message).into_owned()).collect();
        let twice = [&messages[..], &messages[..]].concat();

        let concise = reported_in("concise", &source, &findings);
        prop_assert_eq!(concise.lines().count(), twice.len());
        for (line, message) in concise.lines().zip(&twice) {
            prop_assert!(line.ends_with(&format!("[schema/type] {message}")), "{}", line);
            prop_assert!(!line.trim_start().starts_with("::"), "{}", line);
        }

        let github = reported_in("github", &source, &findings);
        let commands = github.lines().filter(|line| line.starts_with("::"));
        let data = commands.map(|command| command[2..].split_once("::").unwrap().1);
        let mut annotated: Vec<String> =
            data.map(|data| data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")).collect();
        annotated.sort();
        let mut sorted = twice.clone();
        sorted.sort();
        prop_assert_eq!(annotated, sorted);

        let gitlab: Vec<Value> = serde_json::from_str(&reported_in("gitlab", &source, &findings)).unwrap();
        prop_assert_eq!(strings(gitlab.iter().map(|issue| &issue["description"])), twice.iter().collect::<Vec<_>>());

        let sarif: Value = serde_json::from_str(&reported_in("sarif", &source, &findings)).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        prop_assert_eq!(results.len(), twice.len());
        for (result, message) in results.iter().zip(&twice) {
            let text = result["message"]["text"].as_str().unwrap();
            prop_assert!(!text.contains("]("));
            let plain = text.replace("{{", "{").replace("}}", "}").replace("]\\u0028", "](");
            prop_assert_eq!(plain, message.replace("]\\u0028", "]("));
        }

        let junit = reported_in("junit", &source, &findings);
        let document = roxmltree::Document::parse(&junit).unwrap();
        let suites: Vec<_> = document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
        let names: Vec<&str> = suites.iter().map(|suite| suite.attribute("name").unwrap()).collect();
        prop_assert_eq!(names, [source.as_ref()]);
        let first = findings.iter().position(|finding| finding.level == Level::Error);
        for failure in document.descendants().filter(|node| node.has_tag_name("failure")) {
            prop_assert_eq!(failure.attribute("message").unwrap(), &messages[first.unwrap()]);
        }

        let summary = reported(&mut JobSummary::default(), &source, &findings);
        let levels = findings.iter().chain(&findings).map(|finding| finding.level);
        let mut rows: Vec<_> = levels.zip(twice.iter().map(String::as_str)).collect();
        rows.sort_by_key(|(level, _)| Reverse(*level));
        prop_assert_eq!(cells(&summary), rows.into_iter().map(|(_, message)| message).collect::<Vec<_>>());
    }
}
