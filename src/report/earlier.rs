//! The summary of an earlier run, read from its report, so that summaries can be added up.
//!
//! In: a report in the `json` format, with or without its payloads. Out: a [`Summary`].
//! Invariants: counts are exact; a report of another version, or with an unknown code, is refused, never read in part.

use super::{Place, Row, Summary};
use crate::check::{Code, Level};
use anyhow::{Context as _, bail};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The supported version of reports.
const VERSION: u64 = 1;

#[derive(Deserialize)]
struct Earlier {
    version: u64,
    summary: SummaryCounts,
}

#[derive(Deserialize)]
struct SummaryCounts {
    payloads: u64,
    valid: u64,
    invalid: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
    unreadable: u64,
    #[serde(default)]
    skipped: BTreeMap<String, u64>,
    found: Vec<FoundRow>,
}

#[derive(Deserialize)]
struct FoundRow {
    code: String,
    level: String,
    pointer: Option<String>,
    count: u64,
    first: Where,
    last: Where,
}

#[derive(Deserialize)]
struct Where {
    source: String,
    line: u64,
}

/// The summary of the report with that text.
///
/// # Errors
/// It is not a report of the `json` format, or has another version.
pub fn summary(text: &[u8]) -> anyhow::Result<Summary> {
    let Earlier { version, summary: counts } = serde_json::from_slice(text)
        .context("it is not a report; make one: assoclens validate --format json --summary")?;
    if version != VERSION {
        bail!("its version is {version}, but this program reads version {VERSION}");
    }
    let SummaryCounts { payloads, valid, invalid, errors, warnings, notes, unreadable, skipped, found } =
        counts;
    let mut summary =
        Summary { payloads, valid, invalid, errors, warnings, notes, unreadable, ..Summary::default() };
    skipped.iter().for_each(|(name, times)| summary.skipped.add_several(name, *times));
    for found in found {
        summary.tally.merge(row(found)?);
    }
    Ok(summary)
}

fn row(found: FoundRow) -> anyhow::Result<Row> {
    let FoundRow { code, level, pointer, count, first, last } = found;
    let place = |at: Where| Place { source: at.source, line: at.line };
    let levels = [Level::Error, Level::Warning, Level::Note];
    let known = Code::named(&code).with_context(|| format!("no finding has the code `{code}`"))?;
    let level = levels.into_iter().find(|known| known.as_str() == level);
    let level = level.with_context(|| format!("`{code}` has an unknown level"))?;
    Ok(Row { code: known, level, pointer, count, first: place(first), last: place(last) })
}
