//! The advisory layer: what is likely a mistake, or worth knowing, in a payload that the schema may well accept.
//!
//! In: a [`Document`]. Out: warnings and notes; `explain CODE` says why each matters and how sure it is.
//! What always holds: nothing here is an error, so the verdict stays the schema's; silence is better than a false
//! alarm, so the documented example and every form that deliveries are known to take raise nothing; the root's
//! members are looked through once, and a payload with nothing to say about costs no allocation; what is
//! obviously something else (a capture, another event) is said to be that, once, and not judged field by field.

mod event;
mod fields;
mod glance;
mod text;
mod values;
mod wrapper;

pub(crate) use event::{Standing, standing};
pub(super) use glance::is_silent;
pub(super) use wrapper::around_text;

use super::finding::Finding;
use crate::association::event::{ENVELOPE, FIELDS, Known, known};
use crate::payload::{Document, Kind, Member, Members, Node, Pointer};
use std::borrow::Cow;

/// How many characters of a value are shown within a sentence.
const MOST: usize = 60;

/// Adds what there is to say about `document` to `findings`.
pub(super) fn advise(document: &Document<'_>, findings: &mut Vec<Finding>) {
    let mut advice = Advice { document, findings };
    text::byte_order_mark(&mut advice);
    let root = document.root();
    let Some(members) = root.members() else {
        wrapper::around_no_object(root, &mut advice);
        return;
    };
    let seen = Seen::new(&members);
    fields::duplicates(&seen, &mut advice);
    if wrapper::around(root, &seen, &mut advice) {
        return;
    }
    if !event::is_other(&seen, &mut advice) {
        fields::names(root, &seen, &mut advice);
        fields::empty(&seen, &mut advice);
        values::forms(&seen, &mut advice);
    }
    text::suspicious(&seen, &mut advice);
}

/// Where findings are put.
struct Advice<'a> {
    document: &'a Document<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Advice<'_> {
    /// Adds a finding about `text`, a slice of the document's text. Its level is the catalogue's.
    fn raise(&mut self, code: &'static str, pointer: Pointer, text: &str, message: String) -> &mut Finding {
        self.findings.push(Finding::new(code, pointer.bounded(), self.document.span(text), message));
        self.findings.last_mut().expect("internal error: one was just added")
    }

    /// Adds a finding about the value of the root's member `name`.
    fn raise_at(&mut self, code: &'static str, name: &str, value: Node<'_>, message: String) -> &mut Finding {
        self.raise(code, Pointer::default().join(name), value.text(), message)
    }
}

/// The root's members, sorted into what is known.
struct Seen<'a> {
    members: &'a Members<'a>,
    fields: [Option<Member<'a>>; FIELDS],
    envelope: [Option<Member<'a>>; ENVELOPE.len()],
    /// How many members that count are neither.
    unknown: usize,
}

impl<'a> Seen<'a> {
    fn new(members: &'a Members<'a>) -> Self {
        let mut seen = Self { members, fields: [None; FIELDS], envelope: [None; ENVELOPE.len()], unknown: 0 };
        for member in members.iter().filter(|member| !member.is_shadowed()) {
            match known(&member.name()) {
                Some(Known::Field(index)) => seen.fields[index] = Some(*member),
                Some(Known::Envelope(index)) => seen.envelope[index] = Some(*member),
                None => seen.unknown += 1,
            }
        }
        seen
    }

    /// The members that count and are neither documented nor the envelope's.
    fn unknown(&self) -> impl Iterator<Item = (Cow<'a, str>, Member<'a>)> {
        let effective = self.members.iter().filter(|member| !member.is_shadowed());
        effective.map(|member| (member.name(), *member)).filter(|(name, _)| known(name).is_none())
    }

    /// The string that a documented field holds.
    fn string(&self, index: usize) -> Option<Cow<'a, str>> {
        self.fields[index]?.value().as_str()
    }

    /// The value of a documented field that is there.
    fn value(&self, index: usize) -> Option<Node<'a>> {
        Some(self.fields[index]?.value())
    }

    /// The value of the envelope's `type`.
    fn event_type(&self) -> Option<Node<'a>> {
        Some(self.envelope[0]?.value())
    }
}

// The indices of documented fields, in the published order.
const ID: usize = 0;
const ASSOCIATION_TYPE: usize = 1;
const FIRST_KEY: usize = 2;
const SECOND_KEY: usize = 4;
const LOCATION_ID: usize = 7;

/// A value as a sentence shows it: a string quoted, anything else as written, cut.
fn shown(value: Node<'_>) -> String {
    match value.kind() {
        Kind::String => crate::visible::quoted(&value.as_str().unwrap_or_default(), MOST),
        Kind::Object => "an object".to_owned(),
        Kind::Array => "an array".to_owned(),
        _ => super::message::cut(value.text()),
    }
}

/// A name or a value with its case, separators and invisible characters taken away: what is left is what a
/// person means by it. Cut after more than any name that it is compared with.
fn bare(text: &str) -> String {
    let letters = text.chars().take(MOST).filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
