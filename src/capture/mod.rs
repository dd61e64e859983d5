//! Payloads inside something else: a HAR file, a Lambda event, an HTTP dump, a log line.
//!
//! In: the bytes of one capture, and how to unwrap it. Out: each payload in it as a leaf with its origin, or the
//! [`Unavailable`] that says why it cannot be had.
//! Invariants: a capture is recognised by the signs in the table of shapes, never by something in it that looks right;
//! a payload with a field of the event at its top is never taken for a capture; the body that a sender sent is never
//! opened, because anyone can send something that looks like a capture; nesting and inflated bytes are bounded; every
//! offset in a payload leads back to the capture's own bytes.

mod aws;
mod beneath;
mod bodyless;
mod copies;
mod curl;
mod decode;
mod escaped;
mod found;
mod generic;
mod http;
mod inside;
mod layer;
mod log;
mod opening;
mod origin;
mod own;
mod place;
mod relay;
mod search;
mod shape;
mod sight;
mod skipped;
mod sse;
mod text;
mod unavailable;

pub(crate) use decode::Gzip;
pub(crate) use inside::{InnerText, Inside, inside, is_text, put_back};
pub(crate) use layer::Trace;
pub use origin::{Origin, Step};
pub use own::{RECORD_BEGINNING, Recorded};
pub use shape::{Listed, Shape};
pub use skipped::Skipped;
pub(crate) use text::{names_the_event, own_names};
pub use unavailable::{Unavailable, Why};

use crate::event;
use crate::payload::{Document, Kind, Node, Pointer, Reader};
use crate::split::Framing;
use layer::Layer;
use opening::{Above, Opening};
use search::search;
use shape::ShapeForm;
use sight::Sight;
use std::ops::Range;
use std::sync::OnceLock;

/// The name for texts that hold no payload.
pub(crate) const TEXTS: &str = "lines of text";

/// All shapes, family by family; within one, the narrower shapes first, and those with few signs at the end.
const FAMILIES: &[&[Shape]] = &[
    own::SHAPES,
    aws::SHAPES,
    relay::SHAPES,
    log::SHAPES,
    http::SHAPES,
    curl::SHAPES,
    bodyless::SHAPES,
    generic::SHAPES,
];

/// No text that shows its shape is shorter, in bytes: an event of an SSE stream.
const SHORTEST_TEXT: usize = "data:{".len();

/// No JSON value that has a sign of a shape or holds a payload is shorter, in bytes: a member with a value.
const SHORTEST_VALUE: usize = r#"{"a":0}"#.len();

/// All shapes, in the order they are looked for.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    FAMILIES.iter().copied().flatten()
}

/// All shapes as `assoclens captures` lists them, in the same order.
pub fn listed() -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    for shape in shapes() {
        match all.last_mut().filter(|last| (last.name, last.what) == (shape.name, shape.what)) {
            Some(last) => last.add(shape),
            None => all.push(Listed::new(shape)),
        }
    }
    all
}

/// The choice of captures to unwrap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unwrap {
    /// None: the bytes are the payload.
    #[default]
    Never,
    /// Captures of a known shape.
    Auto,
    /// Everything, as captures of this shape.
    Only(&'static str),
    /// Everything, by taking out the value at this place.
    At(Pointer),
}

/// One payload, or the place where one should be.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    /// The payload; if it is unavailable, the bytes in its place.
    pub(crate) bytes: &'a [u8],
    /// The payload, read with the names of [`event::reader`], if it is available and JSON.
    pub(crate) document: Option<&'a Document<'a>>,
    /// The wrappers around it.
    pub(crate) origin: Origin,
    /// The way back to the capture's bytes, the outermost layer first.
    pub(crate) layers: Vec<Layer>,
    /// The reason if the payload is unavailable.
    pub(crate) unavailable: Option<Unavailable>,
}

impl Leaf<'_> {
    /// Its start in the capture, in bytes.
    pub(crate) fn start(&self) -> usize {
        Trace::new(&self.layers).outward(0)
    }
}

/// The way of a payload into its source, for reports.
#[derive(Clone, Copy, Debug)]
pub struct Enclosed<'a> {
    /// The origin of the payload.
    pub origin: &'a Origin,
    /// The bytes of the source that it is written in.
    pub written: &'a [u8],
    /// The spans of the payload that findings point at, sorted by start, each with its place in those bytes.
    pub places: &'a [(Range<usize>, Range<usize>)],
    /// The reason if the payload is unavailable; the bytes are then those in its place.
    pub unavailable: Option<&'a Unavailable>,
    /// Whether the payload's source begins with a byte order mark.
    pub is_behind_mark: bool,
}

impl Enclosed<'_> {
    /// The place of `span`, or the beginning if no finding points at it.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let from = self.places.partition_point(|(known, _)| known.start < span.start);
        let known = self.places[from..].iter().take_while(|(known, _)| known.start == span.start);
        known.clone().find(|(known, _)| known == span).map_or(0..0, |(_, place)| place.clone())
    }
}

impl Unwrap {
    /// Parses `auto`, `never`, or the name of a shape. `None` if there is no such shape.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "never" => Some(Self::Never),
            "auto" => Some(Self::Auto),
            name => shapes().find(|shape| shape.name == name).map(|shape| Self::Only(shape.name)),
        }
    }

    /// Whether records of a container's log are joined if they are parts of one message.
    pub(crate) fn joins_records(&self) -> bool {
        matches!(self, Self::Auto | Self::Only(_))
    }

    /// Shows each payload in `capture` to `look`; false if it is not a capture, but a payload itself. It was read by
    /// [`event::reader`]'s reader, and is JSON if there is a document. At most `limit` bytes are inflated. `shape` is
    /// the shape of the source as a whole.
    pub(crate) fn open(
        &self,
        capture: &[u8],
        document: Option<&Document<'_>>,
        shape: Option<&'static Shape>,
        limit: usize,
        reader: &mut Reader,
        look: &mut dyn FnMut(Leaf<'_>),
    ) -> bool {
        self.open_with(capture, document, shape, Opening::new(room(capture, limit), false, reader, look))
    }

    /// The same for verifying signatures: a body next to a signature is the signed one, so nothing in it is opened, not
    /// even the forms made of a delivery's own JSON.
    pub(crate) fn open_bodies(
        &self,
        capture: &[u8],
        shape: Option<&'static Shape>,
        limit: usize,
        look: &mut dyn FnMut(Leaf<'_>),
    ) -> bool {
        let mut reader = event::reader();
        let document = reader.accept(capture);
        let opening = Opening::new(room(capture, limit), true, &mut reader, look);
        self.open_with(capture, document.as_ref(), shape, opening)
    }

    fn open_with(
        &self,
        capture: &[u8],
        document: Option<&Document<'_>>,
        shape: Option<&'static Shape>,
        mut opening: Opening<'_>,
    ) -> bool {
        match self {
            Self::Never => false,
            Self::Auto => {
                opening.may_search = !opening.is_for_signatures;
                opening.open_read(capture, document, &Above::NOTHING, shape)
            }
            Self::At(pointer) => {
                opening.open_at(capture, pointer);
                true
            }
            Self::Only(name) => {
                let (shape, is_recognised) = named(name, capture, document);
                opening.misfit = Some(shape).filter(|_| !is_recognised);
                opening.may_search = is_recognised && !opening.is_for_signatures;
                opening.open_read(capture, document, &Above::NOTHING, Some(shape))
            }
        }
    }
}

/// The shape of that name, and whether its signs are there; of several, the one whose signs are.
fn named(name: &str, text: &[u8], document: Option<&Document<'_>>) -> (&'static Shape, bool) {
    let is_so = |shape: &&Shape| match document {
        Some(document) => shape.is_of_value(document.root()),
        None => shape.is_of_text(text),
    };
    let of_name = || shapes().filter(|shape| shape.name == name);
    let recognised = of_name().find(is_so);
    let shape =
        recognised.or_else(|| of_name().next()).expect("internal error: a shape that was named is known");
    (shape, recognised.is_some())
}

/// The shape whose signs are there.
fn recognised(text: &[u8], document: Option<&Document<'_>>) -> Option<&'static Shape> {
    match document {
        Some(document) => recognised_value(document.root()),
        None => recognised_text(text),
    }
}

/// The shape of a JSON value that is a capture.
pub(crate) fn recognised_value(root: Node<'_>) -> Option<&'static Shape> {
    if root.text().len() >= SHORTEST_VALUE
        && matches!(root.kind(), Kind::Object | Kind::Array | Kind::String)
        && !generic::speaks_for_the_event(root)
    {
        let (is_named, marks) = (generic::is_named_as_the_event(root), marks(root));
        let mut marked = marked().iter().filter(|(_, asked)| asked & !marks == 0).map(|(shape, _)| *shape);
        marked.find(|shape| (!is_named || generic::is_form(shape.name)) && shape.is_of_value(root))
    } else {
        None
    }
}

/// One bit for a name, chosen by its length and first letter. Most names that a shape asks for are absent, and this
/// shows it at once.
fn mark(name: &str) -> u64 {
    1 << ((7 * name.len() + usize::from(name.as_bytes().first().copied().unwrap_or_default())) % 64)
}

/// The marks of all names at the top of `root`.
fn marks(root: Node<'_>) -> u64 {
    match root.members() {
        Some(members) => members.iter().fold(0, |marks, member| marks | mark(&member.name())),
        // The first element of a list is addressed by its index.
        None => mark("0"),
    }
}

/// All shapes, each with the marks of the names that its signs ask for at the top.
fn marked() -> &'static [(&'static Shape, u64)] {
    static MARKED: OnceLock<Vec<(&Shape, u64)>> = OnceLock::new();
    let marks = |shape: &Shape| shape.names_at_top().fold(0, |marks, name| marks | mark(name));
    MARKED.get_or_init(|| shapes().map(|shape| (shape, marks(shape))).collect())
}

/// Whether the document is a payload of this family of events, so that its content is not searched.
pub(crate) fn stands_for_itself(document: &Document<'_>) -> bool {
    let sight = Sight::of_document(document);
    // With only a `type`, it may be the nested form, whose fields are one level down.
    sight.speaks() && (sight.has_own || !generic::is_nested(document.root()))
}

/// The place of the first payload in `document` that no shape reports, and how many there are.
pub(crate) fn found_in(document: &Document<'_>) -> Option<(Pointer, usize)> {
    let mut room = room(document.text().as_bytes(), document.text().len());
    let found = search(document, None, &mut room);
    Some((found.first()?.pointer.clone(), found.len()))
}

/// The place of the first payload in a text that is not a capture of a known shape.
pub(crate) fn payload_in_text(text: &[u8]) -> Option<Range<usize>> {
    if text::begins(text) { text::payload(text) } else { None }
}

/// The shape of a text that is a capture but not JSON.
pub(crate) fn recognised_text(text: &[u8]) -> Option<&'static Shape> {
    static TEXTS: OnceLock<Vec<&Shape>> = OnceLock::new();
    // A stream of broken payloads of a byte or two asks for each of them.
    if text.len() < SHORTEST_TEXT {
        return None;
    }
    let texts = TEXTS.get_or_init(|| shapes().filter(|shape| shape.has_text_signs()).collect());
    texts.iter().copied().find(|shape| shape.is_of_text(text))
}

/// The framing of an input that begins with `text`, and its shape if it is a text of a known shape.
pub(crate) fn framing_of(text: &[u8]) -> Option<(Framing, &'static Shape)> {
    let shape = recognised_text(text).or_else(|| text::begins(text).then_some(&generic::TEXT))?;
    match shape.form {
        ShapeForm::Text(framing, _) => Some((framing, shape)),
        ShapeForm::Nothing(..) => Some((Framing::Whole, shape)),
        ShapeForm::Members(_) => None,
    }
}

/// The place in `root` of the first payload of a capture of that shape.
pub(crate) fn first_place<'a>(shape: &Shape, root: Node<'a>) -> Option<(Pointer, Node<'a>)> {
    let ShapeForm::Members(members) = &shape.form else { return None };
    let start = members.each.map_or_else(String::new, |each| format!("{each}/0"));
    members.bodies.iter().find_map(|body| {
        let pointer = format!("{start}{}", body.at);
        shape::at(root, &pointer).map(|node| (pointer.into(), node))
    })
}

/// The number of bytes that may be inflated in the whole capture.
fn room(capture: &[u8], limit: usize) -> usize {
    limit.min(decode::INFLATED_AT_LEAST + capture.len().saturating_mul(decode::INFLATED_PER_BYTE))
}

#[cfg(test)]
mod tests;
