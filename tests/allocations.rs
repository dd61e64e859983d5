//! A payload with nothing to say about costs no allocation at all.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use assoclens::association::EXAMPLE;
use assoclens::check::Judge;

#[test]
fn a_clean_payload_costs_no_allocation() {
    let judge = Judge::default();
    let delivery = include_bytes!("../fixtures/valid/flat-delivery.json");
    for payload in [EXAMPLE.as_bytes(), delivery] {
        let allocations = |judge: &dyn Fn()| allocation_counter::measure(judge).count_total;
        assert_eq!(allocations(&|| assert!(judge.judge(payload).is_empty())), 0);
        // Looked at closely, it has a list of its members.
        assert_eq!(allocations(&|| assert!(judge.judge_closely(payload).is_empty())), 1);
    }
}
