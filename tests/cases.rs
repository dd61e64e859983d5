//! The cases of `tests/cases/*.txt` and the console blocks of the documentation, run as written.
//!
//! A case reads:
//!
//! ```text
//! # what it shows
//! $ assoclens validate -         the command, run by sh in the project's folder
//! < {"id": 67}                   standard input, if any
//! > …                            every line of standard output, exactly
//! ! …                            every line of standard error, exactly
//! ? 1                            the exit status
//! ```
//!
//! ESC is written ␛, and CR ␍. A last line without a line end is followed by a line of `>\` or `!\`.
//! `UPDATE_CASES=1 cargo test --test cases` writes what was found; read the difference before you commit it.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs a line of shell with nothing of the caller's environment that could change an output.
fn run(command: &str, stdin: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let mut child = Command::new("sh")
        .args(["-c", command])
        .current_dir(ROOT)
        .env_clear()
        .envs([
            ("TERM", "xterm"),
            ("LC_ALL", "C.UTF-8"),
            ("PATH", &format!("{}:/usr/bin:/bin", program.display())),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may be gone before all of it is written.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn shown(bytes: &[u8], mark: char) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace('\u{1b}', "␛").replace('\r', "␍");
    let mut lines = String::new();
    for line in text.lines() {
        writeln!(lines, "{}", format!("{mark} {line}").trim_end()).unwrap();
    }
    if !text.is_empty() && !text.ends_with('\n') {
        writeln!(lines, "{mark}\\").unwrap();
    }
    lines
}

/// The file as it would read if every case came out as it does.
fn replay(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            writeln!(out, "{line}").unwrap();
            continue;
        };
        writeln!(out, "{line}").unwrap();
        let mut stdin = String::new();
        while let Some(line) = lines.next_if(|line| line.starts_with('<')) {
            writeln!(out, "{line}").unwrap();
            stdin +=
                &(line[1..].strip_prefix(' ').unwrap_or("").replace('␛', "\u{1b}").replace('␍', "\r") + "\n");
        }
        while lines.next_if(|line| line.starts_with(['>', '!', '?'])).is_some() {}
        let output = run(command, &stdin);
        out += &shown(&output.stdout, '>');
        out += &shown(&output.stderr, '!');
        writeln!(out, "? {}", output.status.code().unwrap()).unwrap();
    }
    out
}

/// The document as it would read if every command in its console blocks printed what it does, standard error
/// after standard output.
fn replay_console_blocks(text: &str) -> String {
    let mut out = String::new();
    let mut is_console = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_console = line == "```console";
        }
        let command = line.strip_prefix("$ ").filter(|_| is_console);
        if command.is_some() || !is_console || line.starts_with("```") {
            writeln!(out, "{line}").unwrap();
        }
        if let Some(command) = command.filter(|command| *command != "cargo test --locked") {
            let output = run(&command.replace("cargo run --locked --quiet --", "assoclens"), "");
            out += &String::from_utf8(output.stdout).unwrap();
            out += &String::from_utf8(output.stderr).unwrap();
        }
    }
    out
}

fn check(path: &Path, replay: impl Fn(&str) -> String) {
    let expected = fs::read_to_string(path).unwrap();
    let found = replay(&expected);
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(path, found).unwrap();
        return;
    }
    let differs = expected.lines().zip(found.lines()).position(|(expected, found)| expected != found);
    let line = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    let around =
        |text: &str| text.lines().skip(line.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n");
    let (name, wanted, got) = (path.display(), around(&expected), around(&found));
    assert!(expected == found, "{name}:{}\n--- expected\n{wanted}\n--- found\n{got}\n", line + 1);
}

#[test]
fn every_case_comes_out_as_written() {
    let mut files: Vec<PathBuf> = fs::read_dir(Path::new(ROOT).join("tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    assert!(files.len() > 3);
    files.iter().for_each(|file| check(file, replay));
}

#[test]
fn every_command_of_the_readme_prints_what_it_says() {
    check(&Path::new(ROOT).join("README.md"), replay_console_blocks);
}

#[test]
fn every_command_of_the_page_on_formats_prints_what_it_says() {
    check(&Path::new(ROOT).join("docs/formats.md"), replay_console_blocks);
}

#[test]
fn every_row_of_the_page_on_exit_codes_is_shown_by_a_command() {
    let path = Path::new(ROOT).join("docs/exit-codes.md");
    check(&path, replay_console_blocks);
    let page = fs::read_to_string(path).unwrap();
    // Below the table of what the codes mean, each table is followed by a block with a command a row.
    let below = page.split_once("\n## ").unwrap().1;
    let tables = below.split("```console\n").map(|part| part.rsplit("```\n").next().unwrap());
    let blocks = below.split("```console\n").skip(1).map(|part| part.split("```\n").next().unwrap());
    for (table, block) in tables.zip(blocks) {
        let rows =
            table.lines().filter_map(|line| line.strip_prefix("| ")).filter_map(|row| row.split(' ').next());
        let rows: Vec<&str> = rows.filter(|code| *code != "code").collect();
        let codes: Vec<&str> = block.lines().filter(|line| !line.starts_with('$')).collect();
        assert!(rows == codes && !rows.is_empty(), "{table}{block}");
    }
}

#[test]
fn the_examples_that_help_gives_work() {
    // Those of `verify` need the vendor's private key.
    for (subcommand, examples, status) in
        [("validate", 3, 0), ("inspect", 4, 0), ("diff", 3, 1), ("filter", 2, 0)]
    {
        let help = String::from_utf8(run(&format!("assoclens {subcommand} --help"), "").stdout).unwrap();
        let text = help.split_once("Examples:").expect("the help ends with examples").1;
        let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("      ")).collect();
        assert_eq!(commands.len(), examples);
        for command in commands {
            let command = command
                .replace("> invalid.ndjson", ">/dev/null")
                .replace("> labels.csv", ">/dev/null")
                .replace("captures.ndjson", "fixtures/valid/deliveries.ndjson")
                .replace("good.json", "fixtures/valid/flat-delivery.json")
                .replace("failed.json", "fixtures/invalid/id-wrong-type.json")
                .replace("yesterday.ndjson", "tests/cases/diff/monday.ndjson")
                .replace("today.ndjson", "tests/cases/diff/tuesday.ndjson");
            let output = run(&command, "");
            assert_eq!(output.status.code(), Some(status), "{command}: {output:?}");
        }
    }
}
