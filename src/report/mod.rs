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
pub use human::{Human, SummaryLine};
pub use job_summary::JobSummary;
#[cfg(feature = "http")]
pub use live::Live;
pub use output::Output;
#[cfg(feature = "http")]
pub(crate) use receipt::{millis, written};
pub use record::{Json, Ndjson};
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

/// A format of the report on judged payloads.
#[derive(Debug)]
pub struct Format {
    /// The word for it.
    pub name: &'static str,
    /// Its line of help.
    pub help: &'static str,
    /// The ones among `--summary` and `--only-findings` that it accepts.
    pub options: &'static [&'static str],
    make: fn(&ReportOptions<'_>) -> Box<dyn Report<Verdicts>>,
}

/// The other options of a report.
pub struct ReportOptions<'a> {
    /// Whether to show a chart instead of findings.
    pub is_summary: bool,
    /// Whether to leave out payloads without a finding.
    pub only_findings: bool,
    /// Makes the report for people.
    pub human: &'a dyn Fn() -> Box<dyn Report<Verdicts>>,
}

const fn format(
    name: &'static str,
    help: &'static str,
    options: &'static [&'static str],
    make: fn(&ReportOptions<'_>) -> Box<dyn Report<Verdicts>>,
) -> Format {
    Format { name, help, options, make }
}

/// All formats, one row each; the first is the default.
pub static FORMATS: &[Format] = &[
    format(
        "human",
        "For people: each finding with an excerpt, then a summary line",
        &["--summary"],
        |asked| (asked.human)(),
    ),
    format("json", "One JSON document for the whole run", &["--summary"], |asked| {
        Box::new(if asked.is_summary { Json::of_summary() } else { Json::default() })
    }),
    format("ndjson", "One JSON record per payload, each on a line", &["--only-findings"], |asked| {
        Box::new(Ndjson { has_clean: !asked.only_findings })
    }),
    format("concise", "One line per finding, for editors and grep", &[], |_| {
        Box::new(concise::Concise::default())
    }),
    format("github", "GitHub Actions annotations", &[], |_| Box::new(github::Github::default())),
    format("gitlab", "A Code Quality report for GitLab", &[], |_| Box::new(gitlab::Gitlab::default())),
    format(
        "junit",
        "JUnit XML: one suite per input, one test case per payload; memory grows with the payloads of one input",
        &[],
        |_| Box::new(junit::Junit::default()),
    ),
    format("sarif", "A SARIF 2.1.0 log, for code scanning", &[], |_| Box::new(sarif::Sarif::default())),
];

impl Format {
    /// The report in this format.
    ///
    /// # Errors
    /// It does not accept one of the options.
    pub fn report(&self, asked: &ReportOptions<'_>) -> anyhow::Result<Box<dyn Report<Verdicts>>> {
        for (option, is_asked) in [("--only-findings", asked.only_findings), ("--summary", asked.is_summary)]
        {
            if is_asked && !self.options.contains(&option) {
                let fitting = FORMATS.iter().filter(|format| format.options.contains(&option));
                let names: Vec<&str> = fitting.map(|format| format.name).collect();
                anyhow::bail!("{option} goes with --format {}", names.join(" or "));
            }
        }
        Ok((self.make)(asked))
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Format {}

/// The number of findings of each code, as `3 schema/type, 1 syntax`.
fn by_code(counts: &BTreeMap<Code, u64>) -> String {
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    counts.join(", ")
}
