//! The description of a shape of capture: its signs, and the places of its payloads.
//!
//! Invariants: a shape is recognised by the members or the first bytes that its maker gives it, never by something in
//! it that looks right; a declared value of the wrong kind is a named error, never a guess.

use super::decode::{self, gunzip};
use super::layer::Layer;
use super::unavailable::Unavailable;
use crate::headers::{Fidelity, Headers};
use crate::payload::{Document, Kind, Node, Pointer};
use crate::split::Framing;
use std::borrow::Cow;
use std::ops::Range;

/// One shape of captured deliveries.
#[derive(Debug)]
pub struct Shape {
    /// Its name on the command line and in every output.
    pub name: &'static str,
    /// A description, with its article.
    pub what: &'static str,
    pub(super) signs: &'static [Sign],
    pub(super) form: ShapeForm,
}

/// The signs of a shape; a pointer's `0` is the first element of an array.
#[derive(Debug)]
pub(super) enum Sign {
    /// A value exists.
    Has(&'static str),
    /// A string has this value.
    Is(&'static str, &'static str),
    /// The value passes this test, in these words.
    Root(fn(Node<'_>) -> bool, &'static str),
    /// The text begins like this, in these words.
    Text(fn(&[u8]) -> bool, &'static str),
}

/// The places of the payloads.
#[derive(Debug)]
pub(super) enum ShapeForm {
    /// In members of a JSON value.
    Members(MemberPlaces),
    /// In a text: the framing of such an input, and the function that takes one apart.
    Text(Framing, Parts),
    /// Nowhere, because the tool leaves them out: what the capture is, and what to do instead.
    Nothing(&'static str, &'static str),
}

/// Shows each delivery in a text.
pub(super) type Parts = fn(&[u8], &mut dyn FnMut(CapturePart<'_>));

/// The places of the payloads in a JSON value.
#[derive(Debug)]
pub(super) struct MemberPlaces {
    /// The list that holds the deliveries, if there may be several.
    pub(super) each: Option<&'static str>,
    /// The places of the body of one delivery; the first one counts that exists and is not `null`.
    pub(super) bodies: &'static [BodyMember],
    /// The place of its headers, if it has its own: an object, or a list of `{name, value}`.
    pub(super) headers: Option<&'static str>,
    /// The fidelity of the body, if its kind does not decide.
    pub(super) fidelity: Option<Fidelity>,
}

/// A capture of one delivery. Without a place, a tool's own members are not headers.
pub(super) const fn one(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    bodies: &'static [BodyMember],
    headers: &'static str,
) -> Shape {
    let headers = if headers.is_empty() { None } else { Some(headers) };
    Shape {
        name,
        what,
        signs,
        form: ShapeForm::Members(MemberPlaces { each: None, bodies, headers, fidelity: None }),
    }
}

/// The same in each element of the list at `each`.
pub(super) const fn several(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    each: &'static str,
    bodies: &'static [BodyMember],
    headers: &'static str,
) -> Shape {
    let shape = one(name, what, signs, bodies, headers);
    match shape.form {
        ShapeForm::Members(members) => {
            Shape { form: ShapeForm::Members(MemberPlaces { each: Some(each), ..members }), ..shape }
        }
        ShapeForm::Text(..) | ShapeForm::Nothing(..) => shape,
    }
}

/// A body that is a value, or a string that holds it.
pub(super) const fn plain(at: &'static str) -> BodyMember {
    BodyMember { at, encoding: Encoding::Plain, then: Then::Payload }
}

pub(super) const fn base64(at: &'static str) -> BodyMember {
    BodyMember { at, encoding: Encoding::Base64, then: Then::Payload }
}

/// A member that holds a body.
#[derive(Debug)]
pub(super) struct BodyMember {
    pub(super) at: &'static str,
    pub(super) encoding: Encoding,
    pub(super) then: Then,
}

/// The way to read a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// As the bytes of a sender, who can send anything: they are the payload, whatever they look like.
    Payload,
    /// As a capture of this shape, which the tool made itself.
    Shape(&'static Shape),
    /// As a capture of this shape if it has its signs, else as the payload.
    Perhaps(&'static Shape),
    /// As a text that may contain payloads; without one, it is counted under this name.
    Text(&'static str),
    /// As a capture of this shape if it has its signs, else as such a text.
    PerhapsText(&'static Shape, &'static str),
}

/// The encoding of a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// None: a value, or a string that holds it.
    Plain,
    Base64,
    /// Base64, if one of these members next to it says so.
    Base64If(&'static [&'static str]),
    /// Base64 of gzip.
    Gzip,
}

/// One delivery in a wrapper.
#[derive(Debug)]
pub(super) struct CapturePart<'a> {
    pub(super) pointer: Pointer,
    /// Its number among several in a text, from 1.
    pub(super) number: usize,
    /// The place of the written body, in bytes of the wrapper.
    pub(super) place: Range<usize>,
    pub(super) content: Result<Content<'a>, Unavailable>,
    pub(super) encoding: Option<&'static str>,
    pub(super) headers: Headers,
    pub(super) fidelity: Fidelity,
    pub(super) then: Then,
}

/// A decoded body.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// The outermost first.
    pub(super) layers: Vec<Layer>,
}

impl Shape {
    /// The same, of which all bodies are that faithful.
    pub(super) const fn with(self, fidelity: Fidelity) -> Self {
        match self.form {
            ShapeForm::Members(members) => Self {
                form: ShapeForm::Members(MemberPlaces { fidelity: Some(fidelity), ..members }),
                ..self
            },
            ShapeForm::Text(..) | ShapeForm::Nothing(..) => self,
        }
    }

    /// The reason why there is never a payload in it, if so: what it is, and what to do instead.
    pub fn bodyless(&self) -> Option<(&'static str, &'static str)> {
        match self.form {
            ShapeForm::Nothing(what, help) => Some((what, help)),
            ShapeForm::Members(_) | ShapeForm::Text(..) => None,
        }
    }

    /// Whether an input of this shape is a single capture, up to its last byte.
    pub fn is_whole(&self) -> bool {
        matches!(self.form, ShapeForm::Nothing(..) | ShapeForm::Text(Framing::Whole, _))
    }

    /// The signs, in words.
    pub fn signs(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.signs.iter().map(|sign| match sign {
            Sign::Has(pointer) => Cow::Borrowed(*pointer),
            Sign::Is(pointer, text) => format!("{pointer} = \"{text}\"").into(),
            Sign::Root(_, words) | Sign::Text(_, words) => (*words).into(),
        })
    }

    /// The places of the payloads, as pointers with `*` for each element of a list; none in a text.
    pub fn places(&self) -> impl Iterator<Item = String> {
        let members = match &self.form {
            ShapeForm::Members(members) => Some(members),
            ShapeForm::Text(..) | ShapeForm::Nothing(..) => None,
        };
        members.into_iter().flat_map(|members| {
            let start = members.each.map_or_else(String::new, |each| format!("{each}/*"));
            members.bodies.iter().map(move |body| format!("{start}{}", body.at))
        })
    }

    /// The names of members that must be at the top.
    pub(super) fn names_at_top(&self) -> impl Iterator<Item = &'static str> {
        self.signs.iter().filter_map(|sign| match sign {
            Sign::Has(pointer) | Sign::Is(pointer, _) => pointer.split('/').nth(1),
            Sign::Root(..) | Sign::Text(..) => None,
        })
    }

    pub(super) fn is_of_value(&self, root: Node<'_>) -> bool {
        self.signs.iter().all(|sign| match sign {
            Sign::Has(pointer) => at(root, pointer).is_some(),
            Sign::Is(pointer, text) => {
                at(root, pointer).is_some_and(|node| node.as_str().as_deref() == Some(*text))
            }
            Sign::Root(is_so, _) => is_so(root),
            Sign::Text(..) => false,
        })
    }

    /// Whether a text can be a capture of the shape.
    pub(super) fn has_text_signs(&self) -> bool {
        self.signs.iter().all(|sign| matches!(sign, Sign::Text(..)))
    }

    pub(super) fn is_of_text(&self, text: &[u8]) -> bool {
        self.signs.iter().all(|sign| matches!(sign, Sign::Text(is_so, _) if is_so(text)))
    }
}

/// The entry of `assoclens captures` for the shapes that share a name.
#[derive(Debug)]
pub struct Listed {
    pub name: &'static str,
    /// A description, with its article.
    pub what: &'static str,
    /// The signs of each, in words.
    pub signs: Vec<Vec<Cow<'static, str>>>,
    /// The places of its payloads, as in [`Shape::places`], the likeliest first.
    pub places: Vec<String>,
    /// What to do instead, if there is never a payload in it.
    pub instead: Option<&'static str>,
}

impl Listed {
    pub(super) fn new(shape: &'static Shape) -> Self {
        let instead = shape.bodyless().map(|(_, help)| help);
        let mut listed =
            Self { name: shape.name, what: shape.what, signs: Vec::new(), places: Vec::new(), instead };
        listed.add(shape);
        listed
    }

    pub(super) fn add(&mut self, shape: &Shape) {
        self.signs.push(shape.signs().collect());
        for place in shape.places().filter(|place| !place.is_empty()) {
            if !self.places.contains(&place) {
                self.places.push(place);
            }
        }
    }
}

impl MemberPlaces {
    /// Shows each delivery in `document`, or the value in its place, and that place to `look`.
    pub(super) fn each_delivery<'a>(
        &self,
        document: &'a Document<'_>,
        mut look: impl FnMut(Result<Node<'a>, CapturePart<'a>>, &Pointer),
    ) {
        let root = document.root();
        let Some(each) = self.each else { return look(Ok(root), &Pointer::default()) };
        let Some(list) = at(root, each).filter(|list| list.kind() == Kind::Array) else {
            let part = CapturePart::unavailable(document.span(root.text()), Unavailable::not_a_list(each));
            let pointer = Pointer::from(each.to_owned());
            return look(Err(CapturePart { pointer: pointer.clone(), ..part }), &pointer);
        };
        let mut index = 0_usize;
        list.each_element(|element| {
            look(Ok(element), &Pointer::from(format!("{each}/{index}")));
            index += 1;
        });
        if index == 0 {
            let (part, pointer) = (
                CapturePart::unavailable(document.span(list.text()), Unavailable::nothing()),
                Pointer::from(each.to_owned()),
            );
            look(Err(CapturePart { pointer: pointer.clone(), ..part }), &pointer);
        }
    }

    /// Decodes the body of one delivery. Inflated bytes are taken from `room`.
    pub(super) fn part<'a>(
        &self,
        document: &'a Document<'_>,
        delivery: Node<'a>,
        pointer: &Pointer,
        room: &mut usize,
    ) -> CapturePart<'a> {
        let there = self
            .bodies
            .iter()
            .find_map(|body| Some((body, at(delivery, body.at).filter(|node| node.kind() != Kind::Null)?)));
        let headers =
            self.headers.and_then(|headers| at(delivery, headers)).map(headers_of).unwrap_or_default();
        let Some((body, node)) = there else {
            let pointer = Pointer::from(pointer.to_string() + self.bodies[0].at);
            let part = CapturePart::unavailable(document.span(delivery.text()), Unavailable::empty());
            return CapturePart { pointer, headers, ..part };
        };
        let (encoding, is_text) = (body.encoding.of(delivery), node.kind() == Kind::String);
        let by_kind = if is_text { Fidelity::Raw } else { Fidelity::Parsed };
        CapturePart {
            pointer: Pointer::from(pointer.to_string() + body.at),
            content: encoding.content(document, node, room),
            encoding: encoding.name(),
            headers,
            fidelity: self.fidelity.unwrap_or(by_kind),
            then: body.then,
            ..CapturePart::unavailable(document.span(node.text()), Unavailable::empty())
        }
    }
}

impl<'a> CapturePart<'a> {
    /// A delivery whose body is unavailable, and the place where it should be.
    pub(super) fn unavailable(place: Range<usize>, unavailable: Unavailable) -> Self {
        Self {
            pointer: Pointer::default(),
            number: 0,
            place,
            content: Err(unavailable),
            encoding: None,
            headers: Headers::default(),
            fidelity: Fidelity::Raw,
            then: Then::Payload,
        }
    }

    /// The body that is the value `node`.
    pub(super) fn of(document: &Document<'_>, node: Node<'a>) -> Self {
        let is_text = node.kind() == Kind::String;
        Self {
            content: Encoding::Plain.content(document, node, &mut 0),
            fidelity: if is_text { Fidelity::Raw } else { Fidelity::Parsed },
            ..Self::unavailable(document.span(node.text()), Unavailable::empty())
        }
    }

    /// A part of `text` that may contain payloads; without one, it is counted as `what`.
    pub(super) fn text(text: &'a [u8], place: Range<usize>, what: &'static str) -> Self {
        let part = Self::within(text, place, Headers::default());
        Self { fidelity: Fidelity::Logged, then: Then::Text(what), ..part }
    }

    /// The body that is a part of `text`.
    pub(super) fn within(text: &'a [u8], place: Range<usize>, headers: Headers) -> Self {
        let content = Content {
            bytes: Cow::Borrowed(&text[place.clone()]),
            layers: vec![Layer::Verbatim(place.start)],
        };
        Self { content: Ok(content), headers, ..Self::unavailable(place, Unavailable::empty()) }
    }
}

impl Encoding {
    /// The result for one delivery.
    fn of(self, delivery: Node<'_>) -> Self {
        let Self::Base64If(flags) = self else { return self };
        let is_set = |flag: &&str| {
            at(delivery, flag).is_some_and(|node| matches!(node.text(), "true" | "\"true\"" | "\"base64\""))
        };
        if flags.iter().any(is_set) { Self::Base64 } else { Self::Plain }
    }

    fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain | Self::Base64If(_) => None,
            Self::Base64 => Some("base64"),
            Self::Gzip => Some("gzip in base64"),
        }
    }

    fn content<'a>(
        self,
        document: &Document<'_>,
        node: Node<'a>,
        room: &mut usize,
    ) -> Result<Content<'a>, Unavailable> {
        let start = document.span(node.text()).start;
        let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
        if is_container && matches!(self, Self::Plain | Self::Base64If(_)) {
            let bytes = Cow::Borrowed(node.text().as_bytes());
            return Ok(Content { bytes, layers: vec![Layer::Verbatim(start)] });
        }
        let Some(text) = node.as_str() else { return Err(Unavailable::not_a_body(node.kind())) };
        match self {
            Self::Plain | Self::Base64If(_) => Ok(string(node, text, start)),
            Self::Base64 => {
                Ok(Content { bytes: decode::base64(&text)?.into(), layers: vec![Layer::Opaque(start)] })
            }
            Self::Gzip => {
                let bytes = gunzip(&decode::base64(&text)?, room)?;
                Ok(Content { bytes: bytes.into(), layers: vec![Layer::Opaque(start)] })
            }
        }
    }
}

/// The content of a JSON string.
fn string<'a>(node: Node<'a>, text: Cow<'a, str>, start: usize) -> Content<'a> {
    let written = node.text();
    let layer = match &text {
        Cow::Borrowed(_) => Layer::Verbatim(start + 1),
        Cow::Owned(_) => Layer::escaped(&written[1..written.len() - 1], start + 1),
    };
    let bytes = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    };
    Content { bytes, layers: vec![layer] }
}

/// The value that a pointer of the table names: `0` is the first element of an array.
pub(super) fn at<'a>(root: Node<'a>, pointer: &str) -> Option<Node<'a>> {
    root.at_plain(pointer)
}

/// Headers in any of the forms that tools write: an object with strings, lists or attributes as its values, or a list
/// of names and values.
fn headers_of(node: Node<'_>) -> Headers {
    let mut headers = Headers::default();
    for member in node.members().iter().flat_map(|members| members.iter()) {
        let value = member.value();
        if let Some(text) = value.as_str() {
            headers.push(member.name(), text);
        }
        value.each_element(|element| {
            if let Some(text) = element.as_str() {
                headers.push(member.name(), text);
            }
        });
        // Attributes of a queue's message, which has no headers.
        let attribute = ["stringValue", "StringValue", "Value"].iter().find_map(|name| value.member(name));
        if let Some(text) = attribute.and_then(|attribute| attribute.as_str()) {
            headers.push(member.name(), text);
        }
    }
    // Pairs keep their order and repeats; a header without a value is hidden.
    node.each_element(|element| {
        if let Some([name, value]) = element.elements().as_deref()
            && let (Some(name), Some(value)) = (name.as_str(), value.as_str())
        {
            headers.push(name, value);
        }
    });
    node.each_element(|element| {
        let text = |name| element.member(name).and_then(|node| node.as_str());
        if let (Some(name), Some(value)) = (text("name"), text("value")) {
            headers.push(name, value);
        }
    });
    headers
}
