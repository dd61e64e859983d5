//! Whatever an input holds, it is redacted in its place, and the same is found at the same places, opened or not.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| promises::redact::redacted(bytes));
