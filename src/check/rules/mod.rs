//! The advisory layer: likely mistakes, and things worth knowing, in a payload that the schema may well accept.
//!
//! In: a [`Document`]. Out: warnings and notes; `explain CODE` says why each matters and how sure it is.
//! Invariants: nothing here is an error, so the verdict stays the schema's; silence is better than a false alarm, so
//! the documented example and every known form of deliveries raise nothing; the scanner's results are not looked for
//! again, a payload without findings costs no allocation, and a frequent sentence is joined from parts, which takes a
//! third of the time that formatting does; something that is obviously else (a capture, another event) is reported as
//! that, once, and not checked field by field.

mod event;
pub(super) mod fields;
pub(super) mod linked;
mod text;
mod typed;
pub(super) mod values;
mod wrapper;

pub(super) use typed::typed;
pub(super) use wrapper::around_text;

use super::code::check_fields;
use super::share;
use super::unshown::Unworded;
use super::{Code, Finding};
use crate::event::members::pointer;
use crate::event::{Class, Event, Wanted};
use crate::payload::{Document, Kind, Member, Members, Node, Pointer};
use std::borrow::Cow;

/// The number of characters of a value that a sentence shows.
const MOST: usize = 60;

/// Adds the advice about `document` to `findings`. If it is an object, it is of class `class`.
pub(super) fn advise(
    document: &Document<'_>,
    class: Option<Class>,
    wanted: Wanted,
    unworded: Unworded,
    findings: &mut Vec<Finding>,
) {
    let recognised = class.and_then(Class::recognised);
    let event = recognised.map_or(wanted.usual(), |recognised| recognised.event);
    let mut advice = Advice { document, wanted, event, unworded, findings };
    text::byte_order_mark(&mut advice);
    let root = document.root();
    let Some((members, class)) = document.members().zip(class) else {
        wrapper::around_no_object(root, &mut advice);
        return;
    };
    fields::duplicates(members, &mut advice);
    if wrapper::around(root, members, class, &mut advice) {
        return;
    }
    if !event::is_other(class, members, &mut advice) {
        check_fields(members, &mut advice);
    }
    text::suspicious(members, &mut advice);
}

/// The collector of findings.
pub(super) struct Advice<'a> {
    document: &'a Document<'a>,
    wanted: Wanted,
    /// The event as which it is judged, or would be if it were not another event.
    event: &'static Event,
    /// The codes that need no sentences.
    unworded: Unworded,
    findings: &'a mut Vec<Finding>,
}

impl Advice<'_> {
    /// Adds a finding about `text`, a slice of the document's text. Its level is the catalogue's.
    fn raise(
        &mut self,
        code: Code,
        pointer: Pointer,
        text: &str,
        message: impl FnOnce() -> String,
    ) -> &mut Finding {
        if self.findings.is_empty() {
            // Usually there is no other finding, or one.
            self.findings.reserve_exact(2);
        }
        let message = if self.unworded.has(code) { String::new() } else { message() };
        debug_assert!(code == Code::WrappedPayload || share::is_short(&message), "{message}");
        self.findings.push(Finding::new(code, pointer.bounded(), self.document.span(text), message));
        self.findings.last_mut().expect("internal error: one was just added")
    }

    /// Adds a finding about the value of the root's member `name`.
    fn raise_at(
        &mut self,
        code: Code,
        name: &str,
        value: Node<'_>,
        message: impl FnOnce() -> String,
    ) -> &mut Finding {
        self.raise(code, pointer(name), value.text(), message)
    }
}

/// The effective members that are neither the event's nor the envelope's.
fn undocumented<'a>(members: &Members<'a>, event: &Event) -> impl Iterator<Item = Member<'a>> {
    let documented = event.slots.with_envelope();
    let is_documented =
        move |member: &Member<'_>| member.slot().is_some_and(|slot| documented >> slot & 1 == 1);
    members.iter().filter(move |member| !member.is_shadowed() && !is_documented(member))
}

/// A value in a sentence: a string quoted, anything else as written, cut.
fn shown(value: Node<'_>) -> Cow<'_, str> {
    match value.kind() {
        Kind::String => super::message::string(&value.as_str().unwrap_or_default()).into(),
        Kind::Object => "an object".into(),
        Kind::Array => "an array".into(),
        _ => super::message::cut(value.text()),
    }
}

#[cfg(test)]
mod tests;
