//! `assoclens merge`: one summary of several runs.

use super::{Exit, Streams, Writing};
use crate::cli::Merge;
use crate::escape::visible_path;
use crate::read::read_whole;
use crate::report::{Json, Report as _, Summary, earlier};
use anyhow::Context as _;

/// The longest report, in bytes: a summary has a few hundred rows.
const MAX_REPORT_BYTES: u64 = 64 << 20;

pub(super) fn run(arguments: &Merge, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut all = Summary::default();
    for path in &arguments.reports {
        let about = || format!("cannot add up the report {}", visible_path(path));
        let text = read_whole(path, MAX_REPORT_BYTES).with_context(about)?;
        all.merge(&earlier::summary(&text).with_context(about)?);
    }
    Json::of_summary().finish(&all, streams.out).and_then(|()| streams.out.flush()).context(Writing)?;
    Ok(Exit::of(&all))
}
