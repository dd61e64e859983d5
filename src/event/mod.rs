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

#[doc(hidden)]
pub use classify::Recognised;
pub use classify::Wanted;
pub(crate) use classify::{
    Class, Role, bare, classify, event_type, is_of_family, names_event, nearest, standing,
};
#[doc(hidden)]
pub use delivery::{Delivery, DeliveryMember};
pub use kind::Event;
#[doc(hidden)]
pub use kind::Field;
pub(crate) use lookalike::lookalikes;
#[doc(hidden)]
pub use members::reader;
pub use typed::{Association, Relation};
#[doc(hidden)]
pub use value::{created, says};

macro_rules! events {
    ($($file:ident::$event:ident,)*) => {
        $(pub use $file::$event;)*

        /// The events that are judged.
        pub static EVENTS: &[&Event] = &[$(&$event),*];
    };
}

// One row each: those with fewer fields that speak for them first, those with the same fields together.
events! {
    association_create::ASSOCIATION_CREATE,
    association_update::ASSOCIATION_UPDATE,
    association_delete::ASSOCIATION_DELETE,
    relation_create::RELATION_CREATE,
    relation_delete::RELATION_DELETE,
}
