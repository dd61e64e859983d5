//! The explanation of each code: the text of `docs/findings.md`, which `assoclens explain` prints.
//!
//! In: a [`Code`]. Out: its [`Entry`], or the nearest known code.
//! Invariants: the page has a section for each code (`schema/…` stands for every keyword), with an example that raises it,
//! which a test runs.

mod page;

pub use page::{Entry, keywords};

use super::Code;

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

/// The prefix of all codes of the schema.
pub const SCHEMA_PREFIX: &str = "schema/";

/// The codes that have a section on the page: one of the schema's stands for all of them.
pub fn sections() -> impl Iterator<Item = Code> {
    let is_another = |code: &Code| code.is_of_schema() && *code != Code::SchemaType;
    Code::ALL.iter().copied().filter(move |code| !is_another(code))
}

impl Code {
    /// The heading of its section: `schema/…` for all codes of the schema.
    pub const fn heading(self) -> &'static str {
        if self.is_of_schema() { "schema/…" } else { self.as_str() }
    }

    /// Its entry on the page.
    pub fn entry(self) -> &'static Entry {
        let entry = page::page().entries.get(self.heading());
        entry.unwrap_or_else(|| panic!("internal error: docs/findings.md has no section for {self}"))
    }
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
    fn a_misspelled_name_is_suggested() {
        let near = |typed| nearest(typed, Code::names());
        assert_eq!(near("missing-feild"), Some("missing-field"));
        assert_eq!(near("missing_field"), Some("missing-field"));
        assert_eq!(near("duplicate"), Some("duplicate-field"));
        assert_eq!(near("schema/typ"), Some("schema/type"));
        assert_eq!(near("wrapped"), Some("wrapped-payload"));
        assert_eq!(near("zzz"), None);
    }

    #[test]
    fn every_keyword_is_explained() {
        let explained: Vec<Code> = keywords().iter().map(|(code, _)| *code).collect();
        let family: Vec<Code> = Code::ALL.iter().copied().filter(|code| code.is_of_schema()).collect();
        assert_eq!(explained, family, "left: the keywords of docs/findings.md, right: the table of codes");
    }

    #[test]
    fn the_page_has_the_codes_in_their_order_and_with_their_levels() {
        let page = page::page();
        let codes: Vec<_> = sections().map(|code| (code.heading(), code.level().as_str())).collect();
        for code in &codes {
            assert!(
                page.summaries.contains(code),
                "docs/findings.md has no row for {code:?} in its table of codes"
            );
            assert!(page.headings.contains(code), "docs/findings.md has no section for {code:?}");
        }
        assert_eq!(page.headings, codes, "left: the sections of docs/findings.md, right: the table of codes");
        assert_eq!(page.summaries, codes, "left: the rows of docs/findings.md, right: the table of codes");
        for entry in sections().map(Code::entry) {
            let is_sure = ["documented", "observed", "inferred"].contains(&entry.certainty);
            assert!(is_sure && !entry.why.is_empty() && !entry.remedy.is_empty(), "{entry:?}");
        }
    }
}
