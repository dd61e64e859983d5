//! Keys of hashes, drawn anew: no sender can know them, and so none can make what it sends collide.
//!
//! In: nothing. Out: a key, or all that ahash is keyed by.

use std::hash::{BuildHasher as _, RandomState};

/// A key that nobody knows.
pub(crate) fn key() -> u64 {
    RandomState::new().hash_one(0)
}

/// What makes hashers of keys that nobody knows.
pub(crate) fn ahash() -> ahash::RandomState {
    ahash::RandomState::with_seeds(key(), key(), key(), key())
}
