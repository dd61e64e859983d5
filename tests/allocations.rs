//! A payload without findings costs no allocation at all.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use assoclens::check::Judge;
use assoclens::event;

#[test]
fn a_clean_payload_costs_no_allocation() {
    let judge = Judge::default();
    let delivery = include_str!("../fixtures/valid/flat-delivery.json");
    let escaped = delivery.replace("Tenant", "T\\u00e4n\\ud83d\\ude00nt \\\"A\\\"");
    let wide = delivery.replace("Tenant", "Käufer 👩\u{200d}🔧 ❤\u{fe0f} المشتري");
    let mut reader = event::reader();
    assert!(judge.judge_next(delivery.as_bytes(), &mut reader).is_empty());
    for payload in [event::ASSOCIATION_CREATE.example, delivery, &escaped, &wide] {
        let measured = allocation_counter::measure(|| {
            assert!(judge.judge_next(payload.as_bytes(), &mut reader).is_empty(), "{payload}");
        });
        assert_eq!(measured.count_total, 0, "{payload}");
    }
}
