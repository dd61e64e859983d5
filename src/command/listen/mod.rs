//! `assoclens listen`: receive deliveries, record, forward, and judge them as they arrive.
//!
//! Three threads: the server takes deliveries, and may wait for the handler meanwhile; the recorder writes them down in
//! order and lets them be answered; the engine judges the lines that were written.

mod live;
mod recording;
mod taking;

use super::judging::Job;
use super::{Exit, Streams, Writing, complain, reports};
use crate::capture::Unwrap;
use crate::check::Share;
use crate::cli::{Expecting, Listen, Reading, Validate};
use crate::engine;
use crate::escape::visible;
use crate::http::{Refusal, Rules, Server};
use crate::read::{InputFormat, PathItem, Source};
use crate::report::{Live, Report, Verdicts};
use anyhow::{Context as _, anyhow};
use live::{LiveLines, LiveSink};
use recording::{RecordFile, Recorder};
use std::io::{self, Write as _};
use std::sync::Arc;
use taking::Taking;

/// The name of the stream of deliveries in reports.
const NAME: &str = "<deliveries>";
/// The length of a delivery's line relative to its body: six bytes for each, and a head.
const LINE_BYTES_PER_BYTE: usize = 6;
const HEAD_BYTES: usize = 256 << 10;

pub(super) fn run(arguments: &Listen, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let validation = validation(arguments);
    let job =
        Job::new(&validation.reading, &validation.judging, Unwrap::Only("assoclens"), streams, "listen")?;
    let record = arguments.recording.record.as_deref().map(RecordFile::open).transpose()?;
    let (recorder, records) = Recorder::new(record, arguments.ending.count, arguments.ending.timeout);
    let taking = Taking::new(arguments, recorder, streams)?;
    let keys = taking::keys(arguments)?;
    let room = arguments.max_findings.map_or(Share::ALL, Share::of_stream);
    let human = |page, last_line| -> Box<dyn Report<Verdicts>> { Box::new(Live::new(page, last_line, room)) };
    let report = reports::open_with(&validation, streams, &human)?;
    let server = bind(arguments)?;
    if !arguments.binding.host.is_loopback() {
        warn(
            streams,
            "any machine that reaches this one can post to it; leave out --host to accept deliveries from \
             this machine only",
        );
    }
    // The program that started this one waits for this line, so it is complete on every kind of stream.
    writeln!(streams.err, "listening on http://{}", server.address())
        .and_then(|()| streams.err.flush())
        .context("cannot print the address")?;
    let (lines, deliveries) = LiveLines::new();
    let recording = std::thread::spawn(move || records.run(&lines));
    let rules = Rules { path: arguments.binding.path.clone(), body_bytes: arguments.max_payload_bytes };
    let stop = server
        .serve(rules, Arc::new(move |received| taking.take(received)), Box::new(refused))
        .context("cannot listen")?;

    let mut judging = LiveSink::new(report, keys, deliveries.infos(), streams);
    let source = Source::live(NAME.to_owned(), Box::new(deliveries));
    let judged =
        engine::run(std::iter::once(Ok(PathItem::Source(source))), job.options, &job.judge, &mut judging)
            .and_then(|()| judging.finish())
            .context(Writing);
    let has_errors = judging.has_errors();
    stop.stop();
    judged?;
    let recorded = recording.join().map_err(|_| anyhow!("internal error: the recorder has failed"))?;
    Ok(match recorded {
        Err(error) => {
            complain(streams.err, &error);
            Exit::Unavailable
        }
        Ok(count) if has_errors || arguments.ending.count.is_some_and(|wanted| count < wanted) => {
            Exit::Findings
        }
        Ok(_) => Exit::Clean,
    })
}

/// The same run that `validate` would make over the record.
fn validation(arguments: &Listen) -> Validate {
    let body_bytes = usize::try_from(arguments.max_payload_bytes).unwrap_or(usize::MAX);
    let line_bytes = body_bytes.saturating_mul(LINE_BYTES_PER_BYTE).saturating_add(HEAD_BYTES);
    let reading = Reading {
        paths: arguments.recording.record.clone().map_or_else(|| vec!["-".into()], |path| vec![path]),
        input_format: InputFormat::Ndjson,
        max_payload_bytes: (line_bytes as u64).max(Reading::default().max_payload_bytes),
        jobs: Some(1),
        ..Reading::default()
    };
    Validate {
        reading,
        judging: arguments.judging.clone(),
        expecting: Expecting::default(),
        reports: arguments.reports.clone(),
        github_summary: false,
        max_findings: arguments.max_findings,
        summary: false,
        fail_fast: false,
        no_progress: true,
        quiet: false,
        exit_zero: false,
        only_findings: false,
    }
}

fn bind(arguments: &Listen) -> anyhow::Result<Server> {
    let address = std::net::SocketAddr::new(arguments.binding.host, arguments.binding.port);
    Server::bind(arguments.binding.host, arguments.binding.port).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!("{address} is in use; --port 0 takes a free one"),
        _ => anyhow!(error).context(format!("cannot listen on {address}")),
    })
}

/// Best effort: a failed write to standard error changes nothing.
fn warn(streams: &mut Streams<'_>, text: &str) {
    let _ = writeln!(streams.err, "warning: {text}");
}

/// The same, from the server's thread.
fn refused(Refusal { status, why }: Refusal) {
    let _ = writeln!(io::stderr(), "refused a request with {status}: {}", visible(why));
}
