//! The finer difference between two strings, and the parts to show.
//!
//! In: two different strings, decoded. Out: a [`TextChange`]; two [`StringExcerpt`]s around the difference; the code
//! points that differ.
//! Invariants: linear time, because only the shown parts are compared closely; strings that differ in more than white
//! space and look the same are never reported as differing in letter case.

use similar::{Algorithm, ChangeTag, TextDiff};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// The difference between two strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextChange {
    /// In white space only.
    WhiteSpace,
    /// In letter case only.
    LetterCase,
    /// In the Unicode form only: the same letters, composed differently, or characters kept for compatibility.
    UnicodeForm,
    /// In characters that look alike or are invisible only.
    LookAlike,
    /// In more than that.
    Other,
}

/// The kind of difference between `before` and `after`, which are different.
pub fn text_change(before: &str, after: &str) -> TextChange {
    let is_same = |map: &dyn Fn(&str) -> String| map(before) == map(after);
    let without_space = |text: &str| text.split_whitespace().collect::<String>();
    match () {
        () if is_same(&without_space) => TextChange::WhiteSpace,
        () if is_same(&|text| text.nfkc().collect()) => TextChange::UnicodeForm,
        () if is_same(&|text| text.to_lowercase()) && !hides(before, after) => TextChange::LetterCase,
        () if is_same(&|text| skeleton(&without_space(text)).collect()) => TextChange::LookAlike,
        () => TextChange::Other,
    }
}

/// Whether two strings of the same length differ in characters that look the same.
fn hides(before: &str, after: &str) -> bool {
    before.chars().zip(after.chars()).any(|(one, other)| one != other && is_alike(one, other))
}

/// Whether a reader may mistake one character for the other; characters in different forms may be equal in a common
/// form.
fn is_alike(one: char, other: char) -> bool {
    let is_plain = |character: char| std::iter::once(character).nfkc().eq([character]);
    let seen = |character: char| skeleton(character.encode_utf8(&mut [0; 4])).collect::<String>();
    !is_plain(one) || !is_plain(other) || seen(one) == seen(other)
}

/// The names of the Unicode forms of two strings, if both have one and they differ.
pub fn unicode_forms(before: &str, after: &str) -> Option<[&'static str; 2]> {
    let form = |text: &str| match () {
        () if unicode_normalization::is_nfc(text) => Some("NFC"),
        () if unicode_normalization::is_nfd(text) => Some("NFD"),
        () => None,
    };
    Some([form(before)?, form(after)?]).filter(|[before, after]| before != after)
}

/// The code points that betray a text which is not what it looks like: those beyond ASCII, if it looks like ASCII or is
/// not in the composed form. `None` if there are none.
pub fn disguise(text: &str) -> Option<String> {
    const SHOWN: usize = 8;
    let looks_ascii = || skeleton(text).collect::<String>().is_ascii();
    if text.is_ascii() || unicode_normalization::is_nfc(text) && !looks_ascii() {
        return None;
    }
    let names = text.chars().filter(|character| !character.is_ascii()).take(SHOWN).map(named);
    Some(names.collect::<Vec<_>>().join(" "))
}

fn named(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

/// A piece of a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The text, decoded.
    pub text: String,
    /// Whether the other string differs here, or has nothing in its place.
    pub is_changed: bool,
}

/// A string around its difference from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringExcerpt {
    /// The parts to show.
    pub segments: Vec<Segment>,
    /// Whether something before it is left out.
    pub is_cut_before: bool,
    /// Whether something after it is left out.
    pub is_cut_after: bool,
}

/// Both strings around their first difference: at most about `most` characters of each, `context` of them before it. If
/// little is alike, no part is marked as changed.
pub fn excerpts(before: &str, after: &str, most: usize, context: usize) -> [StringExcerpt; 2] {
    let is_short = |text: &str| text.chars().nth(most).is_none();
    let is_whole = is_short(before) && is_short(after);
    let start = if is_whole { 0 } else { back(before, common_prefix(before, after), context) };
    let cut = |text: &str| {
        let shown: String = text[start..].chars().take(most).collect();
        let is_cut_after = start + shown.len() < text.len();
        (shown, is_cut_after)
    };
    let ((one, one_is_cut), (two, two_is_cut)) = (cut(before), cut(after));
    let [one, two] = segments(&one, &two);
    let excerpt = |segments, is_cut_after| StringExcerpt { segments, is_cut_before: start > 0, is_cut_after };
    [excerpt(one, one_is_cut), excerpt(two, two_is_cut)]
}

fn common_prefix(one: &str, two: &str) -> usize {
    let alike = one.chars().zip(two.chars()).take_while(|(one, two)| one == two);
    alike.map(|(character, _)| character.len_utf8()).sum()
}

/// The place `count` characters before `at`, or the beginning if that is nearly as close.
fn back(text: &str, at: usize, count: usize) -> usize {
    text[..at].char_indices().rev().nth(count).map_or(0, |(index, character)| index + character.len_utf8())
}

fn segments(one: &str, two: &str) -> [Vec<Segment>; 2] {
    const FRAGMENTS_AT_MOST: usize = 2;
    let has_words = |text: &str| text.contains(char::is_whitespace);
    let mut config = TextDiff::configure();
    config.algorithm(Algorithm::Myers);
    let diff = if has_words(one) && has_words(two) {
        config.diff_words(one, two)
    } else {
        config.diff_chars(one, two)
    };
    let mut sides = [Vec::new(), Vec::new()];
    for change in diff.iter_all_changes() {
        let is_changed = change.tag() != ChangeTag::Equal;
        if change.tag() != ChangeTag::Insert {
            push(&mut sides[0], change.value(), is_changed);
        }
        if change.tag() != ChangeTag::Delete {
            push(&mut sides[1], change.value(), is_changed);
        }
    }
    let fragments = |side: &Vec<Segment>| side.iter().filter(|segment| segment.is_changed).count();
    let alike: usize = sides[0]
        .iter()
        .filter(|segment| !segment.is_changed)
        .map(|segment| segment.text.chars().count())
        .sum();
    let length = one.chars().count().max(two.chars().count());
    if alike * 2 < length || sides.iter().any(|side| fragments(side) > FRAGMENTS_AT_MOST) {
        return [one, two].map(|text| vec![Segment { text: text.to_owned(), is_changed: false }]);
    }
    sides
}

fn push(side: &mut Vec<Segment>, text: &str, is_changed: bool) {
    match side.last_mut().filter(|last| last.is_changed == is_changed) {
        Some(last) => last.text.push_str(text),
        None => side.push(Segment { text: text.to_owned(), is_changed }),
    }
}

/// The differing code points around the first difference, as `U+0061 → U+0430`, with the arrow given.
pub fn code_points(before: &str, after: &str, arrow: &str) -> String {
    in_words(&replaced(before, after), arrow)
}

/// The same for only those that look alike; `None` if there are none.
pub fn hidden_code_points(before: &str, after: &str, arrow: &str) -> Option<String> {
    let seen = |side: &[char]| skeleton(&side.iter().collect::<String>()).collect::<String>();
    let mut hidden = Vec::new();
    for [one, two] in replaced(before, after) {
        if one.len() == two.len() {
            let pairs = one.into_iter().zip(two).filter(|(one, two)| one != two && is_alike(*one, *two));
            hidden.extend(pairs.map(|(one, two)| [vec![one], vec![two]]));
        } else if seen(&one) == seen(&two) {
            hidden.push([one, two]);
        }
    }
    (!hidden.is_empty()).then(|| in_words(&hidden, arrow))
}

/// The replaced characters around the first difference, and their replacements.
fn replaced(before: &str, after: &str) -> Vec<[Vec<char>; 2]> {
    let start = common_prefix(before, after);
    let near = |text: &str| text[start..].chars().take(64).collect::<String>();
    let (one, two) = (near(before), near(after));
    let diff = TextDiff::configure().diff_chars(one.as_str(), two.as_str());
    let mut replaced: Vec<[Vec<char>; 2]> = Vec::new();
    let mut is_within = false;
    for change in diff.iter_all_changes() {
        if change.tag() == ChangeTag::Equal {
            is_within = false;
            continue;
        }
        if !is_within {
            replaced.push([Vec::new(), Vec::new()]);
            is_within = true;
        }
        let side = usize::from(change.tag() == ChangeTag::Insert);
        replaced.last_mut().expect("internal error: one was pushed")[side].extend(change.value().chars());
    }
    replaced
}

fn in_words(replaced: &[[Vec<char>; 2]], arrow: &str) -> String {
    const SHOWN: usize = 8;
    let side = |side: &[char]| match side {
        [] => "nothing".to_owned(),
        side => side.iter().map(|character| named(*character)).collect::<Vec<_>>().join(" "),
    };
    let shown = replaced.iter().take(SHOWN).map(|[one, two]| format!("{} {arrow} {}", side(one), side(two)));
    let shown: Vec<String> = shown.collect();
    let more = if replaced.len() > SHOWN { ", and more" } else { "" };
    shown.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_difference_is_distinguished() {
        use TextChange as T;
        for (before, after, expected) in [
            ("Real Estate", "Real  Estate", T::WhiteSpace),
            ("Real Estate", "Real\u{a0}Estate ", T::WhiteSpace),
            ("Tenant", "tenant", T::LetterCase),
            ("STRASSE", "straße", T::Other),
            ("caf\u{e9}", "cafe\u{301}", T::UnicodeForm),
            ("\u{c5}", "\u{212b}", T::UnicodeForm),
            ("K", "\u{212a}", T::UnicodeForm),
            ("\u{3a9}", "\u{2126}", T::UnicodeForm),
            ("fi", "\u{fb01}", T::UnicodeForm),
            ("A1", "\u{ff21}\u{ff11}", T::UnicodeForm),
            ("Kim", "\u{212a}IM", T::Other),
            ("k", "\u{212a}", T::Other),
            ("\u{c5}ngstr\u{f6}m", "\u{e5}ngstr\u{d6}m", T::LetterCase),
            ("paypal", "p\u{430}ypal", T::LookAlike),
            ("Tenant", "Ten\u{200b}ant", T::LookAlike),
            ("p\u{430}y pal", "pay\u{a0}pal", T::LookAlike),
            ("Buyer", "Seller", T::Other),
            ("", "x", T::Other),
            ("", " ", T::WhiteSpace),
        ] {
            assert_eq!(text_change(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn code_points_are_shown_in_pairs() {
        assert_eq!(code_points("paypal", "p\u{430}yp\u{430}l", "->"), "U+0061 -> U+0430, U+0061 -> U+0430");
        assert_eq!(code_points("ab", "a\u{200b}b", "->"), "nothing -> U+200B");
        assert_eq!(code_points("caf\u{e9}", "cafe\u{301}", "->"), "U+00E9 -> U+0065 U+0301");
    }

    #[test]
    fn look_alikes_are_named_among_other_differences() {
        assert_eq!(hidden_code_points("Kim", "\u{212a}IM", "->").as_deref(), Some("U+004B -> U+212A"));
        assert_eq!(
            hidden_code_points("paypal 1", "p\u{430}ypal 2", "->").as_deref(),
            Some("U+0061 -> U+0430")
        );
        assert_eq!(hidden_code_points("ab", "a\u{200b}c", "->").as_deref(), None);
        assert_eq!(hidden_code_points("Buyer", "Seller", "->"), None);
        assert_eq!(disguise("\u{212b}").as_deref(), Some("U+212B"));
        assert_eq!(disguise("\u{456}d").as_deref(), Some("U+0456"));
        assert_eq!(disguise("cafe\u{301}").as_deref(), Some("U+0301"));
        assert_eq!(["\u{c5}", "id", "\u{438}\u{43c}\u{44f}"].map(disguise), [None, None, None]);
    }

    fn marked(excerpt: &StringExcerpt) -> String {
        let segment = |segment: &Segment| match segment.is_changed {
            true => format!("[{}]", segment.text),
            false => segment.text.clone(),
        };
        excerpt.segments.iter().map(segment).collect()
    }

    #[test]
    fn changes_are_marked_by_words_where_there_are_words() {
        let [one, two] = excerpts("Interested Buyer", "Interested Seller", 80, 20);
        assert_eq!(
            (marked(&one).as_str(), marked(&two).as_str()),
            ("Interested [Buyer]", "Interested [Seller]")
        );
        let [one, two] = excerpts("tenant_apartment", "tenant_apartments", 80, 20);
        assert_eq!(
            (marked(&one).as_str(), marked(&two).as_str()),
            ("tenant_apartment", "tenant_apartment[s]")
        );
        let [one, _] = excerpts("eHy2cOSZxMQzQ6Yyvl8P", "Zx81QpLm04RtVbNc77Ha", 80, 20);
        assert_eq!(marked(&one), "eHy2cOSZxMQzQ6Yyvl8P");
    }

    #[test]
    fn a_long_string_is_cut_around_the_difference() {
        let (one, two) = (format!("{}x{}", "a".repeat(1 << 20), "b".repeat(1 << 20)), "a".repeat(1 << 21));
        let [one, two] = excerpts(&one, &two, 40, 10);
        assert!(one.is_cut_before && one.is_cut_after && two.is_cut_after);
        assert!(one.segments[0].text.starts_with("aaaaaaaaaax"), "{one:?}");
    }
}
