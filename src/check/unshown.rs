//! Findings whose sentences are never shown, because a report only counts them from some point on.
//!
//! In: the levels and codes that a report no longer shows. Out: the codes whose sentences are left out.
//! Invariants: only sentences are left out, and only those of the advisory layer; code, level, pointer and span are
//! always there, so all counts and verdicts stay the same.

use super::share::{self, SENTENCE_AT_MOST};
use super::{Code, Finding, Level, Levels};

/// The findings that a report no longer shows, whatever comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unshown(u128);

impl Unshown {
    /// All findings.
    pub const ALL: Self = Self(u128::MAX);
    /// No finding.
    pub const NONE: Self = Self(0);

    /// The same and all findings of `level`.
    pub fn with_level(self, level: Level) -> Self {
        Self(self.0 | 1 << (u128::BITS - 1 - level as u32))
    }

    /// The same and all findings of `code`.
    pub fn with_code(self, code: Code) -> Self {
        Self(self.0 | bit(code))
    }

    /// The findings that neither of two reports shows.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The codes of these findings, given the level of each code.
    pub(super) fn codes(self, levels: &Levels) -> Unworded {
        let is_unshown = |code: Code| {
            // Its sentence may be as long as a pointer.
            if code == Code::WrappedPayload {
                return false;
            }
            let level = levels.of(code).map_or(Self::NONE, |level| Self::NONE.with_level(level));
            self.0 & (bit(code) | level.0) != 0
        };
        let codes = Code::ALL.iter().filter(|code| self != Self::NONE && is_unshown(**code));
        Unworded(codes.fold(0, |codes, code| codes | bit(*code)))
    }
}

fn bit(code: Code) -> u128 {
    1 << code as u32
}

/// The codes whose sentences are left out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unworded(u128);

impl Unworded {
    /// No code: every sentence is written.
    pub(crate) const NONE: Self = Self(0);

    /// Whether the sentences of `code` are left out.
    pub(super) fn has(self, code: Code) -> bool {
        self.0 & bit(code) != 0
    }

    /// Whether as many of these findings are shown as if all had their sentences.
    pub(super) fn suffices(self, findings: &[Finding]) -> bool {
        let left_out = || findings.iter().filter(|finding| self.has(finding.code)).count();
        self.0 == 0 || findings.is_empty() || share::has_room(findings, left_out() * SENTENCE_AT_MOST)
    }
}

/// The bits of the levels come after those of the codes.
const _: () = assert!(Code::ALL.len() <= 125);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Judge, LevelChange, Selector, Share, shown};
    use crate::event;
    use std::fs;
    use std::path::Path;

    /// Every fixture, whole and line by line.
    fn texts() -> Vec<Vec<u8>> {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let files = walkdir::WalkDir::new(fixtures).into_iter().map(Result::unwrap);
        let whole: Vec<Vec<u8>> = files.filter_map(|entry| fs::read(entry.path()).ok()).collect();
        let lines = |text: &Vec<u8>| text.split(|byte| *byte == b'\n').take(40).map(<[u8]>::to_vec).collect();
        let lines: Vec<Vec<Vec<u8>>> = whole.iter().map(lines).collect();
        lines.into_iter().flatten().chain(whole).collect()
    }

    #[test]
    fn nothing_but_sentences_is_left_out() {
        let (judge, mut reader) = (Judge::default(), event::reader());
        let (mut left_out, mut kept) = (0, 0);
        for text in texts() {
            let worded = judge.look(&text, &mut reader, Unworded::NONE).findings;
            let mut unshown = judge.look(&text, &mut reader, judge.unworded(Unshown::ALL)).findings;
            assert_eq!(shown(&unshown), shown(&worded));
            for (finding, worded) in unshown.iter_mut().zip(&worded) {
                let is_left_out = finding.message.is_empty();
                assert!(!is_left_out || finding.level != Level::Error);
                left_out += usize::from(is_left_out);
                kept += usize::from(!is_left_out && finding.level != Level::Error);
                if is_left_out {
                    finding.message.clone_from(&worded.message);
                }
            }
            assert_eq!(unshown, worded);
        }
        // If one payload has many findings, their sentences decide how many are shown, so they are written.
        assert!(left_out > 50 && kept > 50, "{left_out} left out, {kept} kept");
    }

    /// Twenty duplicates that there is no room for with their sentences, and would be without.
    #[test]
    fn sentences_are_there_where_they_decide_how_many_findings_are_shown() {
        let (quotes, mut members) = ("\\\"".repeat(100), Vec::new());
        for number in 0..20 {
            members.extend([0, 1].map(|_| format!("\"{number}{quotes}\":\"{quotes}\"")));
        }
        let text = format!("{{{}}}", members.join(","));
        let (judge, mut reader) = (Judge::default(), event::reader());
        let worded = judge.look(text.as_bytes(), &mut reader, Unworded::NONE).findings;
        assert!(worded.len() > 20 && shown(&worded) != Share::of_payload(&worded, |_| true));
        let unshown = judge.look(text.as_bytes(), &mut reader, judge.unworded(Unshown::ALL)).findings;
        assert_eq!((shown(&unshown), unshown), (shown(&worded), worded));
    }

    #[test]
    fn a_level_means_the_codes_that_have_it_in_this_run() {
        let deny = LevelChange::Deny(Selector::One(Code::MissingField));
        let judge = Judge::default().with_levels(Levels::new(&[deny]));
        let messages = |unshown: Unshown| {
            let unworded = judge.unworded(unshown);
            let findings = judge.look(b"{\"id\":\"\"}", &mut event::reader(), unworded).findings;
            findings.into_iter().map(|finding| (finding.code, finding.message.is_empty())).collect::<Vec<_>>()
        };
        let both = |missing, empty| vec![(Code::MissingField, missing), (Code::EmptyField, empty)];
        assert_eq!(messages(Unshown::NONE), both(false, false));
        assert_eq!(messages(Unshown::NONE.with_level(Level::Warning)), both(false, true));
        assert_eq!(messages(Unshown::NONE.with_level(Level::Error)), both(true, false));
        assert_eq!(messages(Unshown::NONE.with_code(Code::MissingField)), both(true, false));
        let one = Unshown::NONE.with_level(Level::Warning).with_code(Code::MissingField);
        assert_eq!(messages(one.and(Unshown::NONE.with_level(Level::Warning))), both(false, true));
        assert_eq!(messages(one.and(Unshown::ALL)), both(true, true));
    }
}
