//! The page of findings, parsed.
//!
//! In: `docs/findings.md`. Out: its [`Entry`] for each code, and its words for each keyword of a schema.
//! Invariants: every text is the page's own, one paragraph each; tests check that the page has everything that the
//! catalogue lists.

use crate::check::Code;
use std::collections::HashMap;
use std::sync::OnceLock;

const PAGE: &str = include_str!("../../../docs/findings.md");
const BROKEN: &str = "internal error: docs/findings.md is written as its tests ask";

/// The explanation of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its meaning, in one line.
    pub summary: &'static str,
    /// Why it matters to the receiver of the payload, and when it is raised.
    pub why: &'static str,
    /// A command for a POSIX shell that raises it.
    pub example: &'static str,
    /// The way to fix or silence it.
    pub remedy: &'static str,
    /// Its certainty: documented, observed or inferred.
    pub certainty: &'static str,
    /// Its source.
    pub source: &'static str,
}

/// The whole page.
#[derive(Debug, Default)]
pub(super) struct FindingsPage {
    /// The entries by the code in their heading.
    pub(super) entries: HashMap<&'static str, Entry>,
    /// The codes and levels of the headings, and of the rows of the tables, in their order.
    pub(super) headings: Vec<(&'static str, &'static str)>,
    pub(super) summaries: Vec<(&'static str, &'static str)>,
    /// The description of a value that breaks a keyword.
    keywords: Vec<(Code, &'static str)>,
}

/// Each code of the schema, by name, with a description of a value that breaks its keyword. The embedded schema has
/// `type` only; the others occur with a schema of your own.
pub fn keywords() -> &'static [(Code, &'static str)] {
    &page().keywords
}

/// The page, parsed once.
pub(super) fn page() -> &'static FindingsPage {
    static READ: OnceLock<FindingsPage> = OnceLock::new();
    READ.get_or_init(|| read(PAGE).expect(BROKEN))
}

fn read(text: &'static str) -> Option<FindingsPage> {
    let mut page = FindingsPage::default();
    let mut summaries = HashMap::new();
    for row in text.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")) {
        let (code, rest) = row.split_once("` | ")?;
        match rest.split_once(" | ") {
            Some((level, summary)) => {
                page.summaries.push((code, level));
                summaries.insert(code, summary);
            }
            None => page.keywords.push((Code::named(code)?, rest)),
        }
    }
    for section in text.split("\n### `").skip(1) {
        let (code, rest) = section.split_once("` (")?;
        let (level, body) = rest.split_once(")\n\n")?;
        page.headings.push((code, level));
        page.entries.insert(code, entry(body, summaries.get(code)?)?);
    }
    Some(page)
}

/// The parts of an entry: why, perhaps a table, the example, what to do, the source.
fn entry(body: &'static str, summary: &'static str) -> Option<Entry> {
    let (before, rest) = body.split_once("```sh\n")?;
    let (example, after) = rest.split_once("\n```\n\n")?;
    let (why, _) = before.split_once("\n\n")?;
    let (remedy, rest) = after.split_once("\n\nSource, ")?;
    let (certainty, rest) = rest.split_once(": ")?;
    let (source, _) = rest.split_once(".\n")?;
    Some(Entry { summary, why, example, remedy, certainty, source })
}
