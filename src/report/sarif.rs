//! The `sarif` format: one log of one run in SARIF 2.1.0, written as the run goes on.
//!
//! Invariants: columns count Unicode code points, without a byte order mark; a message contains no placeholder and no
//! link, whatever a payload says; a rule is named by its code, and `schema/type` belongs to the rule `schema`.

use super::fingerprint::Fingerprints;
use super::record::write_json;
use super::uri::uri;
use super::{Judged, Report, Summary, Verdicts, by_code};
use crate::check::catalogue::{Entry, sections};
use crate::check::{Code, Finding};
use crate::count::grouped_amount;
use crate::engine::Input;
use crate::payload::Position;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The documentation of the program, as in its package.
const INFORMATION: &str = "https://docs.rs/assoclens";
/// The page that explains every code, for this version.
const FINDINGS: &str =
    concat!("https://docs.rs/crate/assoclens/", env!("CARGO_PKG_VERSION"), "/source/docs/findings.md");
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<DescribedRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedRule {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'a str,
    message: Text,
    locations: [Location<'a>; 1],
    partial_fingerprints: PartialFingerprints,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[LogicalLocation<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: ArtifactLocation<'a>,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    start_column: u64,
    end_line: u64,
    end_column: u64,
    byte_offset: u64,
    byte_length: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    fully_qualified_name: &'a str,
}

#[derive(Serialize)]
struct PartialFingerprints {
    #[serde(rename = "assoclensFinding/v1")]
    finding: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

/// The `sarif` format.
#[derive(Clone, Debug, Default)]
pub(super) struct Sarif {
    is_begun: bool,
    has_result: bool,
    /// The current source, as a URI.
    uri: String,
    /// Whether the current source begins with a byte order mark.
    has_mark: bool,
    fingerprints: Fingerprints,
    omitted: BTreeMap<Code, u64>,
}

impl Sarif {
    fn begin_log(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_begun {
            return Ok(());
        }
        self.is_begun = true;
        let version = env!("CARGO_PKG_VERSION");
        let rules = sections().map(described).collect();
        let information_uri = INFORMATION;
        let driver = Driver { name: "assoclens", version, semantic_version: version, information_uri, rules };
        write!(out, r#"{{"version":"2.1.0","$schema":"{SCHEMA}","runs":[{{"tool":{{"driver":"#)?;
        write_json(&driver, out)?;
        out.write_all(b"},\"columnKind\":\"unicodeCodePoints\",\"results\":[\n")
    }

    fn found<'a>(
        &'a mut self,
        judged: &Judged<'_>,
        finding: &'a Finding,
        start: Position,
        end: Position,
    ) -> SarifResult<'a> {
        let pointer = finding.pointer.as_str();
        let partial_fingerprints =
            PartialFingerprints { finding: self.fingerprints.next(judged.source, finding) };
        let location = Location {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: &self.uri },
                region: self.region(start, end),
            },
            logical_locations: (!pointer.is_empty())
                .then_some([LogicalLocation { fully_qualified_name: pointer }]),
        };
        SarifResult {
            rule_id: finding.code.as_str(),
            rule_index: rule_index(finding.code),
            level: finding.level.as_str(),
            message: message(judged.sentence(finding)),
            locations: [location],
            partial_fingerprints,
        }
    }

    fn region(&self, start: Position, end: Position) -> Region {
        let column = |at: Position| {
            let is_shifted = self.has_mark && at.line == 1;
            at.column.saturating_sub(u64::from(is_shifted)).max(1)
        };
        Region {
            start_line: start.line,
            start_column: column(start),
            end_line: end.line,
            end_column: column(end),
            byte_offset: start.offset,
            byte_length: end.offset - start.offset,
        }
    }

    /// The outcome of the run: unreadable inputs, and omitted findings.
    fn invocation(&self, summary: &Summary) -> Invocation {
        let mut notifications = Vec::new();
        if summary.unreadable > 0 {
            let inputs = grouped_amount(summary.unreadable, "input");
            let text = format!("{inputs} could not be read; standard error says why");
            notifications.push(Notification { level: "error", message: Text { text } });
        }
        if !self.omitted.is_empty() {
            let counts = by_code(&self.omitted);
            let text = format!("not listed (--max-findings, or more than fifty of one payload): {counts}");
            notifications.push(Notification { level: "note", message: Text { text } });
        }
        Invocation {
            execution_successful: summary.unreadable == 0,
            tool_execution_notifications: notifications,
        }
    }
}

impl Report<Verdicts> for Sarif {
    fn begin(&mut self, input: &Input<'_>, _: &mut dyn Write) -> io::Result<()> {
        self.has_mark = input.is_marked;
        self.uri = uri(input.name);
        self.fingerprints = Fingerprints::default();
        Ok(())
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin_log(out)?;
        for (finding, start, end) in judged.located() {
            if self.has_result {
                out.write_all(b",\n")?;
            }
            self.has_result = true;
            let found = self.found(judged, finding, start, end);
            write_json(&found, out)?;
        }
        for (code, count) in judged.omitted() {
            *self.omitted.entry(code).or_default() += count;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        self.begin_log(out)?;
        out.write_all(b"\n],\"invocations\":[")?;
        write_json(&self.invocation(summary), out)?;
        out.write_all(b"]}]}\n")
    }
}

/// The index of the rule of a code in the log.
fn rule_index(code: Code) -> usize {
    let index = sections().position(|section| section.heading() == code.heading());
    index.expect("internal error: every code has a section")
}

fn described(code: Code) -> DescribedRule {
    let (id, entry) = (code.heading().trim_end_matches("/…"), code.entry());
    DescribedRule {
        id,
        short_description: message(entry.summary),
        full_description: message(opening(entry.why)),
        help: help(entry, id),
        help_uri: format!("{FINDINGS}#{}-{}", id.replace('/', ""), code.level().as_str()),
        default_configuration: Configuration { level: code.level().as_str() },
    }
}

/// As many sentences as a viewer accepts for a full description (GitHub: 1,024 characters).
fn opening(text: &str) -> &str {
    const MOST: usize = 1024;
    match text[..text.floor_char_boundary(MOST)].rfind(". ") {
        Some(end) if text.len() > MOST => &text[..=end],
        _ => text,
    }
}

/// The text of `assoclens explain` without the example: its braces would have to be doubled, and a copy of it would be
/// another command.
fn help(entry: &Entry, id: &str) -> Help {
    let parts = |code: &str| {
        let more = format!("{code} shows an example that raises it.");
        let source = format!("Source, {}: {}.", entry.certainty, entry.source);
        [entry.why, entry.remedy, &source, &more].join("\n\n")
    };
    let command = format!("assoclens explain {id}");
    Help { text: message(parts(&command)).text, markdown: message(parts(&format!("`{command}`"))).text }
}

/// A message without placeholders (SARIF 2.1.0, 3.11.5) or links (3.11.6).
fn message<'a>(text: impl Into<Cow<'a, str>>) -> Text {
    let text = text.into();
    let is_harmless = memchr::memchr3(b'{', b'}', b']', text.as_bytes()).is_none();
    let harmless = || text.replace('{', "{{").replace('}', "}}").replace("](", "]\\u0028");
    Text { text: if is_harmless { text.into_owned() } else { harmless() } }
}

#[cfg(test)]
mod tests {
    use super::{INFORMATION, described, message, sections};

    #[test]
    fn every_rule_is_explained_within_what_viewers_take() {
        let manifest = include_str!("../../Cargo.toml");
        assert!(manifest.contains(&format!("documentation = \"{INFORMATION}\"")));
        for code in sections() {
            let described = described(code);
            let full = described.full_description.text;
            assert!(full.len() <= 1024 && full.ends_with('.'), "{full}");
            assert!(described.help.markdown.contains(code.entry().remedy), "{code}");
        }
    }

    #[test]
    fn a_message_holds_no_placeholder_and_no_link() {
        assert_eq!(message("{0} [here](3)").text, "{{0}} [here]\\u00283)");
    }
}
