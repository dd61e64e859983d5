//! `assoclens listen`, as a person reads it.

use super::send::duration;
use super::verify::pasted;
use super::{Judging, Reports};
use crate::headers::Headers;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// `assoclens listen`
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Listen {
    /// Where to listen
    #[command(flatten)]
    pub binding: Binding,

    /// What to write down
    #[command(flatten)]
    pub recording: RecordOptions,

    /// How to answer, and for whom
    #[command(flatten)]
    pub answering: Answering,

    /// How to verify
    #[command(flatten)]
    pub verifying: Verifying,

    /// When to end
    #[command(flatten)]
    pub ending: Ending,

    /// How to judge
    #[command(flatten)]
    pub judging: Judging,

    /// The longest body that is taken, in bytes; a longer one is answered 413
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, value_parser = clap::value_parser!(u64).range(1..=1 << 26))]
    pub max_payload_bytes: u64,

    /// How to report, and where to
    #[command(flatten)]
    pub reports: Reports,

    /// Show at most N errors, half as many warnings and a quarter as many notes; count the others by code
    #[arg(long, value_name = "N")]
    pub max_findings: Option<usize>,
}

/// Where to listen.
#[derive(Clone, Debug, Args)]
pub struct Binding {
    /// Address to bind; one that is not of this machine alone is a warning
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1", value_parser = host)]
    pub host: IpAddr,

    /// Port to bind; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 4011)]
    pub port: u16,

    /// Take deliveries at this path only, and answer 404 at others [default: any]
    #[arg(long, value_name = "PATH", value_parser = path)]
    pub path: Option<String>,
}

/// What to write down.
#[derive(Clone, Debug, Args)]
pub struct RecordOptions {
    /// Append every delivery to this file, with its headers, one line each
    ///
    /// What was answered 2xx is in the file. A new file can be read by its owner alone. Every command reads it:
    /// assoclens validate FILE, assoclens verify FILE.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,

    /// Record also the values of Authorization, Cookie, and headers that end in -key, -token or -secret
    #[arg(long, requires = "record")]
    pub all_headers: bool,
}

/// How to answer, and for whom.
#[derive(Clone, Debug, Args)]
pub struct Answering {
    /// Hand each delivery on to this URL, byte for byte, and answer with its status
    #[arg(long, value_name = "URL")]
    pub forward_to: Option<String>,

    /// Add a header to what is handed on, or replace one of the same name (repeatable); not the signatures
    #[arg(long, value_name = "HEADER", value_parser = pasted::headers, requires = "forward_to")]
    pub header: Vec<Headers>,

    /// Let --forward-to leave this machine, to this host alone (repeatable)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,

    /// Answer this status instead of 200, to see the sender try again
    #[arg(long, value_name = "STATUS", conflicts_with = "forward_to", value_parser = clap::value_parser!(u16).range(200..=599))]
    pub respond: Option<u16>,
}

/// How to verify.
#[derive(Clone, Debug, Args)]
pub struct Verifying {
    /// Verify with this public key instead of the published ones: PEM, or base64 of the same
    #[arg(long, value_name = "FILE", conflicts_with = "no_verify")]
    pub public_key: Option<PathBuf>,

    /// Do not look at signatures
    #[arg(long)]
    pub no_verify: bool,
}

/// When to end.
#[derive(Clone, Debug, Args)]
pub struct Ending {
    /// End after N deliveries
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,

    /// End when none has come for so long, such as 30s
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

/// What the long help begins with.
pub(super) const ABOUT: &str = "\
Receive deliveries on this machine: record every byte, validate and verify each, and hand it on to the handler under \
development.

Each POST is answered 200, whatever the verdict: after any other answer the platform sends it again, up to 12 times. \
With --forward-to it is answered as the handler answers, 502 if that cannot be reached, and 504 if it takes longer than \
30 s. What comes from a web page is refused. To receive deliveries of the platform, put a tunnel in front, or send some \
with assoclens send http://127.0.0.1:4011/.";

const EXAMPLES: &str = "\
Examples:
  Receive, record, and hand on to a handler under development
      assoclens listen --record deliveries.ndjson --forward-to http://127.0.0.1:3000/hook

  See what comes, and stop after the first delivery
      assoclens listen --count 1

Exit codes: 0 ended by --count or --timeout and no payload has an error; 1 one has, or fewer than --count came in time; \
2 it could not bind, record or report.";
