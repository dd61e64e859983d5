//! `assoclens completions`: a script that completes this command line in a shell.
//!
//! In: the shell. Out: the script, on standard output and nowhere else; the same for the same version.

use super::{Exit, Streams, written};
use crate::cli::{Cli, Completions};
use clap::builder::PossibleValue;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

pub(super) fn run(arguments: &Completions, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    // In memory first: what generates it does not tell of a write that fails.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    if arguments.shell == Shell::Fish {
        script
            .extend(Cli::command().get_subcommands().filter_map(fish_argument).flat_map(String::into_bytes));
    }
    written(streams.out, |out| out.write_all(&script))
}

/// The line of fish for a command's argument, which the generated script has for options only.
fn fish_argument(command: &Command) -> Option<String> {
    let name = command.get_name();
    let values = command.get_positionals().next()?.get_possible_values();
    let words: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let (condition, words) = (format!("__fish_assoclens_using_subcommand {name}"), words.join(" "));
    (!words.is_empty()).then(|| format!("complete -c assoclens -n \"{condition}\" -f -a '{words}'\n"))
}
