//! `assoclens events`: the events that have a schema.

use super::{Exit, Streams, written};
use crate::event::{EVENTS, Event};
use std::io::{self, Write};

pub(super) fn run(streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    written(streams.out, list)
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    for event in EVENTS {
        writeln!(out, "{:<20} {}", event.name, event.meaning)?;
        writeln!(out, "  type       \"{}\"", event.name)?;
        writeln!(out, "  without it {}", recognised_by(event))?;
    }
    out.write_all(
        b"\nTo validate each payload as the event that it is: assoclens validate --event auto FILE\n\
        To see the fields of one: assoclens schema RelationCreate --fields\n",
    )
}

/// The signs of an event if `type` is absent.
fn recognised_by(event: &Event) -> String {
    let names: Vec<&str> =
        event.looks.signs.iter().chain(event.looks.weak_signs).map(|(name, _)| *name).collect();
    let like: Vec<&str> = EVENTS
        .iter()
        .filter(|other| other.is_like(event) && **other != event)
        .map(|other| other.name)
        .collect();
    match like.as_slice() {
        [] => "its own fields, and none that only other events have".to_owned(),
        like => format!("{}; {} has the same fields", names.join(", "), like.join(", ")),
    }
}
