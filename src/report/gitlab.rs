//! The `gitlab` format: a Code Quality report, one JSON array with an element a finding, written as it goes.
//!
//! What always holds: an element stands on a line of its own; within one source no two fingerprints are the same,
//! since GitLab shows only one finding of each.

use super::fingerprint::Fingerprints;
use super::naming::repository_path;
use super::record::write_json;
use super::{Judged, Report, Summary};
use crate::check::{Finding, Level};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
    end: u64,
}

/// The `gitlab` format.
#[derive(Clone, Debug, Default)]
pub struct Gitlab {
    is_begun: bool,
    fingerprints: Fingerprints,
}

impl Gitlab {
    fn issue(
        &mut self,
        judged: &Judged<'_>,
        finding: &Finding,
        description: String,
        [begin, end]: [u64; 2],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let issue = Issue {
            description,
            check_name: finding.code,
            fingerprint: self.fingerprints.next(judged.source, finding),
            severity: severity(finding.level),
            location: Location { path: repository_path(judged.source), lines: Lines { begin, end } },
        };
        out.write_all(if self.is_begun { b",\n" } else { b"[\n" })?;
        self.is_begun = true;
        write_json(&issue, out)
    }
}

impl Report for Gitlab {
    fn payload(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        let omission = judged.omission();
        let shown = judged.located().count();
        for (index, (finding, start, end)) in judged.located().enumerate() {
            let mut description = judged.sentence(finding);
            if let Some(omission) = omission.as_deref().filter(|_| index + 1 == shown) {
                description += &format!(" ({omission})");
            }
            self.issue(judged, finding, description, [start.line, end.line], out)?;
        }
        // A payload of which nothing is shown must not be missing altogether.
        if let (0, Some(omission), Some(first)) = (shown, omission, judged.findings.first()) {
            self.issue(judged, first, omission, [judged.frame.start.line; 2], out)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary, out: &mut dyn Write) -> io::Result<()> {
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
