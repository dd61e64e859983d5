//! The columns of the formats with a row for each payload.
//!
//! In: a payload. Out: the cell under a column in its row, whole or its first characters; not escaped.
//! Invariants: an absent value is an empty cell, and an empty string is not; only a string is written bare.

use super::{Shown, Standing};
use crate::check::Level;
use crate::count::amount;
use crate::event::created;
use crate::payload::Node;
use crate::report::pretty::compact;
use clap::ValueEnum;
use std::borrow::Cow;

/// A column. Its name, in capitals in a table, is its heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Column {
    /// Where the payload is: path:line
    Source,
    /// Which event it is
    Event,
    /// `id`
    Id,
    /// When the association was made, as its id says
    Created,
    /// `timestamp`: when the delivery was sent
    Timestamp,
    /// `webhookId`: which delivery it is
    Webhook,
    /// `key`
    Key,
    /// Both object keys
    Objects,
    /// Both object labels
    Labels,
    /// `firstObjectKey`
    First,
    /// `firstObjectLabel`
    FirstLabel,
    /// `secondObjectKey`
    Second,
    /// `secondObjectLabel`
    SecondLabel,
    /// `associationType`
    Type,
    /// `locationId`
    Location,
    /// Whether it is valid, another event, or how many errors it has
    Verdict,
}

/// A cell of a row.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// Its start matters most.
    Text(String),
    /// Its end matters most.
    Path(String),
    /// The ends of both matter most.
    Pair([String; 2]),
}

impl Column {
    /// The columns of a table; the event's is left out if there is only one.
    pub const TABLE: [Self; 8] = [
        Self::Source,
        Self::Event,
        Self::Created,
        Self::Key,
        Self::Objects,
        Self::Type,
        Self::Location,
        Self::Verdict,
    ];

    /// The columns of a file for other programs, which can join and drop columns by themselves.
    pub const RECORD: [Self; 14] = [
        Self::Source,
        Self::Event,
        Self::Id,
        Self::Created,
        Self::Timestamp,
        Self::Webhook,
        Self::Key,
        Self::First,
        Self::FirstLabel,
        Self::Second,
        Self::SecondLabel,
        Self::Type,
        Self::Location,
        Self::Verdict,
    ];

    /// The column's name, as on the command line.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The smallest width of the column, its usual width, and its rank when columns are left out for lack of room, 0
    /// being last.
    pub(super) fn room(self) -> (usize, usize, u8) {
        match self {
            Self::Verdict => (8, 10, 0),
            Self::Source => (16, 40, 1),
            Self::Key => (10, 40, 2),
            Self::Objects => (18, 62, 3),
            Self::Created => (20, 20, 4),
            Self::Type => (6, 14, 5),
            Self::Location => (8, 20, 6),
            Self::Labels => (18, 62, 7),
            Self::Event => (17, 24, 2),
            Self::Id | Self::Timestamp => (8, 24, 8),
            Self::First | Self::FirstLabel | Self::Second | Self::SecondLabel => (10, 40, 9),
            Self::Webhook => (8, 36, 10),
        }
    }

    /// The cell of a payload; at most `most` characters of its values are read.
    pub(super) fn cell(self, shown: &Shown<'_>, most: usize) -> Cell {
        let get = |name: &str| shown.read.and_then(|(_, delivery)| delivery.get(name));
        let text = |name: &str| Cell::Text(value(get(name), most));
        let pair = |names: [&str; 2]| Cell::Pair(names.map(|name| value(get(name), most)));
        match self {
            Self::Source => Cell::Path(shown.place()),
            Self::Event => Cell::Text(shown.read.map_or_else(String::new, |(_, delivery)| delivery.event())),
            Self::Id => text("id"),
            Self::Created => {
                let id = get("id").and_then(|id| id.as_str());
                Cell::Text(id.and_then(|id| created(&id)).unwrap_or_default())
            }
            Self::Timestamp => text("timestamp"),
            Self::Webhook => text("webhookId"),
            Self::Key => text("key"),
            Self::Objects => pair(["firstObjectKey", "secondObjectKey"]),
            Self::Labels => pair(["firstObjectLabel", "secondObjectLabel"]),
            Self::First => text("firstObjectKey"),
            Self::FirstLabel => text("firstObjectLabel"),
            Self::Second => text("secondObjectKey"),
            Self::SecondLabel => text("secondObjectLabel"),
            Self::Type => text("associationType"),
            Self::Location => text("locationId"),
            Self::Verdict => Cell::Text(verdict(shown)),
        }
    }
}

impl Cell {
    /// The whole cell, with an arrow between two values.
    pub(super) fn whole(&self, arrow: &str) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Path(text) => text.into(),
            Self::Pair([first, second]) if first.is_empty() && second.is_empty() => "".into(),
            Self::Pair([first, second]) => format!("{first} {arrow} {second}").into(),
        }
    }

    /// The length of its values, in bytes.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Text(text) | Self::Path(text) => text.len(),
            Self::Pair(both) => both.iter().map(String::len).sum(),
        }
    }
}

fn verdict(shown: &Shown<'_>) -> String {
    let errors = shown.judged.findings.iter().filter(|finding| finding.level == Level::Error);
    match (errors.count(), shown.standing()) {
        _ if shown.read.is_none() => "not JSON".to_owned(),
        (0, Standing::Other) => "other".to_owned(),
        (0, _) => "valid".to_owned(),
        (errors, _) => amount(errors as u64, "error"),
    }
}

/// A string without its quotes; anything else in parentheses; nothing if absent.
fn value(node: Option<Node<'_>>, most: usize) -> String {
    match node.map(|node| (node, node.as_str())) {
        None => String::new(),
        Some((_, Some(text))) if text.is_empty() => "\"\"".to_owned(),
        Some((_, Some(text))) => text.chars().take(most).collect(),
        Some((node, None)) => format!("({})", compact(node.text(), most)),
    }
}
