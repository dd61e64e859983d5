//! The help and the lists of the program, as terminals show them.

use assoclens::cli::Cli;
use clap::CommandFactory as _;
use std::process::Command;

/// The output of `assoclens` on a page of this many columns.
fn shown(arguments: &[&str], columns: usize) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(arguments)
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn names() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

#[test]
fn the_short_help_of_every_command_fits_a_screen() {
    for name in names() {
        let help = shown(&[&name, "-h"], 80);
        let lines = help.lines().count();
        assert!(lines <= 40, "{name} -h has {lines} lines");
        help.lines().for_each(|line| assert!(line.chars().count() <= 80, "{name} -h: {line}"));
    }
    let lines = shown(&["-h"], 80).lines().count();
    assert!(lines <= 40, "-h has {lines} lines");
}

#[test]
fn a_short_help_that_leaves_options_out_says_so() {
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        let hides = command.get_arguments().any(clap::Arg::is_hide_short_help_set);
        let help = shown(&[name, "-h"], 80);
        let hint = help.ends_with(&format!("More options and examples: assoclens {name} --help\n"));
        assert!(hint || !hides, "{name}");
    }
}

#[test]
fn lists_wrap_on_a_narrow_page() {
    for list in [&["captures"][..], &["events"], &["schema", "--fields"]] {
        for line in shown(list, 40).lines() {
            let has_long_word = line.split(' ').any(|word| word.chars().count() > 25);
            let is_command = line.starts_with("    assoclens ");
            assert!(line.chars().count() <= 40 || has_long_word || is_command, "{list:?}: {line}");
        }
    }
}
