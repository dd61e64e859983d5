//! The arguments of `assoclens man`, with their help.

use super::Cli;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command, CommandFactory as _, Error};
use std::ffi::OsStr;

/// `assoclens man`
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Man {
    /// The command whose page it is; without it, the page of assoclens
    #[arg(value_name = "COMMAND", value_parser = CommandName)]
    pub command: Option<String>,
}

/// The name of a command. The commands are looked up on demand, because `man` is one of them.
#[derive(Clone, Copy, Debug)]
struct CommandName;

impl CommandName {
    fn all() -> Vec<String> {
        Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
    }
}

impl TypedValueParser for CommandName {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        PossibleValuesParser::new(Self::all()).parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new(Self::all().into_iter().map(PossibleValue::new)))
    }
}

const EXAMPLES: &str = "\
Examples:
  Read the page of a command
      assoclens man validate | man -l -

  Install the page where man looks for it, next to ~/.cargo/bin
      mkdir -p ~/.cargo/share/man/man1; assoclens man > ~/.cargo/share/man/man1/assoclens.1

Exit codes: 0 printed, 2 it could not be.";
