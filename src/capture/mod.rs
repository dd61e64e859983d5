//! Payloads inside something else: a HAR file, a Lambda event, an HTTP dump, a log line.
//!
//! In: the bytes of one capture, and how to unwrap it. Out: each payload in it as a leaf, with where it is from, or
//! the [`Unavailable`] that keeps it from being had.
//! Invariants: a capture is recognised by the signs of the table of shapes, never by something in it that looks right; a payload
//! that has a field of the event's own at its top is never taken for one; what a sender sent is never opened, since
//! anyone can send what looks like a capture; wrappers inside each other, and what is inflated, are bounded; every
//! offset in a payload leads back to the capture's own bytes.

mod aws;
mod bodyless;
mod curl;
mod decode;
mod escaped;
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
pub(crate) use inside::{Inside, inside, is_text, put_back};
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
use shape::Form;
use sight::Sight;
use std::ops::Range;
use std::sync::OnceLock;

/// What a text is called in which no payload stands.
pub(crate) const TEXTS: &str = "lines of text";

/// All shapes, the families one after another; within one the narrower first, and what is recognised by little at the end.
const FAMILIES: [&[Shape]; 8] = [
    own::SHAPES,
    aws::SHAPES,
    relay::SHAPES,
    log::SHAPES,
    http::SHAPES,
    curl::SHAPES,
    bodyless::SHAPES,
    generic::SHAPES,
];

/// All shapes, in the order they are looked for.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    FAMILIES.into_iter().flatten()
}

/// All shapes, as a person reads of them, in the same order.
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

/// Which captures to unwrap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Unwrap {
    /// None: the bytes are the payload.
    #[default]
    Never,
    /// Those of a known shape.
    Auto,
    /// Everything, as captures of this shape.
    Only(&'static str),
    /// Everything, by taking out the value at this place.
    At(Pointer),
}

/// One payload, or the place where one should be.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    /// The payload; of one that cannot be had, what stands in its place.
    pub(crate) bytes: &'a [u8],
    /// The payload as it was read by what [`event::reader`] gives, if it is there and JSON.
    pub(crate) document: Option<&'a Document<'a>>,
    /// What it was in.
    pub(crate) origin: Origin,
    /// The way back to the capture's bytes, the outermost layer first.
    pub(crate) layers: Vec<Layer>,
    /// Why there is no payload.
    pub(crate) trouble: Option<Unavailable>,
}

impl Leaf<'_> {
    /// The body as it was delivered, empty where nothing was; `None` for what stands beside deliveries.
    ///
    /// # Errors
    /// There are no bytes that could have been delivered.
    #[cfg(feature = "http")]
    pub(crate) fn body(&self) -> Result<Option<&[u8]>, &Unavailable> {
        match &self.trouble {
            Some(lost) if lost.aside.is_some() => Ok(None),
            Some(lost) if lost.why == Why::Empty => Ok(Some(b"")),
            Some(lost) if !matches!(lost.why, Why::Cut | Why::NotJson | Why::Compressed) => Err(lost),
            _ => Ok(Some(self.bytes)),
        }
    }

    /// Where it begins in the capture, in bytes.
    #[cfg(feature = "http")]
    pub(crate) fn start(&self) -> usize {
        Trace::new(&self.layers).outward(0)
    }
}

/// A payload's way into its source, for those who show it.
#[derive(Clone, Copy, Debug)]
pub struct Enclosed<'a> {
    /// Where the payload is from.
    pub origin: &'a Origin,
    /// The bytes of the source that it is written in.
    pub written: &'a [u8],
    /// Spans of the payload that something was found at, by their start, each with its place in those bytes.
    pub places: &'a [(Range<usize>, Range<usize>)],
    /// Why there is no payload, if there is none; the bytes are what stands in its place then.
    pub lost: Option<&'a Unavailable>,
    /// Whether what it was in begins with a byte order mark.
    pub is_behind_mark: bool,
}

impl Enclosed<'_> {
    /// Where `span` is, or the beginning if nothing was found there.
    pub(super) fn place(&self, span: &Range<usize>) -> Range<usize> {
        let from = self.places.partition_point(|(known, _)| known.start < span.start);
        let known = self.places[from..].iter().take_while(|(known, _)| known.start == span.start);
        known.clone().find(|(known, _)| known == span).map_or(0..0, |(_, place)| place.clone())
    }
}

impl Unwrap {
    /// What `word` asks for: `auto`, `never`, or the name of a shape. `None` if there is no such shape.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "never" => Some(Self::Never),
            "auto" => Some(Self::Auto),
            name => shapes().find(|shape| shape.name == name).map(|shape| Self::Only(shape.name)),
        }
    }

    /// Whether the records of a container's log are joined where they are parts of one message.
    pub(crate) fn joins_records(&self) -> bool {
        matches!(self, Self::Auto | Self::Only(_))
    }

    /// Shows each payload that is in `capture` to `look`; false if it is not a capture, but a payload itself. It was read by
    /// `reader`, which is what [`event::reader`] gives, and is JSON if there is a document.
    /// What is inflated has at most `limit` bytes. `shape` is what the source as a whole was seen to be.
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

    /// The same, but for who verifies signatures: what stands beside one is what was signed, so nothing in it is
    /// opened, not even the forms that a delivery's own JSON is made into.
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
    if matches!(root.kind(), Kind::Object | Kind::Array | Kind::String)
        && !generic::speaks_for_the_event(root)
    {
        let (is_named, marks) = (generic::is_named_as_the_event(root), marks(root));
        let mut marked = marked().iter().filter(|(_, asked)| asked & !marks == 0).map(|(shape, _)| *shape);
        marked.find(|shape| (!is_named || generic::is_form(shape.name)) && shape.is_of_value(root))
    } else {
        None
    }
}

/// One bit for a name, recognised by its length and its first letter. What a shape asks for is mostly not there, and this says
/// so at once.
fn mark(name: &str) -> u64 {
    1 << ((7 * name.len() + usize::from(name.as_bytes().first().copied().unwrap_or_default())) % 64)
}

/// The marks of all names at the top of `root`.
fn marks(root: Node<'_>) -> u64 {
    match root.members() {
        Some(members) => members.iter().fold(0, |marks, member| marks | mark(&member.name())),
        // What is first in a list is asked for by its index.
        None => mark("0"),
    }
}

/// All shapes, each with the marks of the names that its signs ask for at the top.
fn marked() -> &'static [(&'static Shape, u64)] {
    static MARKED: OnceLock<Vec<(&Shape, u64)>> = OnceLock::new();
    let marks = |shape: &Shape| shape.names_at_top().fold(0, |marks, name| marks | mark(name));
    MARKED.get_or_init(|| shapes().map(|shape| (shape, marks(shape))).collect())
}

/// Whether the document is a payload of this family of events, so that nothing in it is looked into.
pub(crate) fn stands_for_itself(document: &Document<'_>) -> bool {
    let sight = Sight::of_document(document);
    // By its `type` alone it may be the nested form, in which the fields stand one level down.
    sight.speaks() && (sight.has_own || !generic::is_nested(document.root()))
}

/// The place of the first payload in `document` that no shape reports, and how many there are.
pub(crate) fn found_in(document: &Document<'_>) -> Option<(Pointer, usize)> {
    let mut room = room(document.text().as_bytes(), document.text().len());
    let found = search(document, None, &mut room);
    Some((found.first()?.pointer.clone(), found.len()))
}

/// Where the first payload stands in a text that is not a capture of a known shape.
pub(crate) fn payload_in_text(text: &[u8]) -> Option<Range<usize>> {
    if text::begins(text) { text::payload(text) } else { None }
}

/// The shape of a text that is a capture, and no JSON.
pub(crate) fn recognised_text(text: &[u8]) -> Option<&'static Shape> {
    shapes().find(|shape| shape.is_of_text(text))
}

/// How an input splits that begins with `text`, and its shape, if that is a text of a known shape.
pub(crate) fn framing_of(text: &[u8]) -> Option<(Framing, &'static Shape)> {
    let shape = recognised_text(text).or_else(|| text::begins(text).then_some(&generic::TEXT))?;
    match shape.form {
        Form::Text(framing, _) => Some((framing, shape)),
        Form::Nothing(..) => Some((Framing::Whole, shape)),
        Form::Members(_) => None,
    }
}

/// Where in `root` the first payload of a capture of that shape is.
pub(crate) fn first_place<'a>(shape: &Shape, root: Node<'a>) -> Option<(Pointer, Node<'a>)> {
    let Form::Members(members) = &shape.form else { return None };
    let start = members.each.map_or_else(String::new, |each| format!("{each}/0"));
    members.bodies.iter().find_map(|body| {
        let pointer = format!("{start}{}", body.at);
        shape::at(root, &pointer).map(|node| (pointer.into(), node))
    })
}

/// How many bytes may be inflated in all of a capture.
fn room(capture: &[u8], limit: usize) -> usize {
    limit.min(decode::INFLATED_AT_LEAST + capture.len().saturating_mul(decode::INFLATED_PER_BYTE))
}

#[cfg(test)]
mod tests;
