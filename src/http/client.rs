//! One request over one connection, and its answer.
//!
//! In: a [`Target`] and a [`Request`]. Out: an [`Answer`], or a [`Failure`] that says whether the receiver was reached.
//! Invariants: a redirect is an answer like any other; the environment is not read; an answer counts even if it came
//! before the whole body was taken and the connection then broke.

use super::{Method, Request, Target};
use crate::escape::{quoted, visible_bytes};
use crate::headers::Headers;
use std::fmt;
use std::io::{self, Read as _};
use std::net::ToSocketAddrs as _;
use std::time::{Duration, Instant};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
};
use ureq::{Agent, Error, RequestBuilder};

/// The part of an answer's body that is read, in bytes.
const READ_AT_MOST: u64 = 64 << 10;

/// The part that is shown, in bytes.
const SHOWN_AT_MOST: usize = 2 << 10;
/// The part that is quoted in a sentence, in characters.
const QUOTED_AT_MOST: usize = 80;
/// The number of addresses of a host that are tried; no more than ureq keeps.
const ADDRESSES_AT_MOST: usize = 16;

/// The answer of a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The media type of its body, if it says.
    pub media_type: Option<String>,
    /// The destination of its redirect, if it has one.
    pub location: Option<String>,
    /// Its body, or the first 64 KiB of it.
    pub body: Vec<u8>,
    /// The time from the first byte sent to the last byte read.
    pub elapsed: Duration,
}

impl Answer {
    /// A 200 without a body, at once: the answer if nothing is sent.
    pub fn ok() -> Self {
        Self { status: 200, media_type: None, location: None, body: Vec::new(), elapsed: Duration::ZERO }
    }

    /// Whether the platform regards it as a success: after any other it sends again.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Its first line as ` ("too old")`; empty if there is none. Safe to print.
    pub fn quoted(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty());
        line.map(|line| format!(" ({})", quoted(line, QUOTED_AT_MOST))).unwrap_or_default()
    }

    /// The first 2 KiB of its body, safe to print.
    pub fn shown(&self) -> String {
        visible_bytes(&self.body[..self.body.len().min(SHOWN_AT_MOST)])
    }
}

/// The advice if a receiver answers a correct delivery with this status.
pub fn hint_of_status(status: u16) -> Option<&'static str> {
    Some(match status {
        300..=399 => "a redirect is not followed and drops the body: register the URL that it leads to",
        400 | 401 | 403 => {
            "if it verifies signatures, it must verify the raw body, before parsing, with the signer's \
             public key and the right header"
        }
        404 | 405 | 410 => {
            "check the route, the method (deliveries are posted), and whether the path ends with a slash"
        }
        413 => "it refuses a body of this length",
        415 => "it refuses application/json",
        429 => "it limits the number of requests",
        500..=599 => "it failed: see its answer and its log",
        _ => return None,
    })
}

/// The reason why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nothing was sent, because there was no connection. Has the system's message.
    NotReached(String),
    /// The receiver was reached, but did not answer in this time.
    TooLate(Duration),
    /// The receiver was reached, but the connection ended without an answer, or the answer is not HTTP.
    Broken(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReached(why) => write!(formatter, "no connection: {why}"),
            Self::TooLate(limit) => write!(formatter, "no answer within {} s", limit.as_secs_f32()),
            Self::Broken(why) => write!(formatter, "the connection ended without an answer: {why}"),
        }
    }
}

/// Makes requests.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    timeout: Duration,
}

impl Client {
    /// Waits `timeout` for each answer, from the connection to the answer's end.
    pub fn new(timeout: Duration) -> Self {
        let config = Config::builder()
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .timeout_global(Some(timeout))
            .build();
        let connector = ().chain(TcpConnector::default()).chain(RustlsConnector::default()).chain(Patience);
        Self { agent: Agent::with_parts(config, connector, Addresses), timeout }
    }

    /// Makes one request.
    pub fn send(&self, target: &Target, request: &Request<'_>) -> Result<Answer, Failure> {
        let (headers, start) = (request.headers_to(target), Instant::now());
        let answered = match request.method {
            Method::Get => with_headers(self.agent.get(target.uri()), &headers).call(),
            Method::Post => with_headers(self.agent.post(target.uri()), &headers).send(&*request.body),
        };
        let mut response = answered.map_err(|error| self.failure(error))?;
        let text = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let (media_type, location) = (text("content-type"), text("location"));
        let mut body = Vec::new();
        // The status is known: a body that breaks off, or never ends, does not change it.
        let _ = response.body_mut().as_reader().take(READ_AT_MOST).read_to_end(&mut body);
        Ok(Answer {
            status: response.status().as_u16(),
            media_type,
            location,
            body,
            elapsed: start.elapsed(),
        })
    }

    fn failure(&self, error: Error) -> Failure {
        match error {
            Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                Failure::NotReached("nothing answers there".to_owned())
            }
            Error::Timeout(_) => Failure::TooLate(self.timeout),
            Error::HostNotFound => Failure::NotReached("the host is not known".to_owned()),
            Error::Io(error) if is_unreachable(&error) => Failure::NotReached(plain(&error)),
            Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Failure::Broken("it was closed".to_owned())
            }
            Error::Io(error) => Failure::Broken(plain(&error)),
            Error::Rustls(error) => Failure::NotReached(error.to_string()),
            Error::Tls(error) => Failure::NotReached(error.to_owned()),
            error => Failure::Broken(error.to_string()),
        }
    }
}

fn with_headers<B>(builder: RequestBuilder<B>, headers: &Headers) -> RequestBuilder<B> {
    headers.iter().fold(builder, |builder, (name, value)| builder.header_raw(name, value.as_bytes()))
}

/// Whether no connection was established. Failed TLS (invalid data) counts as none.
fn is_unreachable(error: &io::Error) -> bool {
    use io::ErrorKind::{
        AddrNotAvailable, ConnectionRefused, HostUnreachable, InvalidData, NetworkDown, NetworkUnreachable,
        NotFound, PermissionDenied,
    };
    matches!(
        error.kind(),
        AddrNotAvailable
            | ConnectionRefused
            | HostUnreachable
            | InvalidData
            | NetworkDown
            | NetworkUnreachable
            | NotFound
            | PermissionDenied
    )
}

/// The system's message, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text[..1].to_lowercase() + &text[1..]
}

/// A name may lead anywhere, but `localhost` is this machine, whatever the hosts file says.
#[derive(Debug)]
struct Addresses;

impl Resolver for Addresses {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut all = self.empty();
        let mut known = Target::addresses(uri);
        if known.is_empty() {
            let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
            let found = (uri.host().unwrap_or_default(), port).to_socket_addrs();
            known = found.map_err(|_| Error::HostNotFound)?.collect();
        }
        known.into_iter().take(ADDRESSES_AT_MOST).for_each(|address| all.push(address));
        if all.is_empty() { Err(Error::HostNotFound) } else { Ok(all) }
    }
}

/// A receiver may answer and close before it has taken the whole body. Writing then fails, but the answer is there.
#[derive(Debug)]
struct Patience;

impl<In: Transport> Connector<In> for Patience {
    type Out = Patient<In>;

    fn connect(&self, _: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Patient<In>>, Error> {
        Ok(chained.map(Patient))
    }
}

#[derive(Debug)]
struct Patient<T>(T);

impl<T: Transport> Transport for Patient<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        use io::ErrorKind::{BrokenPipe, ConnectionReset};
        match self.0.transmit_output(amount, timeout) {
            Err(Error::Io(error)) if matches!(error.kind(), BrokenPipe | ConnectionReset) => Ok(()),
            result => result,
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
