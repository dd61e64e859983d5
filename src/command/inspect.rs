//! `assoclens inspect`: show every payload of every source.

use super::{Exit, Streams, complain, paths_or_stdin};
use crate::association::Delivery;
use crate::check::Judge;
use crate::cli::{Inspect, InspectFormat};
use crate::input::{Frame, Visitor, visit};
use crate::payload::Document;
use crate::report::inspect::{Fields, Human, Json, Payload, Show, Shown, Table};
use crate::report::layout::Page;
use crate::report::{Judged, shown};
use crate::terminal;
use anyhow::Context as _;
use std::io;

pub(super) fn run(arguments: &Inspect, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let paths = paths_or_stdin(&arguments.paths, streams, "inspect")?;
    let judge = Judge::default();
    let limit = judge.limit();
    let show = show(arguments, Page::new(streams.width, streams.is_coloured, terminal::draws_unicode()));
    let mut run = Run { judge, show, is_checked: arguments.check, exit: Exit::Clean, streams };
    visit(&paths, arguments.input_format, limit, &mut run)
        .and_then(|()| run.finish())
        .context(super::WRITING)?;
    Ok(run.exit)
}

fn show(arguments: &Inspect, page: Page) -> Box<dyn Show> {
    let explain = arguments.explain;
    match arguments.format {
        _ if !arguments.field.is_empty() => Box::new(Fields::new(arguments.field.clone(), page)),
        InspectFormat::Human => Box::new(Human { page, explain, is_begun: false }),
        InspectFormat::Table => Box::new(Table::new(page)),
        InspectFormat::Payload => Box::new(Payload(page)),
        InspectFormat::Json => Box::new(Json { explain, is_begun: false }),
    }
}

struct Run<'a, 's> {
    judge: Judge,
    show: Box<dyn Show>,
    is_checked: bool,
    exit: Exit,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn finish(&mut self) -> io::Result<()> {
        self.show.finish(self.streams.out, self.streams.err)?;
        self.streams.out.flush()
    }
}

impl Visitor for Run<'_, '_> {
    fn payload(&mut self, source: &str, number: u64, frame: Frame<'_>) -> io::Result<()> {
        let findings = self.judge.judge(frame.bytes);
        let shown = shown(&findings);
        let judged = Judged { source, number, frame, findings: &findings, shown };
        let document = Some(frame.bytes).filter(|bytes| bytes.len() <= self.judge.limit());
        let document = document.and_then(|bytes| Document::parse(bytes).ok());
        let delivery = document.as_ref().map(Delivery::read);
        let shown = Shown { judged, read: document.as_ref().zip(delivery.as_ref()) };
        let has_all = self.show.payload(&shown, self.streams.out, self.streams.err)?;
        let exit = match () {
            () if document.is_none() => Exit::Trouble,
            () if !has_all || self.is_checked && !judged.is_valid() => Exit::Findings,
            () => Exit::Clean,
        };
        self.exit = self.exit.max(exit);
        Ok(())
    }

    fn pause(&mut self) -> io::Result<()> {
        self.streams.out.flush()
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.exit = Exit::Trouble;
        complain(self.streams.err, error);
    }
}
