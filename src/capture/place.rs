//! The place that somebody named: `--at /Messages/*/Body`.
//!
//! In: a document, and a pointer. Out: the value there, as the body that it is; for `*`, each element of a list, or
//! each member.
//!
//! Invariants: the pointer leads into strings that hold JSON or base64 of it, as reported places do; the value there is
//! checked as it is; if there is none, the error says what is there instead.

use super::decode::decoded;
use super::generic::AT;
use super::layer::Layer;
use super::opening::{Above, Opening};
use super::search::begins_as_base64;
use super::shape::{CapturePart, Content};
use super::unavailable::Unavailable;
use crate::payload::{Document, Kind, Node, Pointer};
use std::borrow::Cow;

/// The word that stands for every name or index.
const EACH: &str = "*";

impl Opening<'_> {
    /// Opens the value at `pointer`, or reports why there is none.
    pub(super) fn open_at(&mut self, text: &[u8], pointer: &Pointer) {
        match Document::accept(text) {
            Some(document) => {
                let tokens: Vec<Cow<'_, str>> = pointer.tokens().collect();
                let way = Way { asked: pointer, done: Pointer::default(), encoding: None };
                self.go(&document, document.root(), &tokens, &way, &Above::NOTHING);
            }
            None => {
                let part = CapturePart::unavailable(0..text.len(), Unavailable::no_places(pointer));
                self.part(text, CapturePart { pointer: pointer.clone(), ..part }, &Above::NOTHING, &AT);
            }
        }
    }

    fn go(
        &mut self,
        document: &Document<'_>,
        node: Node<'_>,
        rest: &[Cow<'_, str>],
        way: &Way<'_>,
        above: &Above<'_>,
    ) {
        let Some((token, rest)) = rest.split_first() else {
            return self.arrive(document, node, way, above);
        };
        let mut is_there = false;
        match node.kind() {
            Kind::Array => {
                let mut index = 0_usize;
                node.each_element(|element| {
                    let name = index.to_string();
                    if token == EACH || **token == name {
                        is_there = true;
                        self.go(document, element, rest, &way.on(&name), above);
                    }
                    index += 1;
                });
            }
            Kind::Object => {
                let members = node.members().expect("internal error: it is an object");
                let is_each = token == EACH && members.get(EACH).is_none();
                for member in members.iter().filter(|member| !member.is_shadowed()) {
                    let name = member.name();
                    if is_each || name == *token {
                        is_there = true;
                        self.go(document, member.value(), rest, &way.on(&name), above);
                    }
                }
            }
            Kind::String => {
                let tokens: Vec<Cow<'_, str>> = [std::slice::from_ref(token), rest].concat();
                is_there = self.go_inside(document, node, &tokens, way, above);
            }
            Kind::Null | Kind::Boolean | Kind::Number => {}
        }
        if !is_there {
            let unavailable = Unavailable::no_such_place(way.asked, &way.done, node);
            let part = CapturePart::unavailable(document.span(node.text()), unavailable);
            self.part(
                document.text().as_bytes(),
                CapturePart { pointer: way.asked.clone(), ..part },
                above,
                &AT,
            );
        }
    }

    /// Continues inside a string. False if its content is not JSON.
    fn go_inside(
        &mut self,
        document: &Document<'_>,
        node: Node<'_>,
        rest: &[Cow<'_, str>],
        way: &Way<'_>,
        above: &Above<'_>,
    ) -> bool {
        let Some((content, encoding)) = self.content_of(document, node) else { return false };
        let Some(inner) = Document::accept(&content.bytes) else { return false };
        let layers = [above.layers, &content.layers].concat();
        let way = Way { asked: way.asked, done: way.done.clone(), encoding: way.encoding.or(encoding) };
        self.go(&inner, inner.root(), rest, &way, &Above { layers: &layers, ..*above });
        true
    }

    fn arrive(&mut self, document: &Document<'_>, node: Node<'_>, way: &Way<'_>, above: &Above<'_>) {
        let part = match node.kind() {
            Kind::Object | Kind::Array => CapturePart::of(document, node),
            Kind::String => {
                match self.content_of(document, node).filter(|(_, encoding)| encoding.is_some()) {
                    Some((content, encoding)) => {
                        CapturePart { content: Ok(content), encoding, ..CapturePart::of(document, node) }
                    }
                    None => CapturePart::of(document, node),
                }
            }
            kind => {
                CapturePart::unavailable(document.span(node.text()), Unavailable::no_body_at(&way.done, kind))
            }
        };
        let encoding = part.encoding.or(way.encoding);
        self.part(
            document.text().as_bytes(),
            CapturePart { pointer: way.done.clone(), encoding, ..part },
            above,
            &AT,
        );
    }

    /// The content of a string, decoded from base64 and gzip if need be.
    fn content_of<'a>(
        &mut self,
        document: &Document<'_>,
        node: Node<'a>,
    ) -> Option<(Content<'a>, Option<&'static str>)> {
        let text = node.as_str()?;
        if !begins_as_base64(text.as_bytes()) || Document::accept(text.as_bytes()).is_some() {
            return Some((CapturePart::of(document, node).content.ok()?, None));
        }
        let layers = vec![Layer::Opaque(document.span(node.text()).start)];
        let (bytes, encoding) = decoded(&text, &mut self.room)?;
        Document::accept(&bytes)?;
        Some((Content { bytes: Cow::Owned(bytes), layers }, Some(encoding)))
    }
}

/// The part of a pointer that was followed.
struct Way<'a> {
    asked: &'a Pointer,
    done: Pointer,
    encoding: Option<&'static str>,
}

impl Way<'_> {
    fn on(&self, name: &str) -> Self {
        Self { asked: self.asked, done: self.done.join(name), encoding: self.encoding }
    }
}
