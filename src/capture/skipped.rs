//! The inputs and parts of captures that were skipped, counted by kind.
//!
//! In: the name of each. Out: the number of times that each name occurred.
//! Invariants: each one is counted; memory is bounded whatever names a sender chooses, because beyond [`NAMES_AT_MOST`]
//! names the rest share one; a name is safe to print.

use crate::count::grouped;
use crate::escape::visible;
use crate::event::facts::UNNAMED;
use std::collections::BTreeMap;

/// The number of distinct names.
const NAMES_AT_MOST: usize = 32;

/// The kinds that were skipped, and how often.
#[derive(Clone, Debug, Default)]
pub struct Skipped(BTreeMap<String, u64>);

impl Skipped {
    /// Counts one of the kind `what`.
    pub fn add(&mut self, what: &str) {
        self.add_several(what, 1);
    }

    /// Counts `times` of the kind `what`.
    pub fn add_several(&mut self, what: &str, times: u64) {
        self.count(&visible(what), times);
    }

    /// Adds the counts of another.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|(name, times)| self.count(name, *times));
    }

    fn count(&mut self, name: &str, times: u64) {
        let is_known = self.0.len() < NAMES_AT_MOST || self.0.contains_key(name);
        let name = if is_known { name } else { UNNAMED };
        match self.0.get_mut(name) {
            Some(counted) => *counted += times,
            None => {
                self.0.insert(name.to_owned(), times);
            }
        }
    }

    /// The count of each kind by its name, which is safe to print.
    pub fn names(&self) -> &BTreeMap<String, u64> {
        &self.0
    }

    /// All counts as a sentence; `None` if nothing was skipped.
    pub fn words(&self) -> Option<String> {
        self.list().map(|list| format!("skipped: {list}"))
    }

    /// Each kind with its count; `None` if nothing was skipped.
    pub fn list(&self) -> Option<String> {
        let skipped = self.0.iter().map(|(what, times)| format!("{what} ({})", grouped(*times)));
        let all = skipped.collect::<Vec<_>>().join(", ");
        (!all.is_empty()).then_some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_is_counted_whatever_it_is_called() {
        let mut skipped = Skipped::default();
        (0..50).for_each(|number| skipped.add(&format!("A{number:02}Create")));
        skipped.add("A00Create");
        assert_eq!(skipped.names()["A00Create"], 2);
        assert_eq!(skipped.names()[UNNAMED], 50 - NAMES_AT_MOST as u64);
        assert_eq!(skipped.names().len(), NAMES_AT_MOST + 1);
        let mut both = Skipped::default();
        both.add("\u{1b}[31m");
        both.merge(&both.clone());
        both.merge(&skipped);
        assert_eq!(both.names().values().sum::<u64>(), 53);
        assert!(both.words().unwrap().contains("\\u001b[31m (2)"), "{both:?}");
    }
}
