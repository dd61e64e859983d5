//! What an ordinary payload costs: nearly every one of an archive is clean, so judging it must not allocate.

use assoclens::association::EXAMPLE;
use assoclens::check::Judge;

#[test]
fn a_clean_payload_costs_one_allocation_for_its_members() {
    let judge = Judge::default();
    let delivery = include_bytes!("../fixtures/valid/flat-delivery.json");
    for (payload, expected) in [(EXAMPLE.as_bytes(), 1), (delivery.as_slice(), 2)] {
        assert!(judge.judge(payload).is_empty());
        let counted = allocation_counter::measure(|| drop(judge.judge(payload)));
        // The list of members, which grows once beyond twelve.
        assert_eq!(counted.count_total, expected, "{counted:?}");
    }
}
