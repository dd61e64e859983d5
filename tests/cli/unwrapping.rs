//! Payloads in nested captures: a finding has its place in the file, whatever is around the payload; and a capture that
//! is cut never passes for a whole one.

use crate::promises::captures::{capture, opened};
use assoclens::capture::Unwrap;
use assoclens::check::{Level, Remedy};
use assoclens::engine::{Judged, JudgedBlock};
use proptest::prelude::*;
use proptest::sample::Index;
use std::ops::Range;
use std::path::Path;

/// A text, and the place in it of the invalid value.
#[derive(Clone, Debug)]
struct Text {
    text: String,
    value: Range<usize>,
    /// The kind of text, for a reader.
    kind: Kind,
    /// The number of captures around the payload.
    steps: usize,
    /// Whether its parts may be separated.
    is_in_pieces: bool,
    outermost: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Payload,
    Object,
    Array,
    String,
    Request,
    Lines,
}

#[derive(Clone, Copy, Debug)]
enum Around {
    Generic,
    Value,
    Har,
    Notification,
    Log,
    Double,
    List,
    Nested,
    Request,
    Chunked,
    Events,
    Trace,
}

use Around::*;

impl Text {
    /// This text between two others.
    fn between(&self, before: &str, after: &str, outermost: &'static str, kind: Kind) -> Self {
        let value = self.value.start + before.len()..self.value.end + before.len();
        let (text, steps) = (format!("{before}{}{after}", self.text), self.steps + 1);
        Self { text, value, kind, steps, outermost, ..*self }
    }

    /// The text with something before some of its characters, and each of them spelled differently.
    fn rewritten(&self, before: impl Fn(usize) -> String, mut write: impl FnMut(char) -> String) -> Self {
        let (mut text, mut value) = (String::new(), self.value.clone());
        for (offset, character) in self.text.char_indices() {
            if offset == self.value.end {
                value.end = text.len();
            }
            text += &before(offset);
            if offset == self.value.start {
                value.start = text.len();
            }
            text += &write(character);
        }
        Self { text, value, ..*self }
    }

    /// The text as a JSON string with some unnecessary escapes.
    fn quoted(&self, escapes: &[u8]) -> Self {
        let mut escapes = escapes.iter().cycle();
        let unit = |character: char| {
            character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect()
        };
        let write = |character: char| match (character, escapes.next().unwrap()) {
            (character, 0) => unit(character),
            ('/', 1..=99) => "\\/".to_owned(),
            ('\n', _) => "\\n".to_owned(),
            ('\r', _) => "\\r".to_owned(),
            ('\t', _) => "\\t".to_owned(),
            ('"' | '\\', _) => format!("\\{character}"),
            (character, _) => character.to_string(),
        };
        let inside = self.rewritten(|_| String::new(), write);
        Self { steps: self.steps, ..inside.between("\"", "\"", self.outermost, Kind::String) }
    }

    /// The text in chunks of some bytes each.
    fn chunked(&self, lengths: &[u8]) -> Self {
        let mut ends = vec![0];
        let mut lengths = lengths.iter().cycle();
        while *ends.last().unwrap() < self.text.len() {
            let mut end =
                (ends.last().unwrap() + usize::from(*lengths.next().unwrap()) + 1).min(self.text.len());
            while !self.text.is_char_boundary(end) {
                end += 1;
            }
            ends.push(end);
        }
        let sizes: Vec<(usize, usize)> = ends.windows(2).map(|pair| (pair[0], pair[1] - pair[0])).collect();
        let before = |offset: usize| match sizes.iter().find(|(start, _)| *start == offset) {
            Some((0, size)) => format!("{size:x}\r\n"),
            Some((_, size)) => format!("\r\n{size:x};a=b\r\n"),
            None => String::new(),
        };
        let inside = self.rewritten(before, |character| character.to_string());
        Self {
            is_in_pieces: true,
            steps: self.steps,
            ..inside.between("", "\r\n0\r\n\r\n", self.outermost, self.kind)
        }
    }

    /// The text inside something of that kind, if possible.
    fn inside(&self, around: Around, blank: &str, choices: &[u8]) -> Option<Self> {
        let quoted = || self.quoted(choices);
        let is_json = !matches!(self.kind, Kind::Request | Kind::Lines);
        let is_object = matches!(self.kind, Kind::Payload | Kind::Object);
        if self.steps + if matches!(around, Events) { 2 } else { 1 } > 4 || self.kind == Kind::Lines {
            return None;
        }
        // A body that a capture declares is not opened, whatever it looks like.
        if self.steps > 0 && !matches!(around, Double | Trace) {
            return None;
        }
        Some(match around {
            Generic => quoted().between(
                &format!("{{{blank}\"headers\":{blank}{{\"A\":{blank}\"{{\"}},\"bo\\u0064y\"{blank}:"),
                &format!("{blank},\"path\":\"/\"}}"),
                "generic",
                Kind::Object,
            ),
            Value if is_json => self.between(
                &format!("{{\"body\"{blank}:{blank}"),
                &format!("{blank},{blank}\"headers\":[]}}"),
                "generic",
                Kind::Object,
            ),
            Har => quoted().between(
                &format!("{{\"log\":{{\"entries\":[{blank}{{\"request\":{{\"postData\":{{\"text\":{blank}"),
                &format!("}}}}}}{blank}]}}}}"),
                "har",
                Kind::Object,
            ),
            Notification => quoted().between(
                &format!("{{\"Type\":\"Notification\",{blank}\"TopicArn\":\"é😀\",\"Message\":"),
                "}",
                "aws-sns",
                Kind::Object,
            ),
            Log if is_object => {
                let line = self.between("2026-01-01 received é ", "\n", "", self.kind).quoted(choices);
                Self { steps: self.steps, ..line }.between(
                    &format!("{{\"events\":[{{\"timestamp\":1,{blank}\"message\":"),
                    "}]}",
                    "cloudwatch",
                    Kind::Object,
                )
            }
            Double if is_object || self.kind == Kind::String => {
                let quoted = quoted();
                Self { steps: quoted.steps + 1, outermost: "auto", ..quoted }
            }
            List if self.kind == Kind::Payload => {
                self.between(&format!("[{blank}"), &format!("{blank}]"), "auto", Kind::Array)
            }
            Nested if self.kind == Kind::Payload => self.between(
                &format!("{{\"webhookId\":\"w\",\"timestamp\":\"99999\",{blank}\"data\":"),
                "}",
                "nested",
                Kind::Object,
            ),
            Request if is_json => self.between(
                &format!("POST /hook HTTP/1.1\r\nA: b\r\nContent-Length: {}\r\n\r\n", self.text.len()),
                "",
                "http",
                Kind::Request,
            ),
            Chunked if is_json => self.chunked(choices).between(
                "POST /hook HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "",
                "http",
                Kind::Request,
            ),
            Events => {
                let data = quoted().between("{\"query\":{},\"timestamp\":1,\"body\":", "}", "", Kind::Object);
                data.between("event: message\r\ndata:", "\r\n\r\n", "smee", Kind::Lines)
            }
            Trace if self.kind == Kind::Request => self.traced(),
            _ => return None,
        })
    }

    /// The text as `curl --trace` writes sent bytes.
    fn traced(&self) -> Self {
        let mut text = "== Info: Connected\n=> Send header, 1 bytes (0x1)\n".to_owned();
        let mut places = Vec::new();
        for (row, bytes) in self.text.as_bytes().chunks(16).enumerate() {
            text += &format!("{:04x}: ", row * 16);
            for byte in bytes {
                places.push(text.len());
                text += &format!("{byte:02x} ");
            }
            text += &"   ".repeat(16 - bytes.len());
            text += " ................\n";
        }
        let value = places[self.value.start]..places[self.value.end - 1] + 3;
        let (kind, steps) = (Kind::Lines, self.steps + 1);
        Self { text, value, kind, steps, is_in_pieces: true, outermost: "curl-trace" }
    }
}

/// A payload with one value that is not a string, as the schema requires.
fn payload() -> impl Strategy<Value = Text> {
    let label = "[ -~éß€😀\u{2028}/]{0,12}";
    let blank = prop::sample::select(vec!["", " ", "\n  ", "\r\n\t"]);
    (label, blank, any::<bool>()).prop_map(|(label, blank, is_first)| {
        let label = serde_json::to_string(&label).unwrap();
        let [before, after] = [
            format!("\"firstObjectLabel\":{blank}{label}{blank},"),
            format!("{blank},\"secondObjectLabel\":{label}"),
        ];
        let (before, after) = if is_first { (String::new(), after) } else { (before, String::new()) };
        let start = format!("{{{blank}{before}\"associationType\":\"USER_DEFINED\",\"id\":{blank}");
        let value = start.len()..start.len() + 6;
        let text = format!("{start}770077{after}{blank}}}");
        Text { text, value, kind: Kind::Payload, steps: 0, is_in_pieces: false, outermost: "" }
    })
}

fn around() -> impl Strategy<Value = (Around, &'static str, Vec<u8>)> {
    let kinds =
        vec![Generic, Value, Har, Notification, Log, Double, List, Nested, Request, Chunked, Events, Trace];
    let blank = prop::sample::select(vec!["", " ", "\n  ", "\r\n\t"]);
    (prop::sample::select(kinds), blank, proptest::collection::vec(any::<u8>(), 1..20))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_fault_in_a_payload_has_its_place_in_the_file(
        payload in payload(),
        arounds in proptest::collection::vec(around(), 1..6),
        cut in any::<Index>(),
    ) {
        let inside = |text: Text, (around, blank, choices): &(Around, &'static str, Vec<u8>)| {
            text.inside(*around, blank, choices).unwrap_or(text)
        };
        let whole = arounds.iter().fold(payload.clone(), inside);
        prop_assume!(whole.steps > 0);
        let file = whole.text.as_bytes();
        let blocks = opened(file, Unwrap::Auto);
        let found: Vec<_> = blocks.iter().flat_map(JudgedBlock::all).collect();
        prop_assert_eq!(found.len(), 1, "{:?}", whole);
        let frame = found[0].frame;
        prop_assert_eq!(std::str::from_utf8(frame.bytes).unwrap(), &payload.text, "{:?}", whole);
        let findings = found[0].findings;
        let errors: Vec<_> = findings.iter().filter(|finding| finding.level == Level::Error).collect();
        prop_assert_eq!(errors.len(), 1, "{:?} of {:?}", errors, whole);
        prop_assert_eq!(errors[0].pointer.as_str(), "/id");
        let start = usize::try_from(frame.start.offset).unwrap();
        let place = frame.place(&errors[0].span);
        let place = start + place.start..start + place.end;
        prop_assert_eq!(place.start, whole.value.start, "{:?}", whole);
        prop_assert!(whole.is_in_pieces || place.end == whole.value.end, "{:?} of {:?}", place, whole);

        capture(file, &Unwrap::Auto);
        // The payload itself is invalid, so no remainder of it may be valid.
        let cut = cut.index(file.len());
        for block in opened(&file[..cut], Unwrap::Auto) {
            for left in block.all() {
                let is_valid = !left.findings.iter().any(|finding| finding.level == Level::Error);
                prop_assert!(!is_valid, "{:?} of {:?}", String::from_utf8_lossy(&file[..cut]), whole);
            }
        }
        // Without unwrapping, the outermost capture is named.
        let named = opened(file, Unwrap::Never).iter().any(|block| {
            block.all().any(|payload| {
                let names = Some(Remedy::Open(whole.outermost));
                payload.findings.iter().any(|finding| finding.remedy == names)
            })
        });
        prop_assert!(named, "{:?}", whole);
    }
}

/// For each fixture, a few bytes are removed from the end of the capture: nothing may pass that would not pass in the
/// whole capture.
#[test]
fn a_capture_that_is_cut_never_passes_for_a_whole_one() {
    // Trying every byte would take minutes without optimisation.
    let step = std::env::var("EVERY_BYTE").map_or(97, |_| 1);
    for entry in walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/capture")) {
        let entry = entry.unwrap();
        let is_capture = entry.file_type().is_file() && !entry.path().ends_with("unwrapped.txt");
        let Some(file) = is_capture.then(|| std::fs::read(entry.path()).unwrap()) else { continue };
        if file.len() > 10_000 {
            continue;
        }
        let whole: Vec<Vec<u8>> = passed(&file);
        for end in (0..file.len()).rev().step_by(step) {
            for left in passed(&file[..end]) {
                assert!(whole.contains(&left), "{} cut at {end}", entry.path().display());
            }
        }
    }
}

/// A CloudWatch subscription that holds a line a number of times.
fn subscription(line: &str, times: usize) -> String {
    use base64::Engine as _;
    let line = serde_json::json!({ "message": line }).to_string();
    let data = format!("{{\"logGroup\":\"g\",\"logEvents\":[{}]}}", vec![line; times].join(","));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, data.as_bytes()).unwrap();
    let data = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
    serde_json::json!({ "awslogs": { "data": data } }).to_string()
}

/// Gzip in gzip, with the same content many times at each level.
#[test]
fn repeated_bombs_are_bounded() {
    let inner = subscription(&format!("{{\"associationType\":\"{}\"}}", "a".repeat(9000)), 1);
    capture(subscription(&inner, 300).as_bytes(), &Unwrap::Auto);
    assert_eq!(passed(inner.as_bytes()).len(), 1, "one alone is inflated");
}

#[test]
fn what_is_nested_too_deeply_is_an_error_and_never_skipped() {
    let errors = |text: &str| -> Vec<&str> {
        let blocks = opened(text.as_bytes(), Unwrap::Auto);
        let findings = blocks.iter().flat_map(JudgedBlock::all).flat_map(|payload| payload.findings);
        findings.filter(|it| it.level == Level::Error).map(|error| error.code.as_str()).collect()
    };
    let payload = r#"{"associationType":7,"key":"k"}"#;
    let mut captures = payload.to_owned();
    for expected in ["schema/type", "capture/too-deep", "capture/too-deep"] {
        captures = subscription(&captures, 1);
        assert_eq!(errors(&captures), [expected]);
    }
    let mut escaped = payload.to_owned();
    for depth in 1..=11 {
        escaped = escaped.replace('\\', "\\\\").replace('"', "\\\"");
        let expected = if depth <= 8 { "schema/type" } else { "syntax" };
        assert_eq!(errors(&format!("got {escaped}\n")), [expected], "{depth}");
    }
}

/// The payloads without an error.
fn passed(file: &[u8]) -> Vec<Vec<u8>> {
    let blocks = opened(file, Unwrap::Auto);
    let valid = |payload: &Judged<'_>| payload.findings.iter().all(|finding| finding.level != Level::Error);
    let payloads = blocks.iter().flat_map(JudgedBlock::all).filter(valid);
    payloads.map(|payload| payload.frame.bytes.to_vec()).collect()
}

/// A finding that depends on all earlier payloads has its place in the file, too.
#[test]
fn a_repeated_delivery_is_reported_at_its_id() {
    let payload = r#"{"key":"k","webhookId":"w"}"#;
    let body = serde_json::to_string(payload).unwrap();
    let input = format!("{payload}\n{{\"headers\":{{}},\"body\":{body}}}\n");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.ndjson");
    std::fs::write(&path, &input).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(["validate", "--unwrap", "auto", "--format", "ndjson"])
        .arg(&path)
        .env_clear()
        .output()
        .unwrap();
    let last = String::from_utf8(output.stdout).unwrap();
    let last: serde_json::Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    let findings = last["findings"].as_array().unwrap();
    let note = findings.iter().find(|finding| finding["code"] == "duplicate-delivery").unwrap();
    let column = input.lines().nth(1).unwrap().find("\\\"w\\\"").unwrap() + 1;
    assert_eq!((note["line"].as_u64(), note["column"].as_u64()), (Some(2), Some(column as u64)));
}
