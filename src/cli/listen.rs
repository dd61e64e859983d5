//! The arguments of `assoclens listen`, with their help.

use super::send::duration;
use super::verify::pasted;
use super::{FINDINGS_AT_MOST, Judging, Reports, number};
use crate::headers::Headers;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `assoclens listen`
#[derive(Debug, Args)]
#[command(after_help = super::more("listen"), after_long_help = EXAMPLES)]
pub struct Listen {
    /// The address to listen on
    #[command(flatten)]
    pub binding: Binding,

    /// The record
    #[command(flatten)]
    pub recording: RecordOptions,

    /// The answers, and the handler
    #[command(flatten)]
    pub answering: Answering,

    /// The keys
    #[command(flatten)]
    pub verifying: Verifying,

    /// The end of the run
    #[command(flatten)]
    pub ending: Ending,

    /// The schema, the event and the levels
    #[command(flatten)]
    pub judging: Judging,

    /// Longest body to accept, in bytes; a longer one is answered 413
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, hide_short_help = true,
        value_parser = number::<u64>(1..=1 << 26))]
    pub max_payload_bytes: u64,

    /// The reports
    #[command(flatten)]
    pub reports: Reports,

    /// Show at most N errors, N/2 warnings and N/4 notes; count the others by code
    #[arg(long, value_name = "N", hide_short_help = true, value_parser = number(0..=FINDINGS_AT_MOST))]
    pub max_findings: Option<usize>,
}

/// The address to listen on.
#[derive(Clone, Debug, Args)]
pub struct Binding {
    /// Address to bind
    ///
    /// If other machines can reach it, there is a warning.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1", value_parser = host)]
    pub host: IpAddr,

    /// Port to bind; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 4011, value_parser = number(0..=u16::MAX))]
    pub port: u16,

    /// Accept deliveries at this path only [default: any]
    ///
    /// Requests for other paths are answered 404.
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub path: Option<String>,
}

/// The record.
#[derive(Clone, Debug, Args)]
pub struct RecordOptions {
    /// Append every delivery to this file, one per line
    ///
    /// A line holds the body and the headers, and is written before a delivery is answered 2xx. Only the owner can read
    /// a new file. Every command reads it: assoclens validate FILE, assoclens verify FILE.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Record secret headers, too: Authorization, Cookie, and names that end in -key, -token or -secret
    #[arg(long, requires = "record", hide_short_help = true)]
    pub all_headers: bool,
}

/// The answers, and the handler.
#[derive(Clone, Debug, Args)]
pub struct Answering {
    /// Forward each delivery to this URL
    ///
    /// The body is forwarded byte for byte, and the sender gets the status that the URL answers.
    #[arg(long, value_name = "URL")]
    pub forward_to: Option<String>,

    /// Add or replace a header when forwarding (repeatable)
    ///
    /// Signatures cannot be replaced.
    #[arg(long, value_name = "HEADER", value_parser = pasted::headers, requires = "forward_to")]
    pub header: Vec<Headers>,

    /// Let --forward-to reach this host outside this machine (repeatable)
    #[arg(long, value_name = "NAME", hide_short_help = true)]
    pub allow_host: Vec<String>,

    /// Answer this status instead of 200, to test retries
    #[arg(long, value_name = "STATUS", conflicts_with = "forward_to", value_parser = number::<u16>(200..=599))]
    pub respond: Option<u16>,
}

/// The keys.
#[derive(Clone, Debug, Args)]
pub struct Verifying {
    /// Verify with this public key, in PEM or base64
    ///
    /// It takes the place of the published keys.
    #[arg(long, value_name = "FILE", conflicts_with = "no_verify")]
    pub public_key: Option<PathBuf>,

    /// Do not verify signatures
    #[arg(long)]
    pub no_verify: bool,
}

/// The end of the run.
#[derive(Clone, Debug, Args)]
pub struct Ending {
    /// End after N deliveries
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,

    /// End if none has come for this long, such as 30s
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
}

fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        _ => text.parse().map_err(|_| "an address is written 127.0.0.1 or ::1".to_owned()),
    }
}

fn path(text: &str) -> Result<String, String> {
    match text.starts_with('/') && !text.contains(['?', '#']) {
        true => Ok(text.to_owned()),
        false => Err("a path begins with a slash, and has no query".to_owned()),
    }
}

/// The beginning of the long help.
pub(super) const ABOUT: &str = "\
Receive deliveries on this machine: record every byte, validate and verify each, and forward it to the handler that \
you develop.

Each POST is answered 200, whatever the verdict: after any other answer HighLevel sends it again, up to 12 times. \
With --forward-to, the sender gets the handler's status, 502 if the handler cannot be reached, and 504 if it takes \
longer than 30 s. Requests from web pages are refused. To receive deliveries from HighLevel, put a tunnel in front. To \
try it out, send some yourself: assoclens send http://127.0.0.1:4011/.";

const EXAMPLES: &str = "\
Examples:
  Receive, record, and forward to a handler under development
      assoclens listen --record deliveries.ndjson --forward-to http://127.0.0.1:3000/hook

  See what comes, and stop after the first delivery
      assoclens listen --count 1

Exit codes: 0 ended by --count or --timeout, and no payload has an error; 1 a payload has an error, or fewer than \
--count came in time; 2 it could not bind, record or report.";
