//! Every code that a finding can have, in one table: the single source for levels, explanations and docs.
//!
//! In: a code. Out: its [`Rule`], or the nearest code there is.
//! What always holds: no finding has a code that is not here (`schema/…` stands for every keyword, which
//! [`KEYWORDS`] lists); every rule has an example that raises it, which a test runs.

mod advisories;
mod keywords;
mod verdicts;

pub use keywords::{KEYWORDS, Keyword};

use super::Level;
use advisories::ADVISORIES;
use verdicts::VERDICTS;

/// One code, and what there is to say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable kebab-case name. `schema/…` stands for all codes that begin with `schema/`.
    pub code: &'static str,
    /// The level it has unless the user says otherwise.
    pub level: Level,
    /// What raises it.
    pub layer: Layer,
    /// One line: what it means.
    pub summary: &'static str,
    /// Why it matters to whoever receives the payload, and when it is raised.
    pub why: &'static str,
    /// A command for a POSIX shell that raises it.
    pub example: &'static str,
    /// How to fix or silence it.
    pub remedy: &'static str,
    /// Where the rule is from.
    pub source: Source,
}

/// What raises a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// What keeps a payload from being judged at all. Its level is fixed.
    Reading,
    /// The schema.
    Schema,
    /// A fixture that does not yield what it should. Its level is fixed.
    Expectation,
    /// An advisory rule.
    Advisory,
}

/// Where a rule is from, and so how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// How sure it is.
    pub kind: SourceKind,
    /// What it is.
    pub text: &'static str,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Published by a standard, the event's vendor, or this program.
    Documented,
    /// Seen in public code and in deliveries of sibling events.
    Observed,
    /// Concluded from both.
    Inferred,
}

impl SourceKind {
    /// The kind as every output spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
        }
    }
}

/// The parts of [`RULES`].
const PARTS: [&[Rule]; 2] = [VERDICTS, ADVISORIES];

/// All codes, in the order they are documented.
pub const RULES: &[Rule] = &joined();

const fn joined() -> [Rule; PARTS[0].len() + PARTS[1].len()] {
    let mut all = [PARTS[0][0]; PARTS[0].len() + PARTS[1].len()];
    let mut index = 0;
    while index < all.len() {
        let verdicts = PARTS[0].len();
        all[index] = if index < verdicts { PARTS[0][index] } else { PARTS[1][index - verdicts] };
        index += 1;
    }
    all
}

/// The prefix that all codes of the schema have.
pub const SCHEMA_PREFIX: &str = "schema/";

/// The rule that a finding's code belongs to.
#[must_use]
pub fn rule(code: &str) -> Option<&'static Rule> {
    let family = if code.starts_with(SCHEMA_PREFIX) { "schema/…" } else { code };
    RULES.iter().find(|rule| rule.code == family)
}

/// Every code a finding can have, each keyword of a schema by itself, with its rule.
pub fn codes() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    RULES.iter().flat_map(|rule| {
        let keywords = if rule.layer == Layer::Schema { KEYWORDS } else { &[] };
        let own = (rule.layer != Layer::Schema).then_some(rule.code);
        own.into_iter().chain(keywords.iter().map(|keyword| keyword.code)).map(move |code| (code, rule))
    })
}

/// What is nearest to `typed` among `known`, if anything is near.
#[must_use]
pub fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed: String = typed.to_lowercase().replace('_', "-").chars().take(64).collect();
    let likeness = |known: &str| {
        // A part of a code is near to it too: `duplicate` for `duplicate-field`.
        let is_part = typed.len() > 3 && known.contains(&typed);
        strsim::jaro_winkler(&typed, &known.to_lowercase()) + if is_part { 1.0 } else { 0.0 }
    };
    let scored = known.map(|known| (likeness(known), known)).filter(|(likeness, _)| *likeness > 0.8);
    scored.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, known)| known)
}

/// What to say to someone who typed none of the codes `known`: which one is near, or where all of them are.
pub(crate) fn advice<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(typed, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`assoclens explain` lists them".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_typed_is_found() {
        let near = |typed| nearest(typed, codes().map(|(code, _)| code));
        assert_eq!(near("missing-feild"), Some("missing-field"));
        assert_eq!(near("missing_field"), Some("missing-field"));
        assert_eq!(near("duplicate"), Some("duplicate-field"));
        assert_eq!(near("schema/typ"), Some("schema/type"));
        assert_eq!(near("wrapped"), Some("wrapped-payload"));
        assert_eq!(near("zzz"), None);
    }

    #[test]
    fn every_code_of_the_schema_layer_has_a_keyword_that_is_explained() {
        let source = include_str!("../schema/mod.rs");
        let used = source.split("\"schema/").skip(1).filter_map(|rest| rest.split('"').next());
        let used: std::collections::BTreeSet<String> = used.map(|name| format!("schema/{name}")).collect();
        let known = KEYWORDS.iter().map(|keyword| keyword.code.to_owned()).collect();
        assert_eq!(used, known);
    }
}
