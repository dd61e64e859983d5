//! Server-sent events, as smee.io relays deliveries: `data: {"body": {…}, …}`, with the headers next to the body.

use super::http::lines;
use super::layer::Layer;
use super::shape::{CapturePart, Content, MemberPlaces, Shape, ShapeForm, Sign, Then, plain};
use super::text::may_hold_payload;
use super::unavailable::Unavailable;
use crate::split::Framing;
use std::borrow::Cow;

/// The name for events without a delivery.
const NO_DELIVERY: &str = "events without a delivery";

/// An event stream.
pub(super) const SMEE: Shape = Shape {
    name: "smee",
    what: "a stream of server-sent events",
    signs: &[Sign::Text(begins, "a first line such as `data: {` or `event: ready`")],
    form: ShapeForm::Text(Framing::Events, parts),
};

/// The `data` of smee.io, which may also come without the event around it.
pub(super) const SMEE_DATA: Shape = Shape {
    name: "smee",
    what: "the data of an event that smee.io relays",
    signs: &[Sign::Has("/body"), Sign::Has("/query"), Sign::Has("/timestamp")],
    form: ShapeForm::Members(MemberPlaces {
        each: None,
        bodies: &[plain("/body")],
        headers: Some(""),
        fidelity: None,
    }),
};

/// The same in a stream, which supplies the other signs.
const IN_STREAM: Shape = Shape { signs: &[Sign::Has("/body")], ..SMEE_DATA };

fn begins(text: &[u8]) -> bool {
    let mut near =
        lines(text, 0).map(|line| &text[line]).filter(|line| !line.trim_ascii().is_empty()).take(8);
    let Some(first) = near.next() else { return false };
    let value = |name: &[u8]| first.strip_prefix(name).map(<[u8]>::trim_ascii);
    let is_word = |value: &[u8]| !value.is_empty() && value.iter().all(u8::is_ascii_alphanumeric);
    // Many other things begin with `id: 1`, so data must follow it.
    value(b"data:").is_some_and(|data| data.starts_with(b"{"))
        || value(b"event:").is_some_and(is_word)
        || [&b"id:"[..], b"retry:"].into_iter().any(|name| value(name).is_some())
            && near.any(|line| line.starts_with(b"data:") || line.starts_with(b"event:"))
}

/// Shows the data of an event to `look`: several lines are joined, as the standard says.
fn parts(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    let (mut data, mut places, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines(text, 0) {
        let Some(value) = text[line.clone()].strip_prefix(b"data:") else {
            // Lines without data are not part of the delivery, but a payload may hide in them.
            if may_hold_payload(&text[line.clone()]) {
                others.push(line);
            }
            continue;
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        let start = line.end - value.len();
        if !places.is_empty() {
            data.push(b'\n');
        }
        places.push((data.len(), start));
        data.extend_from_slice(value.strip_suffix(b"\r").unwrap_or(value));
    }
    // The messages about the stream itself, `event: ready` and `event: ping`, have no data worth mentioning.
    if matches!(data.trim_ascii(), b"" | b"{}") {
        return look(CapturePart::text(text, 0..text.len(), NO_DELIVERY));
    }
    others.into_iter().for_each(|line| look(CapturePart::text(text, line, "lines between events")));
    let content = Content { bytes: Cow::Owned(data), layers: vec![Layer::Pieces(places.into(), 1)] };
    let whole = CapturePart::unavailable(0..text.len(), Unavailable::empty());
    look(CapturePart { content: Ok(content), then: Then::PerhapsText(&IN_STREAM, NO_DELIVERY), ..whole });
}
