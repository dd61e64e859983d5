//! Parse the command line, open the streams, turn the result into an exit code.

use assoclens::cli::Cli;
use assoclens::command::{Exit, Streams, complain, is_broken_pipe, run};
use assoclens::terminal;
use assoclens::visible::visible;
use clap::Parser as _;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => start(&cli).into(),
        Err(error) if error.use_stderr() => {
            // What was typed may hold anything, so the message is shown line by line with all of it visible.
            let text = error.render().to_string();
            let lines: Vec<_> = text.lines().map(|line| harmless(&visible(line))).collect();
            let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
            Exit::Trouble.into()
        }
        Err(help) => help.print().map_or(Exit::Trouble, |()| Exit::Clean).into(),
    }
}

/// A line that a CI runner takes for no command of ours.
fn harmless(line: &str) -> String {
    let is_command = line.trim_start().starts_with("::");
    if is_command { line.replacen("::", ":\\u003a", 1) } else { line.to_owned() }
}

fn start(cli: &Cli) -> Exit {
    let stdout = io::stdout();
    let mut streams = Streams {
        is_coloured: cli.color.allows(stdout.is_terminal()),
        is_out_terminal: stdout.is_terminal(),
        is_err_terminal: io::stderr().is_terminal(),
        width: terminal::width(),
        out: &mut BufWriter::new(stdout.lock()),
        err: &mut io::stderr(),
        is_stdin_terminal: io::stdin().is_terminal(),
    };
    run(cli, &mut streams).unwrap_or_else(|error| {
        if !is_broken_pipe(&error) {
            complain(streams.err, &error);
        }
        Exit::Trouble
    })
}
