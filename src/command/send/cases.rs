//! `assoclens send --cases`: test the receiver.

use super::{Reporting, Sender, dry};
use crate::cli::Send;
use crate::command::{Exit, Streams, Writing, complain};
use crate::headers::SIGNATURE_HEADERS;
use crate::http::{Answer, Failure};
use crate::report::layout::Page;
use crate::report::send::{Exchange, Sum, hint_of_failure};
use crate::trial::{self, Case, Ids, Kit, cases};
use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;

pub(super) fn run(
    arguments: &Send,
    sender: &Sender,
    page: Page,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    if SIGNATURE_HEADERS.iter().any(|name| sender.headers.all(name).next().is_some()) {
        bail!(
            "--header cannot sign the cases, because their bodies differ; to sign them, add: --sign-with \
             key.pem"
        );
    }
    let is_chosen = |case: &&Case| {
        arguments.trying.cases
            || case.name == "post/accepted"
            || arguments.trying.case.iter().any(|selector| selector.selects(case.name))
    };
    let chosen: Vec<&Case> = cases().filter(is_chosen).collect();
    let signers = [sender.signer.as_ref(), sender.legacy.as_ref()];
    let has_query = sender.target.has_query();
    let mut kit = Kit::new(signers, &sender.headers, has_query, Ids::random(Timestamp::now()));
    let changes = &arguments.levels.0;
    if arguments.making.dry_run {
        // Each case that has a request, as if all were answered 200.
        let mut all = Vec::new();
        let mut keep = |request: &crate::http::Request<'_>| {
            all.push((request.clone().into_owned(), None));
            Ok(Answer::ok())
        };
        let _ = trial::run(&chosen, &mut kit, changes, &mut keep, &mut |_| Ok(()));
        return dry::run(&all, &sender.target, arguments.format, streams);
    }
    let mut reporting = Reporting::new(arguments, page, streams.out)?;
    reporting
        .write(|report, out| report.begin(&sender.receiver(Some(chosen.len())), out))
        .context(Writing)?;
    let ran = trial::run(
        &chosen,
        &mut kit,
        changes,
        &mut |request| sender.client.send(&sender.target, request),
        &mut |tried| reporting.write(|report, out| report.item(&Exchange::Case(tried), out)),
    );
    let ran = ran.context(Writing)?;
    let count = ran.as_ref().copied().unwrap_or_default();
    let finished = reporting.write(|report, out| report.finish(&Sum::Tried(count), out));
    finished.and_then(|()| reporting.close()).context(Writing)?;
    Ok(match ran {
        Err(failure) => {
            complain(streams.err, &unreached(&sender.target.url(), &failure));
            Exit::Unavailable
        }
        Ok(count) if count.errors > 0 => Exit::Findings,
        Ok(_) => Exit::Clean,
    })
}

/// The error if nothing could be reached.
pub(super) fn unreached(url: &str, failure: &Failure) -> anyhow::Error {
    let why = match failure {
        Failure::NotReached(why) => why.clone(),
        failure => failure.to_string(),
    };
    anyhow!("cannot reach {url}: {why}; {}", hint_of_failure(failure))
}
