//! Every code that a finding can have, in one table: the single source for levels, explanations and docs.
//!
//! What always holds: no finding has a code that is not here (`schema/…` stands for every keyword).

use super::Level;

/// One code, and what there is to say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable kebab-case name. `schema/…` stands for all codes that begin with `schema/`.
    pub code: &'static str,
    /// The level it has unless the user says otherwise.
    pub level: Level,
    /// One line: what it means.
    pub summary: &'static str,
}

/// All codes, in the order they are documented.
pub const RULES: &[Rule] = &[
    Rule { code: "empty", level: Level::Error, summary: "there is nothing where a payload should be" },
    Rule { code: "encoding", level: Level::Error, summary: "the bytes are not UTF-8" },
    Rule { code: "syntax", level: Level::Error, summary: "the text is not JSON" },
    Rule { code: "too-long", level: Level::Error, summary: "the payload is longer than the limit" },
    Rule {
        code: "too-deep",
        level: Level::Error,
        summary: "the payload is nested too deeply for this schema",
    },
    Rule { code: "schema/…", level: Level::Error, summary: "the payload breaks a keyword of the schema" },
];

/// The rule that a finding's code belongs to.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    let family = if code.starts_with("schema/") { "schema/…" } else { code };
    RULES.iter().find(|rule| rule.code == family)
}
