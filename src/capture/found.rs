//! A payload that was found by its own names.
//!
//! In: its bytes and its place. Out: the same, for whoever opens or compares it.
//! Invariants: its layers lead back to the bytes of the document that was searched.

use super::layer::Layer;
use super::shape::Shape;
use super::unavailable::Unavailable;
use crate::headers::Fidelity;
use crate::payload::Pointer;

/// A payload that was found.
#[derive(Debug)]
pub(super) struct FoundPayload {
    pub(super) pointer: Pointer,
    /// Its encoding there, if any.
    pub(super) encoding: Option<&'static str>,
    pub(super) bytes: Vec<u8>,
    pub(super) layers: Vec<Layer>,
    pub(super) fidelity: Fidelity,
    /// The shape of capture that it is, if it is one.
    pub(super) shape: Option<&'static Shape>,
    /// The reason if it was not searched, because too much is around it.
    pub(super) too_deep: Option<Unavailable>,
    /// Whether it, or something in it, speaks for the event or is another event.
    pub(super) speaks: bool,
}

impl FoundPayload {
    /// The same, in a string at `place`.
    pub(super) fn within(self, place: &Pointer) -> Self {
        let pointer = Pointer::from(format!("{place}{}", self.pointer)).bounded();
        Self { pointer, ..self }
    }
}
