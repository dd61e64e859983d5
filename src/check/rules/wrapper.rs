//! Payloads inside something else: `wrapped-payload`, `nested-data`.
//!
//! Invariants: the shapes are those that `--unwrap` knows, so every suggestion works; if a tool leaves payloads out,
//! the finding says at once what to do instead.

use super::{Advice, event};
use crate::capture::{
    Shape, first_place, found_in, payload_in_text, recognised_text, recognised_value, stands_for_itself,
};
use crate::check::{Code, Finding, Remedy};
use crate::escape::visible;
use crate::event::Class;
use crate::event::members::beyond;
use crate::payload::{Members, Node, Pointer};

const CODE: Code = Code::WrappedPayload;

/// Reports an object that is a wrapper or the nested form. Its members are then not the event's.
pub(super) fn around(root: Node<'_>, members: &Members<'_>, class: Class, advice: &mut Advice<'_>) -> bool {
    if beyond(members, advice.event.slots.with_envelope()) == 0 {
        return false;
    }
    let Some(shape) = recognised_value(root) else { return found(root, advice) };
    if shape.name == "nested" {
        nested(shape, root, advice);
        event::is_other(class, members, advice);
    } else {
        wrapped(shape, root, advice);
    }
    true
}

/// Reports an array that holds wrappers or payloads, or a string that holds a payload.
pub(super) fn around_no_object(root: Node<'_>, advice: &mut Advice<'_>) {
    match recognised_value(root) {
        Some(shape) => wrapped(shape, root, advice),
        None => {
            found(root, advice);
        }
    }
}

/// Reports a payload inside something that is neither a payload nor a capture of a known shape.
fn found(root: Node<'_>, advice: &mut Advice<'_>) -> bool {
    if stands_for_itself(advice.document) {
        return false;
    }
    let Some((pointer, count)) = found_in(advice.document) else { return false };
    let place = Some(pointer.as_str()).filter(|place| !place.is_empty());
    let place = place.map_or_else(|| "in this string".to_owned(), |place| format!("at `{}`", visible(place)));
    let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
    let message = format!("this is not a delivery; one is inside it, {place}{more}");
    let text = root.at(&pointer).unwrap_or(root).text();
    open(advice.raise(CODE, pointer, text, || message), "auto");
    true
}

/// The finding about a text that is not JSON, but a capture.
pub(in crate::check) fn around_text(text: &[u8]) -> Option<Finding> {
    let Some(shape) = recognised_text(text) else {
        let payload = payload_in_text(text)?;
        let message = "this is not JSON; a payload is inside it".to_owned();
        let mut finding = Finding::new(CODE, Pointer::default(), payload, message);
        open(&mut finding, "auto");
        return Some(finding);
    };
    let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(text.len());
    let message = match shape.bodyless() {
        Some((what, _)) => format!("this is {what}"),
        None => format!("this is {}, not a payload by itself", shape.what),
    };
    let mut finding = Finding::new(CODE, Pointer::default(), 0..end, message);
    what_to_do(shape, "", &mut finding);
    Some(finding)
}

fn wrapped(shape: &Shape, root: Node<'_>, advice: &mut Advice<'_>) {
    let finding = match first_place(shape, root) {
        Some((pointer, node)) => {
            let place = Some(pointer.as_str()).filter(|place| !place.is_empty());
            let place = place.map(|place| format!(", at `{}`", visible(place))).unwrap_or_default();
            let message = format!("this is {}; the payload is inside it{place}", shape.what);
            advice.raise(CODE, pointer, node.text(), || message)
        }
        None => {
            let what = shape.bodyless().map_or(shape.what, |(what, _)| what);
            advice.raise(CODE, Pointer::default(), root.text(), || format!("this is {what}"))
        }
    };
    what_to_do(shape, "", finding);
}

/// Suggests opening the capture, or an alternative if the tool leaves the payload out; `why` comes first.
fn what_to_do(shape: &Shape, why: &str, finding: &mut Finding) {
    match shape.bodyless() {
        Some((_, help)) => finding.help = Some([why, help].concat().into()),
        None => {
            open(finding, shape.name);
            finding.help = finding.help.take().map(|help| [why, &help].concat().into());
        }
    }
}

fn open(finding: &mut Finding, shape: &'static str) {
    let remedy = Remedy::Open(shape);
    (finding.help, finding.remedy) = (Some(remedy.words().into()), Some(remedy));
}

/// The form of the vendor's guide, an envelope around `data`.
fn nested(shape: &Shape, root: Node<'_>, advice: &mut Advice<'_>) {
    let Some((_, data)) = first_place(shape, root) else { return };
    let message = || "the event's fields are one level down, in `data`".to_owned();
    let finding = advice.raise_at(Code::NestedData, "data", data, message);
    finding.label = Some("the event's fields".into());
    let why = "deliveries are flat, so a handler that reads `body.data` gets nothing from them; ";
    what_to_do(shape, why, finding);
}
