//! The arguments of `assoclens send`, with their help.

use super::levels::changes;
use super::offered::Offering;
use super::verify::pasted;
use crate::check::LevelChange;
use crate::headers::Headers;
use crate::trial::Choice;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// `assoclens send`
#[derive(Clone, Debug, Args)]
#[command(
    after_help = super::more("send"),
    after_long_help = EXAMPLES,
    override_usage = "assoclens send [OPTIONS] URL [PATH]...\n       assoclens send [OPTIONS] URL --cases\n       \
                      assoclens send --list-cases\n       assoclens send --write-cases DIR"
)]
pub struct Send {
    /// The receiver's URL, such as http://127.0.0.1:3000/hook
    ///
    /// A host other than this machine needs --allow-host.
    #[arg(required_unless_present_any = ["list_cases", "write_cases"])]
    pub url: Option<String>,

    /// Payloads or captures [default: the documented example]
    ///
    /// Files, directories, or - for standard input. Bodies are taken out of captures and sent byte for byte. So is a
    /// file's payload, without the line end at the end of the file. The example is sent with the event's fields next to
    /// `type`, a new `webhookId` and the current time as `timestamp`.
    #[arg(value_name = "PATH", conflicts_with_all = ["cases", "case", "list_cases", "write_cases"])]
    pub paths: Vec<PathBuf>,

    /// The cases to try
    #[command(flatten)]
    pub trying: Trying,

    /// The keys to sign with
    #[command(flatten)]
    pub signing: Signing,

    /// Changes to a delivery before it is sent
    #[command(flatten)]
    pub making: Making,

    /// The limits
    #[command(flatten)]
    pub bounds: Bounds,

    /// The level of each case
    #[command(flatten)]
    pub levels: CaseLevels,

    /// How to report
    #[arg(short, long, value_name = "FORMAT", default_value = "human")]
    pub format: SendFormat,

    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// The cases to try.
#[derive(Clone, Debug, Args)]
pub struct Trying {
    /// Test the receiver with all cases
    ///
    /// They are events in every form, forged signatures and broken bodies. They reach the receiver's handler and may
    /// leave records behind, so use a test instance.
    #[arg(long)]
    pub cases: bool,

    /// Test the receiver with this case (repeatable)
    ///
    /// The case post/accepted always comes first.
    #[arg(long, value_name = "NAME", value_parser = Offering::cases(), hide_possible_values = true)]
    pub case: Vec<Choice>,

    /// List the cases: what is sent, and what is expected
    #[arg(long, exclusive = true)]
    pub list_cases: bool,

    /// Write the bodies of the cases instead of sending
    ///
    /// The directory also gets a manifest for `validate --expect`.
    #[arg(long, value_name = "DIR", exclusive = true)]
    pub write_cases: Option<PathBuf>,
}

/// The keys to sign with.
#[derive(Clone, Debug, Args)]
pub struct Signing {
    /// Sign with this private Ed25519 key (PEM)
    ///
    /// The header is X-GHL-Signature, over the exact bytes. The receiver needs the public key that goes with it; its
    /// fingerprint is printed. To make both: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem
    /// -pubout
    #[arg(long, value_name = "FILE")]
    pub sign_with: Option<PathBuf>,

    /// Sign with this private RSA key (PEM), the legacy way
    ///
    /// The header is the legacy X-WH-Signature.
    #[arg(long, value_name = "FILE")]
    pub sign_legacy: Option<PathBuf>,
}

/// Changes to a delivery before it is sent.
#[derive(Clone, Debug, Args)]
pub struct Making {
    /// Also send the headers of a captured delivery
    #[arg(long, conflicts_with_all = ["cases", "case"])]
    pub with_headers: bool,

    /// Add or replace a header (repeatable)
    #[arg(long, value_name = "HEADER", value_parser = pasted::headers)]
    pub header: Vec<Headers>,

    /// Send a new `webhookId` and the current time
    ///
    /// The `webhookId` and the `timestamp` are replaced; all other bytes stay as they are.
    #[arg(long, conflicts_with_all = ["cases", "case"])]
    pub fresh: bool,

    /// Send each delivery twice, as a retry does
    #[arg(long, conflicts_with_all = ["cases", "case"])]
    pub twice: bool,

    /// Print the requests instead of sending them
    ///
    /// They are printed as HTTP, or as commands with --format curl.
    #[arg(long)]
    pub dry_run: bool,
}

/// The limits.
#[derive(Clone, Debug, Args)]
pub struct Bounds {
    /// How long to wait for each answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub timeout: Duration,

    /// Refuse to send more than N deliveries
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub max: usize,

    /// Let requests reach this other host (repeatable)
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
}

/// How to report on what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SendFormat {
    /// For people: a line for each delivery or case, and what is wrong
    #[default]
    Human,
    /// One JSON document
    Json,
    /// JUnit XML: a test case for each delivery or case
    Junit,
    /// With --dry-run: a curl command for each request
    Curl,
}

/// The changes of levels that a command line requests, for cases instead of findings.
#[derive(Clone, Debug, Default)]
pub struct CaseLevels(pub Vec<LevelChange<Choice>>);

const HEADING: &str = "Levels of cases";

/// Their declarations for clap; they are read like those of findings.
#[derive(Args)]
struct CaseLevelArgs {
    /// Turn findings of these cases into errors
    ///
    /// CASES is a list such as again/old,event/unknown, a family such as sign/, or all.
    #[arg(long, value_name = "CASES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::cases(), hide_possible_values = true)]
    deny: Vec<Choice>,

    /// Turn findings of these cases into warnings
    #[arg(long, value_name = "CASES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::cases(), hide_possible_values = true)]
    warn: Vec<Choice>,

    /// Do not report these cases
    ///
    /// Allow sign/ for a receiver that acknowledges before it verifies.
    #[arg(long, value_name = "CASES", value_delimiter = ',', help_heading = HEADING,
        value_parser = Offering::cases(), hide_possible_values = true)]
    allow: Vec<Choice>,

    /// Turn all warnings into errors
    #[arg(long, help_heading = HEADING)]
    strict: bool,
}

impl Args for CaseLevels {
    fn augment_args(command: Command) -> Command {
        CaseLevelArgs::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        CaseLevelArgs::augment_args_for_update(command)
    }
}

impl FromArgMatches for CaseLevels {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self(changes(matches)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0 = changes(matches);
        Ok(())
    }
}

/// A duration such as `10s`; longer than nothing, and no longer than a day.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a duration is written 500ms, 10s or 2m".to_owned();
    let duration: jiff::SignedDuration = text.parse().map_err(|_| wrong())?;
    Duration::try_from(duration)
        .ok()
        .filter(|duration| !duration.is_zero() && duration.as_secs() <= 86_400)
        .ok_or_else(wrong)
}

/// The beginning of the long help.
pub(super) const ABOUT: &str = "\
Post deliveries to your receiver, as HighLevel does, and check its answers.

With --cases, it tests the receiver: every form of the event must be accepted, every forgery refused, and nothing \
                                may \
bring the receiver down. Requests stay on this machine unless --allow-host names another host, and redirects are not \
followed.";

const EXAMPLES: &str = "\
Examples:
  Post the documented example to a receiver under development
      assoclens send http://127.0.0.1:3000/hook

  Replay a captured delivery as it was, with its headers
      assoclens send --with-headers http://127.0.0.1:3000/hook capture.har

  Test the receiver with all cases, signed with a key of your own
      assoclens send --cases --sign-with key.pem http://127.0.0.1:3000/hook

  See what would be sent
      assoclens send --dry-run http://127.0.0.1:3000/hook delivery.json

Exit codes: 0 every answer is 2xx, or no case has an error; 1 an answer is not 2xx, or a case has an error; 2 \
                        nothing \
could be sent, or there was no connection.";
