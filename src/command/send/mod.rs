//! `assoclens send`: post deliveries to a receiver, or test it with cases.

mod bodies;
mod cases;
mod dry;
mod posts;
mod written;

use super::{Exit, Streams};
use crate::cli::{Send, SendFormat};
use crate::escape::{visible, visible_path};
use crate::headers::Headers;
use crate::http::{Client, Target};
use crate::read::read_whole;
use crate::report::Output;
use crate::report::Report;
use crate::report::layout::Page;
use crate::report::send::{Answers, HumanAnswers, JsonAnswers, JunitAnswers, Receiver, list};
use crate::signature::{Scheme, Signer};
use crate::terminal;
use anyhow::{Context as _, anyhow, bail};
use std::io::{self, Write};
use std::path::Path;

/// The longest private key, in bytes.
const MAX_KEY_BYTES: u64 = 64 << 10;

/// Headers that frame a message, and those that belong to one connection alone.
const FRAMING: [&str; 11] = [
    "Host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Proxy-Authorization",
    "TE",
    "Trailer",
    "Upgrade",
    "Expect",
];

pub(super) fn run(arguments: &Send, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let page = Page::new(streams.width, streams.is_coloured, terminal::draws_unicode());
    if arguments.trying.list_cases {
        return super::written(streams.out, |out| list(&page, out));
    }
    if let Some(folder) = &arguments.trying.write_cases {
        return written::run(folder, streams);
    }
    if arguments.format == SendFormat::Curl && !arguments.making.dry_run {
        bail!("--format curl prints commands instead of sending; add --dry-run");
    }
    let sender = Sender::new(arguments)?;
    if sender.target.is_elsewhere() {
        // Best effort: a failed write to standard error changes nothing.
        let _ = writeln!(
            streams.err,
            "warning: requests leave this machine, to {}",
            visible(sender.target.host())
        );
    }
    if arguments.trying.cases || !arguments.trying.case.is_empty() {
        cases::run(arguments, &sender, page, streams)
    } else {
        posts::run(arguments, &sender, page, streams)
    }
}

/// The sender and its destination.
struct Sender {
    target: Target,
    client: Client,
    signer: Option<Signer>,
    legacy: Option<Signer>,
    /// The headers that were given.
    headers: Headers,
}

impl Sender {
    fn new(arguments: &Send) -> anyhow::Result<Self> {
        let url = arguments.url.as_deref().unwrap_or_default();
        let headers = given_headers(&arguments.making.header)?;
        Ok(Self {
            target: Target::new(url, &arguments.bounds.allow_host)
                .map_err(|why| anyhow!("cannot send: {why}"))?,
            client: Client::new(arguments.bounds.timeout),
            signer: arguments
                .signing
                .sign_with
                .as_deref()
                .map(|path| signer(Scheme::Ed25519, path))
                .transpose()?,
            legacy: arguments
                .signing
                .sign_legacy
                .as_deref()
                .map(|path| signer(Scheme::RsaSha256, path))
                .transpose()?,
            headers,
        })
    }

    fn signers(&self) -> impl Iterator<Item = &Signer> {
        [&self.signer, &self.legacy].into_iter().flatten()
    }

    fn receiver(&self, cases: Option<usize>) -> Receiver {
        let signed = |signer: &Signer| (signer.header(), signer.public_key().fingerprint().to_owned());
        Receiver {
            url: visible(&self.target.url()).into_owned(),
            signed: self.signers().map(signed).collect(),
            cases,
        }
    }
}

/// The headers of all `--header` options.
pub(super) fn given_headers(given: &[Headers]) -> anyhow::Result<Headers> {
    let headers = given.iter().cloned().reduce(Headers::followed_by).unwrap_or_default();
    for (name, value) in headers.iter() {
        let shown = visible(name);
        if is_framing(name) {
            bail!(
                "cannot send the header {shown} of --header: assoclens writes the headers that frame a \
                 request itself"
            );
        }
        if !is_sendable(name, value) {
            bail!("cannot send the header {shown} of --header: its name or value is not valid in HTTP");
        }
    }
    Ok(headers)
}

/// Whether the header of that name belongs to one connection alone.
pub(super) fn is_framing(name: &str) -> bool {
    FRAMING.iter().any(|framing| framing.eq_ignore_ascii_case(name))
}

/// Whether a header can be sent.
fn is_sendable(name: &str, value: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty()
        && name.bytes().all(is_token)
        && !value.chars().any(|character| character.is_control() && character != '\t')
}

fn signer(scheme: Scheme, path: &Path) -> anyhow::Result<Signer> {
    let name = visible_path(path);
    let about = || format!("cannot sign with the key {name}");
    let bytes = read_whole(path, MAX_KEY_BYTES).with_context(about)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        anyhow!("it is not text; if it is DER, convert it: openssl pkey -inform DER -in FILE -out key.pem")
    });
    text.and_then(|text| Signer::read(scheme, &text, &name).map_err(|why| anyhow!(why))).with_context(about)
}

/// The destination of a report: the file that was named, or standard output.
struct Reporting<'o> {
    report: Box<dyn Report<Answers>>,
    file: Option<Output>,
    out: &'o mut dyn Write,
}

impl<'o> Reporting<'o> {
    fn new(arguments: &Send, page: Page, out: &'o mut dyn Write) -> anyhow::Result<Self> {
        let file = arguments.output.as_deref().map(Output::create).transpose()?;
        let page = Page { is_coloured: page.is_coloured && file.is_none(), ..page };
        let report: Box<dyn Report<Answers>> = match arguments.format {
            SendFormat::Human | SendFormat::Curl => Box::new(HumanAnswers::new(page)),
            SendFormat::Json => Box::new(JsonAnswers::default()),
            SendFormat::Junit => Box::new(JunitAnswers::default()),
        };
        Ok(Self { report, file, out })
    }

    /// Writes and flushes: the next answer may take long.
    fn write(
        &mut self,
        write: impl FnOnce(&mut dyn Report<Answers>, &mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        let out: &mut dyn Write = match &mut self.file {
            Some(file) => file,
            None => self.out,
        };
        write(self.report.as_mut(), out).and_then(|()| out.flush())
    }

    fn close(self) -> io::Result<()> {
        self.file.map_or(Ok(()), Output::close)
    }
}
