//! Shapes that belong to no tool: the nested form, and headers next to a body.

use super::search::begins_as_base64;
use super::shape::{BodyMember, CapturePart, Encoding, Shape, ShapeForm, Sign, Then, one, plain};
use super::text::holds_encoded;
use crate::event::ASSOCIATION_CREATE;
use crate::event::members::{ENVELOPE, OWN, slot};
use crate::headers::{Fidelity, Headers};
use crate::payload::{Document, Kind, Node};
use crate::split::Framing;

/// The shapes with few signs, which are looked for last.
pub(super) const SHAPES: &[Shape] = &[
    // The members around `data` are the delivery's envelope.
    one(
        "nested",
        "the nested form of HighLevel's guide",
        &[Sign::Root(is_nested, "fields of the event in `/data`")],
        &[plain("/data")],
        "",
    )
    .with(Fidelity::Raw),
    generic(&[Sign::Has("/headers"), Sign::Has("/rawBody")], &[flagged("/rawBody")]),
    generic(&[Sign::Has("/headers"), Sign::Has("/body")], &[flagged("/body")]),
    generic(&[Sign::Has("/headers"), Sign::Has("/payload")], &[flagged("/payload")]),
    generic(
        &[Sign::Has("/headers"), Sign::Root(has_text_content, "a string in `/content`")],
        &[flagged("/content")],
    ),
];

/// A text of no known shape, in which there may be payloads.
pub(super) const TEXT: Shape = Shape {
    name: "text",
    what: "a text",
    signs: &[],
    form: ShapeForm::Text(Framing::Documents, |text, look| {
        look(CapturePart::text(text, 0..text.len(), super::TEXTS));
    }),
};

/// The name for payloads found in JSON of no known shape.
pub(super) const JSON: Shape = one("json", "JSON", &[], &[plain("")], "");

/// The name for a place given by `--at`.
pub(super) const AT: Shape = one("at", "the value at a place", &[], &[plain("")], "");

/// A body that may be base64, as one of these members says.
const fn flagged(at: &'static str) -> BodyMember {
    const FLAGS: &[&str] =
        &["/isBase64Encoded", "/is_base64_encoded", "/isBase64", "/base64", "/bodyEncoding", "/encoding"];
    BodyMember { at, encoding: Encoding::Base64If(FLAGS), then: Then::Payload }
}

const fn generic(signs: &'static [Sign], bodies: &'static [BodyMember]) -> Shape {
    one("generic", "a captured request", signs, bodies, "/headers")
}

/// Whether the shape is made of a delivery's own JSON, so that it is a part of what was sent.
pub(super) fn is_form(shape: &str) -> bool {
    shape == "nested"
}

/// Whether there is a top-level field that only events about associations and relations have; `id`, `key` and
/// `locationId` occur everywhere.
pub(super) fn speaks_for_the_event(root: Node<'_>) -> bool {
    root.members().is_some_and(|members| OWN.iter().any(|name| members.get(name).is_some()))
}

/// Whether `type` names the event, so that at most its own form is around the fields.
pub(super) fn is_named_as_the_event(root: Node<'_>) -> bool {
    root.member("type").and_then(|name| name.as_str()).is_some_and(|name| name == ASSOCIATION_CREATE.name)
}

/// An envelope around `data`. Two documented fields in `data` are enough, or one if the envelope is there, because `id`
/// alone occurs in anyone's `data`.
pub(super) fn is_nested(root: Node<'_>) -> bool {
    let (Some(outer), Some(data)) = (root.members(), root.member("data")) else { return false };
    let Some(members) = data.members() else { return false };
    // With anything else next to it, somebody took the delivery apart and rewrote it.
    let is_envelope = |name: &str| name == "data" || ENVELOPE.contains(&name);
    if !outer.iter().all(|member| is_envelope(&member.name())) {
        return false;
    }
    let is_field = |slot: usize| ASSOCIATION_CREATE.slots.mask >> slot & 1 == 1;
    let documented = members.iter().filter(|member| slot(&member.name()).is_some_and(is_field)).count();
    let has = |name: &&str| outer.get(name).is_some();
    let has_envelope = has(&ENVELOPE[0]) && ENVELOPE[1..].iter().any(has);
    documented >= if has_envelope { 1 } else { 2 }
}

/// Whether `content` is a text: an object of that name is a tool's own, as in a HAR file.
fn has_text_content(root: Node<'_>) -> bool {
    root.member("content").is_some_and(|content| content.kind() == Kind::String)
}

/// The name of a body that is base64 of a payload.
pub(super) const BASE64: &str = "base64";

/// The kind of a body that is not JSON, by its first bytes and its media type.
pub(super) fn other_kind(bytes: &[u8], headers: &Headers) -> Option<&'static str> {
    let text = bytes.strip_prefix(crate::payload::BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
    let media_type = headers.all("content-type").next().unwrap_or_default().to_ascii_lowercase();
    let begins_as_json = matches!(text.first(), Some(b'{' | b'[' | b'"'));
    match () {
        () if begins_as_json => None,
        () if media_type.starts_with("application/x-www-form-urlencoded") => Some("a form"),
        () if media_type.starts_with("multipart/") => Some("a form in several parts"),
        () if text.starts_with(b"<") => Some("HTML or XML"),
        () if std::str::from_utf8(bytes).is_err() => Some("binary"),
        () if Document::accept(bytes).is_some() => None,
        () if begins_as_base64(text) && holds_encoded(text) => Some(BASE64),
        () => Some("text"),
    }
}
