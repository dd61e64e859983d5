//! The handling of one delivery: it is forwarded, recorded and answered, in this order.

use super::recording::{Recordable, Recorder};
use crate::capture::Recorded;
use crate::cli::Listen;
use crate::command::{Streams, send, verify};
use crate::engine::{Answered, Forward, Receipt, Unanswered};
use crate::escape::visible;
use crate::headers::{Headers, SIGNATURE_HEADERS};
use crate::http::{Answer, Client, Failure, Method, Received, Request, Target};
use crate::report::send::hint_of_failure;
use crate::report::written;
use crate::signature::Keys;
use anyhow::{anyhow, bail};
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// The time that a handler may take.
const HANDLER_TIME: Duration = Duration::from_secs(30);
/// The answer if a delivery could not be recorded.
const NOT_TAKEN: u16 = 503;

/// Takes deliveries.
pub(super) struct Taking {
    recorder: Recorder,
    handler: Option<Handler>,
    status: u16,
    keeps_secrets: bool,
}

/// The receiver to which deliveries are forwarded.
struct Handler {
    target: Target,
    client: Client,
    headers: Headers,
}

impl Taking {
    pub(super) fn new(
        arguments: &Listen,
        recorder: Recorder,
        streams: &mut Streams<'_>,
    ) -> anyhow::Result<Self> {
        let handler =
            arguments.answering.forward_to.as_deref().map(|url| Handler::new(url, arguments)).transpose()?;
        if let Some(handler) = handler.as_ref().filter(|handler| handler.target.is_elsewhere()) {
            super::warn(
                streams,
                &format!("deliveries leave this machine, to {}", visible(handler.target.host())),
            );
        }
        let status = arguments.answering.respond.unwrap_or(200);
        Ok(Self { recorder, handler, status, keeps_secrets: arguments.recording.all_headers })
    }

    /// The status to answer a delivery with, once it is recorded.
    pub(super) fn take(&self, received: Received) -> u16 {
        let under_way = self.recorder.begin();
        let time = Timestamp::now();
        let handed_on = self.handler.as_ref().map(|handler| handler.hand_on(&received));
        let (forward, status) = match handed_on {
            Some((forward, status)) => (Some(forward), status),
            None => (None, self.status),
        };
        let Received { number, target, headers, body } = received;
        let recorded = Recorded {
            number,
            received: &written(time),
            target: &target,
            headers: &headers,
            keeps_secrets: self.keeps_secrets,
            body: &body,
            forward: forward.as_ref().map(Forward::recorded),
        };
        let line = recorded.line();
        let receipt = Receipt { number, received: time, target, bytes: body.len(), signature: None, forward };
        let is_written = self.recorder.write(Recordable { receipt, headers, body, line });
        drop(under_way);
        if is_written { status } else { NOT_TAKEN }
    }
}

impl Handler {
    fn new(url: &str, arguments: &Listen) -> anyhow::Result<Self> {
        let headers = send::given_headers(&arguments.answering.header)?;
        if let Some(name) = SIGNATURE_HEADERS.iter().find(|name| headers.all(name).next().is_some()) {
            bail!("--header cannot replace {name}: deliveries are forwarded with their own signatures");
        }
        let target = Target::new(url, &arguments.answering.allow_host)
            .map_err(|why| anyhow!("cannot forward deliveries: {why}"))?;
        Ok(Self { target, client: Client::new(HANDLER_TIME), headers })
    }

    /// The handler's answer, and the status to pass on.
    fn hand_on(&self, received: &Received) -> (Forward, u16) {
        let mut own = Headers::default();
        for (name, value) in received.headers.iter().filter(|(name, _)| !send::is_framing(name)) {
            own.push(name, value);
        }
        let headers = crate::trial::replaced(&own, &self.headers);
        let request = Request { method: Method::Post, headers, body: (&received.body[..]).into() };
        let start = Instant::now();
        let answered = self.client.send(&self.target, &request);
        let status = match &answered {
            Ok(Answer { status, .. }) => *status,
            Err(Failure::TooLate(_)) => 504,
            Err(Failure::NotReached(_) | Failure::Broken(_)) => 502,
        };
        let answered = match answered {
            Ok(answer) => Ok(Answered { status, shown: answer.shown() }),
            Err(failure) => Err(Unanswered { why: failure.to_string(), help: hint_of_failure(&failure) }),
        };
        (Forward { url: self.target.url(), answered, elapsed: start.elapsed() }, status)
    }
}

/// The keys to verify with; none if signatures are not verified.
pub(super) fn keys(arguments: &Listen) -> anyhow::Result<Option<Keys>> {
    match &arguments.verifying.public_key {
        _ if arguments.verifying.no_verify => Ok(None),
        Some(path) => verify::read_key(path).map(Some),
        None => Ok(Some(Keys::default())),
    }
}
