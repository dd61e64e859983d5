//! The arguments of `assoclens diff`, with their help.

use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

use super::offered::{self, Offering};
use super::{Unwrapping, number};
use crate::event::Wanted;
use crate::payload::MAX_BYTES;
use crate::read::InputFormat;

/// `assoclens diff`
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "assoclens diff [OPTIONS] A B\n       assoclens diff [OPTIONS] --example FILE",
    after_help = super::more("diff"),
    after_long_help = EXAMPLES
)]
pub struct Diff {
    /// The two sides: files, or - for standard input
    #[arg(value_name = "A B", required_unless_present = "example", num_args = 1..=9)]
    pub sides: Vec<OsString>,

    /// How inputs split into payloads (see `assoclens validate --help`)
    #[arg(long, value_name = "FORMAT", default_value = "auto", hide_short_help = true)]
    pub input_format: InputFormat,

    /// The captures to unwrap
    #[command(flatten)]
    pub unwrapping: Unwrapping,

    /// Also compare the other events in a capture; by default they are skipped and counted
    #[arg(long, hide_short_help = true)]
    pub all_events: bool,

    /// Event to compare as
    ///
    /// With auto, each payload is taken as the event it is. Of two events, the fields that both have are compared.
    /// Records of streams are matched within an event. `assoclens events` lists the events.
    #[arg(long, value_name = "EVENT", default_value = Wanted::AUTO, value_parser = offered::events())]
    pub event: Wanted,

    /// Longest payload to read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = MAX_BYTES as u64, hide_short_help = true,
        value_parser = number::<u64>(1..=1 << 32))]
    pub max_payload_bytes: u64,

    /// How to report
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub format: DiffFormat,

    /// Compare all fields, not only the event's own
    #[arg(long)]
    pub all: bool,

    /// Leave out a field, by name or JSON Pointer (repeatable)
    #[arg(long, value_name = "NAME", value_parser = Offering::fields(), hide_possible_values = true)]
    pub ignore: Vec<String>,

    /// Compare the shape of FILE with the documented example
    ///
    /// Reports fields that are missing, extra, or of another type; values do not count.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sides", "by"])]
    pub example: Option<PathBuf>,

    /// Match records by this field [default: id]
    ///
    /// If it is given, two sides of one record each are matched by it, too.
    #[arg(long, value_name = "FIELD", value_parser = Offering::fields(), hide_possible_values = true)]
    pub by: Option<String>,
}

/// How to report differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people: each change with its name, before and after
    #[default]
    Human,
    /// For people: both sides next to each other
    SideBySide,
    /// One JSON document
    Json,
    /// RFC 6902, of the association fields or with --all of the whole payload
    JsonPatch,
    /// RFC 7386, of the association fields or with --all of the whole payload
    MergePatch,
    /// ---/+++/@@ over a canonical form of the association fields or with --all of the whole payload
    Unified,
}

pub(super) const ABOUT: &str = "\
    Compare two payloads by meaning: the order of keys, white space and escapes do not count. The fields of \
    their event are compared; of two events, the fields that both have. Other fields that differ are reported \
    separately.\n\n\
    If a side holds several payloads, records of the same event are matched by `id`. Added, removed and changed \
    records are reported, then counted. If a side has an id more than once, its first record is compared and the \
    others are reported; the sides differ if one of those has other content. The report follows the order of the \
                                larger \
    file, because the smaller one is indexed. A pipe is indexed only if both sides are pipes.\n\n\
    Git can run it as GIT_EXTERNAL_DIFF or as the command of a diff driver, with seven arguments. It then compares \
    the two files that git names, and exits with 0 as git expects.";

const EXAMPLES: &str = "\
Examples:
  Compare a failed delivery with a good one
      assoclens diff good.json failed.json

  Leave out what always differs
      assoclens diff --all --ignore timestamp --ignore webhookId good.json failed.json

  Compare two captures record by record
      assoclens diff yesterday.ndjson today.ndjson

Exit codes: 0 same, 1 different, 2 a side is not JSON or cannot be read.";
