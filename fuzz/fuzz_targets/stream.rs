//! The findings of a stream do not depend on how it arrives.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, &[u8])| promises::stream(input.1, &input.0[..input.0.len().min(16)]));
