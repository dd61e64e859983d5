//! The whole command line, as a person reads it. No logic.

mod diff;
mod inspect;

pub use diff::{Diff, DiffFormat};
pub use inspect::{Inspect, InspectFormat};

use crate::input::InputFormat;
use crate::terminal::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Inspect and validate payloads of the "Association Created" webhook
#[derive(Debug, Parser)]
#[command(
    name = "assoclens",
    version,
    max_term_width = 100,
    after_help = "Without a command, what is piped in is inspected.\n\n\
    Exit codes: 0 all valid or the same, 1 a payload is invalid or different, 2 the job could not be done.\nSee `assoclens COMMAND --help` for more."
)]
pub struct Cli {
    /// What to do; without it, what is piped in is inspected
    #[command(subcommand)]
    pub command: Option<Command>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge payloads against the published schema
    Validate(Validate),
    /// Show payloads: a picture, every field, what the values say
    #[command(visible_alias = "show")]
    Inspect(Inspect),
    /// Compare two payloads, or two streams of them, by meaning
    Diff(Diff),
    /// Print the embedded schema, the documented example, or the fields
    Schema(SchemaCommand),
}

/// `assoclens validate`
#[derive(Debug, Args)]
#[command(
    long_about = "Judge payloads against the published schema of the event, or one of your own.\n\n\
        Every violation of every payload is reported, at its line and column. A payload that is broken never \
        stops the next one from being judged, nor does a file that cannot be read.",
    after_long_help = VALIDATE_EXAMPLES
)]
pub struct Validate {
    /// Files, directories, or - for standard input (the default, if something is piped in)
    ///
    /// A directory is walked for *.json, *.ndjson and *.jsonl, sorted by path; hidden entries and symbolic
    /// links are skipped. A path that is named is read whatever its name or kind.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// How inputs split into payloads
    ///
    /// With auto, a file named .ndjson or .jsonl holds one payload a line. Anything else does so if its first
    /// line that is not blank is a complete JSON value by itself; if not, it holds documents one after another.
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub input_format: InputFormat,

    /// Judge against this JSON Schema instead of the embedded one
    ///
    /// Any draft from 4 to 2020-12. References outside the file are refused, never fetched, and patterns must
    /// be such that they match in linear time.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,

    /// How to report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,

    /// Report nothing: the exit code tells
    #[arg(short, long)]
    pub quiet: bool,
}

/// How to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: each finding with an excerpt, then one line that sums up
    Human,
    /// One JSON document for the whole run
    Json,
    /// One JSON record a payload, a line each
    Ndjson,
}

/// `assoclens schema`
#[derive(Debug, Args)]
pub struct SchemaCommand {
    /// Print the documented example payload instead
    #[arg(long, conflicts_with = "fields")]
    pub example: bool,

    /// Print the eight documented fields instead: name, type, meaning, example
    #[arg(long)]
    pub fields: bool,
}

const VALIDATE_EXAMPLES: &str = "\
Examples:
  Check the fixtures of a project, as in CI
      assoclens validate fixtures/valid

  Pipe captured payloads in, one a line
      cat captures.ndjson | assoclens validate

  Let a script read the verdicts
      assoclens validate --format ndjson captures.ndjson

Exit codes: 0 all valid, 1 a payload is invalid, 2 the job could not be done (2 wins over 1).";
