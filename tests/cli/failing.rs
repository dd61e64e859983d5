//! Readers and writers that fail at every place, and the exit codes of all commands in one table.

use crate::choices::{choices, validate_formats};
use crate::running::{Files, commands, run, run_into};
use assoclens::cli::{DiffFormat, InspectFormat};
use assoclens::command::Exit;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Takes this many bytes; then it fails, or takes no more.
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
            assert_eq!(exit, Exit::Unavailable, "{arguments:?} at {left} of {whole}: {err}");
            assert!(err.contains("error: cannot write the report: "), "{arguments:?} at {left}: {err}");
        }
        let mut err = Vec::new();
        let exit = run_into(&arguments, &mut FailsAt { left: whole, is_full: false }, &mut err);
        assert_eq!(exit, run(&arguments).exit, "{arguments:?}");
    }
}

#[test]
fn compressed_input_that_is_cut_at_any_byte_is_never_a_pass() {
    let files = Files::new();
    let lines = b"{\"id\":\"a\"}\n{}\n{\"key\":\"b\"}\n";
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(lines).unwrap();
    let gzip = encoder.finish().unwrap();
    let zstandard =
        ruzstd::encoding::compress_to_vec(&lines[..], ruzstd::encoding::CompressionLevel::Fastest);
    // Fewer bytes do not show that they are compressed.
    for (whole, least) in [(gzip, 2), (zstandard, 4)] {
        for command in ["validate", "inspect", "filter", "redact", "diff"] {
            let run = |bytes: &[u8]| {
                let path = files.write("stream.ndjson", bytes);
                let other = files.write("other.ndjson", lines);
                let paths = [other.as_str(), &path];
                run(&[&[command][..], if command == "diff" { &paths } else { &paths[1..] }].concat())
            };
            assert_eq!(run(&whole).exit, Exit::Clean, "{command}");
            for end in least..whole.len() {
                let ran = run(&whole[..end]);
                assert_eq!(ran.exit, Exit::Unavailable, "{command} at {end} of {}", whole.len());
                assert!(ran.err.contains("is cut or broken after "), "{command} at {end}: {}", ran.err);
            }
        }
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

/// The input of a command.
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
    InvalidThenValid,
    NoJsonThenValid,
}

use Input::{
    Empty, EmptyFolder, Invalid, InvalidThenMissing, InvalidThenValid, Missing, NoJson, NoJsonThenValid,
    Valid, Warned,
};

impl Input {
    const ALL: [Self; 10] = [
        Valid,
        Warned,
        Invalid,
        NoJson,
        Empty,
        Missing,
        InvalidThenMissing,
        EmptyFolder,
        InvalidThenValid,
        NoJsonThenValid,
    ];

    fn paths(self, files: &Files) -> Vec<String> {
        match self {
            Valid => vec![files.write("valid.json", assoclens::event::ASSOCIATION_CREATE.example.as_bytes())],
            Warned => vec![files.write("warned.json", b"{}")],
            Invalid => vec![files.write("invalid.json", b"{\"id\":1}")],
            NoJson => vec![files.write("no.json", b"{\"id\":")],
            Empty => vec![files.write("empty.json", b" \n")],
            Missing => vec![files.0.path().join("missing.json").to_str().unwrap().to_owned()],
            InvalidThenMissing => [Invalid, Missing].iter().flat_map(|input| input.paths(files)).collect(),
            InvalidThenValid => [Invalid, Valid].iter().flat_map(|input| input.paths(files)).collect(),
            NoJsonThenValid => [NoJson, Valid].iter().flat_map(|input| input.paths(files)).collect(),
            EmptyFolder => {
                fs::create_dir_all(files.0.path().join("folder")).unwrap();
                vec![files.0.path().join("folder").to_str().unwrap().to_owned()]
            }
        }
    }
}

/// The exit code of each command for each input, in the order of [`Input::ALL`]; the same in every format.
const EXITS: [(&[&str], [u8; 10]); 13] = [
    (&["validate"], [0, 0, 1, 1, 1, 2, 2, 2, 1, 1]),
    (&["validate", "--strict"], [0, 1, 1, 1, 1, 2, 2, 2, 1, 1]),
    (&["validate", "--allow", "all"], [0, 0, 0, 1, 1, 2, 2, 2, 0, 1]),
    (&["validate", "--max-findings", "0"], [0, 0, 1, 1, 1, 2, 2, 2, 1, 1]),
    (&["validate", "--quiet"], [0, 0, 1, 1, 1, 2, 2, 2, 1, 1]),
    (&["validate", "--expect-invalid"], [1, 1, 0, 0, 0, 2, 2, 2, 1, 1]),
    (&["validate", "--fail-fast"], [0, 0, 1, 1, 1, 2, 1, 2, 1, 1]),
    (&["inspect"], [0, 0, 0, 2, 2, 2, 2, 2, 0, 2]),
    (&["inspect", "--check"], [0, 0, 1, 2, 2, 2, 2, 2, 1, 2]),
    (&["inspect", "--field", "id"], [0, 1, 0, 2, 2, 2, 2, 2, 0, 2]),
    (&["filter"], [0, 0, 0, 0, 0, 2, 2, 2, 0, 0]),
    (&["redact"], [0, 0, 0, 0, 0, 2, 2, 2, 0, 0]),
    (&["diff"], [0, 1, 1, 2, 2, 2, 2, 2, 1, 2]),
];

fn formats_of(command: &[&str]) -> Vec<Vec<&'static str>> {
    let all = |formats: &[&'static str]| formats.iter().map(|format| vec!["--format", *format]).collect();
    match command {
        ["validate", "--quiet"] | ["filter"] | ["redact"] | ["inspect", "--field", ..] => vec![vec![]],
        ["validate", ..] => all(&validate_formats()),
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
                let expected = [Exit::Clean, Exit::Findings, Exit::Unavailable][usize::from(code)];
                let ran = run(&arguments);
                assert_eq!(ran.exit, expected, "{input:?} {command:?} {format:?}: {}", ran.err);
                // A run without any output must report through its exit code, if there was something to write.
                let mut err = Vec::new();
                let exit = run_into(&arguments, &mut Gone, &mut err);
                let unread = if ran.out.is_empty() { expected } else { Exit::Unavailable };
                assert_eq!(exit, unread, "{input:?} {command:?} {format:?}");
                assert!(!String::from_utf8(err).unwrap().contains("cannot write"), "it is silent");
            }
        }
    }
}

/// A pipe whose reader has left.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
