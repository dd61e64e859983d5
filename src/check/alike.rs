//! Characters that look like those of ASCII: all names and words that are known are ASCII, so a reader sees no
//! difference.
//!
//! In: a name or a value that a sentence quotes. Out: a note on its first such character.
//! Invariants: text in which every character is ASCII, or looks different from ASCII, has no note.

use crate::count::push_ordinal;
use std::fmt::Write as _;

/// The note to put behind the quoted text, as ` (its 12th character is U+0421)`; empty if there is no such character
/// among the first `most`.
pub(super) fn note(text: &str, most: usize) -> String {
    let mut note = String::new();
    if text.is_ascii() || !text.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return note;
    }
    if let Some((place, character)) = text.chars().take(most).enumerate().find(|(_, one)| is_alike(*one)) {
        note.push_str(" (its ");
        push_ordinal(&mut note, place + 1);
        write!(note, " character is U+{:04X})", u32::from(character))
            .expect("internal error: writing to a String cannot fail");
    }
    note
}

/// Whether a character is of a script or block in which some look like ASCII letters or digits: phonetic letters, Greek,
/// Cyrillic, Armenian, Cherokee, Coptic, Lisu, letters of other widths, and mathematical ones. Letters with marks look
/// different.
fn is_alike(character: char) -> bool {
    character.is_alphanumeric()
        && matches!(character,
            '\u{131}' | '\u{17f}' | '\u{250}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{1d00}'..='\u{1dbf}'
            | '\u{2071}'..='\u{209c}' | '\u{2100}'..='\u{218f}' | '\u{2c60}'..='\u{2cff}' | '\u{a4d0}'..='\u{a4ff}'
            | '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{abbf}' | '\u{ff10}'..='\u{ff5a}'
            | '\u{10400}'..='\u{1044f}' | '\u{1d400}'..='\u{1d7ff}')
}

#[cfg(test)]
mod tests {
    use super::note;

    #[test]
    fn only_a_character_that_may_be_taken_for_ascii_is_named() {
        assert_eq!(note("AssociationСreate", 60), " (its 12th character is U+0421)");
        assert_eq!(note("idх", 60), " (its 3rd character is U+0445)");
        assert_eq!(note("ｃontact", 60), " (its 1st character is U+FF43)");
        assert_eq!(note("𝐜ontact", 60), " (its 1st character is U+1D41C)");
        for other in ["contact", "prénom", "имя", "客户 id", "naïve_ß", "id\u{200b}", "", "é"] {
            assert_eq!(note(other, 60), "", "{other}");
        }
        assert_eq!(note("abcСd", 3), "");
    }
}
