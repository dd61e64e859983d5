//! A glance never judges otherwise than a close look.
#![no_main]

use assoclens::check::Judge;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::default);

fuzz_target!(|bytes: &[u8]| assert_eq!(JUDGE.judge(bytes), JUDGE.judge_closely(bytes)));
