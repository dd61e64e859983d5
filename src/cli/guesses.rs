//! Commands and options of other tools, and their names here.
//!
//! In: a word that is not a command, or an option that a command does not have. Out: the advice, if there is any.
//! Invariant: an option is suggested only if the command has it.

use clap::Command;

/// The commands here, each with the names of similar ones elsewhere.
const COMMANDS: [(&str, &[&str]); 10] = [
    ("validate", &["check", "lint", "test", "judge", "assert"]),
    ("inspect", &["view", "cat", "print", "pretty", "open", "unwrap"]),
    ("diff", &["compare", "cmp"]),
    ("filter", &["grep", "select", "extract"]),
    ("redact", &["anonymize", "anonymise", "sanitize", "mask", "scrub"]),
    ("verify", &["sign", "signature"]),
    ("explain", &["rules", "codes", "rule"]),
    ("captures", &["shapes", "formats"]),
    ("schema --fields", &["fields"]),
    ("schema --example", &["example"]),
];

/// The options here: the long name, the way to type it, and the names of similar options elsewhere.
const OPTIONS: [(&str, &str, &[&str]); 9] = [
    ("color", "--color never", &["--no-color", "--no-colour"]),
    ("allow", "--allow CODES", &["--ignore", "--disable", "--exclude", "--skip"]),
    ("deny", "--deny CODES", &["--error", "--fail-on"]),
    ("strict", "--strict", &["--warnings-as-errors", "-W"]),
    ("jobs", "--jobs N", &["--threads", "--parallel"]),
    ("max-findings", "--max-findings N", &["--limit", "--max-errors"]),
    ("quiet", "--quiet", &["--silent", "-s"]),
    ("explain", "--explain", &["--verbose", "-v"]),
    ("format", "--format payload", &["--pretty", "--indent"]),
];

/// The command here that resembles a command `word` elsewhere.
pub(super) fn command(word: &str) -> Option<&'static str> {
    COMMANDS.iter().find(|(_, words)| words.contains(&word)).map(|(command, _)| *command)
}

/// The advice about an unknown `option`: before the command, after a command that lacks it, or without a command, which
/// means `inspect`.
pub(super) fn option(option: &str, all: &Command, command: Option<&Command>) -> Option<String> {
    let here = command.or_else(|| all.find_subcommand("inspect"))?;
    let name = option.strip_prefix("--").unwrap_or_default();
    let does_it = |(long, typed, words): &&(&str, &str, &[&str])| {
        let has_value = typed.strip_prefix("--format ").is_none_or(|value| takes_format(here, value));
        words.contains(&option) && has_value && (has(here, long) || has(all, long))
    };
    let known = OPTIONS.iter().find(does_it).map(|(_, typed, _)| (*typed).to_owned());
    let format = takes_format(here, name).then(|| format!("--format {name}"));
    if let Some(typed) = format.or(known) {
        return Some(format!("did you mean '{typed}'?"));
    }
    match option {
        "--version" | "-V" => Some("did you mean 'assoclens --version'?".to_owned()),
        _ if !has(here, "format") && all.get_subcommands().any(|command| takes_format(command, name)) => {
            Some(format!("leave it out: '{}' has one format", here.get_name()))
        }
        "--recursive" | "-r" | "-R" => Some("leave it out: a directory that is named is walked".to_owned()),
        _ => {
            let mut commands = command.into_iter().chain(all.get_subcommands());
            let other = commands.find(|command| has(command, name))?.get_name();
            Some(format!("'{option}' is an option of '{other}': assoclens {other} {option}"))
        }
    }
}

fn has(command: &Command, long: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_long() == Some(long))
}

fn takes_format(command: &Command, value: &str) -> bool {
    let format = command.get_arguments().find(|argument| argument.get_long() == Some("format"));
    format.is_some_and(|format| format.get_possible_values().iter().any(|known| known.get_name() == value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn suggestions_exist_and_the_names_they_replace_do_not() {
        let all = Cli::command();
        for (command, words) in COMMANDS {
            let (name, option) =
                command.split_once(" --").map_or((command, None), |(name, option)| (name, Some(option)));
            let found = all.find_subcommand(name).expect("the command is there");
            assert!(option.is_none_or(|option| has(found, option)), "{command}");
            words.iter().for_each(|word| assert!(all.find_subcommand(word).is_none(), "{word}"));
        }
        for (long, typed, words) in OPTIONS {
            assert!(typed.starts_with(&format!("--{long}")), "{typed}");
            let mut having =
                all.get_subcommands().chain([&all]).filter(|command| has(command, long)).peekable();
            assert!(having.peek().is_some(), "{typed}");
            for command in having {
                let is_there = |word: &&&str| has(command, word.trim_start_matches("--"));
                assert_eq!(words.iter().find(is_there), None, "{}", command.get_name());
            }
        }
    }
}
