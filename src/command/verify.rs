//! `assoclens verify`: verify the signatures of bodies.

use super::{Exit, Streams, complain};
use crate::capture::{Unwrap, recognised_value};
use crate::cli::{Verify, VerifyFormat};
use crate::engine::each_body;
use crate::escape::visible_path;
use crate::event::{self, Role, Wanted, standing};
use crate::headers::Headers;
use crate::payload::MAX_BYTES;
use crate::read::{Source, read_whole};
use crate::report::Report;
use crate::report::layout::Page;
use crate::report::verify::{Checked, HumanSignatures, JsonSignatures, Signatures};
use crate::signature::{Body, Keys, MaxAge, PublicKey, Scheme, Sending, Sent, Verdict};
use crate::terminal;
use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;
use std::io::Read as _;
use std::path::Path;

/// The longest public key, in bytes.
const MAX_KEY_BYTES: u64 = 64 << 10;

pub(super) fn run(arguments: &Verify, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let source = source(arguments, streams)?;
    let asked = Question::new(arguments)?;
    let unwrap = match arguments.unwrapping.unwrap(Unwrap::Auto) {
        // Something that looks like a capture may be a body that somebody sent: a given signature covers all of it.
        Unwrap::Auto if asked.is_beside => Unwrap::Never,
        unwrap => unwrap,
    };
    let (bytes, mut all, mut is_incomplete) = (read(&source)?, Vec::new(), false);
    each_body(
        &source,
        &bytes,
        &unwrap,
        &mut |place, body| all.push(asked.verify(place, body)),
        &mut |error| {
            is_incomplete = true;
            complain(streams.err, error);
        },
    )?;
    let unsigned = skip_unsigned(&mut all);
    report(&all, arguments.format, streams)?;
    if unsigned > 0 {
        // Best effort: a failed write to standard error changes nothing.
        let _ = writeln!(streams.err, "skipped: unsigned, and not a delivery ({unsigned})");
    }
    let is_signed = all.iter().any(|checked| checked.verdict.sent.is_some());
    let worst = all.iter().map(|checked| exit(checked, is_signed)).max().unwrap_or(Exit::Unavailable);
    Ok(if is_incomplete { Exit::Unavailable } else { worst })
}

fn source(arguments: &Verify, streams: &Streams<'_>) -> anyhow::Result<Source> {
    Ok(match &arguments.path {
        Some(path) if path.as_os_str() != "-" => Source::file(path.clone()),
        None if streams.is_stdin_terminal => bail!(
            "nothing to verify; name the file that holds the body (assoclens verify FILE), or pipe it in \
             (… | assoclens verify)"
        ),
        _ => Source::STDIN,
    })
}

fn report(all: &[Checked], format: VerifyFormat, streams: &mut Streams<'_>) -> anyhow::Result<()> {
    let page = Page::new(streams.width, streams.is_coloured, terminal::draws_unicode());
    let mut report: Box<dyn Report<Signatures>> = match format {
        VerifyFormat::Human => Box::new(HumanSignatures::new(page)),
        VerifyFormat::Json => Box::new(JsonSignatures::default()),
    };
    all.iter()
        .try_for_each(|checked| report.item(checked, streams.out))
        .and_then(|()| report.finish(&(), streams.out))
        .and_then(|()| streams.out.flush())
        .context(super::Writing)
}

/// Leaves out unsigned bodies that are not deliveries, if others are signed, because a capture holds other requests,
/// too. Returns their number.
fn skip_unsigned(all: &mut Vec<Checked>) -> usize {
    let before = all.len();
    if all.iter().any(|checked| checked.verdict.sent.is_some()) {
        all.retain(|checked| checked.verdict.sent.is_some() || checked.is_delivery);
    }
    before - all.len()
}

/// The headers that affect a verdict. Any number may be given, next to any number of bodies.
const LOOKED_AT: [&str; 4] = ["X-GHL-Signature", "X-WH-Signature", "Content-Length", "Content-Encoding"];
/// The number of each that is kept.
const LOOKED_AT_MOST: usize = 16;

/// The requests of the command line, whatever the body.
struct Question {
    /// The signature given, by itself or in a header; it comes before a capture's own.
    given: Option<Sent>,
    /// The headers given, as far as they affect a verdict; they come before a capture's own.
    headers: Headers,
    /// Whether headers or a signature were given next to the body. Even headers without a signature, or with an empty
    /// one, are the sender's: those inside a body never take their place.
    is_beside: bool,
    scheme: Option<Scheme>,
    keys: Keys,
    max_age: Option<MaxAge>,
    now: Timestamp,
}

impl Question {
    fn new(arguments: &Verify) -> anyhow::Result<Self> {
        let scheme = arguments.scheme;
        let given = arguments.signature.as_deref().map(|text| Sent::given(text, scheme)).transpose();
        let given = given.map_err(|why| anyhow!("cannot use the signature of --signature: {why}"))?;
        let headers = arguments.header.iter().cloned().reduce(Headers::followed_by).unwrap_or_default();
        Ok(Self {
            is_beside: given.is_some() || !headers.is_empty(),
            given: given.or_else(|| Sent::of(&headers, scheme)),
            headers: headers.first_of(&LOOKED_AT, LOOKED_AT_MOST),
            scheme,
            keys: arguments.public_key.as_deref().map_or_else(|| Ok(Keys::default()), read_key)?,
            max_age: arguments.max_age,
            now: arguments.now.unwrap_or_else(Timestamp::now),
        })
    }

    /// Verifies one body; `source` is where it comes from, safe to print.
    fn verify(&self, source: String, body: &Body<'_>) -> Checked {
        let sent = self.given.clone().or_else(|| Sent::of(body.headers, self.scheme));
        let headers = self.headers.clone().followed_by(body.headers.clone());
        let body = &Body { headers: &headers, ..*body };
        Checked {
            source,
            is_delivery: is_delivery(body.bytes),
            length: body.bytes.len(),
            verdict: Verdict::of(body, sent, &self.keys),
            sending: Sending::of(body.bytes, self.now),
            max_age: self.max_age,
        }
    }
}

/// Whether the body is a delivery's, by its members, or looks like a capture of one.
fn is_delivery(body: &[u8]) -> bool {
    event::reader().read(body).is_ok_and(|document| {
        !matches!(standing(&document, Wanted::Any), Role::Foreign)
            || recognised_value(document.root()).is_some()
    })
}

/// The exit code for a verdict; if others are signed, an unsigned delivery is a forgery.
fn exit(checked: &Checked, are_others_signed: bool) -> Exit {
    match () {
        () if are_others_signed && checked.verdict.sent.is_none() => Exit::Findings,
        () if !checked.verdict.is_tried() => Exit::Unavailable,
        () if checked.is_passed() => Exit::Clean,
        () => Exit::Findings,
    }
}

fn read(source: &Source) -> anyhow::Result<Vec<u8>> {
    let name = source.name();
    let about = || format!("cannot read {name}");
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    source.open().with_context(about)?.take(most).read_to_end(&mut bytes).with_context(about)?;
    if bytes.len() > MAX_BYTES {
        bail!(
            "{name} holds more than {MAX_BYTES} bytes, more than any delivery has; give the body of one \
             delivery"
        );
    }
    Ok(bytes)
}

pub(super) fn read_key(path: &Path) -> anyhow::Result<Keys> {
    let name = visible_path(path);
    let about = || format!("cannot use the public key {name}");
    let bytes = read_whole(path, MAX_KEY_BYTES).with_context(about)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        anyhow!(
            "it is not text; if it is DER, convert it: openssl pkey -pubin -inform DER -in FILE -out key.pem"
        )
    });
    let keys = text.and_then(|text| PublicKey::read_all(&text, &name).map_err(|why| anyhow!(why)));
    keys.map(Keys::only).with_context(about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    #[test]
    fn headers_that_no_verdict_looks_at_are_not_kept() {
        let text = "a: b\n".repeat(10_000) + &"Content-Length: 1\n".repeat(100) + "X-GHL-Signature: N/A\n";
        let cli = Cli::parse_from(["assoclens", "verify", "--header", &text]);
        let Some(Command::Verify(arguments)) = &cli.command else { unreachable!() };
        let asked = Question::new(arguments).unwrap();
        assert_eq!((asked.headers.len(), asked.is_beside), (LOOKED_AT_MOST + 1, true));
        assert!(asked.given.is_some_and(|given| given.is_unsigned()));
    }
}
