//! For any two payloads, every format reports how they differ, and a patch leads from one to the other.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let middle = bytes.iter().position(|byte| *byte == 0xff).unwrap_or(bytes.len() / 2);
    promises::diff(&bytes[..middle], bytes.get(middle + 1..).unwrap_or_default());
});
