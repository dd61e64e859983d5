//! The events that are judged, each in a file of its own, and all that is known about them.
//!
//! In: the published schemas. Out: [`EVENTS`]: names, fields, examples; the event of a payload (`classify`); the names
//! in payloads (`members`); the forms of values (`facts`); the names of all events (`documented`); an event's fields,
//! typed ([`Association`], [`Relation`]); a payload's members in groups (`delivery`); the meaning of values (`value`).
//! Invariants: an event is a file, a schema and a row of [`EVENTS`].

mod association_create;
mod association_delete;
mod association_update;
mod classify;
mod delivery;
#[doc(hidden)]
pub mod documented;
#[doc(hidden)]
pub mod facts;
mod kind;
mod lookalike;
pub(crate) mod members;
mod relation_create;
mod relation_delete;
mod typed;
mod value;

pub use association_create::ASSOCIATION_CREATE;
pub use association_delete::ASSOCIATION_DELETE;
pub use association_update::ASSOCIATION_UPDATE;
#[doc(hidden)]
pub use classify::Recognised;
pub use classify::Wanted;
pub(crate) use classify::{Class, Standing, bare, classify, event_type, is_of_family, nearest, standing};
#[doc(hidden)]
pub use delivery::{Delivery, Entry};
pub use kind::Event;
#[doc(hidden)]
pub use kind::Field;
pub(crate) use lookalike::lookalikes;
#[doc(hidden)]
pub use members::reader;
pub use relation_create::RELATION_CREATE;
pub use relation_delete::RELATION_DELETE;
pub use typed::{Association, Relation};
#[doc(hidden)]
pub use value::{created, says};

/// The events that are judged, one row each: those with fewer fields that speak for them first.
pub static EVENTS: [&Event; 5] =
    [&ASSOCIATION_CREATE, &ASSOCIATION_UPDATE, &ASSOCIATION_DELETE, &RELATION_CREATE, &RELATION_DELETE];
