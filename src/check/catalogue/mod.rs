//! Every code that a finding can have, one row each: its level and what raises it. The explanations are in
//! `docs/findings.md`, which `assoclens explain` prints.
//!
//! In: a [`Code`]. Out: its [`Rule`], or the nearest known code.
//! Invariants: every code has a rule (`schema/…` stands for every keyword); the page has an
//! entry for each, with an example that raises it, which a test runs.

mod page;

pub use page::{Entry, keywords};

use super::{Code, Level};

/// One code, its level, and what raises it. The page has the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The code; none stands for all codes of the schema.
    pub code: Option<Code>,
    /// Its level, unless the user changes it.
    pub level: Level,
    /// What raises it.
    pub layer: RuleLayer,
}

const fn rule(code: Option<Code>, level: Level, layer: RuleLayer) -> Rule {
    Rule { code, level, layer }
}

impl Rule {
    /// The code as it is documented: `schema/…` for all codes of the schema.
    pub const fn name(&self) -> &'static str {
        match self.code {
            Some(code) => code.as_str(),
            None => "schema/…",
        }
    }

    /// Its entry on the page.
    pub fn entry(&self) -> &'static Entry {
        &page::page().entries[self.name()]
    }
}

/// The origin of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleLayer {
    /// An obstacle that keeps a payload from being checked at all. The level is fixed.
    Reading,
    /// The schema.
    Schema,
    /// A fixture that does not yield the expected findings. The level is fixed.
    Expectation,
    /// An advisory rule.
    Advisory,
}

/// All codes, in the order of the page: errors, warnings, notes.
pub const RULES: &[Rule] = &[
    rule(Some(Code::Empty), Level::Error, RuleLayer::Reading),
    rule(Some(Code::Encoding), Level::Error, RuleLayer::Reading),
    rule(Some(Code::Syntax), Level::Error, RuleLayer::Reading),
    rule(Some(Code::TooLong), Level::Error, RuleLayer::Reading),
    rule(Some(Code::TooDeep), Level::Error, RuleLayer::Reading),
    rule(Some(Code::TooCostly), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureNoPayload), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureEmpty), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureCut), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureCompressed), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureEncoding), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureNotJson), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureTooDeep), Level::Error, RuleLayer::Reading),
    rule(Some(Code::CaptureTooLong), Level::Error, RuleLayer::Reading),
    rule(None, Level::Error, RuleLayer::Schema),
    rule(Some(Code::UnexpectedPass), Level::Error, RuleLayer::Expectation),
    rule(Some(Code::UnmetExpectation), Level::Error, RuleLayer::Expectation),
    rule(Some(Code::UnlistedPayload), Level::Error, RuleLayer::Expectation),
    rule(Some(Code::MissingField), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::EmptyField), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::MisspelledField), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::DuplicateField), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::AssociationType), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::ObjectKey), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::Cardinality), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::EventType), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::OtherEvent), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::SwappedIdentifiers), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::WrappedPayload), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::NestedData), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::SuspiciousText), Level::Warning, RuleLayer::Advisory),
    rule(Some(Code::DuplicateDelivery), Level::Note, RuleLayer::Advisory),
    rule(Some(Code::UndocumentedField), Level::Note, RuleLayer::Advisory),
    rule(Some(Code::ObjectPair), Level::Note, RuleLayer::Advisory),
    rule(Some(Code::CardinalityPair), Level::Note, RuleLayer::Advisory),
    rule(Some(Code::RecordId), Level::Note, RuleLayer::Advisory),
    rule(Some(Code::ByteOrderMark), Level::Note, RuleLayer::Advisory),
];

/// The prefix of all codes of the schema.
pub const SCHEMA_PREFIX: &str = "schema/";

/// The index in [`RULES`] of each code's rule.
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
    pub const fn rule(self) -> &'static Rule {
        &RULES[self.rule_index()]
    }

    /// The index of that rule in [`RULES`].
    pub(crate) const fn rule_index(self) -> usize {
        RULE_OF[self as usize]
    }
}

/// Every code a finding can have, in the order they are documented.
pub fn codes() -> impl Iterator<Item = Code> {
    let keywords = || Code::ALL.iter().copied().filter(|code| code.is_of_schema());
    RULES.iter().flat_map(move |rule| {
        let family = rule.code.is_none().then(keywords);
        rule.code.into_iter().chain(family.into_iter().flatten())
    })
}

/// The nearest to `typed` among `known`, if any is near.
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

/// The advice for someone who typed none of the codes `known`: a near one, or where to find them all.
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
        let explained: Vec<Code> = keywords().iter().map(|(code, _)| *code).collect();
        let family: Vec<Code> = codes().filter(|code| code.is_of_schema()).collect();
        assert_eq!(explained, family);
    }

    #[test]
    fn the_page_has_the_rules_in_their_order_and_with_their_levels() {
        let page = page::page();
        let rules: Vec<_> = RULES.iter().map(|rule| (rule.name(), rule.level.as_str())).collect();
        assert_eq!(page.headings, rules);
        assert_eq!(page.summaries, rules);
        for rule in RULES {
            let entry = rule.entry();
            let is_sure = ["documented", "observed", "inferred"].contains(&entry.certainty);
            assert!(is_sure && !entry.why.is_empty() && !entry.remedy.is_empty(), "{entry:?}");
        }
    }
}
