//! The scanner reads the same as serde_json, and earlier payloads change no finding.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use assoclens::check::Judge;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::default);

fuzz_target!(|bytes: &[u8]| promises::reading(bytes, &JUDGE.judge(bytes)));
