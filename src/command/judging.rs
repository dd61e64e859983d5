//! The common part of all commands that read payloads: from the command line to sources, options and a judge.

use super::{Streams, paths_or_stdin};
use crate::capture::Unwrap;
use crate::check::{Judge, Levels, Schema};
use crate::cli::{Judging, Reading, name_option};
use crate::engine::Options;
use crate::escape::{visible, visible_path};
use crate::read::{PathItem, Source, read_whole, sources};
use anyhow::{Context as _, anyhow};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The longest schema, in bytes: its values take some thirty times its text in memory.
const MAX_SCHEMA_BYTES: u64 = 8 << 20;

/// Everything that a run over payloads needs.
pub(super) struct Job {
    pub(super) paths: Vec<PathBuf>,
    /// The name of standard input, safe to print, if it is not the usual one.
    stdin_name: Option<String>,
    pub(super) options: Options,
    pub(super) judge: Arc<Judge>,
}

impl Job {
    pub(super) fn new(
        reading: &Reading,
        judging: &Judging,
        unwrap: Unwrap,
        streams: &mut Streams<'_>,
        command: &str,
    ) -> anyhow::Result<Self> {
        let schema = judging.schema.as_deref().map_or_else(|| Ok(Schema::embedded()), read_schema)?;
        warn(&schema, judging.schema.as_deref(), streams);
        let judge =
            Judge::new(schema).with_events(judging.event).with_levels(Levels::new(&judging.levels.changes));
        Self::of(reading, judge, unwrap, streams, command)
    }

    /// A run that judges with `judge`, and unwraps as `unwrap` says unless the options say otherwise.
    pub(super) fn of(
        reading: &Reading,
        judge: Judge,
        unwrap: Unwrap,
        streams: &Streams<'_>,
        command: &str,
    ) -> anyhow::Result<Self> {
        let paths = paths_or_stdin(&reading.paths, streams, command)?;
        let limit = usize::try_from(reading.max_payload_bytes).unwrap_or(usize::MAX);
        let jobs =
            reading.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get));
        let options = Options {
            format: reading.input_format,
            unwrap: reading.unwrapping.unwrap(unwrap),
            all_events: reading.all_events,
            jobs,
        };
        let stdin_name = reading.source_name.as_deref().map(|name| visible(name).into_owned());
        Ok(Self {
            paths,
            stdin_name,
            options,
            judge: Arc::new(judge.with_limit(limit).with_hints(name_option)),
        })
    }

    pub(super) fn sources(&self) -> impl Iterator<Item = anyhow::Result<PathItem>> + Send + use<> {
        let name = self.stdin_name.clone();
        sources(self.paths.clone()).map(move |found| {
            found.map(|found| match (found, &name) {
                (PathItem::Source(source), Some(name)) if source == Source::STDIN => {
                    PathItem::Source(source.called(name.clone()))
                }
                (found, _) => found,
            })
        })
    }

    /// The number of bytes to read, if every path is a regular file.
    pub(super) fn total_bytes(&self) -> Option<u64> {
        let length = |path: &PathBuf| match Source::file(path.clone()) {
            source if source.is_named_compressed() => None,
            source => source.file_length(),
        };
        self.paths.iter().map(length).sum()
    }
}

/// The error about a payload that is longer than the limit, and so not written.
pub(super) fn too_long(source: &str, line: u64, limit: usize) -> anyhow::Error {
    anyhow!(
        "the payload at {source}:{line} is longer than {limit} bytes and was not written; raise --max-payload-bytes"
    )
}

fn read_schema(path: &Path) -> anyhow::Result<Schema> {
    let about = || format!("cannot use the schema {}", visible_path(path));
    let text = read_whole(path, MAX_SCHEMA_BYTES).with_context(about)?;
    Schema::from_text(&text).with_context(about)
}

fn warn(schema: &Schema, path: Option<&Path>, streams: &mut Streams<'_>) {
    let name = path.map(visible_path).unwrap_or_default();
    for warning in schema.warnings() {
        // Best effort: a failed write to standard error changes nothing.
        let _ = writeln!(streams.err, "warning: the schema {name}: {warning}");
    }
}
