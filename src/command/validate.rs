//! `assoclens validate`: judge every payload of every source and report.

use super::{Exit, Streams, complain, paths_or_stdin};
use crate::check::{Finding, Judge, Levels, Schema};
use crate::cli::{Format, Validate};
use crate::expect::{Expectation, Manifest};
use crate::input::{Frame, Visitor, visit};
use crate::report::{Human, Json, Judged, Ndjson, Report, SHOWN_AT_MOST, Silent, Summary};
use crate::visible::visible_path;
use anyhow::Context as _;
use std::io;
use std::path::Path;

pub(super) fn run(arguments: &Validate, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let paths = paths_or_stdin(&arguments.paths, streams, "validate")?;
    let schema = arguments.schema.as_deref().map_or_else(|| Ok(Schema::embedded()), read_schema)?;
    let judge = Judge::new(schema).with_levels(Levels::new(&arguments.levels.changes));
    let limit = judge.limit();
    let mut run = Run {
        judge,
        expectation: expectation(arguments)?,
        report: report(arguments, streams),
        room: arguments.max_findings.unwrap_or(usize::MAX),
        summary: Summary::default(),
        streams,
    };
    visit(&paths, arguments.input_format, limit, &mut run)
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
        Format::Human => {
            let human = Human::new(streams.is_coloured, streams.width);
            let expects = arguments.expect_invalid || arguments.expect.is_some();
            Box::new(if expects { human.counting_expectations() } else { human })
        }
        Format::Json => Box::new(Json::default()),
        Format::Ndjson => Box::new(Ndjson),
    }
}

fn expectation(arguments: &Validate) -> anyhow::Result<Expectation> {
    match &arguments.expect {
        Some(path) => Manifest::read(path)
            .map(|manifest| Expectation::Listed(Box::new(manifest)))
            .with_context(|| format!("cannot use the manifest {}", visible_path(path))),
        None if arguments.expect_invalid => Ok(Expectation::Invalid),
        None => Ok(Expectation::Valid),
    }
}

fn read_schema(path: &Path) -> anyhow::Result<Schema> {
    let about = || format!("cannot use the schema {}", visible_path(path));
    let text = std::fs::read(path).with_context(about)?;
    Schema::from_text(&text).with_context(about)
}

struct Run<'a, 's> {
    judge: Judge,
    expectation: Expectation,
    report: Box<dyn Report>,
    /// How many more findings may be shown.
    room: usize,
    summary: Summary,
    streams: &'a mut Streams<'s>,
}

impl Run<'_, '_> {
    fn tell(&mut self, source: &str, number: u64, frame: Frame<'_>, findings: &[Finding]) -> io::Result<()> {
        let shown = self.room.min(SHOWN_AT_MOST).min(findings.len());
        self.room -= shown;
        let judged = Judged { source, number, frame, findings, shown };
        self.summary.add(&judged);
        self.report.payload(&judged, self.streams.out)
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Expectation::Listed(manifest) = std::mem::replace(&mut self.expectation, Expectation::Valid) {
            let unmet = manifest.unmet();
            if !unmet.is_empty() {
                self.tell(manifest.name(), 1, manifest.frame(), &unmet)?;
            }
        }
        self.report.finish(&self.summary, self.streams.out)?;
        self.streams.out.flush()
    }
}

impl Visitor for Run<'_, '_> {
    fn payload(&mut self, source: &str, number: u64, frame: Frame<'_>) -> io::Result<()> {
        let findings = self.judge.judge(frame.bytes);
        match self.expectation.weigh(source, frame, findings) {
            Some(findings) => self.tell(source, number, frame, &findings),
            None => Ok(()),
        }
    }

    fn pause(&mut self) -> io::Result<()> {
        self.streams.out.flush()
    }

    fn trouble(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        complain(self.streams.err, error);
    }
}
