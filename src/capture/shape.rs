//! What a shape of capture is: the signs it is recognised by, and where in it the payloads are.
//!
//! Invariants: a shape is recognised by the members or the first bytes that its maker gives it, never by something in
//! it that looks right; what is declared but is not what it should be is trouble with a name, never a guess.

use super::decode::{base64, gunzip};
use super::layer::Layer;
use super::unavailable::Unavailable;
use crate::headers::{Fidelity, Headers};
use crate::payload::{Document, Kind, Node, Pointer};
use crate::split::Framing;
use std::borrow::Cow;
use std::ops::Range;

/// One shape that captured deliveries come in.
#[derive(Debug)]
pub struct Shape {
    /// What it is called on the command line and in every output.
    pub name: &'static str,
    /// What it is, with its article.
    pub what: &'static str,
    pub(super) signs: &'static [Sign],
    pub(super) form: Form,
}

/// The signs of a shape; a pointer's `0` is the first element of an array.
#[derive(Debug)]
pub(super) enum Sign {
    /// There is a value.
    Has(&'static str),
    /// There is this string.
    Is(&'static str, &'static str),
    /// The value is so, in these words.
    Root(fn(Node<'_>) -> bool, &'static str),
    /// The text begins so, in these words.
    Text(fn(&[u8]) -> bool, &'static str),
}

/// Where the payloads are.
#[derive(Debug)]
pub(super) enum Form {
    /// In members of a JSON value.
    Members(Members),
    /// In a text: how an input of such splits, and what takes one apart.
    Text(Framing, Parts),
    /// Nowhere: the tool leaves them out. What it is, and what to do instead.
    Nothing(&'static str, &'static str),
}

/// Shows each delivery in a text.
pub(super) type Parts = fn(&[u8], &mut dyn FnMut(Part<'_>));

/// Where the payloads of a JSON value are.
#[derive(Debug)]
pub(super) struct Members {
    /// The list that holds the deliveries, if there may be several.
    pub(super) each: Option<&'static str>,
    /// Where the body of one is: the first that is there and not `null`.
    pub(super) bodies: &'static [Body],
    /// Where its headers are, if it has its own: an object, or a list of `{name, value}`.
    pub(super) headers: Option<&'static str>,
    /// How much of the body is left, where its kind does not say.
    pub(super) fidelity: Option<Fidelity>,
}

/// A member that holds a body.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) at: &'static str,
    pub(super) encoding: Encoding,
    pub(super) then: Then,
}

/// What a body is to be read as.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// The bytes of a sender, who can send anything: they are the payload, whatever they look like.
    Payload,
    /// A capture of this shape, which the tool made itself.
    Shape(&'static Shape),
    /// A capture of this shape if it has its signs, else the payload.
    Perhaps(&'static Shape),
    /// A text in which payloads may stand; without one it is one of these.
    Text(&'static str),
    /// A capture of this shape if it has its signs, else such a text.
    PerhapsText(&'static Shape, &'static str),
}

/// How a body is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Encoding {
    /// As a value, or as a string that holds it.
    Plain,
    Base64,
    /// In base64 if one of these members beside it says so.
    Base64If(&'static [&'static str]),
    /// In base64 of gzip.
    Gzip,
}

/// What one delivery in a wrapper is.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) pointer: Pointer,
    /// Which of several in a text, from 1.
    pub(super) number: usize,
    /// What the body is written in, in bytes of the wrapper.
    pub(super) place: Range<usize>,
    pub(super) content: Result<Content<'a>, Unavailable>,
    pub(super) encoding: Option<&'static str>,
    pub(super) headers: Headers,
    pub(super) fidelity: Fidelity,
    pub(super) then: Then,
}

/// A body without what it was written in.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// The outermost first.
    pub(super) layers: Vec<Layer>,
}

impl Shape {
    /// Why there is never a payload in it, if so: what it is, and what to do instead.
    pub fn lost(&self) -> Option<(&'static str, &'static str)> {
        match self.form {
            Form::Nothing(what, help) => Some((what, help)),
            Form::Members(_) | Form::Text(..) => None,
        }
    }

    /// Whether an input of it is one capture, to its last byte.
    pub fn is_whole(&self) -> bool {
        matches!(self.form, Form::Nothing(..) | Form::Text(Framing::Whole, _))
    }

    /// The signs in words.
    pub fn signs(&self) -> impl Iterator<Item = Cow<'static, str>> {
        self.signs.iter().map(|sign| match sign {
            Sign::Has(pointer) => Cow::Borrowed(*pointer),
            Sign::Is(pointer, text) => format!("{pointer} = \"{text}\"").into(),
            Sign::Root(_, words) | Sign::Text(_, words) => (*words).into(),
        })
    }

    /// Where the payloads are, as pointers with `*` for each element of a list; none in a text.
    pub fn places(&self) -> impl Iterator<Item = String> {
        let members = match &self.form {
            Form::Members(members) => Some(members),
            Form::Text(..) | Form::Nothing(..) => None,
        };
        members.into_iter().flat_map(|members| {
            let start = members.each.map_or_else(String::new, |each| format!("{each}/*"));
            members.bodies.iter().map(move |body| format!("{start}{}", body.at))
        })
    }

    /// The names of members of the value itself that there must be.
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

    pub(super) fn is_of_text(&self, text: &[u8]) -> bool {
        self.signs.iter().all(|sign| matches!(sign, Sign::Text(is_so, _) if is_so(text)))
    }
}

/// What a person reads of the shapes of one name that are the same thing.
#[derive(Debug)]
pub struct Listed {
    /// What it is called.
    pub name: &'static str,
    /// What it is, with its article.
    pub what: &'static str,
    /// The signs of each, in words.
    pub signs: Vec<Vec<Cow<'static, str>>>,
    /// Where its payloads are, as [`Shape::places`] says, the likeliest first.
    pub places: Vec<String>,
    /// What to do instead, where there is never a payload in it.
    pub instead: Option<&'static str>,
}

impl Listed {
    pub(super) fn new(shape: &'static Shape) -> Self {
        let instead = shape.lost().map(|(_, help)| help);
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

impl Members {
    /// Shows each delivery in `document`, or what stands where they should be, and its place to `look`.
    pub(super) fn each_delivery<'a>(
        &self,
        document: &'a Document<'_>,
        mut look: impl FnMut(Result<Node<'a>, Part<'a>>, &Pointer),
    ) {
        let root = document.root();
        let Some(each) = self.each else { return look(Ok(root), &Pointer::default()) };
        let Some(list) = at(root, each).filter(|list| list.kind() == Kind::Array) else {
            let part = Part::lost(document.span(root.text()), Unavailable::not_a_list(each));
            let pointer = Pointer::from(each.to_owned());
            return look(Err(Part { pointer: pointer.clone(), ..part }), &pointer);
        };
        let mut index = 0_usize;
        list.each_element(|element| {
            look(Ok(element), &Pointer::from(format!("{each}/{index}")));
            index += 1;
        });
        if index == 0 {
            let (part, pointer) = (
                Part::lost(document.span(list.text()), Unavailable::nothing()),
                Pointer::from(each.to_owned()),
            );
            look(Err(Part { pointer: pointer.clone(), ..part }), &pointer);
        }
    }

    /// What the body of one delivery is. What is inflated for it takes from `room`.
    pub(super) fn part<'a>(
        &self,
        document: &'a Document<'_>,
        delivery: Node<'a>,
        pointer: &Pointer,
        room: &mut usize,
    ) -> Part<'a> {
        let there = self
            .bodies
            .iter()
            .find_map(|body| Some((body, at(delivery, body.at).filter(|node| node.kind() != Kind::Null)?)));
        let headers =
            self.headers.and_then(|headers| at(delivery, headers)).map(headers_of).unwrap_or_default();
        let Some((body, node)) = there else {
            let pointer = Pointer::from(pointer.to_string() + self.bodies[0].at);
            let part = Part::lost(document.span(delivery.text()), Unavailable::empty());
            return Part { pointer, headers, ..part };
        };
        let (encoding, is_text) = (body.encoding.of(delivery), node.kind() == Kind::String);
        let by_kind = if is_text { Fidelity::Raw } else { Fidelity::Parsed };
        Part {
            pointer: Pointer::from(pointer.to_string() + body.at),
            content: encoding.content(document, node, room),
            encoding: encoding.name(),
            headers,
            fidelity: self.fidelity.unwrap_or(by_kind),
            then: body.then,
            ..Part::lost(document.span(node.text()), Unavailable::empty())
        }
    }
}

impl<'a> Part<'a> {
    /// A delivery whose body cannot be had, and what stands where it should be.
    pub(super) fn lost(place: Range<usize>, trouble: Unavailable) -> Self {
        Self {
            pointer: Pointer::default(),
            number: 0,
            place,
            content: Err(trouble),
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
            ..Self::lost(document.span(node.text()), Unavailable::empty())
        }
    }

    /// A part of `text` in which payloads may stand; without one it is one of `what`.
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
        Self { content: Ok(content), headers, ..Self::lost(place, Unavailable::empty()) }
    }
}

impl Encoding {
    /// What it comes to for one delivery.
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
            Self::Base64 => Ok(Content { bytes: base64(&text)?.into(), layers: vec![Layer::Opaque(start)] }),
            Self::Gzip => {
                let bytes = gunzip(&base64(&text)?, room)?;
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

/// Headers in any of the forms that tools write: an object of strings, lists or attributes, or a list of names and
/// values.
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
    // Pairs keep their order and repeats; what has no value is hidden.
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
