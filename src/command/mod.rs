//! One file per subcommand, each of them glue and nothing else.
//!
//! In: the parsed command line and the standard streams. Out: an [`Exit`], or the reason why the job could not be done.

mod captures;
mod clash;
mod completions;
mod diff;
mod events;
mod explain;
mod filter;
mod inspect;
mod judging;
#[cfg(feature = "http")]
mod listen;
mod man;
mod merge;
mod redact;
mod reports;
mod schema;
#[cfg(feature = "http")]
mod send;
mod validate;
mod verify;

#[cfg(feature = "http")]
use crate::cli::Wire;
use crate::cli::{About, Cli, Command, Inspect};
use crate::report::Summary;
use crate::report::layout::wrap;
use anyhow::{Context as _, bail};
use clap::CommandFactory as _;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The end of a run. Of two, the worse counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing is wrong and nothing differs.
    Clean,
    /// A payload has an error, a difference was found, or a signature does not match.
    Findings,
    /// The job, or a part of it, could not be done.
    Unavailable,
}

impl Exit {
    /// The end of a run with this summary.
    fn of(summary: &Summary) -> Self {
        match summary {
            Summary { unreadable: 1.., .. } => Self::Unavailable,
            Summary { errors: 1.., .. } => Self::Findings,
            _ => Self::Clean,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => Self::from(0),
            Exit::Findings => Self::from(1),
            Exit::Unavailable => Self::from(2),
        }
    }
}

/// The streams that a command writes to.
pub struct Streams<'a> {
    /// The stream for reports.
    pub out: &'a mut dyn Write,
    /// Whether reports take colour.
    pub is_coloured: bool,
    /// Whether reports go to a terminal.
    pub is_out_terminal: bool,
    /// The width of reports, in columns, if it is known.
    pub width: Option<usize>,
    /// The stream for errors of the run.
    pub err: &'a mut dyn Write,
    /// Whether a long run may draw a progress bar on the stream for errors.
    pub shows_progress: bool,
    /// Whether standard input is a terminal, so that nothing is piped in.
    pub is_stdin_terminal: bool,
}

/// The error if a run skipped everything.
fn nothing_judged() -> anyhow::Error {
    anyhow::anyhow!(
        "no payload of the event found; to check other events, add --all-events; to check the inputs as they are, add \
         --unwrap never"
    )
}

/// Runs the command line.
///
/// # Errors
/// The job could not be done; if the error contains [`Writing`], the report could not be written.
fn run(cli: &Cli, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    // Styles are stripped again if colour is not wanted, for each stream on its own.
    colored::control::set_override(true);
    match &cli.command {
        Some(Command::Validate(arguments)) => validate::run(arguments, streams),
        Some(Command::Inspect(arguments)) => inspect::run(arguments, streams),
        Some(Command::Diff(arguments)) => diff::run(arguments, streams),
        Some(Command::Filter(arguments)) => filter::run(arguments, streams),
        Some(Command::Merge(arguments)) => merge::run(arguments, streams),
        Some(Command::Redact(arguments)) => redact::run(arguments, streams),
        Some(Command::Verify(arguments)) => verify::run(arguments, streams),
        #[cfg(feature = "http")]
        Some(Command::Wire(Wire::Listen(arguments))) => listen::run(arguments, streams),
        #[cfg(feature = "http")]
        Some(Command::Wire(Wire::Send(arguments))) => send::run(arguments, streams),
        Some(Command::About(About::Schema(arguments))) => schema::run(arguments, streams),
        Some(Command::About(About::Events)) => events::run(streams),
        Some(Command::About(About::Captures)) => captures::run(streams),
        Some(Command::About(About::Explain(arguments))) => explain::run(arguments, streams),
        Some(Command::About(About::Completions(arguments))) => completions::run(arguments, streams),
        Some(Command::About(About::Man(arguments))) => man::run(arguments, streams),
        None if streams.is_stdin_terminal => Ok(help(streams)),
        None => inspect::run(&Inspect::default(), streams),
    }
}

/// Runs the command line, and reports a fatal error.
pub fn run_and_report(cli: &Cli, streams: &mut Streams<'_>) -> Exit {
    run(cli, streams).unwrap_or_else(|error| report_error(streams.err, &error))
}

/// Prints a fatal error. A broken pipe stays silent: its reader has left.
pub fn report_error(err: &mut dyn Write, error: &anyhow::Error) -> Exit {
    if !is_broken_pipe(error) {
        complain(err, error);
    }
    Exit::Unavailable
}

/// Prints the help if there is neither a task nor piped input. Best effort: a failed write to standard error changes
/// nothing.
fn help(streams: &mut Streams<'_>) -> Exit {
    let _ = write!(streams.err, "{}", Cli::command().render_help());
    Exit::Unavailable
}

/// The context of an error if the report itself cannot be written.
#[derive(Clone, Copy, Debug)]
pub struct Writing;

impl fmt::Display for Writing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cannot write the report")
    }
}

/// Runs a command that only writes.
fn written(
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<Exit> {
    write(out).and_then(|()| out.flush()).context(Writing)?;
    Ok(Exit::Clean)
}

/// A label and its text; on a page of known width, the text wraps next to the label.
fn row(label: &str, text: &str, width: Option<usize>) -> String {
    let Some(width) = width else { return format!("{label}{text}\n") };
    let lines = wrap(text, width.saturating_sub(label.len()));
    label.to_owned() + &lines.join(&format!("\n{}", " ".repeat(label.len()))) + "\n"
}

/// The paths to read: those given, or else standard input if something is piped in.
fn paths_or_stdin(paths: &[PathBuf], streams: &Streams<'_>, command: &str) -> anyhow::Result<Vec<PathBuf>> {
    match paths {
        [] if streams.is_stdin_terminal => bail!(
            "nothing to {command}; name files or directories (assoclens {command} FILE), \
             or pipe payloads in (… | assoclens {command})"
        ),
        [] => Ok(vec![PathBuf::from("-")]),
        paths => Ok(paths.to_vec()),
    }
}

/// Prints an error of the run, on one line. Best effort: a failed write to standard error changes nothing.
fn complain(err: &mut dyn Write, error: &anyhow::Error) {
    let _ = writeln!(err, "error: {}", crate::escape::visible(&format!("{error:#}")));
}

/// Whether the reader of our output has left.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
