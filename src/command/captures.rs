//! `assoclens captures`: the shapes that can be unwrapped.

use super::{Exit, Streams, written};
use crate::capture::listed;
use std::io::{self, Write};

pub(super) fn run(streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    written(streams.out, list)
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    for shape in listed() {
        writeln!(out, "{:<24} {}", shape.name, shape.what)?;
        for (index, signs) in shape.signs.iter().enumerate() {
            writeln!(out, "  {:<10} {}", if index == 0 { "signs" } else { "or" }, signs.join(", "))?;
        }
        if !shape.places.is_empty() {
            writeln!(out, "  payload at {}", shape.places.join(", else "))?;
        }
        if let Some(instead) = shape.instead {
            writeln!(out, "  no payload {instead}")?;
        }
    }
    out.write_all(
        b"\nTo see what is in a capture: assoclens inspect FILE\n\
        To check its payloads: assoclens validate --unwrap auto FILE (or a name from this list instead of \
          auto)\n\
        To check a capture that is not listed, name the payload's place: assoclens validate --at \
          /request/body FILE\n",
    )
}
