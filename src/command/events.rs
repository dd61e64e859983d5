//! `assoclens events`: the events that have a schema.

use super::{Exit, Streams, row, written};
use crate::event::{EVENTS, Event};

pub(super) fn run(streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let list = list(streams.width);
    written(streams.out, |out| out.write_all(list.as_bytes()))
}

fn list(width: Option<usize>) -> String {
    let mut list = String::new();
    for event in EVENTS {
        list += &row(&format!("{:<20} ", event.name), event.meaning, width);
        list += &row("  type       ", &format!("\"{}\"", event.name), width);
        list += &row("  without it ", &recognised_by(event), width);
    }
    list + HINTS
}

const HINTS: &str = "
To validate payloads of any event:
    assoclens validate --event auto FILE
To see the fields of one:
    assoclens schema RelationCreate --fields
";

/// The signs of an event if `type` is absent.
fn recognised_by(event: &Event) -> String {
    let names: Vec<&str> = event.signs.iter().chain(event.weak_signs).map(|(name, _)| *name).collect();
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
