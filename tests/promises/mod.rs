//! Promises about any payload, as functions that fail if one is broken. Property tests, the fixtures, and the fuzz
//! targets call the same ones.
//!
//! In: bytes. Checks: nothing panics; no character that acts and no command of a CI runner is written; JSON and XML are
//! well-formed; the report about a payload is bounded; the way bytes arrive changes nothing.
#![allow(dead_code, reason = "each test calls what it is about")]

pub(crate) mod captures;
pub(crate) mod redact;

use assoclens::check::{Finding, Judge};
use assoclens::diff::{Comparison, Scope};
use assoclens::engine::Judged;
use assoclens::engine::compare::{Compared, Joined, Side};
use assoclens::escape::is_unsafe;
use assoclens::event::{self, ASSOCIATION_CREATE, ASSOCIATION_UPDATE, Delivery, Wanted};
use assoclens::payload::MAX_BYTES;
use assoclens::payload::{BYTE_ORDER_MARK, Document, Position};
use assoclens::read::{Blocks, Frame, InputFormat, Source};
use assoclens::report::diff::{Differences, JsonDiff, JsonPatch, MergePatch, SideBySide, Unified};
use assoclens::report::inspect::{
    Column, Fields, HumanView, JsonView, PayloadView, SeparatedValues, Separator, Shown, TableView, Views,
};
use assoclens::report::layout::Page;
use assoclens::report::{FORMATS, Human, JobSummary, Report, ReportOptions, Summary, SummaryLine, Verdicts};
use serde_json::Value;
use serde_json::value::RawValue;
use std::io::{self, Read};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::default);

/// The length of the report about one payload, in bytes.
pub(crate) const REPORTED_AT_MOST: usize = 64 << 10;

/// The length of a report in that format before its first payload: the head of a SARIF log lists the rules.
pub(crate) fn head_at_most(format: &str) -> usize {
    if format == "sarif" { 64 << 10 } else { 4 << 10 }
}

/// The only ways in which a line of a `github` report may begin as a command.
const ANNOTATIONS: [&str; 4] =
    ["::error file=", "::warning file=", "::notice file=", "::error title=unreadable::"];

/// No character that acts, hides or reorders, and no command of a CI runner except intended annotations.
pub(crate) fn assert_harmless(text: &str, has_annotations: bool) {
    for line in text.split('\n') {
        assert!(!line.chars().any(is_unsafe), "an unsafe character: {line:?}");
        assert!(!line.contains("##"), "a command anywhere: {line:?}");
        let is_meant = has_annotations && ANNOTATIONS.iter().any(|start| line.starts_with(start));
        assert!(is_meant || !line.trim_start().starts_with("::"), "a command at the start: {line:?}");
    }
}

/// The output of a format, without the characters that separate its values and records.
pub(crate) fn without_separators(format: &str, text: &str) -> String {
    match format {
        "tsv" => text.replace('\t', " "),
        "csv" => text.replace("\r\n", "\n"),
        _ => text.to_owned(),
    }
}

/// The number of values in a line of RFC 4180's CSV, whose quotes must be in valid places.
fn values(line: &str) -> usize {
    let mut values = 0;
    let mut rest = Some(line);
    while let Some(text) = rest {
        values += 1;
        let quoted = text.strip_prefix('"').map(|text| text.replace("\"\"", "  "));
        let end = match &quoted {
            Some(quoted) => 1 + quoted.find('"').unwrap_or_else(|| panic!("a quote is open: {line}")) + 1,
            None => text.find([',', '"']).unwrap_or(text.len()),
        };
        let behind = &text[end..];
        rest = behind.strip_prefix(',');
        assert!(rest.is_some() || behind.is_empty(), "text behind a quote: {line}");
    }
    values
}

/// The output of a format is well-formed.
pub(crate) fn assert_form(format: &str, text: &str) {
    // Any depth is possible, so nothing that takes stack is built from it.
    let json = |text: &str| {
        let _: &RawValue =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{format}: {error}: {text}"));
    };
    match format {
        "json" | "gitlab" | "sarif" | "json-patch" | "merge-patch" => json(text),
        "ndjson" => text.lines().for_each(json),
        "tsv" => assert_even(text.lines().map(|line| line.split('\t').count())),
        "csv" => assert_even(text.split_terminator("\r\n").map(values)),
        "junit" => drop(roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))),
        _ => {}
    }
}

/// Every record has as many values as the header.
fn assert_even(mut counts: impl Iterator<Item = usize>) {
    let header = counts.next();
    assert!(counts.all(|count| Some(count) == header));
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("what is written is UTF-8")
}

fn frame(bytes: &[u8]) -> Frame<'_> {
    Frame::bare(bytes, Position::START)
}

fn judged<'a>(source: &'a str, bytes: &'a [u8], findings: &'a [Finding]) -> Judged<'a> {
    Judged::new(source, 1, frame(bytes), findings).within_room()
}

/// The scanner reads the same as serde_json, and earlier payloads change no finding.
pub(crate) fn reading(bytes: &[u8], findings: &[Finding]) {
    let mut reader = event::reader();
    for before in [event::ASSOCIATION_CREATE.example, "{\"x\":1,\"x\":2,\"id\":{},\"i\\u0064\":[[\"\\n\"]]}"]
    {
        let _ = JUDGE.judge_next(before.as_bytes(), &mut reader);
        assert_eq!(findings, JUDGE.judge_next(bytes, &mut reader), "what was read before changes a finding");
    }
    let document = Document::parse(bytes);
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match serde_json::from_slice::<Value>(text) {
        Ok(value) => {
            let document = document.expect("what serde_json reads is read");
            let mut members: Vec<(String, Value)> = Vec::new();
            for member in document.members().iter().flat_map(|members| members.iter()) {
                let is_last = !member.is_shadowed();
                let value = serde_json::from_str(member.value().text()).expect("a value is JSON");
                members.extend(is_last.then(|| (member.name().into_owned(), value)));
            }
            if let Value::Object(expected) = value {
                assert_eq!(expected.len(), members.len());
                members.iter().for_each(|(name, value)| assert_eq!(expected.get(name), Some(value)));
            } else {
                assert!(document.members().is_none());
            }
        }
        // serde_json bounds the depth of values that it builds, and the scanner does not.
        Err(error) if error.to_string().starts_with("recursion limit") => {}
        Err(_) => assert!(document.is_err(), "what serde_json refuses is refused"),
    }
}

/// Every promise about one payload: its findings, every report of it, every look at it.
pub(crate) fn payload(bytes: &[u8]) {
    let findings = JUDGE.judge(bytes);
    reading(bytes, &findings);
    let judged = judged("a.json", bytes, &findings);
    let mut summary = Summary::default();
    summary.add(&judged);
    for (format, mut report) in reports() {
        let mut out = Vec::new();
        report.item(&judged, &mut out).expect("a Vec takes everything");
        let at_most = REPORTED_AT_MOST + head_at_most(format);
        assert!(out.len() <= at_most, "{format}: {} bytes about one payload", out.len());
        report.finish(&summary, &mut out).expect("a Vec takes everything");
        let out = text(out);
        assert_harmless(&out, format == "github");
        assert_form(format, &out);
    }
    looks(&judged);
}

/// A report of `validate` in every format, in both of some.
fn reports() -> Vec<(&'static str, Box<dyn Report<Verdicts>>)> {
    let mut reports: Vec<(&str, Box<dyn Report<Verdicts>>)> =
        vec![("job-summary", Box::new(JobSummary::default()))];
    for (is_summary, page) in [(false, Page::new(100, false, true)), (true, Page::new(20, false, false))] {
        let human = || Box::new(Human::new(page, SummaryLine::new(false))) as Box<dyn Report<Verdicts>>;
        let asked = ReportOptions { is_summary, only_findings: false, human: &human };
        // Few formats have a summary.
        let all = FORMATS.iter().filter_map(|format| Some((format.name, format.report(&asked).ok()?)));
        reports.extend(all);
    }
    reports
}

/// Every look at a payload, on a page that draws Unicode and on one that does not.
fn looks(judged: &Judged<'_>) {
    let document = Document::parse(judged.frame.bytes).ok();
    let delivery = document.as_ref().map(|document| Delivery::read(document, None));
    let shown = Shown { judged: *judged, read: document.as_ref().zip(delivery.as_ref()) };
    for page in [Page::new(100, false, true), Page::new(20, false, false)] {
        let names = vec!["id".to_owned(), "/data/x/0".to_owned(), "\u{202e}##".to_owned()];
        let all = || [&Column::RECORD[..], &Column::TABLE].concat();
        let shows: [(&str, Box<dyn Report<Views>>, bool); 7] = [
            ("human", Box::new(HumanView { page, explain: true, wanted: Wanted::Any, shown: 0 }), true),
            ("table", Box::new(TableView::new(page, Column::TABLE.to_vec(), true)), true),
            ("tsv", Box::new(SeparatedValues::new(Separator::Tab, all())), false),
            ("csv", Box::new(SeparatedValues::new(Separator::Comma, all())), false),
            ("payload", Box::new(PayloadView::new(page)), false),
            ("json", Box::new(JsonView::new(true)), false),
            ("field", Box::new(Fields::new(names, page)), false),
        ];
        for (format, mut show, is_bounded) in shows {
            let mut out = Vec::new();
            show.item(&shown, &mut out).expect("a Vec takes everything");
            show.finish(&(), &mut out).expect("a Vec takes everything");
            let (out, err) = (text(out), show.remarks().join("\n"));
            assert!(!is_bounded || out.len() <= REPORTED_AT_MOST, "{format}: {} bytes", out.len());
            assert!(err.len() <= REPORTED_AT_MOST, "{format}: {} bytes on standard error", err.len());
            assert_harmless(&without_separators(format, &out), false);
            assert_harmless(&err, false);
            assert_form(format, &out);
        }
    }
}

/// Yields the bytes in steps of these lengths, repeated, and is interrupted before each.
struct Steps<'a> {
    rest: &'a [u8],
    lengths: std::iter::Cycle<std::slice::Iter<'a, u8>>,
    is_interrupted: bool,
}

impl Read for Steps<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = self.lengths.next().map_or(usize::MAX, |length| usize::from(*length).max(1));
        let length = length.min(self.rest.len()).min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest = &self.rest[length..];
        Ok(length)
    }
}

/// The start of each payload of a stream, and its findings.
fn found(reader: impl Read, format: InputFormat) -> Vec<(Position, Vec<Finding>)> {
    let mut blocks = Blocks::new(&Source::STDIN, reader, format, MAX_BYTES);
    let mut found = Vec::new();
    while let Some(block) = blocks.next_block().expect("nothing fails and nothing is too long") {
        found.extend(block.frames().map(|frame| (frame.start, JUDGE.judge(frame.bytes))));
    }
    found
}

/// The findings of a stream do not depend on how it arrives.
pub(crate) fn stream(bytes: &[u8], lengths: &[u8]) {
    for format in [InputFormat::Auto, InputFormat::Json, InputFormat::Ndjson] {
        let steps = Steps { rest: bytes, lengths: lengths.iter().cycle(), is_interrupted: false };
        assert_eq!(found(steps, format), found(bytes, format), "{format:?} in steps of {lengths:?}");
    }
}

/// Every promise about two payloads: each equals itself, and every format reports how they differ.
pub(crate) fn diff(one: &[u8], two: &[u8]) {
    let (Ok(before), Ok(after)) = (Document::parse(one), Document::parse(two)) else { return };
    let findings = [one, two].map(|bytes| JUDGE.judge(bytes));
    let ignoring = |all, names: &[&str]| Scope {
        all,
        ignore: names.iter().map(|name| (*name).to_owned()).collect(),
        ..Scope::default()
    };
    let changed = Scope { events: [&ASSOCIATION_CREATE, &ASSOCIATION_UPDATE], ..Scope::default() };
    for scope in [ignoring(true, &[]), ignoring(false, &["id", "/data"]), changed] {
        assert!(Comparison::of(&before, &before, &scope).counted(&scope).next().is_none());
        let compared = Compared {
            before: Side { judged: judged("a.json", one, &findings[0]), document: &before },
            after: Side { judged: judged("b.json", two, &findings[1]), document: &after },
            scope: &scope,
            comparison: Comparison::of(&before, &after, &scope),
        };
        for page in [Page::new(100, false, true), Page::new(20, false, false)] {
            reported(&compared, page);
        }
        if scope.all {
            patched(&compared);
        }
    }
}

fn output_of(compared: &Compared<'_>, report: &mut dyn Report<Differences>) -> (String, String) {
    let mut out = Vec::new();
    report.item(&Joined::Pair { compared, key: None }, &mut out).expect("a Vec takes everything");
    (text(out), report.remarks().join("\n"))
}

fn reported(compared: &Compared<'_>, page: Page) {
    let formats: [(&str, Box<dyn Report<Differences>>, bool); 6] = [
        ("human", Box::new(assoclens::report::diff::HumanDiff(page)), true),
        ("side-by-side", Box::new(SideBySide(page)), true),
        ("json", Box::new(JsonDiff { is_stream: false, is_begun: false }), false),
        ("json-patch", Box::new(JsonPatch), false),
        ("merge-patch", Box::new(MergePatch::default()), false),
        ("unified", Box::new(Unified(compared.scope.clone())), false),
    ];
    for (format, mut report, is_bounded) in formats {
        let (out, err) = output_of(compared, report.as_mut());
        // Two payloads are reported.
        assert!(!is_bounded || out.len() <= 2 * REPORTED_AT_MOST, "{format}: {} bytes", out.len());
        assert_harmless(&out, false);
        assert_harmless(&err, false);
        assert_form(format, &out);
    }
}

/// Two different strings are distinguished by more than letters that look the same: by their code points, by marks, or
/// by the rest once everything that looks alike counts as the same.
pub(crate) fn look_different(one: &str, two: &str) {
    let payload = |text: &str| serde_json::json!({ "firstObjectLabel": text }).to_string();
    let (one, two) = (payload(one), payload(two));
    let (before, after) = (Document::parse(one.as_bytes()), Document::parse(two.as_bytes()));
    let (before, after) = (before.expect("it is JSON"), after.expect("it is JSON"));
    let scope = Scope::default();
    let side = |document, text: &'static str| Side { judged: judged(text, b"", &[]), document };
    let comparison = Comparison::of(&before, &after, &scope);
    let compared =
        Compared { before: side(&before, "a"), after: side(&after, "b"), scope: &scope, comparison };
    for page in [Page::new(100, false, true), Page::new(100, false, false)] {
        let (shown, _) = output_of(&compared, &mut assoclens::report::diff::HumanDiff(page));
        // Lines with a mark but no quote name the two sides, which always differ.
        let value = |mark: &str| {
            let mut values = shown.lines().filter_map(|line| line.trim_start().strip_prefix(mark));
            let value = values.rfind(|line| line.starts_with('"')).expect("the value is shown");
            unicode_security::skeleton(&value.nfc().collect::<String>()).collect::<String>()
        };
        let is_distinguished = shown.contains("U+") || value("- ") != value("+ ");
        assert!(is_distinguished, "{one:?} {two:?}: {shown}");
    }
    let (shown, _) = output_of(&compared, &mut Unified(scope.clone()));
    let line =
        |mark: &str| shown.lines().rfind(|line| line.starts_with(mark) && !line.starts_with(&mark.repeat(3)));
    let (minus, plus) = (line("-").expect("a line is removed"), line("+").expect("a line is added"));
    let skeleton = |line: &str| unicode_security::skeleton(&line[1..]).collect::<String>();
    // ASCII letters that look alike are distinguished by a font for code.
    let is_plain = minus.is_ascii() && plus.is_ascii() && minus[1..] != plus[1..];
    assert!(is_plain || skeleton(minus) != skeleton(plus), "{shown}");
}

/// The patch, unless it is nested too deeply for this reader.
fn shallow<T: serde::de::DeserializeOwned>(patch: &str) -> Option<T> {
    serde_json::from_str(patch)
        .inspect_err(|error| assert!(error.to_string().contains("recursion limit"), "{error}: {patch}"))
        .ok()
}

/// A patch leads from one payload to the other, by an independent implementation.
fn patched(compared: &Compared<'_>) {
    let after = compared.after.document;
    let Ok(value) = serde_json::from_slice::<Value>(compared.before.judged.frame.bytes) else { return };
    let leads_there = |value: &Value| {
        let text = value.to_string();
        let patched = Document::parse(text.as_bytes()).expect("serde_json writes JSON");
        Comparison::of(&patched, after, compared.scope).counted(compared.scope).next().is_none()
    };
    let (patch, warnings) = output_of(compared, &mut JsonPatch);
    assert_eq!(warnings, "");
    if let Some(patch) = shallow::<json_patch::Patch>(&patch) {
        let mut value = value.clone();
        json_patch::patch(&mut value, &patch).unwrap_or_else(|error| panic!("{error}: {patch}"));
        assert!(leads_there(&value), "{patch} gives {value}");
    }
    let (patch, warnings) = output_of(compared, &mut MergePatch::default());
    if let Some(patch) = shallow(&patch) {
        let mut value = value;
        json_patch::merge(&mut value, &patch);
        assert_eq!(leads_there(&value), warnings.is_empty(), "{patch} gives {value}; {warnings}");
    }
}
