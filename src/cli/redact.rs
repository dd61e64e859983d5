//! The arguments of `assoclens redact`, with their help.

use super::Reading;
use clap::Args;
use std::path::PathBuf;

/// `assoclens redact`
#[derive(Debug, Args)]
#[command(
    after_help = super::more("redact"),
    after_long_help = EXAMPLES,
    mut_arg("all_events", |other| other.help(ALL_EVENTS)),
    mut_arg("max_payload_bytes", super::unwritten)
)]
pub struct Redact {
    /// The inputs
    #[command(flatten)]
    pub reading: Reading,

    /// Derive pseudonyms from the key in this file instead of a random one
    ///
    /// The same value then gets the same pseudonym in every run, so two files that were redacted with one key compare as
    /// the originals do. Keep the key secret: with it, anyone can test guesses.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Also shift all timestamps, by the same span
    ///
    /// The key decides the span.
    #[arg(long)]
    pub times: bool,

    /// Keep captures whole, with headers, and redact in place
    ///
    /// Each payload is redacted in its place: in a string, in base64, in the records of a log. Around it, the names of
    /// well-known headers and members, times, and the words of HTTP, logs and capture tools stay. Everything else is
    /// replaced: hosts, paths, queries, addresses, cookies, tokens, signatures. A compressed payload cannot be redacted in
    /// place: its capture is not written, and the exit code is 2.
    #[arg(long)]
    pub headers: bool,

    /// Don't report what was replaced and kept
    #[arg(short, long)]
    pub quiet: bool,
}

const ALL_EVENTS: &str = "Also redact events outside the association and relation family; by default they are skipped \
                          and counted";

pub(super) const ABOUT: &str = "\
    Write payloads without the values that identify an account or a person, and with everything that made them fail.\n\n\
    Each letter and digit of a value is replaced by one of its kind, so lengths, forms and places stay, and validate \
    reports the same findings at the same lines and columns. Equal values stay equal, and different ones different. The \
    names of members, `type`, `associationType`, cardinalities, the standard kinds of object, `custom_objects.`, true, \
    false and null are kept, and so is `timestamp`, unless --times is given. Payloads of all events of the family are \
    taken out of captures, without headers; --headers keeps captures whole.\n\n\
    The result is pseudonymous, not anonymous: lengths, punctuation, times and structure remain, and so do the names of \
    undocumented members. No signature matches it.";

const EXAMPLES: &str = "\
Examples:
  A failing payload that can be posted
      assoclens redact delivery.json > shareable.json
  A capture with its headers, every value of them replaced
      assoclens redact --headers capture.har > shareable.har
  Two files that still compare as the originals do
      head -c 32 /dev/urandom > key
      assoclens redact --key key before.json > a.json
      assoclens redact --key key after.json > b.json

Exit codes: 0 written, 2 an input or a payload could not be redacted.";
