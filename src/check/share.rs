//! How many findings of each level are shown where there is no room for all.
//!
//! In: findings, or how many there is room for. Out: a number for each level; the first findings of that level, in the
//! order that they come in, are the ones to show.
//! Invariants: no warning or note takes the place of an error, nor a note that of a warning, however many there are
//! and whichever comes first.

use super::{Finding, Level, SHOWN_AT_MOST};
use crate::escape::is_unsafe;

/// How much text those may come to, in bytes, each character counted as long as any format could make it.
const SHOWN_BYTES_AT_MOST: usize = 44 << 10;

/// Which findings of one payload are shown: errors first, as many and as long as a report has room for.
pub fn shown(findings: &[Finding]) -> Share {
    // Mostly there is room for all, whatever characters they hold.
    if findings.len() <= SHOWN_AT_MOST && findings.iter().map(at_most).sum::<usize>() <= SHOWN_BYTES_AT_MOST {
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

/// What a finding's own words come to in the longest format, in bytes, about.
const OWN_WORDS: usize = 400;

/// The texts that a finding shows.
fn texts(finding: &Finding) -> impl Iterator<Item = &str> {
    let texts = [finding.label.as_deref(), finding.help.as_deref()];
    [finding.message.as_str(), finding.pointer.as_str()].into_iter().chain(texts.into_iter().flatten())
}

/// No less than [`longest`] makes of a finding: no character takes more than seven bytes for each of its own.
fn at_most(finding: &Finding) -> usize {
    OWN_WORDS + 7 * texts(finding).map(str::len).sum::<usize>()
}

/// What the longest format makes of a finding, in bytes, about.
fn longest(finding: &Finding) -> usize {
    let escaped = |text: &str| -> usize {
        let length = |character: char| match character {
            '"' | '&' | '<' | '>' | '\'' | '%' | '\\' => 7,
            _ if is_unsafe(character) => 7 * character.len_utf16(),
            _ => character.len_utf8(),
        };
        text.chars().map(length).sum()
    };
    OWN_WORDS + texts(finding).map(escaped).sum::<usize>()
}

/// A number of findings for each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share([usize; 3]);

impl Share {
    /// Every finding.
    pub const ALL: Self = Self([usize::MAX; 3]);
    /// Not one.
    pub const NONE: Self = Self([0; 3]);

    /// What is shown of a stream, whose next finding nobody knows: so many errors, half as many warnings, and a
    /// quarter as many notes.
    pub fn of_stream(errors: usize) -> Self {
        Self([errors.div_ceil(4), errors.div_ceil(2), errors])
    }

    /// What is shown of one payload: its errors, then its warnings, then its notes, as long as one `fits`.
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

    /// Takes one finding of a level out of the share, if it has one left.
    pub fn take(&mut self, level: Level) -> bool {
        let left = &mut self.0[level as usize];
        let has_one = *left > 0;
        *left -= usize::from(has_one);
        has_one
    }

    /// What both shares have.
    pub fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|level| self.0[level].min(other.0[level])))
    }

    /// What is left when `taken` has been shown.
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
