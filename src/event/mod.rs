//! The events that are judged, each a value in a file of its own, and everything that is known about them.
//!
//! In: the published schemas. Out: [`EVENTS`]: names, fields, examples; which event a payload is
//! (`classify`); the names that payloads have (`members`); the forms of values ([`facts`]); the names of
//! all events ([`documented`]); a payload's members told apart ([`Delivery`]); what values say ([`says`]).
//! Invariants: an event is a file, a schema and a row of [`EVENTS`].

mod association_create;
mod association_delete;
mod association_update;
mod classify;
mod delivery;
pub mod documented;
pub mod facts;
mod kind;
mod lookalike;
pub(crate) mod members;
mod relation_create;
mod relation_delete;
mod value;

pub use association_create::ASSOCIATION_CREATE;
pub use association_delete::ASSOCIATION_DELETE;
pub use association_update::ASSOCIATION_UPDATE;
pub(crate) use classify::{Class, Standing, bare, classify, event_type, is_of_family, nearest, standing};
pub use classify::{Recognised, Wanted};
pub use delivery::{Delivery, Entry};
pub use kind::{Event, Field};
pub(crate) use lookalike::lookalikes;
pub use members::reader;
pub use relation_create::RELATION_CREATE;
pub use relation_delete::RELATION_DELETE;
pub use value::{created, says};

/// The events that are judged, a row each: those with fewer fields that speak for them first.
pub static EVENTS: [&Event; 5] =
    [&ASSOCIATION_CREATE, &ASSOCIATION_UPDATE, &ASSOCIATION_DELETE, &RELATION_CREATE, &RELATION_DELETE];
