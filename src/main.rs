//! Parse the command line, open the streams, turn the result into an exit code.

use assoclens::cli::Cli;
use assoclens::command::{Exit, Streams, WRITING, run_and_tell, trouble};
use assoclens::standard::{self, Stdout};
use assoclens::terminal;
use assoclens::visible::visible;
use clap::Parser as _;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::process::ExitCode;

#[cfg(unix)]
ctor::declarative::ctor! {
    /// Before the runtime is there: it calls nothing but the system.
    #[ctor(unsafe)]
    fn before_main() {
        standard::look();
    }
}

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
        Err(help) => print(&help).into(),
    }
}

/// A line that a CI runner takes for no command of ours.
fn harmless(line: &str) -> String {
    let is_command = line.trim_start().starts_with("::");
    if is_command { line.replacen("::", ":\\u003a", 1) } else { line.to_owned() }
}

/// Prints what was asked for instead of work: the help, or the version.
fn print(help: &clap::Error) -> Exit {
    let printed = standard::check_stdout().and_then(|()| help.print());
    let failed = |error| trouble(&mut io::stderr(), &anyhow::Error::new(error).context(WRITING));
    printed.map_or_else(failed, |()| Exit::Clean)
}

fn start(cli: &Cli) -> Exit {
    let stdout = io::stdout();
    let mut streams = Streams {
        is_coloured: cli.color.allows(stdout.is_terminal()),
        is_out_terminal: stdout.is_terminal(),
        is_err_terminal: io::stderr().is_terminal(),
        width: terminal::width(),
        out: &mut BufWriter::new(Stdout(stdout.lock())),
        err: &mut io::stderr(),
        is_stdin_terminal: io::stdin().is_terminal(),
    };
    run_and_tell(cli, &mut streams)
}
