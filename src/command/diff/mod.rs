//! `assoclens diff`: compare two payloads, or two streams of them.

mod git;

use super::{Exit, Streams, Writing, complain};
use crate::capture::{Skipped, Unwrap};
use crate::check::Judge;
use crate::cli::{Diff, DiffFormat, name_option};
use crate::count::amount;
use crate::diff::Scope;
use crate::engine::Options;
use crate::engine::compare::{
    self, CompareOutcome, Comparer, Given, Joined, LEFT_OUT_SHOWN, Opened, SideOptions, Totals,
};
use crate::escape::visible;
use crate::report::Report;
use crate::report::diff::{Differences, HumanDiff, JsonDiff, JsonPatch, MergePatch, SideBySide, Unified};
use crate::report::layout::Page;
use crate::terminal;
use anyhow::{Context as _, anyhow, bail};
use std::path::PathBuf;
use std::rc::Rc;

pub(super) fn run(arguments: &Diff, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let paths: Vec<PathBuf> = arguments.sides.iter().map(PathBuf::from).collect();
    match (&arguments.example, paths.as_slice()) {
        (Some(path), _) => against_the_example(arguments, path, streams),
        (None, [before, after]) if is_dash(before) && is_dash(after) => {
            bail!("standard input can be one side only; name a file for the other")
        }
        (None, [before, after]) => compare(arguments, [Given::new(before), Given::new(after)], streams),
        (None, paths) => match git::sides(paths) {
            Some(git::Call::Compare(sides)) => git::exit(compare(arguments, *sides, streams), streams),
            Some(git::Call::Unmerged(path)) => git::unmerged(&path, streams),
            None => bail!(
                "a comparison needs two sides, but {} given: assoclens diff A B (- is standard input)",
                match paths.len() {
                    0 => "none was".to_owned(),
                    1 => "one was".to_owned(),
                    count => format!("{count} were"),
                }
            ),
        },
    }
}

fn is_dash(path: &std::path::Path) -> bool {
    path.as_os_str() == "-"
}

fn scope(arguments: &Diff) -> Scope {
    let (ignore, is_shape) = (arguments.ignore.clone(), arguments.example.is_some());
    Scope { all: arguments.all, ignore, is_shape, ..Scope::default() }
}

/// The way to read both sides.
fn opening(arguments: &Diff) -> Rc<SideOptions> {
    let limit = usize::try_from(arguments.max_payload_bytes).unwrap_or(usize::MAX);
    Rc::new(SideOptions {
        options: Options {
            format: arguments.input_format,
            unwrap: arguments.unwrapping.unwrap(Unwrap::Auto),
            all_events: arguments.all_events,
            jobs: 1,
        },
        judge: Judge::default().with_events(arguments.event).with_limit(limit).with_hints(name_option),
    })
}

/// Compares two inputs: two payloads if each holds one, else two streams.
fn compare(arguments: &Diff, sides: [Given; 2], streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let [before, after] = sides;
    let how = opening(arguments);
    let (mut before, mut after) = (Opened::open(before, &how)?, Opened::open(after, &how)?);
    let is_single = !before.holds_several()? & !after.holds_several()?;
    if is_single && arguments.by.is_none() {
        return pair(arguments, &before, &after, streams);
    }
    if matches!(arguments.format, DiffFormat::JsonPatch | DiffFormat::MergePatch) {
        bail!(
            "a patch leads from one payload to another, but a side holds several; \
             compare streams with --format human, side-by-side, json or unified"
        );
    }
    join(arguments, [before, after], streams)
}

fn pair(
    arguments: &Diff,
    before: &Opened,
    after: &Opened,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let mut run = DiffRun { report: report(arguments, false, streams), streams };
    let outcome = compare::pair(before, after, &scope(arguments), &mut run)?;
    run.streams.out.flush().context(Writing)?;
    Ok(exit(&outcome))
}

fn join(arguments: &Diff, sides: [Opened; 2], streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let (by, scope) = (arguments.by.as_deref().unwrap_or("id"), scope(arguments));
    let mut run = DiffRun { report: report(arguments, true, streams), streams };
    let outcome = compare::join(sides, by, &scope, arguments.event, &mut run)?;
    let Totals { same, changed, added, removed, left_out, .. } = outcome.totals;
    if left_out > LEFT_OUT_SHOWN {
        let more = amount(left_out - LEFT_OUT_SHOWN, "more payload");
        run.unavailable(&anyhow!("… and {more} cannot be compared"));
    }
    if !outcome.has_key && same + changed + added + removed > 0 {
        // Best effort: a failed write to standard error changes no exit code.
        let _ = writeln!(run.streams.err, "{}", keyless(by));
    }
    run.report
        .finish(&(outcome.totals, &scope), run.streams.out)
        .and_then(|()| run.streams.out.flush())
        .context(Writing)?;
    Ok(exit(&outcome))
}

fn exit(outcome: &CompareOutcome) -> Exit {
    match outcome {
        CompareOutcome { totals: Totals { left_out: 1.., .. }, .. } => Exit::Unavailable,
        CompareOutcome { is_different: true, .. } => Exit::Findings,
        _ => Exit::Clean,
    }
}

/// The warning if no record of either side has the field `by`.
fn keyless(by: &str) -> String {
    format!(
        "warning: no record has the field `{}`, so records were matched by their whole content; \
         name another: --by FIELD",
        visible(by)
    )
}

/// Reports the results of comparing.
struct DiffRun<'a, 's> {
    report: Box<dyn Report<Differences>>,
    streams: &'a mut Streams<'s>,
}

impl Comparer for DiffRun<'_, '_> {
    fn joined(&mut self, joined: &Joined<'_>) -> anyhow::Result<()> {
        self.report.item(joined, self.streams.out).context(Writing)?;
        for remark in self.report.remarks() {
            // Best effort: a failed write to standard error changes no exit code.
            let _ = writeln!(self.streams.err, "{remark}");
        }
        Ok(())
    }

    fn skipped(&mut self, side: &str, skipped: &Skipped) {
        if let Some(words) = skipped.words() {
            let _ = writeln!(self.streams.err, "{side}: {words}");
        }
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        complain(self.streams.err, error);
    }
}

/// Compares one payload with the documented example by shape.
fn against_the_example(
    arguments: &Diff,
    path: &std::path::Path,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let how = opening(arguments);
    let mut after = Opened::open(Given::new(path), &how)?;
    if after.holds_several()? {
        bail!("{} holds several payloads; give one to compare with the example", after.name());
    }
    let recognised = after.recognised();
    let event = recognised.map_or(arguments.event.usual(), |recognised| recognised.event);
    pair(arguments, &Opened::text("<documented example>", event.example, &how), &after, streams)
}

fn report(arguments: &Diff, is_stream: bool, streams: &Streams<'_>) -> Box<dyn Report<Differences>> {
    let page = Page::new(streams.width, streams.is_coloured, terminal::draws_unicode());
    match arguments.format {
        DiffFormat::Human => Box::new(HumanDiff(page)),
        DiffFormat::SideBySide => Box::new(SideBySide(page)),
        DiffFormat::Json => Box::new(JsonDiff { is_stream, is_begun: false }),
        DiffFormat::JsonPatch => Box::new(JsonPatch),
        DiffFormat::MergePatch => Box::new(MergePatch::default()),
        DiffFormat::Unified => Box::new(Unified(scope(arguments))),
    }
}
