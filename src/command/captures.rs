//! `assoclens captures`: the shapes that can be unwrapped.

use super::{Exit, Streams, row, written};
use crate::capture::listed;

pub(super) fn run(streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let list = list(streams.width);
    written(streams.out, |out| out.write_all(list.as_bytes()))
}

fn list(width: Option<usize>) -> String {
    let mut list = String::new();
    for shape in listed() {
        list += &row(&format!("{:<24} ", shape.name), shape.what, width);
        for (index, signs) in shape.signs.iter().enumerate() {
            let label = if index == 0 { "  signs      " } else { "  or         " };
            list += &row(label, &signs.join(", "), width);
        }
        if !shape.places.is_empty() {
            list += &row("  payload at ", &shape.places.join(", else "), width);
        }
        if let Some(instead) = shape.instead {
            list += &row("  no payload ", instead, width);
        }
    }
    list + HINTS
}

const HINTS: &str = "
To see what is in a capture:
    assoclens inspect FILE
To check its payloads (auto, or a name):
    assoclens validate --unwrap auto FILE
To check a payload at a known place:
    assoclens validate --at /request/body FILE
";
