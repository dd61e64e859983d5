//! For any capture, unwrapped in any way, places are correct and the report is harmless.
//!
//! The last byte chooses: that of an ordinary file (a line end, a bracket), and 0, unwraps by signs; 1, the value at a
//! place; any other, the shape with that number. So every capture can be a seed unchanged.
#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use assoclens::capture::{Unwrap, shapes};
use assoclens::payload::Pointer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, capture)) = bytes.split_last() else { return };
    let unwrap = match usize::from(*choice) {
        0 | 0x0a | 0x5d | 0x7d => Unwrap::Auto,
        1 => Unwrap::At(Pointer::from("/request/body".to_owned())),
        other => {
            let shapes: Vec<&str> = shapes().map(|shape| shape.name).collect();
            Unwrap::Only(shapes[other % shapes.len()])
        }
    };
    promises::captures::capture(capture, &unwrap);
});
