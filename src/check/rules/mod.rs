//! The advisory layer: what is likely a mistake, or worth knowing, in a payload that the schema may well accept.
//!
//! In: a [`Document`]. Out: warnings and notes; `explain CODE` says why each matters and how sure it is.
//! What always holds: nothing here is an error, so the verdict stays the schema's; silence is better than a false
//! alarm, so the documented example and every form that deliveries are known to take raise nothing; what the
//! scanner has seen is not looked for again, and a payload with nothing to say about costs no allocation; what is
//! obviously something else (a capture, another event) is said to be that, once, and not judged field by field.

mod event;
mod fields;
mod text;
mod typed;
mod values;
mod wrapper;

pub(crate) use event::{Standing, standing};
pub(super) use typed::typed;
pub(super) use wrapper::around_text;

use super::{Code, Finding};
use crate::event::facts::Known;
use crate::payload::{Document, Kind, Member, Members, Node, Pointer};

/// How many characters of a value are shown within a sentence.
const MOST: usize = 60;

/// Adds what there is to say about `document` to `findings`.
pub(super) fn advise(document: &Document<'_>, findings: &mut Vec<Finding>) {
    let mut advice = Advice { document, findings };
    text::byte_order_mark(&mut advice);
    let root = document.root();
    let Some(members) = document.members() else {
        wrapper::around_no_object(root, &mut advice);
        return;
    };
    fields::duplicates(members, &mut advice);
    if wrapper::around(root, members, &mut advice) {
        return;
    }
    if !event::is_other(members, &mut advice) {
        fields::names(root, members, &mut advice);
        fields::empty(members, &mut advice);
        values::forms(members, &mut advice);
    }
    text::suspicious(members, &mut advice);
}

/// Where findings are put.
struct Advice<'a> {
    document: &'a Document<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Advice<'_> {
    /// Adds a finding about `text`, a slice of the document's text. Its level is the catalogue's.
    fn raise(&mut self, code: Code, pointer: Pointer, text: &str, message: String) -> &mut Finding {
        self.findings.push(Finding::new(code, pointer.bounded(), self.document.span(text), message));
        self.findings.last_mut().expect("internal error: one was just added")
    }

    /// Adds a finding about the value of the root's member `name`.
    fn raise_at(&mut self, code: Code, name: &str, value: Node<'_>, message: String) -> &mut Finding {
        self.raise(code, Pointer::default().join(name), value.text(), message)
    }
}

/// The value of the envelope's `type`.
fn event_type<'a>(members: &Members<'a>) -> Option<Node<'a>> {
    members.known(Known::Envelope(0).slot()).map(Member::value)
}

/// The members that count and are neither documented nor the envelope's.
fn unknown<'a>(members: &Members<'a>) -> impl Iterator<Item = Member<'a>> {
    members.iter().filter(|member| !member.is_shadowed() && !member.is_known())
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
        Kind::String => crate::escape::quoted(&value.as_str().unwrap_or_default(), MOST),
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
