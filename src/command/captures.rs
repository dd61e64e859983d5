//! `assoclens captures`: the shapes that can be unwrapped.

use super::{Exit, Streams};
use crate::input::capture::shapes;
use anyhow::Context as _;
use std::io::{self, Write};

pub(super) fn run(streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    list(streams.out).and_then(|()| streams.out.flush()).context(super::WRITING)?;
    Ok(Exit::Clean)
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    for shape in shapes() {
        writeln!(out, "{:<24} {}", shape.name, shape.what)?;
        let signs: Vec<_> = shape.signs().collect();
        writeln!(out, "{:<24} told by {}", "", signs.join(", "))?;
        let places: Vec<_> = shape.places().filter(|place| !place.is_empty()).collect();
        if !places.is_empty() {
            writeln!(out, "{:<24} payload at {}", "", places.join(", else "))?;
        }
    }
    out.write_all(
        b"\nTo judge what is in a capture: assoclens validate --unwrap auto FILE, or a name of the list for auto.\n\
        For what is not listed, name the payload's place: assoclens validate --at /request/body FILE\n",
    )
}
