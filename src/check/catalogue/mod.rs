//! Every code that a finding can have, in one table: the single source for levels, explanations and docs.
//!
//! In: a [`Code`]. Out: its [`Rule`], or the nearest code there is.
//! What always holds: every code has a rule (`schema/…` stands for every keyword, which [`KEYWORDS`] lists); every rule
//! has an example that raises it, which a test runs.

mod advisories;
mod keywords;
mod verdicts;

pub use keywords::{KEYWORDS, Keyword};

use super::{Code, Level};
use advisories::ADVISORIES;
use verdicts::VERDICTS;

/// One code, and what there is to say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code; none stands for all codes of the schema.
    pub code: Option<Code>,
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

impl Rule {
    /// The code as it is documented: `schema/…` for all codes of the schema.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.code {
            Some(code) => code.as_str(),
            None => "schema/…",
        }
    }
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

/// Where in [`RULES`] the rule of each code is.
const RULE_OF: [usize; Code::ALL.len()] = {
    let mut places = [0; Code::ALL.len()];
    let mut at = 0;
    while at < places.len() {
        while !is_about(&RULES[places[at]], Code::ALL[at]) {
            places[at] += 1;
        }
        at += 1;
    }
    places
};

const fn is_about(rule: &Rule, code: Code) -> bool {
    match rule.code {
        Some(own) => own as usize == code as usize,
        None => code.is_of_schema(),
    }
}

impl Code {
    /// The rule that raises it.
    #[must_use]
    pub const fn rule(self) -> &'static Rule {
        &RULES[self.rule_index()]
    }

    /// Where in [`RULES`] that is.
    pub(crate) const fn rule_index(self) -> usize {
        RULE_OF[self as usize]
    }
}

/// Every code a finding can have, in the order they are documented.
pub fn codes() -> impl Iterator<Item = Code> {
    RULES.iter().flat_map(|rule| {
        let keywords = if rule.code.is_none() { KEYWORDS } else { &[] };
        rule.code.into_iter().chain(keywords.iter().map(|keyword| keyword.code))
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
        let near = |typed| nearest(typed, codes().map(Code::as_str));
        assert_eq!(near("missing-feild"), Some("missing-field"));
        assert_eq!(near("missing_field"), Some("missing-field"));
        assert_eq!(near("duplicate"), Some("duplicate-field"));
        assert_eq!(near("schema/typ"), Some("schema/type"));
        assert_eq!(near("wrapped"), Some("wrapped-payload"));
        assert_eq!(near("zzz"), None);
    }

    #[test]
    fn every_code_is_listed_once_and_every_keyword_explained() {
        let mut listed: Vec<Code> = codes().collect();
        listed.sort_unstable();
        assert_eq!(listed, Code::ALL);
        assert!(KEYWORDS.is_sorted_by_key(|keyword| keyword.code));
    }
}
