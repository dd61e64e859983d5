//! The arguments of the program and its commands, with their help. No logic.

mod completions;
mod diff;
mod guesses;
mod hints;
mod inspect;
mod levels;
#[cfg(feature = "http")]
mod listen;
mod man;
mod offered;
mod redact;
mod reports;
#[cfg(feature = "http")]
mod send;
mod typed;
mod unwrapping;
mod verify;

pub use completions::Completions;
pub use diff::{Diff, DiffFormat};
pub use hints::name_option;
pub use inspect::{Inspect, InspectFormat};
pub use levels::LevelOptions;
#[cfg(feature = "http")]
pub use listen::Listen;
pub use man::Man;
pub use redact::Redact;
pub use reports::{ReportRequest, Reports};
#[cfg(feature = "http")]
pub use send::{CaseLevels, Send, SendFormat};
pub use unwrapping::Unwrapping;
pub use verify::{Verify, VerifyFormat};

use offered::Offering;

use crate::check::Selector;
use crate::event::{ASSOCIATION_CREATE, Event, Wanted};
use crate::payload::MAX_BYTES;
use crate::read::InputFormat;
use crate::terminal::ColorChoice;
use clap::builder::{OsStringValueParser, TypedValueParser as _};
use clap::{Arg, Args, Parser, Subcommand};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

/// Inspect and validate payloads of HighLevel's "Association Created" webhook
#[derive(Debug, Parser)]
#[command(
    name = "assoclens",
    version,
    max_term_width = 100,
    override_usage = "assoclens [OPTIONS] [COMMAND]\n       assoclens [OPTIONS] FILE...",
    after_help = AFTER,
    after_long_help = format!("{AFTER}\n\n{ENVIRONMENT}")
)]
pub struct Cli {
    /// What to do; without it, files or piped input are inspected
    #[command(subcommand)]
    pub command: Option<Command>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
    pub color: ColorChoice,
}

/// The commands. These texts replace those of the arguments' own types, so the long text is here, too.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Validate payloads against the published schema
    #[command(long_about = VALIDATE_ABOUT)]
    Validate(Validate),
    /// Show payloads: a picture, every field, what each value means
    #[command(visible_alias = "show", long_about = inspect::ABOUT)]
    Inspect(Inspect),
    /// Compare two payloads, or two streams of them, by meaning
    #[command(long_about = diff::ABOUT)]
    Diff(Diff),
    /// Write the payloads that match, byte for byte
    #[command(long_about = FILTER_ABOUT)]
    Filter(Filter),
    /// Add up the summaries of several runs (validate --format json)
    #[command(after_long_help = MERGE_EXAMPLES)]
    Merge(Merge),
    /// Replace values that identify anyone by pseudonyms; findings stay in place
    #[command(long_about = redact::ABOUT)]
    Redact(Redact),
    /// Verify the signature of a delivery, or say why it does not match
    #[command(long_about = verify::ABOUT)]
    Verify(Verify),
    /// The commands that use HTTP
    #[cfg(feature = "http")]
    #[command(flatten)]
    Wire(Wire),
    /// The commands about the program and the event
    #[command(flatten)]
    About(About),
}

/// The commands about the program and the event.
#[derive(Debug, Subcommand)]
pub enum About {
    /// Print an event's schema, its documented example, or its fields
    Schema(SchemaCommand),
    /// List the events that have a schema, and how they are recognised
    #[command(after_long_help = "Exit codes: 0 listed, 2 the list could not be written.")]
    Events,
    /// List the shapes of captures that can be unwrapped, and how they are recognised
    #[command(after_long_help = "Exit codes: 0 listed, 2 the list could not be written.")]
    Captures,
    /// Explain a finding's code: why it matters, what raises it, how to fix or silence it
    Explain(Explain),
    /// Print a script that completes this command line in a shell
    Completions(Completions),
    /// Print a manual page
    Man(Man),
}

/// The commands that use HTTP.
#[cfg(feature = "http")]
#[derive(Debug, Subcommand)]
pub enum Wire {
    /// Receive deliveries: record, validate, verify and forward each
    #[command(long_about = listen::ABOUT)]
    Listen(Listen),
    /// Post deliveries to your receiver, or test it with cases, and check its answers
    #[command(long_about = send::ABOUT)]
    Send(Send),
}

/// `assoclens validate`
#[derive(Debug, Args)]
#[command(after_help = more("validate"), after_long_help = VALIDATE_EXAMPLES)]
pub struct Validate {
    /// The inputs
    #[command(flatten)]
    pub reading: Reading,

    /// The schema, the event and the levels
    #[command(flatten)]
    pub judging: Judging,

    /// The expectations
    #[command(flatten)]
    pub expecting: Expecting,

    /// The reports
    #[command(flatten)]
    pub reports: Reports,

    /// Append a Markdown summary to the file named by $GITHUB_STEP_SUMMARY
    ///
    /// GitHub Actions sets the variable and shows the summary on the run's page.
    #[arg(long, hide_short_help = true)]
    pub github_summary: bool,

    /// Show at most N errors, N/2 warnings and N/4 notes
    ///
    /// The others are counted by code. Each level has its own limit, so early notes never displace a later error.
    /// Without this option, human shows 20 errors, 10 warnings and 5 notes, and a note of one code only once; the other
    /// formats show all.
    #[arg(long, value_name = "N", value_parser = number(0..=FINDINGS_AT_MOST))]
    pub max_findings: Option<usize>,

    /// Show a chart instead of findings (human, json)
    ///
    /// With json, `assoclens merge` adds up the summaries of several runs.
    #[arg(long)]
    pub summary: bool,

    /// Leave out payloads without a finding (ndjson)
    ///
    /// In most streams they are nearly all of the report.
    #[arg(long, hide_short_help = true)]
    pub only_findings: bool,

    /// Exit with 0 even if payloads are invalid
    ///
    /// The exit code is 2 if something could not be checked. Use it with engines that run a failed task again; the
    /// report has the findings.
    #[arg(long)]
    pub exit_zero: bool,

    /// Stop at the first payload that has an error
    #[arg(long, conflicts_with = "expect")]
    pub fail_fast: bool,

    /// Draw no progress bar
    #[arg(long, hide_short_help = true)]
    pub no_progress: bool,

    /// Print nothing; report through the exit code only
    #[arg(short, long)]
    pub quiet: bool,
}

/// The expectations for payloads, if not that they are valid.
#[derive(Clone, Debug, Default, Args)]
pub struct Expecting {
    /// Expect every payload to be invalid
    ///
    /// A valid one is an error.
    #[arg(long, conflicts_with = "expect")]
    pub expect_invalid: bool,

    /// Expect exactly the findings in this manifest
    ///
    /// The manifest is a JSON object. Each key is a path, relative to the manifest, and its value is the list of
    /// findings that the file must yield, as "CODE" or "CODE LINE:COLUMN". A finding or a file is an error if it is
    /// listed and does not occur, or occurs and is not listed.
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,

    /// Write a manifest for --expect from the findings now
    ///
    /// The manifest is written whole or not at all. A file of this name is replaced only if it is a manifest. With the
    /// same paths and options, --expect then passes.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["expect", "expect_invalid", "fail_fast"])]
    pub expect_write: Option<PathBuf>,
}

/// The inputs, and the way to read them.
#[derive(Clone, Debug, Args)]
pub struct Reading {
    /// Files, directories, or - for standard input
    ///
    /// Without a path, piped input is read. In a directory, all *.json, *.ndjson, *.jsonl and *.har files are read,
    /// sorted by path, with .gz or .zst after the name, too. Hidden entries, symbolic links and files with another
    /// extension are skipped and counted. A file that is named is always read. Gzip and Zstandard are decompressed.
    #[arg(value_name = "PATH", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub paths: Vec<PathBuf>,

    /// How inputs split into payloads
    ///
    /// With auto, a file named .ndjson or .jsonl holds one payload per line, and so does an input whose first line
    /// is a complete JSON value. Anything else holds documents one after another.
    #[arg(long, value_name = "FORMAT", default_value = "auto", hide_short_help = true)]
    pub input_format: InputFormat,

    /// The captures to unwrap
    #[command(flatten)]
    pub unwrapping: Unwrapping,

    /// Name of standard input in reports
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub source_name: Option<String>,

    /// Also check the other events in a capture; by default they are skipped and counted
    #[arg(long, hide_short_help = true)]
    pub all_events: bool,

    /// Longest payload to read, in bytes
    ///
    /// A longer one is skipped and reported as too-long. This bounds the memory used.
    #[arg(long, value_name = "BYTES", default_value_t = MAX_BYTES as u64, hide_short_help = true,
        value_parser = number::<u64>(1..=1 << 32))]
    pub max_payload_bytes: u64,

    /// Number of worker threads [default: one per core]
    #[arg(short, long, value_name = "N", value_parser = number::<usize>(1..=256), hide_short_help = true)]
    pub jobs: Option<usize>,
}

/// Says what a command that writes payloads does with one that is too long.
fn unwritten(longest: Arg) -> Arg {
    longest.long_help(
        "Longest payload to read, in bytes\n\n\
         A longer one is not written, and the exit code is 2. This bounds the memory used.",
    )
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            input_format: InputFormat::default(),
            unwrapping: Unwrapping::default(),
            source_name: None,
            all_events: false,
            max_payload_bytes: MAX_BYTES as u64,
            jobs: None,
        }
    }
}

/// The schema, the event and the levels.
#[derive(Clone, Debug, Args)]
pub struct Judging {
    /// Validate against this JSON Schema instead
    ///
    /// Any draft from 4 to 2020-12 replaces the embedded schema. References outside the file are refused, never
    /// fetched, and patterns must match in linear time. Warnings and notes about the event are still reported.
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,

    /// Event to validate as
    ///
    /// The event's own schema is used. A payload of another event raises other-event. With auto, each payload is
    /// validated as the event it is, by its `type` or its fields, and only an event without an embedded schema raises
    /// other-event. `assoclens events` lists the events.
    #[arg(long, value_name = "EVENT", default_value = ASSOCIATION_CREATE.name, value_parser = offered::events())]
    pub event: Wanted,

    /// The level of each code
    #[command(flatten)]
    pub levels: LevelOptions,
}

/// `assoclens filter`
#[derive(Debug, Args)]
#[command(after_help = more("filter"), after_long_help = FILTER_EXAMPLES, mut_arg("max_payload_bytes", unwritten))]
pub struct Filter {
    /// The inputs
    #[command(flatten)]
    pub reading: Reading,

    /// The schema, the event and the levels
    #[command(flatten)]
    pub judging: Judging,

    /// Write the payloads without an error
    #[arg(long, conflicts_with_all = ["invalid", "code"])]
    pub valid: bool,

    /// Write the payloads with an error (the default)
    #[arg(long)]
    pub invalid: bool,

    /// Write the payloads with a finding of these codes
    ///
    /// A list such as missing-field,event-type, or a prefix such as schema/.
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = Offering::selectors(),
        hide_possible_values = true)]
    pub code: Vec<Selector>,

    /// Don't print how many payloads were written
    #[arg(short, long)]
    pub quiet: bool,
}

/// `assoclens merge`
#[derive(Debug, Args)]
pub struct Merge {
    /// The summaries, in the order of their inputs
    #[arg(value_name = "REPORT", required = true, value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub reports: Vec<PathBuf>,
}

const MERGE_EXAMPLES: &str = "\
Examples:
  Validate a part on each machine, and add up the summaries
      assoclens validate --format json --summary part-1.ndjson > 1.json
      assoclens validate --format json --summary part-2.ndjson > 2.json
      assoclens merge 1.json 2.json

Exit codes: 0 all valid, 1 a payload is invalid, 2 an input or a report could not be read, as in one run over \
                              everything.";

/// `assoclens explain`
#[derive(Debug, Args)]
#[command(after_long_help = "Exit codes: 0 explained, 2 unknown code.")]
pub struct Explain {
    /// The code, such as missing-field or schema/type; all codes are listed if none is given
    #[arg(value_parser = Offering::codes(), hide_possible_values = true)]
    pub code: Option<String>,
}

/// `assoclens schema`
#[derive(Debug, Args)]
#[command(after_long_help = "Exit codes: 0 printed, 2 it could not be written.")]
pub struct SchemaCommand {
    /// The event
    #[arg(value_name = "EVENT", default_value = ASSOCIATION_CREATE.name, value_parser = offered::event())]
    pub event: &'static Event,

    /// Print the documented example payload instead
    #[arg(long, conflicts_with = "fields")]
    pub example: bool,

    /// Print the documented fields instead: name, type, meaning, example
    #[arg(long)]
    pub fields: bool,
}

const AFTER: &str = "\
    Without a command, assoclens inspects the files or piped input. See `assoclens COMMAND --help` for each \
                     command.\n\n\
    Exit codes: 0 all valid, equal or verified; 1 at least one is not; 2 the job could not be done.";

/// The environment variables that the program reads.
pub(crate) const ENVIRONMENT: &str = "\
Environment (--color wins over all of it):
  NO_COLOR
      If not empty: no colour
  CLICOLOR_FORCE, FORCE_COLOR
      If neither empty nor 0: colour, even in pipes and files
  CLICOLOR, FORCE_COLOR
      If 0: no colour
  TERM
      If dumb: no colour, no progress, and boxes and bars in ASCII
  COLUMNS
      Width of reports, 20 to 1000 columns; by default the terminal's, or 100
  LC_ALL, LC_CTYPE, LANG
      If the first one that is set names UTF-8: boxes and bars in Unicode
  GITHUB_STEP_SUMMARY
      The file that `assoclens validate --github-summary` appends to";

/// The last line of the short help, which leaves out rare options.
fn more(command: &str) -> String {
    format!("More options and examples: assoclens {command} --help")
}

/// Reads a number in `range`.
fn number<N: FromStr + PartialOrd + Display>(
    range: RangeInclusive<N>,
) -> impl Fn(&str) -> Result<N, String> + Clone
where
    RangeInclusive<N>: Clone,
{
    move |text| {
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| format!("it must be a number from {} to {}", range.start(), range.end()))
    }
}

/// The highest number of findings that can be asked for.
const FINDINGS_AT_MOST: usize = 1_000_000_000;

const FILTER_ABOUT: &str = "\
    Write the payloads that match, byte for byte as they came, each on a line or lines of its own.\n\n\
    A count is printed on standard error. On a terminal, unsafe characters are shown as escapes.";

const FILTER_EXAMPLES: &str = "\
Examples:
  Keep the invalid payloads
      assoclens filter --invalid captures.ndjson > invalid.ndjson

  Keep those that break one keyword
      assoclens filter --code schema/type captures.ndjson

Exit codes: 0 the job was done, whatever matched; 2 it could not be done.";

const VALIDATE_ABOUT: &str = "\
    Validate payloads against the event's published schema, or your own.\n\n\
    Every violation in every payload is reported with its line and column. After a broken payload, or a file \
    that cannot be read, validation goes on with the next.";

const VALIDATE_EXAMPLES: &str = "\
Examples:
  Check a project's fixtures, as in CI
      assoclens validate fixtures/valid

  Pipe captured payloads in, one per line
      cat captures.ndjson | assoclens validate

  Get verdicts that a script can read
      assoclens validate --format ndjson captures.ndjson

Exit codes: 0 all valid, 1 a payload is invalid, 2 the job could not be done (2 wins over 1).";
