//! Whatever a payload holds, every report of it and every look at it is harmless, well-formed and bounded.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| promises::payload(bytes));
