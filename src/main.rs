//! Parse the command line, open the streams, turn the result into an exit code.

use assoclens::cli::Cli;
use assoclens::command::{Exit, Streams, Writing, report_error, run_and_report};
use assoclens::escape::{at_line_start, is_unsafe, visible};
use assoclens::interrupt;
use assoclens::stdio::{self, Stdout};
use assoclens::terminal::{self, ColorChoice, write_styled};
use clap::builder::StyledStr;
use clap::error::ContextValue;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::process::ExitCode;

#[cfg(unix)]
ctor::declarative::ctor! {
    /// Runs before the runtime exists: it calls nothing but the system.
    #[ctor(unsafe)]
    fn before_main() {
        stdio::look();
    }
}

fn main() -> ExitCode {
    match Cli::read(std::env::args_os()) {
        Ok(cli) => start(&cli).into(),
        Err(error) if error.use_stderr() => refuse(error).into(),
        Err(help) => print(&help).into(),
    }
}

/// Prints an error in the command line. The words typed may hold anything, and clap strips what it takes for escape
/// sequences, so all of it is made visible first.
fn refuse(mut error: clap::Error) -> Exit {
    let shown: Vec<_> = error.context().map(|(kind, value)| (kind, shown(value))).collect();
    for (kind, value) in shown {
        error.insert(kind, value);
    }
    let text = error.render().to_string();
    let lines: Vec<_> = text.lines().map(|line| at_line_start(&visible(line)).into_owned()).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
    Exit::Unavailable
}

fn shown(value: &ContextValue) -> ContextValue {
    match value {
        ContextValue::String(text) => ContextValue::String(visible(text).into_owned()),
        ContextValue::Strings(texts) => {
            ContextValue::Strings(texts.iter().map(|text| visible(text).into_owned()).collect())
        }
        // The words typed also occur in advice.
        ContextValue::StyledStrs(advice) => {
            let is_safe = |text: &&StyledStr| !text.to_string().chars().any(is_unsafe);
            ContextValue::StyledStrs(advice.iter().filter(is_safe).cloned().collect())
        }
        other => other.clone(),
    }
}

/// Prints the help or the version, which was requested instead of work.
fn print(help: &clap::Error) -> Exit {
    let is_coloured = ColorChoice::Auto.allows(io::stdout().is_terminal());
    let text = help.render().ansi().to_string();
    let mut stdout = Stdout(io::stdout().lock());
    let printed = write_styled(&mut stdout, &text, is_coloured).and_then(|()| stdout.flush());
    let failed = |error| report_error(&mut io::stderr(), &anyhow::Error::new(error).context(Writing));
    printed.map_or_else(failed, |()| Exit::Clean)
}

fn start(cli: &Cli) -> Exit {
    let stdout = io::stdout();
    let mut streams = Streams {
        is_coloured: cli.color.allows(stdout.is_terminal()),
        is_out_terminal: stdout.is_terminal(),
        shows_progress: terminal::shows_progress(),
        width: terminal::width(),
        out: &mut BufWriter::new(Stdout(stdout.lock())),
        err: &mut io::stderr(),
        is_stdin_terminal: io::stdin().is_terminal(),
    };
    let exit = run_and_report(cli, &mut streams);
    interrupt::settle();
    exit
}
