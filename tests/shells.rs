//! What is installed beside the program: completions, tried in the shells that are here, and manual pages.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
#![cfg(unix)]

use assoclens::cli::Cli;
use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `program` with its arguments, where `assoclens` can be found.
fn command(program: &str, arguments: &[&str]) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display())).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null());
    command
}

/// What `program` says; nothing where it is not installed.
fn ran(program: &str, arguments: &[&str]) -> Option<Output> {
    match command(program, arguments).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skip(program);
            None
        }
        output => Some(output.unwrap()),
    }
}

#[allow(clippy::print_stderr, reason = "whoever runs the tests should know what was not tried")]
fn skip(program: &str) {
    eprintln!("skipped: {program} is not installed");
}

fn printed(arguments: &[&str]) -> String {
    let output = command("assoclens", arguments).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of all commands.
fn names() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn bash_completes_commands_options_values_and_files() {
    let line = r#"
        source <(assoclens completions bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _assoclens assoclens "${@: -1}" "${@: -2:1}"
        echo "${COMPREPLY[@]}"
        complete -p assoclens"#;
    let commands = names().join(" ");
    let cases: [(&[&str], &str); 8] = [
        (&["val"], "validate"),
        (&["validate", "--form"], "--format"),
        (&["validate", "--format", "ju"], "junit"),
        (&["show", "--fi"], "--field"),
        (&["diff", "--format", "si"], "side-by-side"),
        (&["validate", "--schema", "sch"], "schemas"),
        (&["validate", "--unwrap", "webhook-"], "webhook-site webhook-tester"),
        (&["man", ""], &format!("-h --color --help {commands}")),
    ];
    for (words, completed) in cases {
        let arguments: Vec<&str> = [&["-c", line, "bash", "assoclens"], words].concat();
        let output = command("bash", &arguments).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let (found, rest) = stdout.split_once('\n').unwrap();
        assert_eq!(found, completed, "{words:?} {:?}", output.stderr);
        // What is no option is left to bash, which completes files.
        assert!(rest.contains("-o default"), "{rest}");
    }
}

#[test]
fn the_script_of_every_shell_knows_every_command() {
    for shell in Shell::value_variants() {
        let script = printed(&["completions", &shell.to_string()]);
        names().iter().for_each(|name| assert!(script.contains(name), "{shell}: {name}"));
    }
}

#[test]
fn zsh_takes_its_completion() {
    let line = "autoload -Uz compinit && compinit -u -D && source <(assoclens completions zsh) && \
                print -- ${_comps[assoclens]} && functions _assoclens_commands >/dev/null && print found";
    if let Some(output) = ran("zsh", &["-f", "-c", line]) {
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "_assoclens\nfound\n", "{:?}", output.stderr);
    }
}

#[test]
fn fish_completes_commands_and_values() {
    let line = "assoclens completions fish | source; complete -C 'assoclens val'; \
                complete -C 'assoclens validate --format ju'";
    if let Some(output) = ran("fish", &["--no-config", "-c", line]) {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let completed: Vec<&str> = stdout.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(completed, ["validate", "junit"], "{stdout}{:?}", output.stderr);
    }
}

#[test]
fn every_command_has_a_page_that_formatters_take_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for name in [String::new()].into_iter().chain(names()) {
        let arguments: Vec<&str> = ["man", &name].into_iter().filter(|word| !word.is_empty()).collect();
        let page = printed(&arguments);
        let title = if name.is_empty() { "assoclens".to_owned() } else { format!("assoclens-{name}") };
        assert!(page.contains(&format!("\n.TH {title} 1 ")), "{page}");
        let path = folder.path().join("page.1");
        fs::write(&path, page).unwrap();
        let path = path.to_str().unwrap();
        if let Some(output) = ran("groff", &["-man", "-Tutf8", "-P-cbou", "-ww", path]) {
            let shown = String::from_utf8(output.stdout).unwrap();
            assert!(shown.contains("\nEXIT STATUS\n"), "{shown}");
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{name}");
        }
        if let Some(output) = ran("mandoc", &["-T", "lint", "-W", "error", path]) {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{name}");
        }
    }
}

#[test]
fn what_is_printed_depends_on_the_version_alone() {
    for arguments in [["completions", "bash"], ["completions", "zsh"], ["man", "validate"]] {
        let elsewhere = command("assoclens", &arguments)
            .current_dir("/")
            .envs([("COLUMNS", "20"), ("LC_ALL", "C"), ("FORCE_COLOR", "1"), ("TZ", "Asia/Tokyo")])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(elsewhere.stdout).unwrap(), printed(&arguments), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_printed_is_trouble() {
    for arguments in [["completions", "fish"], ["man", "validate"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let gone = command("assoclens", &arguments).stdout(writer).output().unwrap();
        assert_eq!((gone.status.code(), gone.stderr.as_slice()), (Some(2), &b""[..]));
        if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
            let output = command("assoclens", &arguments).stdout(full).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(stderr, "error: cannot write the report: No space left on device (os error 28)\n");
        }
    }
}
