//! Opens one capture: the payloads that its shape declares, and those that no shape declares.
//!
//! In: the bytes of a capture, and its shape if known. Out: each payload in it, or the place where one should be, shown
//! as a [`Leaf`].
//!
//! Invariants: a body that a shape declares is the sender's and never searched; headers around a body that carry a
//! signature are not replaced by headers inside it; nesting is bounded.

use super::copies::ContentPrint;
use super::decode::decoded;
use super::layer::Layer;
use super::origin::{Origin, Step};
use super::search::search_inside;
use super::shape::{CapturePart, Shape, ShapeForm, Then};
use super::sight::Sight;
use super::text::{self, Objects, TextPiece};
use super::unavailable::{Unavailable, Why};
use super::{Leaf, TEXTS, escaped, generic, log, recognised};
use crate::headers::{Fidelity, Headers};
use crate::payload::{Document, Reader};
use crate::seed::Fingerprinted;
use crate::split::is_blank;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::sync::LazyLock;

/// The depth to which captures may be nested.
const NESTED_AT_MOST: usize = 4;
/// The number of layers around a text in which escapes are still undone.
const ESCAPED_AT_MOST: usize = 16;

/// The surroundings of a text.
pub(super) struct Above<'a> {
    pub(super) steps: &'a [Step],
    pub(super) layers: &'a [Layer],
    pub(super) headers: &'a Headers,
    pub(super) fidelity: Fidelity,
}

impl Above<'_> {
    pub(super) const NOTHING: Above<'static> =
        Above { steps: &[], layers: &[], headers: &Headers::NONE, fidelity: Fidelity::Raw };
}

pub(super) struct Opening<'l> {
    /// The number of bytes that may still be inflated in the whole capture.
    pub(super) room: usize,
    /// Whether everything that a signature may cover stays whole.
    pub(super) is_for_signatures: bool,
    /// Whether payloads are searched for outside of the places that shapes declare.
    pub(super) may_search: bool,
    /// The shape that was requested, if its signs are missing: it explains why nothing is found.
    pub(super) misfit: Option<&'static Shape>,
    shown: ShownPayloads,
    pub(super) look: &'l mut dyn FnMut(Leaf<'_>),
    /// The reader that [`event::reader`](crate::event::reader) gives.
    pub(super) reader: &'l mut Reader,
}

impl<'l> Opening<'l> {
    pub(super) fn new(
        room: usize,
        is_for_signatures: bool,
        reader: &'l mut Reader,
        look: &'l mut dyn FnMut(Leaf<'_>),
    ) -> Self {
        let (may_search, misfit) = (false, None);
        Self { room, is_for_signatures, may_search, misfit, shown: ShownPayloads::default(), look, reader }
    }

    /// Opens `text` as a capture of `shape`, or of the one that its signs show. False if there is none.
    pub(super) fn open(&mut self, text: &[u8], above: &Above<'_>, shape: Option<&'static Shape>) -> bool {
        let document = self.reader.accept(text);
        let is_opened = self.open_read(text, document.as_ref(), above, shape);
        document.into_iter().for_each(|document| self.reader.reuse(document));
        is_opened
    }

    /// The same for a text that was read already, and is JSON if there is a document.
    pub(super) fn open_read(
        &mut self,
        text: &[u8],
        document: Option<&Document<'_>>,
        above: &Above<'_>,
        shape: Option<&'static Shape>,
    ) -> bool {
        // In an input that begins as text, some parts are not text.
        let is_text = !self.is_for_signatures && document.is_none() && text::begins(text);
        let shape = shape.filter(|shape| shape.name != generic::TEXT.name || is_text);
        let recognised = || {
            recognised(text, document)
                .filter(|shape| !self.is_for_signatures || !generic::is_form(shape.name))
        };
        let Some(shape) = shape.or_else(recognised) else {
            return match document {
                Some(document) => self.search(document, None, above),
                None => self.may_search && is_text && self.line(text, above),
            };
        };
        if above.steps.len() == NESTED_AT_MOST {
            self.leaf(text, above, Some(Unavailable::too_deep(NESTED_AT_MOST)));
            return true;
        }
        match (&shape.form, document) {
            (ShapeForm::Members(members), Some(document)) => {
                let mut sent = Vec::new();
                self.shown.captures += 1;
                members.each_delivery(document, |delivery, pointer| {
                    let part = match delivery {
                        Ok(delivery) => members.part(document, delivery, pointer, &mut self.room),
                        Err(unavailable) => unavailable,
                    };
                    if part.content.is_ok() {
                        sent.push(part.place.clone());
                    }
                    self.part(text, part, above, shape);
                });
                sent.sort_unstable_by_key(|place| place.start);
                let given = std::mem::replace(&mut self.shown.given, self.shown.count);
                self.search(document, Some(&sent), above);
                self.shown.given = given;
                self.shown.captures -= 1;
            }
            (ShapeForm::Text(_, parts), _) => parts(text, &mut |part| self.part(text, part, above, shape)),
            (ShapeForm::Nothing(..), Some(document)) if self.search(document, Some(&[]), above) => {}
            (ShapeForm::Nothing(..), None) if self.may_search && self.line(text, above) => {}
            (ShapeForm::Nothing(what, help), _) => {
                let unavailable =
                    CapturePart::unavailable(0..text.len(), Unavailable::not_recorded(what, help));
                self.part(text, unavailable, above, shape);
            }
            (ShapeForm::Members(_), None) => return false,
        }
        true
    }

    /// Shows the payloads that are found in a document outside of the places that shapes declare. False if there are
    /// none, or if the document itself is the payload.
    ///
    /// If the document was opened as a capture, the values in `sent` are the sender's, and payloads that were shown
    /// already are not shown again.
    pub(super) fn search(
        &mut self,
        document: &Document<'_>,
        sent: Option<&[Range<usize>]>,
        above: &Above<'_>,
    ) -> bool {
        if !self.may_search {
            return false;
        }
        let sight = Sight::of_document(document);
        if sight.speaks() || sight.is_other_event() {
            return false;
        }
        let mut all = search_inside(document, sent, &mut self.room);
        // A nested capture was opened together with the outer one, unless it holds payloads that the outer one did not
        // report.
        all.retain(|found| found.speaks || sent.is_none());
        for found in &all {
            let (pointer, encoding) = (found.pointer.clone(), found.encoding);
            let step = Step { shape: generic::JSON.name, pointer, number: 0, encoding };
            let (steps, layers) = ([above.steps, &[step]].concat(), [above.layers, &found.layers].concat());
            let (headers, fidelity) = (above.headers, above.fidelity.max(found.fidelity));
            let inner = Above { steps: &steps, layers: &layers, headers, fidelity };
            match found.shape {
                // The surroundings say nothing about the bodies inside.
                Some(shape) => {
                    self.open(&found.bytes, &Above { fidelity: above.fidelity, ..inner }, Some(shape));
                }
                None => {
                    self.leaf(&found.bytes, &inner, found.too_deep.clone());
                }
            }
        }
        !all.is_empty()
    }

    /// Opens one delivery of a capture, and its content.
    pub(super) fn part(&mut self, text: &[u8], part: CapturePart<'_>, above: &Above<'_>, shape: &Shape) {
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
                    Document::accept(&content.bytes)
                        .is_some_and(|document| shape.is_of_value(document.root()))
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
                // A cut body is not searched.
                let cut = own.and_then(|own| cut(&content.bytes, own, fidelity));
                if let (None, Some(what)) = (&cut, text) {
                    self.text(&content.bytes, &inner, what);
                } else if cut.is_some() || !self.open_body(&content.bytes, &inner, then) {
                    let unavailable = cut.or_else(|| in_body(&content.bytes, own.unwrap_or(&Headers::NONE)));
                    self.leaf(&content.bytes, &inner, unavailable);
                }
            }
            Err(unavailable) => {
                layers.push(Layer::Verbatim(part.place.start));
                let inner = Above { steps: &steps, layers: &layers, headers, fidelity };
                self.leaf(&text[part.place], &inner, Some(unavailable));
            }
        }
    }

    /// Opens a body as its shape declares it. False if it is the payload.
    fn open_body(&mut self, body: &[u8], above: &Above<'_>, then: Then) -> bool {
        match then {
            Then::Payload | Then::Text(_) => false,
            Then::Shape(shape) | Then::PerhapsText(shape, _) => self.open(body, above, Some(shape)),
            Then::Perhaps(shape) => {
                let is_so = Document::accept(body).is_some_and(|document| shape.is_of_value(document.root()));
                is_so && self.open(body, above, Some(shape))
            }
        }
    }

    /// Opens a line that is not JSON among others that are. False if it contains no payload: then it is a broken one.
    fn line(&mut self, line: &[u8], above: &Above<'_>) -> bool {
        let is_text = text::holds_payload(line);
        if is_text {
            self.part(line, CapturePart::text(line, 0..line.len(), TEXTS), above, &generic::TEXT);
        }
        is_text
    }

    /// Shows every object in a text.
    pub(super) fn text(&mut self, text: &[u8], above: &Above<'_>, what: &'static str) {
        let is_encoded = |piece: &TextPiece| matches!(piece, TextPiece::Encoded(_));
        let is_kept = |piece: &TextPiece| !is_encoded(piece) || piece.is_payload(text);
        let pieces: Vec<TextPiece> = Objects::new(text).filter(is_kept).collect();
        let is_payload = |piece: &TextPiece| is_encoded(piece) || piece.is_payload(text);
        if !pieces.iter().any(is_payload) && self.escaped(text, 0..text.len(), above, what) {
            return;
        }
        // A name of the event where no object could be read: the notation is not JSON's.
        let is_unread = pieces.is_empty() || !pieces.iter().any(is_payload) && is_laid_out(text, &pieces[0]);
        if is_unread && text::has_field(text) {
            return self.leaf(text, above, None);
        }
        if pieces.is_empty() {
            let is_field = what == log::LINES && log::is_field(text);
            let unavailable = if is_field { Unavailable::field() } else { Unavailable::skippable(what) };
            return self.leaf(text, above, Some(unavailable));
        }
        let mut done = 0;
        for piece in pieces {
            let range = piece.range();
            self.between(text, done..range.start, above, what);
            done = range.end;
            if let TextPiece::Encoded(_) = piece {
                self.encoded(text, range, above);
                continue;
            }
            if matches!(piece, TextPiece::Broken(_)) && self.escaped(text, range.clone(), above, what) {
                continue;
            }
            let mut layers = above.layers.to_vec();
            layers.push(Layer::Verbatim(range.start));
            let (above, object) = (Above { layers: &layers, ..*above }, &text[range]);
            let is_begun = what == log::LINES && log::is_begun(object);
            self.found(object, &above, is_begun.then(Unavailable::begun));
        }
        self.between(text, done..text.len(), above, what);
    }

    /// Shows every object in a part of a text that is escaped around a name of the event. False if it is not.
    fn escaped(&mut self, text: &[u8], part: Range<usize>, above: &Above<'_>, what: &'static str) -> bool {
        let Some((plain, layer)) =
            escaped::unescaped(&text[part.clone()]).filter(|_| above.layers.len() < ESCAPED_AT_MOST)
        else {
            return false;
        };
        let layers = [above.layers, &[Layer::Verbatim(part.start), layer]].concat();
        self.text(&plain, &Above { layers: &layers, ..*above }, what);
        true
    }

    /// Shows the decoded content of base64 in a text.
    fn encoded(&mut self, text: &[u8], range: Range<usize>, above: &Above<'_>) {
        let digits = std::str::from_utf8(&text[range.clone()]).expect("internal error: digits are ASCII");
        let (mut steps, layers) =
            (above.steps.to_vec(), [above.layers, &[Layer::Opaque(range.start)]].concat());
        let (bytes, encoding) = match decoded(digits, &mut self.room) {
            Some((bytes, encoding)) => (Cow::Owned(bytes), Some(encoding)),
            // More than may be inflated.
            None => (Cow::Borrowed(digits.as_bytes()), None),
        };
        if let Some(step) = steps.last_mut() {
            step.encoding = step.encoding.or(encoding);
        }
        let above = Above { steps: &steps, layers: &layers, ..*above };
        self.found(&bytes, &above, None);
    }

    /// Shows something found in a text, or each payload in it.
    fn found(&mut self, bytes: &[u8], above: &Above<'_>, unavailable: Option<Unavailable>) {
        let document = self.reader.accept(bytes);
        if !document.as_ref().is_some_and(|document| self.search(document, None, above)) {
            self.leaf_read(bytes, document.as_ref(), above, unavailable);
        }
        document.into_iter().for_each(|document| self.reader.reuse(document));
    }

    /// Shows the lines in `range`: escaped payloads, or else those without any part of one, which are skipped.
    fn between(&mut self, text: &[u8], range: Range<usize>, above: &Above<'_>, what: &'static str) {
        if self.escaped(text, range.clone(), above, what) {
            return;
        }
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
        if start < end && !is_blank(&text[start..end]) {
            let layers = [above.layers, &[Layer::Verbatim(start)]].concat();
            self.leaf(
                &text[start..end],
                &Above { layers: &layers, ..*above },
                Some(Unavailable::skippable(what)),
            );
        }
    }

    pub(super) fn leaf(&mut self, bytes: &[u8], above: &Above<'_>, unavailable: Option<Unavailable>) {
        let document = if unavailable.is_none() { self.reader.accept(bytes) } else { None };
        self.leaf_read(bytes, document.as_ref(), above, unavailable);
        document.into_iter().for_each(|document| self.reader.reuse(document));
    }

    /// The same for a payload that was read already, and is JSON if there is a document.
    fn leaf_read(
        &mut self,
        bytes: &[u8],
        document: Option<&Document<'_>>,
        above: &Above<'_>,
        mut unavailable: Option<Unavailable>,
    ) {
        let origin =
            Origin { steps: above.steps.to_vec(), fidelity: above.fidelity, headers: above.headers.clone() };
        if let (Some(shape), Some(Unavailable { why: Why::Empty | Why::NoPayload, skippable: None, .. })) =
            (self.misfit, &unavailable)
        {
            unavailable = Some(Unavailable::other_shape(shape));
        }
        if unavailable.is_none() && self.shown.is_copy(bytes, document) {
            return;
        }
        let document = document.filter(|_| unavailable.is_none());
        (self.look)(Leaf { bytes, document, origin, layers: above.layers.to_vec(), unavailable });
    }
}

/// The payloads that were shown of the open captures.
#[derive(Default)]
struct ShownPayloads {
    /// The number of open captures.
    captures: usize,
    /// The payloads, each with how often it came before and how many of its members do not count.
    known: HashMap<u64, (usize, usize), BuildHasherDefault<Fingerprinted>>,
    count: usize,
    /// The number of times before the current search.
    given: usize,
}

impl ShownPayloads {
    /// Whether a payload is a copy of one that a shape reported: a search beside it must not count the same payload
    /// twice. Notes it if it is not. A payload with a duplicate that the other lacks is never a copy.
    fn is_copy(&mut self, payload: &[u8], document: Option<&Document<'_>>) -> bool {
        /// The keys of all fingerprints in a run: drawing keys for each capture takes longer than using them.
        static KEYS: LazyLock<ahash::RandomState> = LazyLock::new(crate::seed::ahash);
        if self.captures == 0 {
            return false;
        }
        let ContentPrint { sum, duplicates } = ContentPrint::of(payload, document, &KEYS);
        let is_copy = self
            .known
            .get(&sum)
            .is_some_and(|(before, known)| *before < self.given && (duplicates == 0 || duplicates == *known));
        if !is_copy {
            self.known.entry(sum).or_insert((self.count, duplicates));
            self.count += 1;
        }
        is_copy
    }
}

/// Whether an object is spread over several lines, starting with the first line of a text: the text in front of each
/// line then explains the fault.
fn is_laid_out(text: &[u8], piece: &TextPiece) -> bool {
    let range = piece.range();
    let is_first = memchr::memchr(b'\n', &text[..range.start]).is_none();
    is_first && memchr::memchr(b'\n', &text[range.clone()]).is_some()
}

/// Whether a body is shorter than its own headers say. Headers further out describe the whole that it is a part of.
fn cut(bytes: &[u8], own: &Headers, fidelity: Fidelity) -> Option<Unavailable> {
    let declared = own.all("content-length").find_map(|length| length.trim().parse::<u64>().ok())?;
    let is_cut = declared > bytes.len() as u64 && fidelity == Fidelity::Raw && !is_blank(bytes);
    // A whole body was not cut: someone changed it, as tools that anonymise captures do.
    let is_cut = is_cut && Document::accept(bytes).is_none();
    is_cut.then(|| Unavailable::cut(bytes.len(), declared))
}

/// The reason why a captured body is not a payload, if it is clear without reading it as JSON.
fn in_body(bytes: &[u8], own: &Headers) -> Option<Unavailable> {
    if is_blank(bytes) {
        return Some(Unavailable::empty());
    }
    match bytes {
        [0x1f, 0x8b, ..] => return Some(Unavailable::compressed("gzip")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => return Some(Unavailable::compressed("Zstandard")),
        _ => {}
    }
    generic::other_kind(bytes, own).map(Unavailable::not_json)
}
