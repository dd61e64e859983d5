//! Whatever a capture holds and however it is unwrapped, places are right and what is reported about it is harmless.
//!
//! The last byte chooses: what a file ends with (a line end, a bracket), and 0, unwraps what is recognised by its signs; 1, the
//! value at a place; and any other is for the name of a shape. So every capture is a seed as it is.
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
