//! `assoclens inspect`: show every payload of every source.

use super::judging::Job;
use super::{Exit, Streams, complain, nothing_judged};
use crate::capture::{Skipped, Unwrap};
use crate::check::Judge;
use crate::cli::{Inspect, InspectFormat};
use crate::engine::{self, Input, Judged, JudgedBlock, Sink};
use crate::event::{self, Delivery};
use crate::payload::Reader;
use crate::report::inspect::{
    Column, Fields, HumanView, JsonView, PayloadView, SeparatedValues, Separator, Shown, TableView, Views,
};
use crate::report::layout::Page;
use crate::report::{Report, Summary};
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
    let report = report(arguments, Page::new(streams.width, streams.is_coloured, terminal::draws_unicode()));
    let summary = Summary::default();
    let shows_origins =
        arguments.field.is_empty() && matches!(arguments.format, InspectFormat::Human | InspectFormat::Json);
    let mut run = InspectRun {
        judge: Arc::clone(&job.judge),
        reader: event::reader(),
        fields: &arguments.field,
        report,
        is_checked: arguments.check,
        is_live: !job.paths.iter().all(|path| path.is_file() || path.is_dir()),
        shows_origins,
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

fn report(arguments: &Inspect, page: Page) -> Box<dyn Report<Views>> {
    let explain = arguments.explain;
    let is_usual = arguments.columns.is_empty();
    let columns = |usual: &[Column]| match arguments.columns.as_slice() {
        [] => usual.to_vec(),
        asked_for => asked_for.to_vec(),
    };
    match arguments.format {
        _ if !arguments.field.is_empty() => Box::new(Fields::new(arguments.field.clone(), page)),
        InspectFormat::Human => Box::new(HumanView { page, explain, wanted: arguments.event, shown: 0 }),
        InspectFormat::Table => Box::new(TableView::new(page, columns(&Column::TABLE), is_usual)),
        InspectFormat::Tsv => Box::new(SeparatedValues::new(Separator::Tab, columns(&Column::RECORD))),
        InspectFormat::Csv => Box::new(SeparatedValues::new(Separator::Comma, columns(&Column::RECORD))),
        InspectFormat::Payload => Box::new(PayloadView::new(page)),
        InspectFormat::Json => Box::new(JsonView::new(explain)),
    }
}

struct InspectRun<'a, 's> {
    judge: Arc<Judge>,
    reader: Reader,
    report: Box<dyn Report<Views>>,
    /// The fields whose values alone are printed.
    fields: &'a [String],
    is_checked: bool,
    /// Whether an input may arrive slowly, like a pipe, so that no output may be held back.
    is_live: bool,
    /// Whether the format shows what each payload was in.
    shows_origins: bool,
    summary: Summary,
    exit: Exit,
    streams: &'a mut Streams<'s>,
}

impl InspectRun<'_, '_> {
    /// Prints the report's remarks on standard error, after the output that they refer to.
    fn remark(&mut self) -> io::Result<()> {
        let remarks = self.report.remarks();
        if !remarks.is_empty() {
            self.streams.out.flush()?;
            // Best effort: a failed write to standard error changes no exit code.
            let _ = self.streams.err.write_all((remarks.join("\n") + "\n").as_bytes());
        }
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.report.finish(&(), self.streams.out)?;
        self.remark()?;
        self.streams.out.flush()?;
        // Formats that show single payloads say it already, if they have room.
        let unwrapped = self.summary.unwrapped_lines().filter(|_| !self.shows_origins);
        for line in unwrapped.chain(self.summary.skipped.words()) {
            // Best effort: a failed write to standard error changes nothing.
            let _ = writeln!(self.streams.err, "{line}");
        }
        Ok(())
    }

    fn payload(&mut self, judged: Judged<'_>) -> io::Result<()> {
        self.summary.add(&judged);
        let document = judged.readable(self.judge.limit()).and_then(|bytes| self.reader.accept(bytes));
        let delivery = document.as_ref().map(|document| Delivery::read(document, judged.event));
        let shown = Shown { judged, read: document.as_ref().zip(delivery.as_ref()) };
        if document.is_some() {
            // Remarks about earlier payloads come before the output of this one.
            self.remark()?;
        }
        self.report.item(&shown, self.streams.out)?;
        let exit = match () {
            () if document.is_none() => Exit::Unavailable,
            () if !shown.has_all(self.fields) || self.is_checked && !judged.is_valid() => Exit::Findings,
            () => Exit::Clean,
        };
        self.exit = self.exit.max(exit);
        document.into_iter().for_each(|document| self.reader.reuse(document));
        Ok(())
    }
}

impl Sink for InspectRun<'_, '_> {
    fn begin(&mut self, input: &Input<'_>) -> io::Result<()> {
        self.report.begin(input, self.streams.out)
    }

    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for payload in block.all() {
            self.payload(payload.within_room())?;
        }
        self.remark()?;
        if self.is_live {
            self.report.pause(self.streams.out)?;
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.summary.skipped.merge(skipped);
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.exit = Exit::Unavailable;
        complain(self.streams.err, error);
    }
}
