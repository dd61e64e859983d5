//! `assoclens validate`: judge every payload of every source and report.

use super::{Exit, Streams, complain, paths_or_stdin, reports};
use crate::check::{Judge, Schema};
use crate::cli::Validate;
use crate::input::{Frame, Visitor, visit};
use crate::report::{Judged, Report, Summary};
use crate::visible::visible_path;
use anyhow::Context as _;
use std::io;
use std::path::Path;

pub(super) fn run(arguments: &Validate, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let paths = paths_or_stdin(&arguments.paths, streams, "validate")?;
    let judge = Judge::new(arguments.schema.as_deref().map_or_else(|| Ok(Schema::embedded()), read_schema)?);
    let limit = judge.limit();
    let mut run =
        Run { judge, report: reports::open(arguments, streams)?, summary: Summary::default(), streams };
    visit(&paths, arguments.input_format, limit, &mut run)
        .and_then(|()| run.finish())
        .context(super::WRITING)?;
    Ok(match run.summary {
        Summary { unreadable: 1.., .. } => Exit::Trouble,
        Summary { invalid: 1.., .. } => Exit::Findings,
        _ => Exit::Clean,
    })
}

fn read_schema(path: &Path) -> anyhow::Result<Schema> {
    let about = || format!("cannot use the schema {}", visible_path(path));
    let text = std::fs::read(path).with_context(about)?;
    Schema::from_text(&text).with_context(about)
}

struct Run<'a, 's> {
    judge: Judge,
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

impl Visitor for Run<'_, '_> {
    fn payload(&mut self, source: &str, number: u64, frame: Frame<'_>) -> io::Result<()> {
        let findings = self.judge.judge(frame.bytes);
        let judged = Judged { source, number, frame, findings: &findings };
        self.summary.add(&judged);
        self.report.payload(&judged, self.streams.out)
    }

    fn pause(&mut self) -> io::Result<()> {
        self.streams.out.flush()
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        complain(self.streams.err, error);
    }
}
