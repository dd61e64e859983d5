//! `assoclens completions`: a script that completes this command line in a shell.
//!
//! In: the shell. Out: the script, on standard output and nowhere else; the same for the same version.

use super::{Exit, Streams, written};
use crate::cli::{Cli, Completions};
use clap::CommandFactory as _;

pub(super) fn run(arguments: &Completions, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    // In memory first: what generates it does not tell of a write that fails.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut script);
    written(streams.out, |out| out.write_all(&script))
}
