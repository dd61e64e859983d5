//! The `unified` format: `---`, `+++` and `@@` over the canonical form of both payloads.
//!
//! Invariants: the output for two equal payloads is empty; there is no line break or control character within a line.

use super::canonical::canonical;
use super::{Differences, Key};
use crate::diff::{Change, Difference, Scope, TextChange, hidden_code_points};
use crate::engine::compare::{Compared, Joined, Side, Which};
use crate::report::Report;
use similar::TextDiff;
use std::collections::HashSet;
use std::io::{self, Write};

/// The `unified` format.
#[derive(Clone, Debug)]
pub struct Unified(pub Scope);

/// The name of a missing side, as in git.
const NOTHING: &str = "/dev/null";

impl Unified {
    fn pair(&mut self, compared: &Compared<'_>, key: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let name = |side: &Side<'_>| if key.is_some() { side.place() } else { side.judged.source.to_owned() };
        let spelled = spelled(compared);
        let texts = [&compared.before, &compared.after]
            .map(|side| canonical(side.document, compared.scope, &spelled));
        write_unified(&texts, &name(&compared.before), &name(&compared.after), out)
    }

    fn single(&mut self, which: Which, side: &Side<'_>, _: Key<'_>, out: &mut dyn Write) -> io::Result<()> {
        let scope = self.0.of_events([side.judged.event; 2]);
        let (text, place) = (canonical(side.document, &scope, &HashSet::new()), side.place());
        match which {
            Which::Before => write_unified(&[text, String::new()], &place, NOTHING, out),
            Which::After => write_unified(&[String::new(), text], NOTHING, &place, out),
        }
    }
}

impl Report<Differences> for Unified {
    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, key } => self.pair(compared, *key, out),
            Joined::Single { which, side, key } => self.single(*which, side, *key, out),
            Joined::Duplicate { .. } => Ok(()),
        }
    }
}

/// The addresses of strings that would look alike on both sides.
fn spelled(compared: &Compared<'_>) -> HashSet<usize> {
    let differences = compared.comparison.association.iter().chain(&compared.comparison.other);
    let is_alike = |difference: &&Difference<'_>| match difference.change {
        Change::Text(TextChange::Other) => hides(difference),
        change => matches!(change, Change::Text(_)),
    };
    differences
        .filter(is_alike)
        .flat_map(|difference| difference.before.into_iter().chain(difference.after))
        .map(|node| node.text().as_ptr() as usize)
        .collect()
}

/// Whether the differing parts of two strings may look the same.
fn hides(difference: &Difference<'_>) -> bool {
    let texts =
        difference.before.and_then(|node| node.as_str()).zip(difference.after.and_then(|node| node.as_str()));
    texts.is_some_and(|(before, after)| hidden_code_points(&before, &after, "").is_some())
}

fn write_unified([before, after]: &[String; 2], one: &str, two: &str, out: &mut dyn Write) -> io::Result<()> {
    TextDiff::from_lines(before, after).unified_diff().header(one, two).to_writer(out)
}
