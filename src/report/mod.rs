//! Reports the results: one file per format, and the only place that knows formats.
//!
//! In: judged payloads in input order, then the summary. Out: bytes.
//! Invariants: a report is written as the run goes on, so its memory does not grow with the stream, except for JUnit's,
//! which begins with counts; no text from a payload, a schema or a file name is written unescaped; the format never
//! changes the exit code.

mod chart;
mod concise;
pub mod diff;
pub mod earlier;
mod excerpt;
mod fingerprint;
mod github;
mod gitlab;
mod human;
pub mod inspect;
mod job_summary;
mod junit;
pub mod layout;
#[cfg(feature = "http")]
mod live;
mod output;
mod pretty;
mod receipt;
mod record;
mod rest;
mod sarif;
pub mod seam;
#[cfg(feature = "http")]
pub mod send;
mod summary;
mod tally;
mod tee;
mod uri;
pub mod verify;

pub use crate::check::{SHOWN_AT_MOST, shown};
pub use concise::Concise;
pub use github::Github;
pub use gitlab::Gitlab;
pub use human::{Human, SummaryLine};
pub use job_summary::JobSummary;
pub use junit::Junit;
#[cfg(feature = "http")]
pub use live::Live;
pub use output::Output;
#[cfg(feature = "http")]
pub(crate) use receipt::{millis, written};
pub use record::{Json, Ndjson};
pub use sarif::Sarif;
pub use seam::{Report, Silent, Subject};
pub use summary::Summary;
pub use tally::{Place, ROWS_AT_MOST, Row, Tally};
pub use tee::Tee;

use crate::check::{Code, Finding};
use crate::engine::{Input, Judged};
use crate::escape::visible;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The report that `validate` and `listen` write: judged payloads, then the counts.
#[derive(Clone, Copy, Debug)]
pub enum Verdicts {}

impl Subject for Verdicts {
    type Start<'a> = Input<'a>;
    type Item<'a> = Judged<'a>;
    type End<'a> = Summary;
}

impl<'a> Judged<'a> {
    /// The same with no more findings to show than a report has room for.
    pub fn within_room(self) -> Self {
        Self { shown: shown(self.findings), ..self }
    }

    /// A finding's message and help, and the capture around the payload, on one line that is safe to print.
    fn sentence(&self, finding: &Finding) -> String {
        let (within, help) = (self.within_brackets(), finding.help.as_deref());
        let separator = if help.is_some() { "; " } else { "" };
        let sentence = [&finding.message, &within, separator, help.unwrap_or_default()].concat();
        match visible(&sentence) {
            Cow::Borrowed(_) => sentence,
            Cow::Owned(visible) => visible,
        }
    }

    /// The number of findings of each code that are not shown.
    fn omitted(&self) -> BTreeMap<Code, u64> {
        let (mut omitted, mut shown) = (BTreeMap::new(), self.shown);
        for finding in self.findings.iter().filter(|finding| !shown.take(finding.level)) {
            *omitted.entry(finding.code).or_default() += 1;
        }
        omitted
    }

    /// A sentence about the findings that are not shown, if there are any.
    fn omission(&self) -> Option<String> {
        let omitted = self.omitted();
        (!omitted.is_empty()).then(|| format!("not shown of this payload: {}", by_code(&omitted)))
    }
}

/// The number of findings of each code, as `3 schema/type, 1 syntax`.
fn by_code(counts: &BTreeMap<Code, u64>) -> String {
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    counts.join(", ")
}
