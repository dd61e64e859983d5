//! Draws the pseudonym of a value: as many symbols, each from its own alphabet, that only the key can reverse.
//!
//! In: symbols, each with the size of its alphabet. Out: others from the same alphabets.
//! Invariants: for one key, and for one run of alphabets, no two runs of symbols become the same, so different values
//! stay different and equal ones equal; each symbol depends on all of them; linear time.

use siphasher::sip::SipHasher24;
use std::hash::Hasher as _;

/// The number of times that each half is shifted by the other.
const ROUNDS: u8 = 8;

/// The seed of hashes that are keys.
const DERIVED: u64 = u64::MAX - 1;

/// A symbol: its number in its alphabet, and the size of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) number: u32,
    pub(super) of: u32,
}

/// The keyed state for drawing pseudonyms.
#[derive(Clone, Debug)]
pub(super) struct Cipher {
    key: [u8; 16],
}

impl Cipher {
    pub(super) fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    /// Replaces `symbols` by their pseudonym.
    pub(super) fn apply(&self, symbols: &mut [Symbol]) {
        let shape = self.hash(u64::from(ROUNDS), symbols.iter().map(|symbol| symbol.of));
        let middle = symbols.len() / 2;
        for round in 0..ROUNDS {
            let (left, right) = symbols.split_at_mut(middle);
            let (read, shifted) = if round % 2 == 0 { (left, right) } else { (right, left) };
            let seed = self.hash(shape ^ u64::from(round), read.iter().map(|symbol| symbol.number));
            for (symbol, index) in shifted.iter_mut().zip(0..) {
                let shift = self.hash(seed, std::iter::once(index)) % u64::from(symbol.of);
                let sum = u64::from(symbol.number) + shift;
                symbol.number = u32::try_from(sum % u64::from(symbol.of))
                    .expect("internal error: what is left is less than the alphabet's length");
            }
        }
    }

    /// The cipher of another key, which depends on this one and on the number alone.
    pub(super) fn derived(&self, number: u8) -> Self {
        let half = |half: u32| self.hash(DERIVED, [u32::from(number), half].into_iter()).to_be_bytes();
        let mut key = [0; 16];
        key[..8].copy_from_slice(&half(0));
        key[8..].copy_from_slice(&half(1));
        Self::new(key)
    }

    /// A number that depends on the key alone, for things that are drawn once.
    pub(super) fn number(&self, what: u64) -> u64 {
        self.hash(what, std::iter::empty())
    }

    fn hash(&self, seed: u64, numbers: impl Iterator<Item = u32>) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        hasher.write_u64(seed);
        numbers.for_each(|number| hasher.write_u32(number));
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_values_of_one_shape_become_the_same() {
        let cipher = Cipher::new([7; 16]);
        for alphabets in [&[10][..], &[10, 10], &[3, 26, 1], &[2, 9, 17, 5]] {
            let count: u32 = alphabets.iter().product();
            let drawn: HashSet<Vec<u32>> = (0..count)
                .map(|mut value| {
                    let mut symbols: Vec<Symbol> = alphabets
                        .iter()
                        .map(|of| {
                            let number = value % of;
                            value /= of;
                            Symbol { number, of: *of }
                        })
                        .collect();
                    cipher.apply(&mut symbols);
                    symbols.iter().map(|symbol| symbol.number).collect()
                })
                .collect();
            assert_eq!(drawn.len(), count as usize, "{alphabets:?}");
        }
    }

    #[test]
    fn another_key_draws_others() {
        let drawn = |key: u8| {
            let mut symbols = [Symbol { number: 1, of: 26 }; 12];
            Cipher::new([key; 16]).apply(&mut symbols);
            symbols
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
    }
}
