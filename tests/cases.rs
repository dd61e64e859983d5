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
//! ESC is written ␛, and CR ␍. A last line without a line end is followed by a line of `>\` or `!\`. `UPDATE_CASES=1
//! cargo test --test cases` writes the actual output; read the difference before you commit it. All differences are
//! shown.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs a line of shell without any of the caller's environment that could change an output.
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
    // A program that does not read its input may end before all of it is written.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

/// Whether a command needs a program that not every system has, and this one lacks. The case then counts as passed, and
/// a message says so. `eprintln!` is not used, because the output of a passing test is captured.
fn is_skipped(command: &str) -> bool {
    let needs_jq = command.split([' ', '(']).any(|word| word == "jq");
    let is_skipped = needs_jq && !["/usr/bin/jq", "/bin/jq"].iter().any(|path| Path::new(path).exists());
    if is_skipped {
        io::stderr().write_all(format!("SKIPPED: jq is not installed: {command}\n").as_bytes()).unwrap();
    }
    is_skipped
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

/// A line of text, or a command with the lines written below it.
struct Part {
    /// Its line in the file, from 1.
    line: usize,
    written: String,
    /// The text with the command's actual output.
    found: String,
}

impl Part {
    fn new((index, line): (usize, &str)) -> Self {
        Self { line: index + 1, written: format!("{line}\n"), found: format!("{line}\n") }
    }

    /// The first difference between the written and the actual text, with some lines around it.
    fn difference(&self, path: &Path) -> String {
        let (written, found) = (self.written.lines(), self.found.lines());
        let alike = written.zip(found).take_while(|(written, found)| written == found).count();
        let around =
            |text: &str| text.lines().skip(alike.saturating_sub(3)).take(12).collect::<Vec<_>>().join("\n");
        let (command, line) = (self.written.lines().next().unwrap(), self.line + alike);
        let (written, found) = (around(&self.written), around(&self.found));
        format!("{}:{line}: {command}\n--- written\n{written}\n--- found\n{found}\n\n", path.display())
    }
}

fn replay_cases(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some(line) = lines.next() {
        let mut part = Part::new(line);
        if let Some(command) = line.1.strip_prefix("$ ") {
            let mut stdin = String::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with('<')) {
                writeln!(part.written, "{line}").unwrap();
                writeln!(part.found, "{line}").unwrap();
                let typed = line[1..].strip_prefix(' ').unwrap_or("");
                stdin += &(typed.replace('␛', "\u{1b}").replace('␍', "\r") + "\n");
            }
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(['>', '!', '?'])) {
                writeln!(part.written, "{line}").unwrap();
            }
            if is_skipped(command) {
                part.found.clone_from(&part.written);
                parts.push(part);
                continue;
            }
            let output = run(command, &stdin);
            part.found += &shown(&output.stdout, '>');
            part.found += &shown(&output.stderr, '!');
            writeln!(part.found, "? {}", output.status.code().unwrap()).unwrap();
        }
        parts.push(part);
    }
    parts
}

/// The commands of a document's console blocks, each with the output of a terminal: both streams, in the order written.
fn replay_console_blocks(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut is_console = false;
    let mut lines = text.lines().enumerate().peekable();
    while let Some(line) = lines.next() {
        let mut part = Part::new(line);
        if line.1.starts_with("```") {
            is_console = line.1 == "```console";
        } else if is_console {
            let command = line.1.strip_prefix("$ ").expect("a block begins with a command");
            while let Some((_, line)) =
                lines.next_if(|(_, line)| !line.starts_with("$ ") && !line.starts_with("```"))
            {
                writeln!(part.written, "{line}").unwrap();
            }
            if command != "cargo test --locked" {
                let command = command.replace("cargo run --locked --quiet --", "assoclens");
                let output = run(&format!("exec 2>&1\n{command}"), "");
                part.found += &String::from_utf8(output.stdout).unwrap();
            }
        }
        parts.push(part);
    }
    parts
}

/// Compares files with the output of their commands, or with `UPDATE_CASES` writes it. All failures are shown.
fn check(paths: &[PathBuf], replay: impl Fn(&str) -> Vec<Part>) {
    let mut differences = Vec::new();
    for path in paths {
        let parts = replay(&fs::read_to_string(path).unwrap());
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(path, parts.iter().map(|part| &*part.found).collect::<String>()).unwrap();
        } else {
            let differ = parts.iter().filter(|part| part.written != part.found);
            differences.extend(differ.map(|part| part.difference(path)));
        }
    }
    assert!(differences.is_empty(), "{} differ\n\n{}", differences.len(), differences.concat());
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
    check(&files, replay_cases);
}

#[test]
fn every_command_of_the_readme_prints_what_it_says() {
    check(&[Path::new(ROOT).join("README.md")], replay_console_blocks);
}

#[test]
fn every_command_of_the_pages_prints_what_it_says() {
    let pages = ["commands", "verify", "ci", "formats", "redact"];
    check(&pages.map(|page| Path::new(ROOT).join(format!("docs/{page}.md"))), replay_console_blocks);
}

#[test]
fn every_row_of_the_page_on_exit_codes_is_shown_by_a_command() {
    let path = Path::new(ROOT).join("docs/exit-codes.md");
    check(std::slice::from_ref(&path), replay_console_blocks);
    let page = fs::read_to_string(path).unwrap();
    // Below the table of codes, each table is followed by a block with one command per row.
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
    // The rows of `verify` that need the vendor's private key.
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
