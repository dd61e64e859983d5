//! The whole program, handed what nobody would write: no panic, an exit code that tells, output that is bounded,
//! harmless and well-formed; readers and writers that fail at every place; and every exit code in one table.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod choices;
mod promises;

use assoclens::cli::{Cli, DiffFormat, Format, InspectFormat};
use assoclens::command::{Exit, Streams, run_and_tell};
use choices::choices;
use clap::Parser as _;
use promises::{TOLD_AT_MOST, assert_form, assert_harmless};
use proptest::prelude::*;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What a run came to.
struct Ran {
    exit: Exit,
    out: Vec<u8>,
    err: String,
}

/// Runs a command line the way `main` does, its reports going to `out`.
fn run_into(arguments: &[&str], out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let cli = Cli::try_parse_from([&["assoclens"], arguments].concat()).unwrap();
    let mut streams = Streams {
        out: &mut BufWriter::new(out),
        is_coloured: false,
        is_out_terminal: false,
        width: 100,
        err,
        is_err_terminal: false,
        is_stdin_terminal: true,
    };
    run_and_tell(&cli, &mut streams)
}

fn run(arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run_into(arguments, &mut out, &mut err);
    Ran { exit, out, err: String::from_utf8(err).unwrap() }
}

/// Files of one test, in a folder that goes with it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Every command in every format over files of any content, without the paths.
fn commands() -> Vec<(&'static str, Vec<&'static str>)> {
    let formats = |command, formats: &[&'static str]| -> Vec<_> {
        formats.iter().map(|&format| (format, vec![command, "--format", format])).collect()
    };
    let mut commands = formats("validate", &choices::<Format>());
    commands.extend(formats("inspect", &choices::<InspectFormat>()));
    commands.extend(formats("diff", &choices::<DiffFormat>()));
    commands.push(("human", vec!["validate", "--summary"]));
    commands.push(("field", vec!["inspect", "--field", "id", "--field", "/data/x"]));
    commands.push(("filter", vec!["filter"]));
    commands.push(("filter", vec!["filter", "--code", "syntax"]));
    commands.push(("json", vec!["diff", "--all", "--by", "id", "--format", "json"]));
    commands
}

/// One of the fixtures, or of the longer examples of the tests.
fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: LazyLock<Vec<Vec<u8>>> =
        LazyLock::new(|| fixtures().iter().map(|path| fs::read(path).unwrap()).collect());
    &SEEDS
}

fn fixtures() -> Vec<PathBuf> {
    let walk = ["fixtures", "tests/cases/diff"].map(|folder| Path::new(ROOT).join(folder));
    let mut paths: Vec<PathBuf> = walk
        .iter()
        .flat_map(walkdir::WalkDir::new)
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect();
    paths.sort();
    assert!(paths.len() > 90);
    paths
}

/// Pieces that mean something to someone, to be put anywhere.
const PIECES: [&[u8]; 34] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"::error::x",
    b"##[error]x",
    b"##vso[x]",
    b"#",
    b"\x1b[31m",
    b"\xc2\x9b31m",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xf3\xa0\x80\x81",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u001b",
    b"null",
    b"1e999",
    b"-0",
    b"\"id\":1,",
    b"<![CDATA[ ]]>",
    b"\xe2\x80\xa8",
    b"\xef\xbf\xbe",
    b"\x1f\x8b",
];

/// A seed with some of its bytes cut out and some pieces put in.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(PIECES.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 1..4),
    ];
    let change = (any::<prop::sample::Index>(), 0usize..12, piece);
    (prop::sample::select(seeds()), prop::collection::vec(change, 0..6)).prop_map(|(mut bytes, changes)| {
        for (at, cut, piece) in changes {
            let start = at.index(bytes.len() + 1);
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, piece);
        }
        bytes
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat());
    prop_oneof![8 => mutated(), 3 => pieces, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// Text of characters that look alike, or like nothing at all.
fn alike() -> impl Strategy<Value = String> {
    let characters: Vec<char> =
        "aа oо\u{e9}e\u{301}\u{200b}\u{200d}\u{a0}\u{3000}\t#\\\"0OlI1".chars().collect();
    prop::collection::vec(prop::sample::select(characters), 0..6).prop_map(String::from_iter)
}

/// Runs every command over two files and checks what comes out.
fn every_command(files: &Files, one: &[u8], two: &[u8]) {
    let (one_path, two_path) = (files.write("one.json", one), files.write("two.json", two));
    let payloads = 2 + one.len() + two.len();
    for (format, command) in commands() {
        let ran = run(&[&command[..], &[&one_path, &two_path]].concat());
        assert_harmless(&ran.err, false);
        assert!(ran.err.len() <= payloads * TOLD_AT_MOST);
        if format == "filter" {
            // What it writes is payloads, byte for byte.
            assert!(ran.exit != Exit::Findings && ran.out.len() <= payloads);
            continue;
        }
        let out = String::from_utf8(ran.out).unwrap();
        assert_harmless(&out, format == "github");
        if !(command[0] == "diff" && ran.exit == Exit::Trouble) {
            assert_form(format, &out);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn no_bytes_break_any_command_in_any_format(one in any_bytes(), two in any_bytes()) {
        every_command(&Files::new(), &one, &two);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_payload_breaks_any_format(bytes in any_bytes()) {
        promises::payload(&bytes);
    }

    #[test]
    fn how_a_stream_arrives_changes_nothing(bytes in any_bytes(), lengths in prop::collection::vec(any::<u8>(), 1..6)) {
        promises::stream(&bytes, &lengths);
    }

    #[test]
    fn no_two_payloads_break_a_comparison(one in any_bytes(), two in any_bytes()) {
        promises::diff(&one, &two);
    }

    #[test]
    fn two_strings_that_differ_look_different(one in alike(), two in alike()) {
        prop_assume!(one != two);
        promises::look_different(&one, &two);
    }

    #[test]
    fn any_code_that_is_asked_about_is_answered_harmlessly(code in "\\PC{0,20}|[\\x00-\\x20:#a-z/]{0,12}") {
        let ran = run(&["explain", "--", &code]);
        prop_assert!(ran.exit != Exit::Findings);
        assert_harmless(&ran.err, false);
    }

    #[test]
    fn any_schema_is_used_or_refused(schema in mutated()) {
        let files = Files::new();
        let schema = files.write("schema.json", &schema);
        let payload = files.write("payload.json", br#"{"id":1,"properties":"x","type":["a"]}"#);
        let ran = run(&["validate", "--schema", &schema, &payload]);
        assert_harmless(&ran.err, false);
        assert_harmless(&String::from_utf8(ran.out).unwrap(), false);
    }
}

#[test]
fn every_fixture_keeps_every_promise() {
    let files = Files::new();
    for (bytes, other) in seeds().iter().zip(seeds().iter().skip(1)) {
        promises::payload(bytes);
        promises::diff(bytes, other);
        every_command(&files, bytes, other);
    }
}

#[test]
fn a_stream_may_be_cut_at_every_place() {
    for bytes in seeds().iter().filter(|bytes| bytes.len() < 255) {
        for length in 1..=u8::try_from(bytes.len()).unwrap() {
            promises::stream(bytes, &[length, u8::MAX]);
        }
    }
    for bytes in seeds().iter().filter(|bytes| bytes.len() < 2000) {
        promises::stream(bytes, &[1]);
        promises::stream(bytes, &[7, 2]);
    }
}

#[test]
fn every_code_point_is_harmless_in_every_format() {
    // Many to a payload, as a name, as a value and as a line that is no JSON.
    let all: Vec<char> =
        (0..=0x0010_ffff).filter_map(char::from_u32).filter(|&found| is_told_apart(found)).collect();
    for characters in all.chunks(40) {
        let members = characters.iter().map(|character| {
            let text = serde_json::to_string(&format!("::{character}")).unwrap();
            format!("{text}:{text}")
        });
        let text = format!("{{\"id\":1,{}}}", members.collect::<Vec<_>>().join(","));
        promises::payload(text.as_bytes());
        promises::payload(&text.as_bytes()[1..]);
    }
}

/// Whether a character is unsafe, next to one that is, or a sample of the others.
fn is_told_apart(character: char) -> bool {
    let code = u32::from(character);
    let near = [code.saturating_sub(1), code, code + 1];
    code.is_multiple_of(997)
        || near.into_iter().filter_map(char::from_u32).any(assoclens::visible::is_unsafe) && code < 0xe0010
}

/// Text in which everything is hostile, of about `length` bytes.
fn hostile(length: usize) -> String {
    "::error::##[x]\\u001b\u{202e}\u{200b}\u{e0001}\\u0000%0A".repeat(length / 40)
}

#[test]
fn what_is_told_of_a_payload_is_bounded_whatever_its_size() {
    let long = hostile(70_000);
    let many = |name: &str, value: &str| -> String {
        (0..200).map(|index| format!(",\"{name}{index}\":{value}")).collect()
    };
    let fields = [
        "id",
        "associationType",
        "firstObjectKey",
        "firstObjectLabel",
        "secondObjectKey",
        "secondObjectLabel",
        "key",
        "locationId",
    ];
    let each = |value: &str| fields.map(|name| format!("\"{name}\":{value}")).join(",");
    let payloads = [
        format!("{{{}}}", each(&format!("\"{}\"", hostile(10_000)))),
        format!("{{{}}}", each(&format!("[\"{}\"]", hostile(10_000)))),
        format!("{{{}}}", each(&"9".repeat(10_000))),
        format!("{{\"{long}\":1,\"id\":2}}"),
        format!("{{\"id\":1{}}}", many(&hostile(200), "1")),
        format!("{{\"id\":1,{},{}}}", each("1"), each(&format!("\"{}\"", hostile(4000)))),
        format!("{{\"{long}\" \"{long}\"}}"),
        format!("\"{long}\""),
        format!("{{\"type\":\"{long}\",\"data\":{{\"{long}\":1}}}}"),
        format!("{{\"data\":{{\"x\":[{}1]}}}}", "1,".repeat(10_000)),
    ];
    for (payload, next) in payloads.iter().zip(&payloads[1..]) {
        promises::payload(payload.as_bytes());
        promises::diff(payload.as_bytes(), next.as_bytes());
    }
}

#[test]
fn what_a_schema_of_ones_own_finds_is_bounded_too() {
    let files = Files::new();
    let long = hostile(100_000);
    let payload = format!("{{\"{long}\":{{\"{long}\":[\"{long}\",\"{long}\"]}},\"x\":\"{long}\"}}");
    let payload = files.write("payload.json", payload.as_bytes());
    for schema in [
        r#"{"additionalProperties":false}"#.to_owned(),
        r#"{"additionalProperties":{"type":"string"}}"#.to_owned(),
        r#"{"additionalProperties":{"additionalProperties":{"items":{"maxLength":3},"uniqueItems":true}}}"#
            .to_owned(),
        r#"{"properties":{"x":{"enum":["LONG!"]}}}"#.replace("LONG", &long),
        r#"{"properties":{"x":{"const":"LONG2"}},"required":["LONG3"]}"#.replace("LONG", &long),
        r#"{"propertyNames":{"maxLength":3}}"#.to_owned(),
        r#"{"properties":{"x":{"pattern":"^LONG$"}}}"#.replace("LONG", &"ab".repeat(3000)),
        r#"{"oneOf":[{"type":"string"},{"properties":{"x":{"type":"null"}}}]}"#.to_owned(),
    ] {
        let schema = files.write("schema.json", schema.as_bytes());
        for format in choices::<Format>() {
            let ran = run(&["validate", "--schema", &schema, "--format", format, &payload]);
            let out = String::from_utf8(ran.out).unwrap();
            assert_eq!(ran.exit, Exit::Findings, "{format}: {}", ran.err);
            // The head of a SARIF log lists the rules.
            let head = if format == "sarif" { 64 << 10 } else { 4 << 10 };
            assert!(out.len() <= TOLD_AT_MOST + head, "{format}: {} bytes", out.len());
            assert_harmless(&out, format == "github");
            assert_form(format, &out);
        }
    }
}

/// Takes so many bytes; then it fails, or takes no more.
struct FailsAt {
    left: usize,
    is_full: bool,
}

impl Write for FailsAt {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(self.left);
        self.left -= count;
        match count {
            0 if bytes.is_empty() || self.is_full => Ok(0),
            0 => Err(io::Error::other("no more")),
            count => Ok(count),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_that_fails_at_any_byte_is_never_a_pass() {
    let files = Files::new();
    let path = |name: &str| Path::new(ROOT).join("fixtures").join(name).to_str().unwrap().to_owned();
    let (valid, other) = (path("valid/flat-delivery.json"), path("valid/unicode-labels.json"));
    let stream = files.write("stream.ndjson", b"{\"id\":1}\n{}\n{\"id\":\n");
    let mut runs: Vec<(Vec<&str>, usize)> = Vec::new();
    for (_, command) in commands() {
        let paths = if command[0] == "diff" { [&valid, &other] } else { [&valid, &stream] };
        runs.push((command.into_iter().chain(paths.map(String::as_str)).collect(), 1));
    }
    let others: [&[&str]; 6] = [
        &["schema"],
        &["schema", "--fields"],
        &["schema", "--example"],
        &["explain"],
        &["explain", "syntax"],
        &["validate", "--jobs", "4", &valid, &stream, &valid],
    ];
    runs.extend(others.map(|run| (run.to_vec(), 7)));
    for (arguments, step) in runs {
        let whole = run(&arguments).out.len();
        // Every place of a short report, and some dozens of places of a long one.
        let step = step.max(whole / 60);
        for (left, is_full) in (0..whole).step_by(step).flat_map(|left| [(left, false), (left, true)]) {
            let mut err = Vec::new();
            let exit = run_into(&arguments, &mut FailsAt { left, is_full }, &mut err);
            let err = String::from_utf8(err).unwrap();
            assert_eq!(exit, Exit::Trouble, "{arguments:?} at {left} of {whole}: {err}");
            assert!(err.contains("error: cannot write the report: "), "{arguments:?} at {left}: {err}");
        }
        let mut err = Vec::new();
        let exit = run_into(&arguments, &mut FailsAt { left: whole, is_full: false }, &mut err);
        assert_eq!(exit, run(&arguments).exit, "{arguments:?}");
    }
}

#[test]
fn a_standard_error_that_fails_changes_no_exit_code() {
    let files = Files::new();
    let stream = files.write("stream.ndjson", b"{\"id\":1}\n{\"id\":\n");
    for arguments in [
        &["validate", "no/such.json", &stream][..],
        &["filter", &stream],
        &["inspect", "--field", "x", &stream],
        &["explain", "x"],
    ] {
        for left in [0, 3, 20] {
            let mut out = Vec::new();
            let exit = run_into(arguments, &mut out, &mut FailsAt { left, is_full: left == 3 });
            assert_eq!(exit, run(arguments).exit, "{arguments:?}");
            assert_eq!(out, run(arguments).out, "{arguments:?}");
        }
    }
}

#[test]
fn every_byte_that_is_not_utf8_is_told_of_harmlessly() {
    for byte in 0x80..=0xff {
        promises::payload(&[b'"', byte, b'"']);
        promises::payload(&[byte]);
    }
}

/// What a command is handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Valid,
    Warned,
    Invalid,
    NoJson,
    Empty,
    Missing,
    InvalidThenMissing,
    EmptyFolder,
}

use Input::{Empty, EmptyFolder, Invalid, InvalidThenMissing, Missing, NoJson, Valid, Warned};

impl Input {
    const ALL: [Self; 8] = [Valid, Warned, Invalid, NoJson, Empty, Missing, InvalidThenMissing, EmptyFolder];

    fn paths(self, files: &Files) -> Vec<String> {
        match self {
            Valid => vec![files.write("valid.json", assoclens::association::EXAMPLE.as_bytes())],
            Warned => vec![files.write("warned.json", b"{}")],
            Invalid => vec![files.write("invalid.json", b"{\"id\":1}")],
            NoJson => vec![files.write("no.json", b"{\"id\":")],
            Empty => vec![files.write("empty.json", b" \n")],
            Missing => vec![files.0.path().join("missing.json").to_str().unwrap().to_owned()],
            InvalidThenMissing => [Invalid, Missing].iter().flat_map(|input| input.paths(files)).collect(),
            EmptyFolder => {
                fs::create_dir_all(files.0.path().join("folder")).unwrap();
                vec![files.0.path().join("folder").to_str().unwrap().to_owned()]
            }
        }
    }
}

/// The exit code of each command for each input, in the order of [`Input::ALL`]; the same in every format.
const EXITS: [(&[&str], [u8; 8]); 12] = [
    (&["validate"], [0, 0, 1, 1, 1, 2, 2, 2]),
    (&["validate", "--strict"], [0, 1, 1, 1, 1, 2, 2, 2]),
    (&["validate", "--allow", "all"], [0, 0, 0, 1, 1, 2, 2, 2]),
    (&["validate", "--max-findings", "0"], [0, 0, 1, 1, 1, 2, 2, 2]),
    (&["validate", "--quiet"], [0, 0, 1, 1, 1, 2, 2, 2]),
    (&["validate", "--expect-invalid"], [1, 1, 0, 0, 0, 2, 2, 2]),
    (&["validate", "--fail-fast"], [0, 0, 1, 1, 1, 2, 1, 2]),
    (&["inspect"], [0, 0, 0, 2, 2, 2, 2, 2]),
    (&["inspect", "--check"], [0, 0, 1, 2, 2, 2, 2, 2]),
    (&["inspect", "--field", "id"], [0, 1, 0, 2, 2, 2, 2, 2]),
    (&["filter"], [0, 0, 0, 0, 0, 2, 2, 2]),
    (&["diff"], [0, 1, 1, 2, 2, 2, 2, 2]),
];

fn formats_of(command: &[&str]) -> Vec<Vec<&'static str>> {
    let all = |formats: &[&'static str]| formats.iter().map(|format| vec!["--format", *format]).collect();
    match command {
        ["validate", "--quiet"] | ["filter"] | ["inspect", "--field", ..] => vec![vec![]],
        ["validate", ..] => all(&choices::<Format>()),
        ["inspect", ..] => all(&choices::<InspectFormat>()),
        _ => all(&choices::<DiffFormat>()),
    }
}

#[test]
fn every_exit_code_is_as_the_table_says_in_every_format_and_never_a_pass_without_a_reader() {
    let files = Files::new();
    for (command, exits) in EXITS {
        for (input, code) in Input::ALL.into_iter().zip(exits) {
            let mut paths = input.paths(&files);
            if command[0] == "diff" && paths.len() == 1 {
                paths.insert(0, Valid.paths(&files).remove(0));
            }
            for format in formats_of(command) {
                let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                let arguments = [command, &format, &paths].concat();
                let expected = [Exit::Clean, Exit::Findings, Exit::Trouble][usize::from(code)];
                let ran = run(&arguments);
                assert_eq!(ran.exit, expected, "{input:?} {command:?} {format:?}: {}", ran.err);
                // Whoever is told nothing is told that: by the exit code where there was something to write.
                let mut err = Vec::new();
                let exit = run_into(&arguments, &mut Gone, &mut err);
                let unread = if ran.out.is_empty() { expected } else { Exit::Trouble };
                assert_eq!(exit, unread, "{input:?} {command:?} {format:?}");
                assert!(!String::from_utf8(err).unwrap().contains("cannot write"), "it is silent");
            }
        }
    }
}

/// A pipe whose reader has gone away.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
