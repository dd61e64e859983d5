//! `assoclens verify`, as a person reads it.

pub(super) mod pasted;

use super::Unwrapping;
use crate::headers::Headers;
use crate::signature::{MaxAge, Scheme};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

/// `assoclens verify`
#[derive(Clone, Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Verify {
    /// The body, or a capture of it: a file, or - for standard input (the default, if something is piped in)
    ///
    /// Bodies and headers are taken out of captures. Anything else is one body, byte for byte. Gzip and Zstandard are
    /// decompressed.
    pub path: Option<PathBuf>,

    /// Which captures to unwrap
    #[command(flatten)]
    pub unwrapping: Unwrapping,

    /// A header of the delivery, as 'Name: value' (repeatable; several at once as they are copied, on lines or in a
    /// program's notation)
    #[arg(long, value_name = "HEADER", value_parser = pasted::headers, allow_hyphen_values = true)]
    pub header: Vec<Headers>,

    /// The signature itself, instead of a header that carries it; in base64, or another spelling such as hex
    #[arg(long, value_name = "BASE64")]
    pub signature: Option<String>,

    /// Which signature to verify [default: by the header's name, or the signature's length]
    ///
    /// Of two headers, that of this scheme is taken. A given signature of 64 bytes is Ed25519, one of 256 to 1024
    /// bytes is RSA.
    #[arg(long, value_name = "SCHEME")]
    pub scheme: Option<Scheme>,

    /// Verify with this public key instead of the published ones: PEM, or base64 of the same
    #[arg(long, value_name = "FILE")]
    pub public_key: Option<PathBuf>,

    /// Reject payloads whose timestamp is not within this duration of now, such as 5m, 2h or 1d
    ///
    /// Without it, age is only reported: a retry sends the original body again later.
    #[arg(long, value_name = "DURATION")]
    pub max_age: Option<MaxAge>,

    /// Use this as the current time (RFC 3339, such as 2026-02-13T12:36:13Z)
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

/// What the long help begins with.
pub(super) const ABOUT: &str = "\
Verify the signature of a delivery: is the body as the vendor signed it? If not, why that may be.

The header X-GHL-Signature (Ed25519) decides alone if it is there, else the legacy X-WH-Signature (RSA-SHA256); N/A \
in it means that the delivery is not signed. What is signed is the body alone, and verifiers disagree on its bytes, so \
they are tried as they are, without one line end at the end, and as compact JSON with order and text kept; which of \
them matched is reported.

There is no published test vector, so this has never been checked against a real delivery.";

const EXAMPLES: &str = "\
Examples:
  Verify the deliveries of a capture by the headers in it
      assoclens verify capture.har

  Verify a body by the header it came with
      assoclens verify --header 'X-GHL-Signature: BASE64' body.json

  Paste all headers, and let an old delivery fail
      assoclens verify --header \"$(cat headers.txt)\" --max-age 5m body.json

  Verify with another key than the published one
      assoclens verify --public-key key.pem --signature BASE64 body.json

Exit codes: 0 verified, 1 not verified (no match, not base64, N/A, too old), 2 not tried (no signature, or no key \
for it) or something cannot be read.";
