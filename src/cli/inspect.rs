//! The arguments of `assoclens inspect`, with their help.

use super::Reading;
use super::offered::{self, Offering};
use crate::event::Wanted;
use crate::report::inspect::Column;
use clap::{Args, ValueEnum};

/// `assoclens inspect`
#[derive(Clone, Debug, Default, Args)]
#[command(after_help = super::more("inspect"), after_long_help = EXAMPLES)]
pub struct Inspect {
    /// The inputs
    #[command(flatten)]
    pub reading: Reading,

    /// Event to inspect as
    ///
    /// With auto, each payload is shown as the event it is. `assoclens events` lists the events, and how they are
    /// recognised.
    #[arg(long, value_name = "EVENT", default_value = Wanted::AUTO, value_parser = offered::events())]
    pub event: Wanted,

    /// How to show them
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub format: InspectFormat,

    /// Explain what each field means
    #[arg(long)]
    pub explain: bool,

    /// Print only this field's value, one per line
    ///
    /// NAME is a name or a JSON Pointer; the option can be repeated. A string is printed without quotes. Control and
    /// invisible characters in it are printed as \u.... escapes, so each value takes one line. If a payload lacks the
    /// field, the exit code is 1.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["format", "explain"], value_parser = Offering::fields(),
        hide_possible_values = true)]
    pub field: Vec<String>,

    /// Columns of table, tsv or csv, from left to right
    ///
    /// On a terminal, or if COLUMNS is set, a table leaves out columns that do not fit. Otherwise it shows all.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', conflicts_with = "field")]
    pub columns: Vec<Column>,

    /// Exit with 1 if a payload has an error
    #[arg(long)]
    pub check: bool,
}

/// How to show payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum InspectFormat {
    /// For people: a picture, the fields and their meaning, the findings
    #[default]
    Human,
    /// One row per payload
    Table,
    /// The same as tab-separated values, for other programs
    Tsv,
    /// The same as comma-separated values (RFC 4180), for spreadsheets
    Csv,
    /// The payload alone as indented JSON, values as written
    Payload,
    /// One JSON document for the whole run
    Json,
}

pub(super) const ABOUT: &str = "\
    Show payloads: the association as a picture, each documented field with its value and verdict, the \
    meaning of values, the delivery around them, and every finding.\n\n\
    The exit code is 0 whenever a payload could be shown, even an invalid one. If it is not JSON, only \
    its finding is shown.\n\n\
    `assoclens FILE` does the same, and so does `assoclens` alone for piped input.";

const EXAMPLES: &str = "\
Examples:
  Look at a failed delivery
      assoclens inspect captures.ndjson

  Show a stream as a table
      cat captures.ndjson | assoclens inspect --format table

  Put labels and times into a spreadsheet
      assoclens inspect --format csv --columns source,timestamp,labels captures.ndjson > labels.csv

  Take a value into a script
      assoclens inspect --field locationId captures.ndjson

Exit codes: 0 shown, 1 a requested field is absent or, with --check, a payload has an error; 2 a payload is not JSON or cannot be read (2 wins over 1).";
