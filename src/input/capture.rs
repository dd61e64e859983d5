//! Payloads inside something else: a HAR file, a Lambda event, an HTTP dump, a log line.
//!
//! In: the bytes of one capture, and how to unwrap it. Out: each payload in it as a leaf, with where it is from, or
//! the [`Trouble`] that keeps it from being had.
//! What always holds: a capture is told by the signs of the table of shapes, never by something in it that looks right; a payload
//! that has a field of the event's own at its top is never taken for one; what a sender sent is never opened, since
//! anyone can send what looks like a capture; wrappers inside each other, and what is inflated, are bounded; every
//! offset in a payload leads back to the capture's own bytes.

mod aws;
mod curl;
mod decode;
mod escaped;
mod http;
mod layer;
mod log;
mod lost;
mod origin;
mod place;
mod plain;
mod relay;
mod search;
mod shape;
mod sight;
mod skipped;
mod sse;
mod text;
mod trouble;

pub(crate) use layer::Trace;
pub use origin::{Fidelity, Headers, Origin, Step};
pub use shape::{Listed, Shape};
pub use skipped::Skipped;
pub(crate) use text::has_own_name;
pub use trouble::Trouble;

use super::framing::Framing;
use crate::association;
use crate::association::event::{EIGHT, EIGHT_OWN};
use crate::payload::{Document, Kind, Members, Node, Pointer, Reader};
use layer::Layer;
use search::search;
use shape::{Form, Part, Then};
use sight::Sight;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::OnceLock;
use text::{Objects, Piece};

/// How many captures may be inside each other.
const NESTED_AT_MOST: usize = 4;
/// How many layers a text may be in whose escapes are undone.
const ESCAPED_AT_MOST: usize = 8;
/// What a text is called in which no payload stands.
pub(crate) const TEXTS: &str = "lines of text";

/// All shapes, the families one after another; within one the narrower first, and what is told by little at the end.
const FAMILIES: [&[Shape]; 7] =
    [aws::SHAPES, relay::SHAPES, log::SHAPES, http::SHAPES, curl::SHAPES, lost::SHAPES, plain::SHAPES];

/// All shapes, in the order they are looked for.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    FAMILIES.into_iter().flatten()
}

/// All shapes, as a person is told of them, in the same order.
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
    /// What it was in.
    pub(crate) origin: Origin,
    /// The way back to the capture's bytes, the outermost layer first.
    pub(crate) layers: Vec<Layer>,
    /// Why there is no payload.
    pub(crate) trouble: Option<Trouble>,
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
    pub lost: Option<&'a Trouble>,
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
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "never" => Some(Self::Never),
            "auto" => Some(Self::Auto),
            name => shapes().find(|shape| shape.name == name).map(|shape| Self::Only(shape.name)),
        }
    }

    /// Shows each payload that is in `capture` to `look`; false if it is no capture, but a payload itself.
    /// What is inflated has at most `limit` bytes. `shape` is what the source as a whole was seen to be.
    pub(crate) fn open(
        &self,
        capture: &[u8],
        shape: Option<&'static Shape>,
        limit: usize,
        look: &mut dyn FnMut(Leaf<'_>),
    ) -> bool {
        self.open_with(capture, shape, Opening::new(room(capture, limit), false, look))
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
        self.open_with(capture, shape, Opening::new(room(capture, limit), true, look))
    }

    fn open_with(&self, capture: &[u8], shape: Option<&'static Shape>, mut opening: Opening<'_>) -> bool {
        match self {
            Self::Never => false,
            Self::Auto => {
                opening.may_search = !opening.is_for_signatures;
                opening.open(capture, &Above::NOTHING, shape)
            }
            Self::At(pointer) => {
                opening.open_at(capture, pointer);
                true
            }
            Self::Only(name) => {
                let (shape, is_told) = named(name, capture);
                opening.misfit = Some(shape).filter(|_| !is_told);
                opening.open(capture, &Above::NOTHING, Some(shape))
            }
        }
    }
}

/// What a text is inside of.
struct Above<'a> {
    steps: &'a [Step],
    layers: &'a [Layer],
    headers: &'a Headers,
    fidelity: Fidelity,
}

impl Above<'_> {
    const NOTHING: Above<'static> =
        Above { steps: &[], layers: &[], headers: &Headers::NONE, fidelity: Fidelity::Raw };
}

struct Opening<'l> {
    /// How many bytes may still be inflated, in all of the capture.
    room: usize,
    /// Whether what a signature may cover stays whole.
    is_for_signatures: bool,
    /// Whether payloads are looked for where no shape says that they are.
    may_search: bool,
    /// The shape that was named, where the signs do not tell it: it explains why nothing is found.
    misfit: Option<&'static Shape>,
    /// Where the bodies begin that the outermost shape told of, and whether one of them was a payload.
    sent: HashSet<usize>,
    has_payload: bool,
    look: &'l mut dyn FnMut(Leaf<'_>),
    reader: Reader,
}

impl<'l> Opening<'l> {
    fn new(room: usize, is_for_signatures: bool, look: &'l mut dyn FnMut(Leaf<'_>)) -> Self {
        let (may_search, misfit, sent, has_payload) = (false, None, HashSet::new(), false);
        let reader = association::reader();
        Self { room, is_for_signatures, may_search, misfit, sent, has_payload, look, reader }
    }

    /// Opens `text` as a capture of `shape`, or of the one that its signs tell. False if there is none.
    fn open(&mut self, text: &[u8], above: &Above<'_>, shape: Option<&'static Shape>) -> bool {
        let document = self.reader.read(text).ok();
        let is_opened = self.open_read(text, document.as_ref(), above, shape);
        document.into_iter().for_each(|document| self.reader.reuse(document));
        is_opened
    }

    fn open_read(
        &mut self,
        text: &[u8],
        document: Option<&Document<'_>>,
        above: &Above<'_>,
        shape: Option<&'static Shape>,
    ) -> bool {
        // In an input that begins as text, some of what follows is none.
        let is_text = !self.is_for_signatures && document.is_none() && text::begins(text);
        let shape = shape.filter(|shape| shape.name != plain::TEXT.name || is_text);
        let recognised = || {
            recognised(text, document).filter(|shape| !self.is_for_signatures || !plain::is_form(shape.name))
        };
        let Some(shape) = shape.or_else(recognised) else {
            return match document {
                Some(document) => self.search(document, false, above),
                None => self.may_search && is_text && self.line(text, above),
            };
        };
        if above.steps.len() == NESTED_AT_MOST {
            self.leaf(text, above, Some(Trouble::too_deep(NESTED_AT_MOST)));
            return true;
        }
        match (&shape.form, document) {
            (Form::Members(members), Some(document)) => {
                members.each_delivery(document, |delivery, pointer| {
                    let part = match delivery {
                        Ok(delivery) => members.part(document, delivery, pointer, &mut self.room),
                        Err(lost) => lost,
                    };
                    self.part(text, part, above, shape);
                });
            }
            (Form::Text(_, parts), _) => parts(text, &mut |part| self.part(text, part, above, shape)),
            (Form::Nothing(..), Some(document)) if self.search(document, true, above) => {}
            (Form::Nothing(..), None)
                if self.may_search && !lost::changes(shape) && self.line(text, above) => {}
            (Form::Nothing(what, help), _) => {
                let lost = Part::lost(0..text.len(), Trouble::not_recorded(what, help));
                self.part(text, lost, above, shape);
            }
            (Form::Members(_), None) => return false,
        }
        if let Some(document) = document.filter(|_| !self.has_payload && above.steps.is_empty()) {
            self.search(document, true, above);
        }
        true
    }

    /// Shows what is found in a document where no shape says that it is. False if nothing is, or if the document
    /// itself is the payload.
    ///
    /// Where it `was_opened` as a capture, what that said to be a body is a sender's.
    fn search(&mut self, document: &Document<'_>, was_opened: bool, above: &Above<'_>) -> bool {
        if !self.may_search || Sight::of(document.root()).speaks() {
            return false;
        }
        let all = search(document, Some(&self.sent).filter(|_| was_opened), &mut self.room);
        for found in &all {
            let (pointer, encoding) = (found.pointer.clone(), found.encoding);
            let step = Step { shape: plain::JSON.name, pointer, number: 0, encoding };
            let (steps, layers) = ([above.steps, &[step]].concat(), [above.layers, &found.layers].concat());
            let (headers, fidelity) = (above.headers, above.fidelity.max(found.fidelity));
            let inner = Above { steps: &steps, layers: &layers, headers, fidelity };
            match found.shape {
                // What is around it says nothing of the bodies in it.
                Some(shape) => {
                    self.open(&found.bytes, &Above { fidelity: above.fidelity, ..inner }, Some(shape));
                }
                None => {
                    let trouble = found.is_too_deep.then(|| Trouble::too_deep(NESTED_AT_MOST));
                    self.leaf(&found.bytes, &inner, trouble);
                }
            }
        }
        !all.is_empty()
    }

    /// Opens one delivery of a capture, and what is in it.
    fn part(&mut self, text: &[u8], part: Part<'_>, above: &Above<'_>, shape: &Shape) {
        if above.steps.is_empty() && part.content.is_ok() {
            self.sent.insert(part.place.start);
        }
        let step =
            Step { shape: shape.name, pointer: part.pointer, number: part.number, encoding: part.encoding };
        let mut steps = above.steps.to_vec();
        steps.push(step);
        let own = Some(&part.headers).filter(|headers| !headers.is_empty() && !above.headers.are_signed());
        let headers = own.unwrap_or(above.headers);
        let is_signed = self.is_for_signatures && headers.are_signed();
        let then = if is_signed { Then::Payload } else { part.then };
        let mut fidelity = above.fidelity.max(part.fidelity);
        let mut layers = above.layers.to_vec();
        match part.content {
            Ok(content) => {
                layers.extend(content.layers);
                let is_of = |shape: &Shape| {
                    Document::parse(&content.bytes).is_ok_and(|document| shape.is_of_value(document.root()))
                };
                let text = match then {
                    Then::Text(what) => Some(what),
                    Then::PerhapsText(shape, what) => Some(what).filter(|_| !is_of(shape)),
                    Then::Payload | Then::Shape(_) | Then::Perhaps(_) => None,
                };
                if text.is_some() {
                    fidelity = fidelity.max(Fidelity::Logged);
                }
                let inner = Above { steps: &steps, layers: &layers, headers, fidelity };
                // What is cut is not looked into.
                let cut = own.and_then(|own| cut(&content.bytes, own, fidelity));
                if let (None, Some(what)) = (&cut, text) {
                    self.text(&content.bytes, &inner, what);
                } else if cut.is_some() || !self.open_body(&content.bytes, &inner, then) {
                    let trouble = cut.or_else(|| in_body(&content.bytes, own.unwrap_or(&Headers::NONE)));
                    self.leaf(&content.bytes, &inner, trouble);
                }
            }
            Err(trouble) => {
                layers.push(Layer::Verbatim(part.place.start));
                let inner = Above { steps: &steps, layers: &layers, headers, fidelity };
                self.leaf(&text[part.place], &inner, Some(trouble));
            }
        }
    }

    /// Opens a body as what its shape says it is. False if it is the payload.
    fn open_body(&mut self, body: &[u8], above: &Above<'_>, then: Then) -> bool {
        match then {
            Then::Payload | Then::Text(_) => false,
            Then::Shape(shape) | Then::PerhapsText(shape, _) => self.open(body, above, Some(shape)),
            Then::Perhaps(shape) => {
                let is_so = Document::parse(body).is_ok_and(|document| shape.is_of_value(document.root()));
                is_so && self.open(body, above, Some(shape))
            }
        }
    }

    /// Opens a line that is not JSON among others that are. False if no payload stands in it: it is broken then.
    fn line(&mut self, line: &[u8], above: &Above<'_>) -> bool {
        let is_payload =
            |piece| matches!(piece, Piece::Object(range) if text::has_own_name(&line[range.clone()]));
        let holds_payload = |text: &[u8]| text::has_own_name(text) && Objects::new(text).any(is_payload);
        let is_text = holds_payload(line) || escaped::unescaped(line).is_some();
        if is_text {
            self.part(line, Part::text(line, 0..line.len(), TEXTS), above, &plain::TEXT);
        }
        is_text
    }

    /// Shows every object in a text.
    fn text(&mut self, text: &[u8], above: &Above<'_>, what: &'static str) {
        let pieces: Vec<Piece> = Objects::new(text).collect();
        let is_payload =
            |piece: &Piece| matches!(piece, Piece::Object(range) if text::has_own_name(&text[range.clone()]));
        if !pieces.iter().any(is_payload)
            && let Some((plain, layer)) = escaped::unescaped(text)
            && above.layers.len() < ESCAPED_AT_MOST
        {
            let layers = [above.layers, &[layer]].concat();
            return self.text(&plain, &Above { layers: &layers, ..*above }, what);
        }
        // A name of the event's own where no object could be read: in a notation that is not JSON's.
        let is_unread = pieces.is_empty() || !pieces.iter().any(is_payload) && is_laid_out(text, &pieces[0]);
        if is_unread && text::has_field(text) {
            return self.leaf(text, above, None);
        }
        if pieces.is_empty() {
            return self.leaf(text, above, Some(Trouble::skippable(what)));
        }
        let mut done = 0;
        for piece in pieces {
            let (Piece::Object(range) | Piece::Broken(range)) = piece;
            self.between(text, done..range.start, above, what);
            done = range.end;
            let mut layers = above.layers.to_vec();
            layers.push(Layer::Verbatim(range.start));
            let (above, object) = (Above { layers: &layers, ..*above }, &text[range]);
            let document = Document::parse(object).ok().filter(|_| self.may_search);
            if !document.is_some_and(|document| self.search(&document, false, &above)) {
                let is_begun = what == log::LINES && log::is_begun(object);
                self.leaf(object, &above, is_begun.then(Trouble::begun));
            }
        }
        self.between(text, done..text.len(), above, what);
    }

    /// Shows the lines in `range` that hold no part of a payload, which are skipped.
    fn between(&mut self, text: &[u8], range: Range<usize>, above: &Above<'_>, what: &'static str) {
        let is_line_start = range.start == 0;
        let start = match memchr::memchr(b'\n', &text[range.clone()]) {
            _ if is_line_start => 0,
            Some(end) => range.start + end + 1,
            None => return,
        };
        let end = if range.end == text.len() {
            range.end
        } else {
            memchr::memrchr(b'\n', &text[..range.end]).map_or(0, |newline| newline + 1)
        };
        if start < end && !super::framing::is_blank(&text[start..end]) {
            let layers = [above.layers, &[Layer::Verbatim(start)]].concat();
            self.leaf(
                &text[start..end],
                &Above { layers: &layers, ..*above },
                Some(Trouble::skippable(what)),
            );
        }
    }

    fn leaf(&mut self, bytes: &[u8], above: &Above<'_>, mut trouble: Option<Trouble>) {
        let origin =
            Origin { steps: above.steps.to_vec(), fidelity: above.fidelity, headers: above.headers.clone() };
        if let (
            Some(shape),
            Some(Trouble { code: "capture/empty" | "capture/no-payload", aside: None, .. }),
        ) = (self.misfit, &trouble)
        {
            trouble = Some(Trouble::other_shape(shape));
        }
        self.has_payload |= trouble.is_none();
        (self.look)(Leaf { bytes, origin, layers: above.layers.to_vec(), trouble });
    }
}

/// Whether an object goes over lines from the first one of a text on: what stands in front of each says what is wrong.
fn is_laid_out(text: &[u8], piece: &Piece) -> bool {
    let (Piece::Object(range) | Piece::Broken(range)) = piece;
    let is_first = memchr::memchr(b'\n', &text[..range.start]).is_none();
    is_first && memchr::memchr(b'\n', &text[range.clone()]).is_some()
}

/// The shape of that name, and whether its signs tell it; of several, the one that they do tell.
fn named(name: &str, text: &[u8]) -> (&'static Shape, bool) {
    let document = Document::parse(text).ok();
    let is_so = |shape: &&Shape| match &document {
        Some(document) => shape.is_of_value(document.root()),
        None => shape.is_of_text(text),
    };
    let of_name = || shapes().filter(|shape| shape.name == name);
    let told = of_name().find(is_so);
    let shape = told.or_else(|| of_name().next()).expect("internal error: a shape that was named is known");
    (shape, told.is_some())
}

/// The shape that the signs tell.
fn recognised(text: &[u8], document: Option<&Document<'_>>) -> Option<&'static Shape> {
    match document {
        Some(document) => recognised_value(document.root()),
        None => recognised_text(text),
    }
}

/// The shape of a JSON value that is a capture.
pub(crate) fn recognised_value(root: Node<'_>) -> Option<&'static Shape> {
    if matches!(root.kind(), Kind::Object | Kind::Array | Kind::String) && !plain::speaks_for_the_event(root)
    {
        let (is_named, marks) = (plain::is_named_as_the_event(root), marks(root));
        let mut marked = marked().iter().filter(|(_, asked)| asked & !marks == 0).map(|(shape, _)| *shape);
        marked.find(|shape| (!is_named || plain::is_form(shape.name)) && shape.is_of_value(root))
    } else {
        None
    }
}

/// One bit for a name, told by its length and its first letter. What a shape asks for is mostly not there, and this says
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

/// Whether the value is a payload of this family of events, so that nothing in it is looked into.
fn speaks_for_the_event(root: Node<'_>) -> bool {
    let sight = Sight::of(root);
    // By its `type` alone it may be the nested form, in which the fields stand one level down.
    sight.speaks() && (sight.has_own || !plain::is_nested(root))
}

/// The same of a document that was read by the event's names.
pub(crate) fn stands_for_itself(document: &Document<'_>) -> bool {
    let names = document.members().map_or(0, Members::present) & EIGHT;
    names & EIGHT_OWN != 0 && names.count_ones() >= 2 || speaks_for_the_event(document.root())
}

/// The place of the first payload in `document` that no shape tells of, and how many there are.
pub(crate) fn found_in(document: &Document<'_>) -> Option<(Pointer, usize)> {
    let mut room = room(document.text().as_bytes(), document.text().len());
    let found = search(document, None, &mut room);
    Some((found.first()?.pointer.clone(), found.len()))
}

/// Where the first payload stands in a text that is no capture of a known shape.
pub(crate) fn payload_in_text(text: &[u8]) -> Option<Range<usize>> {
    let objects = || {
        Objects::new(text).filter_map(|piece| match piece {
            Piece::Object(range) if text::has_own_name(&text[range.clone()]) => Some(range),
            _ => None,
        })
    };
    if text::begins(text) && text::has_own_name(text) { objects().next() } else { None }
}

/// The shape of a text that is a capture, and no JSON.
pub(crate) fn recognised_text(text: &[u8]) -> Option<&'static Shape> {
    shapes().find(|shape| shape.is_of_text(text))
}

/// How an input splits that begins with `text`, and its shape, if that is a text of a known shape.
pub(super) fn framing_of(text: &[u8]) -> Option<(Framing, &'static Shape)> {
    let shape = recognised_text(text).or_else(|| text::begins(text).then_some(&plain::TEXT))?;
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

/// Whether a body is shorter than its own headers say. Those around it speak of what it is a part of.
fn cut(bytes: &[u8], own: &Headers, fidelity: Fidelity) -> Option<Trouble> {
    let declared = own.all("content-length").find_map(|length| length.trim().parse::<u64>().ok())?;
    let is_cut =
        declared > bytes.len() as u64 && fidelity == Fidelity::Raw && !super::framing::is_blank(bytes);
    // What is whole was not cut: someone changed it, as those do who make captures anonymous.
    let is_cut = is_cut && Document::parse(bytes).is_err();
    is_cut.then(|| Trouble::cut(bytes.len(), declared))
}

/// What keeps a captured body from being a payload, if it can be told without reading it as JSON.
fn in_body(bytes: &[u8], own: &Headers) -> Option<Trouble> {
    if super::framing::is_blank(bytes) {
        return Some(Trouble::empty());
    }
    match bytes {
        [0x1f, 0x8b, ..] => return Some(Trouble::compressed("gzip")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Some(Trouble::compressed("Zstandard")),
        _ => {}
    }
    plain::other_kind(bytes, own).map(Trouble::not_json)
}

#[cfg(test)]
mod tests;
