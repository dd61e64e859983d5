//! How narrowly pseudonyms are drawn: the more often a text had other findings once it was redacted, the more narrowly.
//!
//! In: an alphabet, and the number of the letter that was drawn from it. Out: the number of the letter to write.
//! Invariant: the first manner changes nothing; under the others different values may become the same.

/// The first attempt with each of the narrower manners.
const FIRST_PLAIN: u8 = 5;
const FIRST_CONSTANT: u8 = 8;
/// Letters and digits that begin no word of JSON, no escape, no hexadecimal number and no time; and the next best ones.
const PLAIN: [&str; 2] = ["ghijkmopqvwyz789", "aslr"];

/// The choice among the letters of an alphabet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Manner {
    /// Any letter.
    #[default]
    Any,
    /// Letters that begin nothing, if the alphabet has some.
    Plain,
    /// One letter, whatever was drawn.
    Constant,
}

impl Manner {
    pub(super) fn of_attempt(number: u8) -> Self {
        match number {
            0..FIRST_PLAIN => Self::Any,
            FIRST_PLAIN..FIRST_CONSTANT => Self::Plain,
            FIRST_CONSTANT.. => Self::Constant,
        }
    }

    /// Whether names of members, and the beginnings of words of JSON, are also kept where none seem to be expected.
    pub(super) fn keeps_names(self) -> bool {
        self != Self::Any
    }

    /// The number of the letter to write, if `drawn` is the number of the one that was drawn from `letters`.
    pub(super) fn choose(self, drawn: u32, letters: &(impl Iterator<Item = char> + Clone)) -> u32 {
        if self == Self::Any {
            return drawn;
        }
        let among = |plain: &str| -> Vec<u32> {
            letters.clone().zip(0..).filter(|(letter, _)| plain.contains(*letter)).map(|(_, at)| at).collect()
        };
        let plain = PLAIN.iter().map(|plain| among(plain)).find(|plain| !plain.is_empty());
        match plain {
            _ if self == Self::Constant => plain.map_or(0, |plain| plain[0]),
            Some(plain) => plain[drawn as usize % plain.len()],
            None => drawn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_attempts_draw_from_fewer_letters() {
        let drawn = |attempt: u8, all: &str| -> String {
            let choose = |drawn| Manner::of_attempt(attempt).choose(drawn, &all.chars());
            let letter = |number: u32| all.chars().nth(number as usize).unwrap();
            (0..all.len()).map(|drawn| letter(choose(u32::try_from(drawn).unwrap()))).collect()
        };
        for all in ["bdfghklmnqrtuvwyz", "acet", "truefalsn", "0123456789"] {
            assert_eq!(drawn(0, all), all);
            assert!(drawn(FIRST_PLAIN, all).chars().all(|letter| PLAIN.concat().contains(letter)));
        }
        assert_eq!(drawn(FIRST_CONSTANT, "0123456789"), "7".repeat(10));
        assert_eq!(drawn(FIRST_PLAIN, "bde"), "bde");
    }
}
