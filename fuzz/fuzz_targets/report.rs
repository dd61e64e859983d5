//! For any payload, every report and every view is harmless, well-formed and bounded.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| promises::payload(bytes));
