//! `assoclens inspect`: show every payload of every source.

use super::judging::Job;
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Skipped, Unwrap};
use crate::check::Judge;
use crate::cli::{Inspect, InspectFormat};
use crate::engine::{self, JudgedBlock, JudgedPayload, Teller};
use crate::event::Delivery;
use crate::payload::Document;
use crate::report::inspect::{Column, Fields, Human, Json, Payload, Records, Separator, Show, Shown, Table};
use crate::report::layout::Page;
use crate::report::{Judged, Summary};
use crate::terminal;
use anyhow::{Context as _, bail};
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

pub(super) fn run(arguments: &Inspect, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let has_columns =
        matches!(arguments.format, InspectFormat::Table | InspectFormat::Tsv | InspectFormat::Csv);
    if !arguments.columns.is_empty() && !has_columns {
        bail!("--columns goes with --format table, tsv or csv");
    }
    let judge = Judge::default().with_events(arguments.event);
    let job = Job::of(&arguments.reading, judge, Unwrap::Auto, streams, "inspect")?;
    let show = show(arguments, Page::new(streams.width, streams.is_coloured, terminal::draws_unicode()));
    let summary = Summary::default();
    let tells_origins =
        arguments.field.is_empty() && matches!(arguments.format, InspectFormat::Human | InspectFormat::Json);
    let mut run = Run {
        judge: Arc::clone(&job.judge),
        show,
        is_checked: arguments.check,
        is_live: !job.paths.iter().all(|path| path.is_file() || path.is_dir()),
        tells_origins,
        summary,
        exit: Exit::Clean,
        streams,
    };
    engine::run(job.sources(), job.options, &job.judge, &mut run)
        .and_then(|()| run.finish())
        .context(super::Writing)?;
    if run.summary.payloads == 0 && run.exit == Exit::Clean {
        complain(run.streams.err, &nothing_judged());
        return Ok(Exit::Unavailable);
    }
    Ok(run.exit)
}

fn show(arguments: &Inspect, page: Page) -> Box<dyn Show> {
    let explain = arguments.explain;
    let is_usual = arguments.columns.is_empty();
    let columns = |usual: &[Column]| match arguments.columns.as_slice() {
        [] => usual.to_vec(),
        asked_for => asked_for.to_vec(),
    };
    match arguments.format {
        _ if !arguments.field.is_empty() => Box::new(Fields::new(arguments.field.clone(), page)),
        InspectFormat::Human => Box::new(Human { page, explain, wanted: arguments.event, shown: 0 }),
        InspectFormat::Table => Box::new(Table::new(page, columns(&Column::TABLE), is_usual)),
        InspectFormat::Tsv => Box::new(Records::new(Separator::Tab, columns(&Column::RECORD))),
        InspectFormat::Csv => Box::new(Records::new(Separator::Comma, columns(&Column::RECORD))),
        InspectFormat::Payload => Box::new(Payload(page)),
        InspectFormat::Json => Box::new(Json { explain, is_begun: false }),
    }
}

struct Run<'a, 's> {
    judge: Arc<Judge>,
    show: Box<dyn Show>,
    is_checked: bool,
    /// Whether an input may have to be waited for, as a pipe has, so that nothing may be held back.
    is_live: bool,
    /// Whether what is shown of a payload says what it was in.
    tells_origins: bool,
    summary: Summary,
    exit: Exit,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn finish(&mut self) -> io::Result<()> {
        self.show.finish(self.streams.out, self.streams.err)?;
        self.streams.out.flush()?;
        // What a format shows of single payloads tells it already, if it has room for that.
        let unwrapped = self.summary.unwrapped_lines().filter(|_| !self.tells_origins);
        for line in unwrapped.chain(self.summary.skipped.words()) {
            // That it cannot be told changes nothing of what was shown.
            let _ = writeln!(self.streams.err, "{line}");
        }
        Ok(())
    }

    fn payload(&mut self, source: &str, payload: &JudgedPayload<'_>) -> io::Result<()> {
        let JudgedPayload { number, frame, findings, event } = *payload;
        let judged = Judged::new(source, number, frame, findings).as_event(event);
        self.summary.add(&judged);
        let is_lost = frame.enclosed.is_some_and(|enclosed| enclosed.lost.is_some());
        let document = Some(frame.bytes).filter(|bytes| bytes.len() <= self.judge.limit() && !is_lost);
        let document = document.and_then(|bytes| Document::parse(bytes).ok());
        let delivery = document.as_ref().map(|document| Delivery::read(document, event));
        let shown = Shown { judged, read: document.as_ref().zip(delivery.as_ref()) };
        let has_all = self.show.payload(&shown, self.streams.out, self.streams.err)?;
        let exit = match () {
            () if document.is_none() => Exit::Unavailable,
            () if !has_all || self.is_checked && !judged.is_valid() => Exit::Findings,
            () => Exit::Clean,
        };
        self.exit = self.exit.max(exit);
        Ok(())
    }
}

impl Teller for Run<'_, '_> {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for payload in block.all() {
            self.payload(&block.source, &payload)?;
        }
        if self.is_live {
            self.show.pause(self.streams.out)?;
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.summary.skipped.merge(skipped);
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.exit = Exit::Unavailable;
        complain(self.streams.err, error);
    }
}
