//! `assoclens diff`, as a person reads it.

use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

use super::Unwrapping;
use super::offered::{self, Offering};
use crate::event::Wanted;
use crate::payload::MAX_BYTES;
use crate::read::InputFormat;

/// `assoclens diff`
#[derive(Clone, Debug, Args)]
#[command(
    override_usage = "assoclens diff [OPTIONS] A B\n       assoclens diff [OPTIONS] --example FILE",
    after_long_help = EXAMPLES
)]
pub struct Diff {
    /// The two sides: files, or - for standard input
    #[arg(value_name = "A B", required_unless_present = "example", num_args = 1..=9)]
    pub sides: Vec<OsString>,

    /// How inputs split into payloads (see `assoclens validate --help`)
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub input_format: InputFormat,

    /// Which captures to unwrap
    #[command(flatten)]
    pub unwrapping: Unwrapping,

    /// Also compare the other events in a capture; by default they are skipped and counted
    #[arg(long)]
    pub all_events: bool,

    /// Event to compare as; with auto, each payload as the event it is
    ///
    /// The fields that both events have are compared. Records of streams are joined within an event. `assoclens events`
    /// lists the events.
    #[arg(long, value_name = "EVENT", default_value = Wanted::AUTO, value_parser = offered::events())]
    pub event: Wanted,

    /// Longest payload to read, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = MAX_BYTES as u64,
        value_parser = clap::value_parser!(u64).range(1..=1 << 32))]
    pub max_payload_bytes: u64,

    /// How to report
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub format: DiffFormat,

    /// Compare all fields, not only the event's own
    #[arg(long)]
    pub all: bool,

    /// Leave a field out (repeatable; a name or a JSON Pointer)
    #[arg(long, value_name = "NAME", value_parser = Offering::fields(), hide_possible_values = true)]
    pub ignore: Vec<String>,

    /// Compare FILE with the documented example by shape: missing and extra fields, types
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sides", "by"])]
    pub example: Option<PathBuf>,

    /// Join records by this field, even if each side holds only one [default: id]
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
    Compare two payloads by meaning: the fields of their event, whatever the order of keys, the white \
    space and the escapes. Of two events the fields that both have are compared. Other fields are compared and reported \
    apart.\n\n\
    If a side holds several payloads, records of one event are joined by `id`: added, removed and changed ones are reported, \
    then counted. Of several records of one id on one side the first is compared and the others are reported; \
    one with other content makes the sides different. The smaller file is indexed and the other side read \
    past it, so the order is that of the larger side; a side that is not a regular file is never indexed unless \
    both are none.\n\n\
    Given git's seven arguments (as GIT_EXTERNAL_DIFF or a diff driver's command), it compares the two files \
    that git names, and the exit code is 0 as git asks for.";

const EXAMPLES: &str = "\
Examples:
  Compare a failed delivery with a good one
      assoclens diff good.json failed.json

  Leave out what always differs
      assoclens diff --all --ignore timestamp --ignore webhookId good.json failed.json

  Compare two captures record by record
      assoclens diff yesterday.ndjson today.ndjson

Exit codes: 0 same, 1 different, 2 a side is not JSON or cannot be read.";
