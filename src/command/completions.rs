//! `assoclens completions`: a script that completes this command line in a shell.
//!
//! In: the shell. Out: the script, on standard output and nowhere else; the same for the same version.

use super::{Exit, Streams, written};
use crate::cli::{Cli, Completions};
use clap::builder::PossibleValue;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use std::collections::BTreeSet;

pub(super) fn run(arguments: &Completions, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    // In memory first, because the generator does not report a failed write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    let mut script = String::from_utf8(script).expect("internal error: a script is text");
    if arguments.shell == Shell::Fish {
        script.extend(Cli::command().get_subcommands().filter_map(fish_argument));
    }
    let script = lists().iter().fold(script, |script, option| with_list(arguments.shell, script, option));
    written(streams.out, |out| out.write_all(script.as_bytes()))
}

/// The options whose values are lists of names; the generated scripts complete only the first name.
fn lists() -> BTreeSet<String> {
    let mut command = Cli::command();
    command.build();
    let options = command.get_subcommands().flat_map(Command::get_arguments);
    let lists = options.filter(|option| option.get_value_delimiter() == Some(','));
    lists.filter_map(|option| option.get_long().map(str::to_owned)).collect()
}

/// A script that completes every name of a list, after the commas in front of it. Options of the same name may have
/// other names to offer in each command.
fn with_list(shell: Shell, script: String, option: &str) -> String {
    match shell {
        Shell::Bash => rewritten(&script, &format!("--{option})\n"), ["(compgen ", "))\n"], |old| {
            let last = old.replace("\"${cur}\"", "\"${cur##*,}\"");
            format!("(compgen -P \"${{cur%\"${{cur##*,}}\"}}\" {last}))\n")
        }),
        Shell::Zsh => rewritten(&script, &format!("--{option}=["), [":(", ")' \\\n"], |old| {
            // A name with a description takes a line of its own: name\:"what it is".
            let names = old.strip_prefix('(').map(|lines| {
                lines.lines().filter_map(|line| line.split("\\:").next()).collect::<Vec<_>>().join(" ")
            });
            format!(":_sequence compadd - {}' \\\n", names.as_deref().unwrap_or(old))
        }),
        Shell::Fish => rewritten(&script, &format!(" -l {option} "), [" -a \"", "\"\n"], |old| {
            const IN_FRONT: &str =
                "string replace -rf '^(?:--[^=]*=)?((?:.*,)?).*' '\\$1' -- (commandline -ct)";
            let names: Vec<&str> = old.lines().filter_map(|line| line.split("\\t").next()).collect();
            format!(" -a \"({IN_FRONT}){{{}}}\"\n", names.join(","))
        }),
        _ => script,
    }
}

/// A script in which the text between `begin` and `end`, after each `mark`, is replaced, including both.
fn rewritten(script: &str, mark: &str, [begin, end]: [&str; 2], write: impl Fn(&str) -> String) -> String {
    let mut parts = script.split(mark);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(mark);
        let split = part.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?)));
        match split {
            Some((before, (old, after))) => out.extend([before, &write(old), after]),
            None => out.push_str(part),
        }
    }
    out
}

/// The line of fish for a command's argument; the generated script has them for options only.
fn fish_argument(command: &Command) -> Option<String> {
    let name = command.get_name();
    let values = command.get_positionals().next()?.get_possible_values();
    let words: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let (condition, words) = (format!("__fish_assoclens_using_subcommand {name}"), words.join(" "));
    (!words.is_empty()).then(|| format!("complete -c assoclens -n \"{condition}\" -f -a '{words}'\n"))
}
