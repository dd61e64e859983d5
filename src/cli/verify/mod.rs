//! The arguments of `assoclens verify`, with their help.

pub(super) mod pasted;

use super::Unwrapping;
use crate::headers::Headers;
use crate::signature::{MaxAge, Scheme};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// `assoclens verify`
#[derive(Clone, Debug, Args)]
#[command(after_help = super::more("verify"), after_long_help = EXAMPLES)]
pub struct Verify {
    /// The body, or a capture: a file, or - for standard input
    ///
    /// Without a path, piped input is read. Bodies and headers are taken out of captures. Anything else is one body,
    /// byte for byte. Gzip and Zstandard are decompressed.
    pub path: Option<PathBuf>,

    /// The captures to unwrap
    #[command(flatten)]
    pub unwrapping: Unwrapping,

    /// A header of the delivery, as 'Name: value' (repeatable)
    ///
    /// One option also takes all headers at once, as you copy them: one per line, or in the notation of a program.
    #[arg(long, value_name = "HEADER", value_parser = pasted::headers, allow_hyphen_values = true)]
    pub header: Vec<Headers>,

    /// The signature alone, instead of its header
    ///
    /// In base64, or another spelling such as hex.
    #[arg(long, value_name = "BASE64")]
    pub signature: Option<String>,

    /// Which signature to verify
    ///
    /// Without it, the header's name decides, or the length of a signature given alone: 64 bytes are Ed25519, 256 to
    /// 1024 are RSA. If both headers are there, this option chooses one.
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<Scheme>,

    /// Verify with this public key, in PEM or base64
    ///
    /// It takes the place of the published keys.
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,

    /// Reject deliveries older than this, such as 5m or 1d
    ///
    /// A timestamp equally far in the future is rejected, too. Without this option, age is only reported: a retry
    /// sends the original body again later.
    #[arg(long, value_name = "DURATION")]
    pub max_age: Option<MaxAge>,

    /// Use this as the current time
    ///
    /// In RFC 3339, such as 2026-02-13T12:36:13Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub now: Option<Timestamp>,

    /// How to report
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub format: VerifyFormat,
}

/// How to report on signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// For people: which signature, key and bytes, or why none matched
    #[default]
    Human,
    /// One JSON document
    Json,
}

fn time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write a time with its offset, such as 2026-02-13T12:36:13Z".to_owned())
}

/// The beginning of the long help.
pub(super) const ABOUT: &str = "\
Verify the signature of a delivery. If it does not match, find out why.

If the header X-GHL-Signature (Ed25519) is there, it alone decides; otherwise the legacy X-WH-Signature (RSA-SHA256) \
does. The value N/A means that the delivery is not signed. A signature covers the body alone. A copy of a body \
often differs from the signed bytes in white space, so three forms are tried: as it is, without one line end at the \
end, and as compact JSON with order and text kept. The report says which one matched.

No real signed delivery is public, so this has never been tried on one.";

const EXAMPLES: &str = "\
Examples:
  Verify the deliveries of a capture by the headers in it
      assoclens verify capture.har

  Verify a body by the header it came with
      assoclens verify --header 'X-GHL-Signature: BASE64' body.json

  Paste all headers, and reject an old delivery
      assoclens verify --header \"$(cat headers.txt)\" --max-age 5m body.json

  Verify with another key than the published one
      assoclens verify --public-key key.pem --signature BASE64 body.json

Exit codes: 0 verified; 1 not verified: no match, not base64, N/A, or too old; 2 not tried: no signature, no key for \
it, or something cannot be read.";
