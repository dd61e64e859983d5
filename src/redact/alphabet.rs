//! The alphabet from which a character is replaced: of its script, its case and its length in bytes.
//!
//! In: a character. Out: its number in that alphabet, and back.
//! Invariants: a letter and its other case have the same number, and so do a Latin letter and the Cyrillic one that
//! looks like it, so that two values that differ only in this still do; a character that is neither a letter nor a
//! digit has no alphabet and stays.

use super::cipher::Symbol;
use super::manner::Manner;
use crate::escape::is_unsafe;
use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// The form of a whole value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueForm {
    /// An id: letters and digits. A hexadecimal one stays hexadecimal.
    Id,
    /// Anything else.
    Words,
}

/// Latin letters, each with the Cyrillic one that looks like it in both cases.
const TWINS: [(char, char); 9] = [
    ('a', 'а'),
    ('c', 'с'),
    ('e', 'е'),
    ('i', 'і'),
    ('j', 'ј'),
    ('o', 'о'),
    ('p', 'р'),
    ('s', 'ѕ'),
    ('x', 'х'),
];
const OTHERS: &str = "bdfghklmnqrtuvwyz";
const HEX: &str = "abcdef";
const NOT_HEX: &str = "ghijklmnopqrstuvwxyz";
/// The zeros of the digits of other scripts, as far as nine more follow each.
const ZEROS: [u32; 35] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
];
/// The starts of the styled forms of ASCII letters and digits, if each has one of the same length: full-width, circled,
/// and mathematical.
const STYLED: [(char, char, &[u32]); 3] = [
    ('0', '9', &[0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6]),
    (
        'A',
        'Z',
        &[
            0x24b6, 0xff21, 0x1d400, 0x1d434, 0x1d468, 0x1d4d0, 0x1d56c, 0x1d5a0, 0x1d5d4, 0x1d608, 0x1d63c,
            0x1d670,
        ],
    ),
    (
        'a',
        'z',
        &[
            0x24d0, 0xff41, 0x1d41a, 0x1d482, 0x1d4ea, 0x1d51e, 0x1d552, 0x1d586, 0x1d5ba, 0x1d5ee, 0x1d622,
            0x1d656, 0x1d68a,
        ],
    ),
];
/// The first styled character.
const FIRST_STYLED: char = '\u{24b6}';
/// The Kelvin sign, which is a K, and as long as full-width letters are.
const KELVIN: char = '\u{212a}';
/// The distance of the full-width form of an ASCII letter.
const WIDE: u32 = 0xfee0;
/// The number of letters of another script, consecutive in Unicode, that are exchanged with one another.
const WINDOW: u32 = 64;

/// The alphabet of one character, its small letters in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alphabet {
    letters: Vec<char>,
    number: usize,
    is_capital: bool,
}

/// The number of letters and digits from which a value is taken for an id.
const ID_AT_LEAST: usize = 16;

impl ValueForm {
    pub(super) fn of(value: &[char]) -> Self {
        let mut count = 0;
        let is_part = |character: &char| {
            let is_symbol = character.is_ascii_alphanumeric()
                || plain(*character).is_some()
                || twin(small(*character).0).is_some();
            count += usize::from(is_symbol);
            is_symbol
                || *character == '-'
                || !character.is_alphanumeric() && !character.is_ascii_punctuation()
        };
        let is_whole = value.iter().all(is_part);
        if is_whole && count >= ID_AT_LEAST { Self::Id } else { Self::Words }
    }
}

impl Alphabet {
    /// The alphabet of `character` in a value of that form, with `marks` after it; `None` if it stays.
    pub(super) fn of(character: char, marks: &[char], form: ValueForm) -> Option<Self> {
        if character.is_ascii_digit() {
            return Self::among("0123456789".chars().collect(), character, false);
        }
        if is_unsafe(character) {
            return None;
        }
        if let Some(zero) = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&u32::from(character))) {
            return Self::among((*zero..*zero + 10).filter_map(char::from_u32).collect(), character, false);
        }
        if let Some((plain, distance)) = plain(character) {
            return Self::of(plain, marks, form).map(|alphabet| alphabet.styled(character, distance));
        }
        if !character.is_alphabetic() {
            return if character.is_numeric() { Self::window(character, false) } else { None };
        }
        let (letter, is_capital) = small(character);
        let latin: Vec<char> = match (form, twin(letter)) {
            (ValueForm::Id, _) if letter.is_ascii() && HEX.contains(letter) => HEX.chars().collect(),
            (ValueForm::Id, _) if letter.is_ascii() => NOT_HEX.chars().collect(),
            (_, Some(_)) if marks.is_empty() => return Self::twins(letter, is_capital),
            _ if letter.is_ascii() && marks.is_empty() => OTHERS.chars().collect(),
            _ => Vec::new(),
        };
        if !latin.is_empty() {
            return Self::among(latin, letter, is_capital);
        }
        match decomposed(letter) {
            Some((base, own)) => Self::marked(base, &own, letter, is_capital, true),
            None if letter.is_ascii() => Self::marked(letter, marks, letter, is_capital, false),
            None => Self::window(letter, is_capital),
        }
    }

    fn among(letters: Vec<char>, letter: char, is_capital: bool) -> Option<Self> {
        let number = letters.iter().position(|known| *known == letter)?;
        (letters.len() > 1).then_some(Self { letters, number, is_capital })
    }

    /// The same letters in the style of `character`, which is at this distance from the plain one.
    fn styled(mut self, character: char, distance: u32) -> Self {
        let is_capital = std::mem::take(&mut self.is_capital);
        for letter in &mut self.letters {
            let plain = if is_capital { capital(*letter) } else { *letter };
            *letter = char::from_u32(u32::from(plain) + distance).unwrap_or(plain);
        }
        // The Kelvin sign has no style: it is among others.
        self.letters[self.number] = character;
        self
    }

    /// The letters that have a twin, each in the spelling of this program.
    fn twins(letter: char, is_capital: bool) -> Option<Self> {
        let pick = |(latin, other): (char, char)| if letter.is_ascii() { latin } else { other };
        Self::among(TWINS.map(pick).to_vec(), letter, is_capital)
    }

    /// The Latin letters that take the same marks as `base`, written in one character or in several.
    fn marked(base: char, marks: &[char], letter: char, is_capital: bool, is_one: bool) -> Option<Self> {
        let whole = |base: char| {
            let whole = marks.iter().try_fold(base, |one, mark| compose(one, *mark))?;
            let is_alike = small(whole) == (whole, false) && round_trips(whole);
            is_alike.then_some((base, whole))
        };
        let length = whole(base)?.1.len_utf8();
        let alike = ('a'..='z').filter_map(whole).filter(|(_, whole)| whole.len_utf8() == length);
        Self::among(
            alike.map(|(base, whole)| if is_one { whole } else { base }).collect(),
            letter,
            is_capital,
        )
    }

    /// The letters around it of the same kind.
    fn window(letter: char, is_capital: bool) -> Option<Self> {
        let first = u32::from(letter) / WINDOW * WINDOW;
        let is_cased = |letter: char| letter.is_lowercase() && round_trips(letter);
        let is_alike = |other: &char| {
            other.is_alphabetic() == letter.is_alphabetic()
                && other.is_alphanumeric()
                && plain(*other).is_none()
                && !is_unsafe(*other)
                && other.len_utf8() == letter.len_utf8()
                && is_cased(*other) == is_cased(letter)
                && !other.is_uppercase()
                && decomposed(*other).is_none()
                && canonical_combining_class(*other) == 0
                && twin(*other).is_none()
                && decomposes_to_itself(*other)
        };
        let letters = (first..first + WINDOW).filter_map(char::from_u32).filter(is_alike).collect();
        Self::among(letters, letter, is_capital)
    }

    pub(super) fn symbol(&self) -> Symbol {
        let number = |length: usize| u32::try_from(length).expect("internal error: an alphabet is short");
        Symbol { number: number(self.number), of: number(self.letters.len()) }
    }

    /// The letter with that number, or the one that is chosen for it, in the case of this one.
    pub(super) fn letter(&self, number: u32, manner: Manner) -> char {
        let letter = self.letters[manner.choose(number, &self.letters.iter().copied()) as usize];
        if self.is_capital { capital(letter) } else { letter }
    }
}

/// The twin of a letter.
fn twin(letter: char) -> Option<char> {
    TWINS.iter().find(|(latin, other)| [*latin, *other].contains(&letter)).map(|(latin, _)| *latin)
}

/// The small letter, and whether this is its capital. Only letters that survive the round trip have a case here.
fn small(character: char) -> (char, bool) {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(letter), None)
            if letter != character
                && capital(letter) == character
                && letter.len_utf8() == character.len_utf8() =>
        {
            (letter, true)
        }
        _ => (character, false),
    }
}

/// The ASCII letter or digit of which this is a styled form or a sign, and the distance.
fn plain(character: char) -> Option<(char, u32)> {
    if character == KELVIN {
        return Some(('K', WIDE));
    }
    let code = Some(u32::from(character)).filter(|_| character >= FIRST_STYLED)?;
    STYLED.iter().find_map(|(first, last, starts)| {
        let styles = starts.iter().map(|start| start - u32::from(*first));
        let plain = |distance: u32| {
            char::from_u32(code.checked_sub(distance)?).filter(|plain| (first..=last).contains(&plain))
        };
        styles.filter_map(|distance| Some((plain(distance)?, distance))).next()
    })
}

fn capital(letter: char) -> char {
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(capital), None) => capital,
        _ => letter,
    }
}

/// Whether a small letter has a capital of its own of the same length.
fn round_trips(letter: char) -> bool {
    let capital = capital(letter);
    capital != letter && small(capital) == (letter, true)
}

/// A Latin letter with marks in one character, decomposed.
fn decomposed(letter: char) -> Option<(char, Vec<char>)> {
    let mut parts = Vec::new();
    decompose_canonical(letter, |part| parts.push(part));
    let (base, marks) = parts.split_first()?;
    (!marks.is_empty() && base.is_ascii_lowercase()).then(|| (*base, marks.to_vec()))
}

fn decomposes_to_itself(letter: char) -> bool {
    let mut parts = 0;
    decompose_canonical(letter, |_| parts += 1);
    parts == 1
}

/// Whether the character is a mark on the one before it.
pub(super) fn is_mark(character: char) -> bool {
    canonical_combining_class(character) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_letter_and_its_variants_have_one_number() {
        let symbol = |text: &str| {
            let all: Vec<char> = text.chars().collect();
            Alphabet::of(all[0], &all[1..], ValueForm::Words).map(|alphabet| alphabet.symbol())
        };
        for (one, other) in [
            ("b", "B"),
            ("a", "\u{430}"),
            ("ä", "a\u{308}"),
            ("É", "é"),
            ("б", "Б"),
            ("K", "\u{212a}"),
            ("q", "\u{ff51}"),
            ("q", "𝓺"),
            ("Q", "𝑄"),
            ("b", "ⓑ"),
            ("5", "𝟝"),
            ("5", "５"),
        ] {
            assert!(symbol(one).is_some_and(|symbol| symbol.of > 1), "{one}");
            assert_eq!(symbol(one), symbol(other), "{one} {other}");
        }
        assert_eq!(symbol("٣").map(|symbol| symbol.of), Some(10));
        assert!(symbol("③").is_some() && symbol("½").is_some());
        assert_eq!(symbol("-"), None);
        assert_eq!(symbol("\u{200b}"), None);
    }

    proptest! {
        /// The drawn character is of the same kind: a letter, of the same case and length, and not itself a mark.
        #[test]
        fn a_letter_is_replaced_by_one_of_its_kind(character in any::<char>(), number in any::<u32>()) {
            let Some(alphabet) = Alphabet::of(character, &[], ValueForm::Words) else { return Ok(()) };
            let drawn = alphabet.letter(number % alphabet.symbol().of, Manner::Any);
            prop_assert_eq!(drawn.len_utf8(), character.len_utf8());
            prop_assert_eq!(drawn.is_alphabetic(), character.is_alphabetic());
            prop_assert_eq!(drawn.is_ascii_digit(), character.is_ascii_digit());
            prop_assert_eq!(drawn.is_uppercase(), character.is_uppercase());
            prop_assert_eq!(alphabet.letter(alphabet.symbol().number, Manner::Any), character);
        }
    }
}
