//! `assoclens diff`: compare two payloads, or two streams of them.

mod git;
mod side;
mod spool;
mod streams;

use super::{Exit, Streams, complain};
use crate::cli::{Diff, DiffFormat};
use crate::diff::{Comparison, Scope};
use crate::payload::{Document, Members};
use crate::report::Report;
use crate::report::diff::{
    Compared, Differences, Human, Joined, Json, JsonPatch, MergePatch, Side, SideBySide, Unified,
};
use crate::report::layout::Page;
use crate::terminal;
use anyhow::{Context as _, bail};
use side::{Given, Input, Opening};
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
                "a comparison has two sides, and {} given: assoclens diff A B (- is standard input)",
                match paths.len() {
                    0 => "none was".to_owned(),
                    1 => "one was".to_owned(),
                    count => format!("{count} were"),
                }
            ),
        },
    }
}

/// Whether a payload is an object without a member.
fn is_empty(document: &Document<'_>) -> bool {
    document.members().is_some_and(Members::is_empty)
}

fn is_dash(path: &std::path::Path) -> bool {
    path.as_os_str() == "-"
}

fn scope(arguments: &Diff) -> Scope {
    let (ignore, is_shape) = (arguments.ignore.clone(), arguments.example.is_some());
    Scope { all: arguments.all, ignore, is_shape, ..Scope::default() }
}

/// Compares two inputs: two payloads if each holds one, else two streams.
fn compare(arguments: &Diff, sides: [Given; 2], streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let [before, after] = sides;
    let how = Rc::new(Opening::new(arguments));
    let (mut before, mut after) = (Input::open(before, &how)?, Input::open(after, &how)?);
    let is_single = !before.holds_several()? & !after.holds_several()?;
    if is_single && arguments.by.is_none() {
        return pair(arguments, &before, &after, streams);
    }
    if matches!(arguments.format, DiffFormat::JsonPatch | DiffFormat::MergePatch) {
        bail!(
            "a patch is from one payload to one other, and a side holds several; \
             compare streams with --format human, side-by-side, json or unified"
        );
    }
    streams::compare(arguments, before, after, streams)
}

fn pair(arguments: &Diff, before: &Input, after: &Input, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let judge = before.judge();
    [before, after].iter().for_each(|side| side.tell_skipped(streams.err));
    let (before, after) = (before.first(), after.first());
    let (one, two) = match (before.read(judge), after.read(judge)) {
        (Ok(one), Ok(two)) => (one, two),
        (one, two) => {
            // Both sides' trouble is told, not the first alone.
            let troubles = [one.err(), two.err()];
            troubles.iter().flatten().for_each(|trouble| complain(streams.err, trouble));
            return Ok(Exit::Unavailable);
        }
    };
    let (one_look, two_look) = (before.look(judge), after.look(judge));
    let events = match [&one, &two].map(is_empty) {
        // What is not there is compared as what the other is.
        [true, false] => [two_look.event; 2],
        [false, true] => [one_look.event; 2],
        _ => [one_look.event, two_look.event],
    };
    let scope = scope(arguments).of_events(events);
    let compared = Compared {
        before: Side { judged: before.judged(&one_look), document: &one },
        after: Side { judged: after.judged(&two_look), document: &two },
        scope: &scope,
        comparison: Comparison::of(&one, &two, &scope),
    };
    let mut report = report(arguments, false, streams);
    report
        .item(&Joined::Pair { compared: &compared, key: None }, streams.out)
        .and_then(|()| streams.out.flush())
        .context(super::Writing)?;
    for remark in report.remarks() {
        // Best effort: a failed write to standard error changes no exit code.
        let _ = writeln!(streams.err, "{remark}");
    }
    Ok(if compared.is_same() { Exit::Clean } else { Exit::Findings })
}

/// Compares one payload with the documented example by shape.
fn against_the_example(
    arguments: &Diff,
    path: &std::path::Path,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let how = Rc::new(Opening::new(arguments));
    let mut after = Input::open(Given::new(path), &how)?;
    if after.holds_several()? {
        bail!("{} holds several payloads; give one to compare with the example", after.name());
    }
    let recognised = after.first().look(after.judge()).event;
    let event = recognised.map_or(arguments.event.usual(), |recognised| recognised.event);
    pair(arguments, &Input::text("<documented example>", event.example, &how), &after, streams)
}

fn report(arguments: &Diff, is_stream: bool, streams: &Streams<'_>) -> Box<dyn Report<Differences>> {
    let page = Page::new(streams.width, streams.is_coloured, terminal::draws_unicode());
    match arguments.format {
        DiffFormat::Human => Box::new(Human(page)),
        DiffFormat::SideBySide => Box::new(SideBySide(page)),
        DiffFormat::Json => Box::new(Json { is_stream, is_begun: false }),
        DiffFormat::JsonPatch => Box::new(JsonPatch),
        DiffFormat::MergePatch => Box::new(MergePatch::default()),
        DiffFormat::Unified => Box::new(Unified(scope(arguments))),
    }
}
