//! The `gitlab` format: a Code Quality report, one JSON array with one element per finding, written as the run goes on.
//!
//! Invariants: each element is on a line of its own; within one source all fingerprints differ, because GitLab shows
//! only one finding of each.

use super::fingerprint::Fingerprints;
use super::record::write_json;
use super::rest::Rest;
use super::uri::repository_path;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::{Finding, Level};
use crate::engine::Input;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Clone, Debug, Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: IssueLocation,
}

#[derive(Clone, Debug, Serialize)]
struct IssueLocation {
    path: String,
    lines: LineRange,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct LineRange {
    begin: u64,
    end: u64,
}

/// The `gitlab` format.
#[derive(Clone, Debug, Default)]
pub(super) struct Gitlab {
    is_begun: bool,
    fingerprints: Fingerprints,
    /// The omitted findings, and the element that reports them.
    rest: Rest<Issue>,
}

impl Issue {
    fn new(judged: &Judged<'_>, finding: &Finding, fingerprint: String, [begin, end]: [u64; 2]) -> Self {
        Self {
            description: judged.sentence(finding),
            check_name: finding.code.as_str(),
            fingerprint,
            severity: severity(finding.level),
            location: IssueLocation {
                path: repository_path(judged.source).to_owned(),
                lines: LineRange { begin, end },
            },
        }
    }
}

impl Gitlab {
    fn write(&mut self, issue: &Issue, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(if self.is_begun { b",\n" } else { b"[\n" })?;
        self.is_begun = true;
        write_json(issue, out)
    }
}

impl Report<Verdicts> for Gitlab {
    fn begin(&mut self, _: &Input<'_>, _: &mut dyn Write) -> io::Result<()> {
        self.fingerprints = Fingerprints::default();
        Ok(())
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        let omission = judged.omission();
        let shown = judged.located().count();
        for (index, (finding, start, end)) in judged.located().enumerate() {
            let fingerprint = self.fingerprints.next(judged.source, finding);
            let mut issue = Issue::new(judged, finding, fingerprint, [start.line, end.line]);
            if let Some(omission) = omission.as_deref().filter(|_| index + 1 == shown) {
                issue.description += &format!(" ({omission})");
            }
            self.write(&issue, out)?;
        }
        if let (0, Some(first)) = (shown, judged.heaviest()) {
            let (fingerprints, lines) = (&mut self.fingerprints, [judged.frame.start.line; 2]);
            let issue = || Issue::new(judged, first, fingerprints.next(judged.source, first), lines);
            self.rest.add(judged, issue);
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if let Some((issue, level, description)) = self.rest.take() {
            self.write(&Issue { description, severity: severity(level), ..issue }, out)?;
        }
        out.write_all(if self.is_begun { b"\n]\n" } else { b"[]\n" })
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "major",
        Level::Warning => "minor",
        Level::Note => "info",
    }
}
