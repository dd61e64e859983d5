//! `assoclens send`: post deliveries as they are.

use super::bodies::{self, SourceBody};
use super::{Reporting, Sender, cases, dry, is_framing, is_sendable};
use crate::cli::Send;
use crate::command::{Exit, Streams, Writing, complain};
use crate::headers::Headers;
use crate::headers::SIGNATURE_HEADERS;
use crate::http::{Failure, Method, Request};
use crate::payload::Document;
use crate::report::layout::Page;
use crate::report::send::{Delivered, Exchange, Posted, Sum};
use crate::trial::{self, Ids, JSON, USER_AGENT, replaced};
use anyhow::{Context as _, bail};
use jiff::Timestamp;

pub(super) fn run(
    arguments: &Send,
    sender: &Sender,
    page: Page,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let all = requests(arguments, sender, streams)?;
    if arguments.making.dry_run {
        let all: Vec<_> = all.into_iter().map(|(body, request)| (request, body.path)).collect();
        return dry::run(&all, &sender.target, arguments.format, streams);
    }
    let mut reporting = Reporting::new(arguments, page, streams.out)?;
    reporting.write(|report, out| report.begin(&sender.receiver(None), out)).context(Writing)?;
    let (mut posted, mut unreached) = (Posted::default(), None);
    let times = if arguments.making.twice { 2 } else { 1 };
    for (number, (body, request)) in (1..).zip(all.iter().flat_map(|each| std::iter::repeat_n(each, times))) {
        let answered = sender.client.send(&sender.target, request);
        match &answered {
            Ok(answer) if answer.is_success() => posted.accepted += 1,
            Err(failure @ Failure::NotReached(_)) => {
                posted.not_reached += 1;
                unreached = Some(cases::unreached(&sender.target.url(), failure));
            }
            Ok(_) | Err(_) => posted.refused += 1,
        }
        let delivered = delivered(number, body, request, answered);
        reporting.write(|report, out| report.item(&Exchange::Delivery(&delivered), out)).context(Writing)?;
        if unreached.is_some() {
            break;
        }
    }
    let finished = reporting.write(|report, out| report.finish(&Sum::Posted(posted), out));
    finished.and_then(|()| reporting.close()).context(Writing)?;
    if let Some(why) = unreached {
        complain(streams.err, &why);
        return Ok(Exit::Unavailable);
    }
    Ok(if posted.refused > 0 { Exit::Findings } else { Exit::Clean })
}

/// The requests, and the bodies that they are made of.
fn requests(
    arguments: &Send,
    sender: &Sender,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Vec<(SourceBody, Request<'static>)>> {
    let mut ids = Ids::random(Timestamp::now());
    let mut bodies = match &arguments.paths[..] {
        [] => vec![SourceBody {
            source: "the documented example".to_owned(),
            bytes: trial::example(&mut ids),
            headers: Headers::default(),
            path: None,
        }],
        paths => {
            let (bodies, skipped) = bodies::all(paths.to_vec(), arguments.bounds.max)?;
            if let Some(list) = skipped.list() {
                // Best effort: a failed write to standard error changes nothing.
                let _ = writeln!(streams.err, "skipped: {list}");
            }
            bodies
        }
    };
    if bodies.is_empty() {
        bail!("the inputs hold no delivery, so there is nothing to send");
    }
    if !arguments.making.with_headers
        && sender.signer.is_none()
        && bodies.iter().any(|body| body.headers.are_signed())
    {
        let _ = writeln!(
            streams.err,
            "note: the signatures in the capture are not sent; to send them too, add: --with-headers"
        );
    }
    let mut all = Vec::with_capacity(bodies.len());
    for mut body in bodies.drain(..) {
        let request = request(arguments, sender, &mut body, &mut ids)
            .with_context(|| format!("cannot send {}", body.source))?;
        all.push((body, request));
    }
    Ok(all)
}

fn request(
    arguments: &Send,
    sender: &Sender,
    body: &mut SourceBody,
    ids: &mut Ids,
) -> anyhow::Result<Request<'static>> {
    let own = headers(body, arguments.making.with_headers)?;
    if arguments.making.fresh {
        body.bytes = trial::fresh(&body.bytes, ids).map_err(anyhow::Error::msg)?;
        body.path = None;
    }
    let mut signed = Headers::default();
    sender.signers().for_each(|signer| signed.push(signer.header(), signer.sign(&body.bytes)));
    let headers = replaced(&replaced(&own, &signed), &sender.headers);
    let is_broken = |name: &&&str| headers.all(name).next().is_some() && signed.all(name).next().is_none();
    if arguments.making.fresh
        && let Some(name) = SIGNATURE_HEADERS.iter().find(is_broken)
    {
        bail!(
            "--fresh changes the body, so its {name} no longer matches; sign it again with --sign-with, or \
             leave out the signature"
        );
    }
    Ok(Request { method: Method::Post, headers, body: body.bytes.clone().into() })
}

/// The headers of a delivery: its own if they are wanted, otherwise only its media type.
fn headers(body: &SourceBody, with_headers: bool) -> anyhow::Result<Headers> {
    let mut own = Headers::default();
    for (name, value) in body.headers.iter().filter(|(name, _)| !name.starts_with(':') && !is_framing(name)) {
        if with_headers || name.eq_ignore_ascii_case("Content-Type") {
            if !is_sendable(name, value) {
                bail!("its header {} cannot be sent", crate::escape::quoted(name, 80));
            }
            own.push(name, value);
        }
    }
    let mut all = Headers::default();
    for (name, value) in [("Content-Type", JSON), ("User-Agent", USER_AGENT)] {
        if own.all(name).next().is_none() {
            all.push(name, value);
        }
    }
    Ok(all.followed_by(own))
}

fn delivered(
    number: u64,
    body: &SourceBody,
    request: &Request<'_>,
    answered: Result<crate::http::Answer, Failure>,
) -> Delivered {
    let document = Document::parse(&request.body).ok();
    let text = |name: &str| Some(document.as_ref()?.root().member(name)?.as_str()?.into_owned());
    Delivered {
        number,
        source: body.source.clone(),
        event: text("type"),
        webhook_id: text("webhookId"),
        bytes: request.body.len(),
        answered,
    }
}
