//! `assoclens validate`: judge every payload of every source and report.

use super::{Exit, Streams, complain, paths_or_stdin};
use crate::check::{Judge, Schema};
use crate::cli::{Format, Validate};
use crate::input::sources;
use crate::pipeline::{self, JudgedBlock, Options, Teller};
use crate::report::{Human, Json, Judged, Ndjson, Report, Silent, Summary};
use crate::visible::visible_path;
use anyhow::Context as _;
use std::io;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(arguments: &Validate, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let paths = paths_or_stdin(&arguments.paths, streams, "validate")?;
    let judge = Judge::new(arguments.schema.as_deref().map_or_else(|| Ok(Schema::embedded()), read_schema)?);
    let options = Options { format: arguments.input_format, jobs: arguments.jobs.unwrap_or_else(cores) };
    let mut run = Run { report: report(arguments, streams), summary: Summary::default(), streams };
    pipeline::run(sources(paths), options, &Arc::new(judge), &mut run)
        .and_then(|()| run.finish())
        .context(super::WRITING)?;
    Ok(match run.summary {
        Summary { unreadable: 1.., .. } => Exit::Trouble,
        Summary { invalid: 1.., .. } => Exit::Findings,
        _ => Exit::Clean,
    })
}

fn report(arguments: &Validate, streams: &Streams<'_>) -> Box<dyn Report> {
    match arguments.format {
        _ if arguments.quiet => Box::new(Silent),
        Format::Human => Box::new(Human::new(streams.is_coloured, streams.width)),
        Format::Json => Box::new(Json::default()),
        Format::Ndjson => Box::new(Ndjson),
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn read_schema(path: &Path) -> anyhow::Result<Schema> {
    let about = || format!("cannot use the schema {}", visible_path(path));
    let text = std::fs::read(path).with_context(about)?;
    Schema::from_text(&text).with_context(about)
}

struct Run<'a, 's> {
    report: Box<dyn Report>,
    summary: Summary,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn finish(&mut self) -> io::Result<()> {
        self.report.finish(&self.summary, self.streams.out)?;
        self.streams.out.flush()
    }
}

impl Teller for Run<'_, '_> {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        let wants_clean = self.report.wants_clean();
        let mut tell = |(number, frame, findings)| {
            let judged = Judged { source: &block.source, number, frame, findings };
            self.summary.add(&judged);
            self.report.payload(&judged, self.streams.out)
        };
        if wants_clean {
            block.all().try_for_each(tell)?;
        } else {
            block.found().try_for_each(&mut tell)?;
            self.summary.add_clean(block.clean());
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        complain(self.streams.err, error);
    }
}
