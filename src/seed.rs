//! Random keys for hashes: no sender can know them, so none can cause collisions.
//!
//! In: nothing. Out: a key, or the state of ahash; a hasher for values that are hashes already.

use std::hash::{BuildHasher as _, Hasher, RandomState};

/// A random key.
pub(crate) fn key() -> u64 {
    RandomState::new().hash_one(0)
}

/// Makes hashers with random keys.
pub(crate) fn ahash() -> ahash::RandomState {
    ahash::RandomState::with_seeds(key(), key(), key(), key())
}

/// Uses a fingerprint, which is a keyed hash already, as its hash.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fingerprinted(u64);

impl Hasher for Fingerprinted {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (first, _) = bytes.split_at(8.min(bytes.len()));
        self.0 = first.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    }

    fn write_u64(&mut self, fingerprint: u64) {
        self.0 = fingerprint;
    }

    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = (fingerprint >> 64) as u64;
    }
}
