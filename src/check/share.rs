//! The number of findings of each level to show if there is no room for all.
//!
//! In: findings, or the number there is room for. Out: a number for each level; the first findings of that level, in
//! order, are shown.
//! Invariants: a warning or note never displaces an error, nor a note a warning, however many there are and whichever
//! comes first.

use super::{Finding, Level, SHOWN_AT_MOST};
use crate::escape::is_unsafe;

/// The length of their texts, in bytes, each character counted as long as any format could make it.
const SHOWN_BYTES_AT_MOST: usize = 44 << 10;

/// The findings of one payload to show: errors first, as many and as long as a report has room for.
pub fn shown(findings: &[Finding]) -> Share {
    // Usually there is room for all, whatever characters they hold.
    if has_room(findings, 0) {
        return Share::of_payload(findings, |_| true);
    }
    let (mut left, mut room) = (SHOWN_AT_MOST, SHOWN_BYTES_AT_MOST);
    Share::of_payload(findings, |finding| {
        let length = longest(finding);
        let fits = left > 0 && length <= room;
        left -= usize::from(fits);
        room = room.saturating_sub(length);
        fits
    })
}

/// The length of the longest sentence that can be left out, in the longest format and in bytes: it quotes five names.
pub(super) const SENTENCE_AT_MOST: usize = 8 << 10;

/// Whether there is room for all findings, whatever characters they have, and for `further` bytes of text.
pub(super) fn has_room(findings: &[Finding], further: usize) -> bool {
    let length = || findings.iter().map(at_most).sum::<usize>();
    findings.len() <= SHOWN_AT_MOST && length() + further <= SHOWN_BYTES_AT_MOST
}

/// The length of a finding's own words in the longest format, in bytes, approximately.
const OWN_WORDS: usize = 400;

/// The texts that a finding shows.
fn texts(finding: &Finding) -> impl Iterator<Item = &str> {
    let texts = [finding.label.as_deref(), finding.help.as_deref()];
    [finding.message.as_str(), finding.pointer.as_str()].into_iter().chain(texts.into_iter().flatten())
}

/// At least [`longest`] of a finding: no character takes more than seven bytes for each of its own.
fn at_most(finding: &Finding) -> usize {
    OWN_WORDS + 7 * texts(finding).map(str::len).sum::<usize>()
}

/// The length of a finding in the longest format, in bytes, approximately.
fn longest(finding: &Finding) -> usize {
    OWN_WORDS + texts(finding).map(escaped).sum::<usize>()
}

/// The length of a text in the longest format, in bytes.
fn escaped(text: &str) -> usize {
    let length = |character: char| match character {
        '"' | '&' | '<' | '>' | '\'' | '%' | '\\' => 7,
        _ if is_unsafe(character) => 7 * character.len_utf16(),
        _ => character.len_utf8(),
    };
    text.chars().map(length).sum()
}

/// Whether a sentence is one that there is always room for.
pub(super) fn is_short(sentence: &str) -> bool {
    escaped(sentence) <= SENTENCE_AT_MOST
}

/// A number of findings for each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share([usize; 3]);

impl Share {
    /// Every finding.
    pub const ALL: Self = Self([usize::MAX; 3]);
    /// None.
    pub const NONE: Self = Self([0; 3]);

    /// The share for a stream, whose next finding is unknown: `errors` errors, half as many warnings, and a quarter as
    /// many notes.
    pub fn of_stream(errors: usize) -> Self {
        Self([errors.div_ceil(4), errors.div_ceil(2), errors])
    }

    /// The share for one payload: its errors, then its warnings, then its notes, as long as one `fits`.
    pub fn of_payload(findings: &[Finding], mut fits: impl FnMut(&Finding) -> bool) -> Self {
        let mut share = Self::NONE;
        for level in [Level::Error, Level::Warning, Level::Note] {
            for finding in findings.iter().filter(|finding| finding.level == level) {
                if !fits(finding) {
                    return share;
                }
                share.0[level as usize] += 1;
            }
        }
        share
    }

    /// Takes one finding of a level from the share, if any is left.
    pub fn take(&mut self, level: Level) -> bool {
        let left = &mut self.0[level as usize];
        let has_one = *left > 0;
        *left -= usize::from(has_one);
        has_one
    }

    /// The smaller number of both shares for each level.
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|level| self.0[level].min(other.0[level])))
    }

    /// The rest after `taken` was shown.
    pub fn without(self, taken: Self) -> Self {
        Self(std::array::from_fn(|level| self.0[level].saturating_sub(taken.0[level])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Code;
    use crate::payload::Pointer;

    fn findings(levels: &[Level]) -> Vec<Finding> {
        let finding = |level: &Level| Finding {
            level: *level,
            ..Finding::new(Code::Syntax, Pointer::default(), 0..1, String::new())
        };
        levels.iter().map(finding).collect()
    }

    #[test]
    fn notes_in_front_never_keep_an_error_from_being_shown() {
        let mut levels = vec![Level::Note; 60];
        levels.extend([Level::Warning, Level::Error]);
        let mut room = 2;
        let mut fits = |_: &Finding| {
            let fits = room > 0;
            room -= usize::from(fits);
            fits
        };
        let share = Share::of_payload(&findings(&levels), &mut fits);
        assert_eq!(share, Share([0, 1, 1]));
        let mut stream = Share::of_stream(20);
        let shown = levels.iter().filter(|level| stream.take(**level)).count();
        assert_eq!((shown, stream), (7, Share([0, 9, 19])));
    }

    #[test]
    fn a_stream_shows_something_of_each_level_or_nothing_at_all() {
        assert_eq!(Share::of_stream(0), Share::NONE);
        assert_eq!(Share::of_stream(1), Share([1, 1, 1]));
        assert_eq!(Share::of_stream(usize::MAX).0[2], usize::MAX);
    }
}
