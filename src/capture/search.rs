//! Payloads in JSON of no known shape, recognised by their own names, however deep they are.
//!
//! In: a document. Out: every object in it that speaks for the event, in document order, and every capture of a known
//! shape around one, each with its place.
//!
//! Invariants: an object that speaks is not searched; strings are opened, up to [`DEEPEST`] times, if they hold JSON, a
//! text with JSON in it, or base64 of either; the time is linear in the bytes read, and inflated bytes are taken from
//! the capture's room; every offset leads back to the document's own bytes.

use super::beneath::{Beneath, LEVELS_AT_MOST};
use super::copies::without_copies;
use super::decode::{base64, decoded as decoded_base64};
use super::escaped::unescaped;
use super::found::FoundPayload;
use super::layer::Layer;
use super::shape::Shape;
use super::sight::Sight;
use super::text::{Objects, TextPiece, has_own_name, is_begun, may_hold_payload};
use super::unavailable::Unavailable;
use super::{SHORTEST_VALUE, generic, recognised_value};
use crate::headers::Fidelity;
use crate::payload::{BYTE_ORDER_MARK, Document, Node, Pointer, Token, Tokens};
use std::borrow::Cow;
use std::ops::Range;

/// The number of strings inside strings that are opened.
pub(super) const DEEPEST: usize = 4;
/// The shortest string that may hold a payload, in bytes.
pub(super) const SHORTEST: usize = 24;
/// The bytes of objects that may be searched for the signs of shapes, for each byte of a text.
const SIGNS_PER_BYTE: usize = 4;
/// The number of things inside an object among which one that speaks is looked for.
const NEAR: usize = 64;

/// All payloads in `document`; one that occurs twice is included once. Empty if no object speaks for the event. If the
/// document was opened as a capture, the values in `sent`, which are in order, are a sender's and not searched.
/// Inflated bytes are taken from `room`.
pub(super) fn search(
    document: &Document<'_>,
    sent: Option<&[Range<usize>]>,
    room: &mut usize,
) -> Vec<FoundPayload> {
    if Sight::of(document.root()).is_other_event() { Vec::new() } else { search_inside(document, sent, room) }
}

/// The same for a document that is not itself another event.
pub(super) fn search_inside(
    document: &Document<'_>,
    sent: Option<&[Range<usize>]>,
    room: &mut usize,
) -> Vec<FoundPayload> {
    if document.root().text().len() < SHORTEST_VALUE {
        return Vec::new();
    }
    let mut search = Search { sent, room, found: Vec::new() };
    search.value(document, &Around { layers: &[], encoding: None, is_text: false, depth: 0 });
    let found = search.found;
    if found.iter().any(|found| found.speaks) { without_copies(found) } else { Vec::new() }
}

/// The surroundings of a text.
#[derive(Clone, Copy)]
struct Around<'a> {
    layers: &'a [Layer],
    encoding: Option<&'static str>,
    is_text: bool,
    depth: usize,
}

struct Search<'r> {
    sent: Option<&'r [Range<usize>]>,
    room: &'r mut usize,
    found: Vec<FoundPayload>,
}

/// A container that is not closed yet.
struct OpenContainer<'t> {
    start: usize,
    /// The name of the member that is being read; none in an array.
    name: Option<&'t str>,
    /// The index of the element that is being read.
    index: usize,
    sight: Sight,
    /// The number of payloads found before it.
    before: usize,
    /// For an array: whether an element speaks, and which of the payloads found are elements with only a name that may
    /// be the event's.
    has_speaker: bool,
    unsure: Vec<usize>,
    /// Whether it contains a sender's bytes, so that it was opened as a part of the capture.
    has_sent: bool,
}

/// A payload found in one text: directly, or in one of its strings.
enum Local {
    Here(Range<usize>, Pointer, Option<&'static Shape>, bool),
    Inside(FoundPayload),
    /// An element of a list, with its index, that is a payload if another one is.
    Unsure(Range<usize>, usize),
    /// An element of that kind that turned out not to be one.
    Nothing,
}

impl Local {
    fn speaks(&self) -> bool {
        match self {
            Self::Here(.., speaks) => *speaks,
            Self::Inside(found) => found.speaks,
            Self::Unsure(..) | Self::Nothing => false,
        }
    }
}

impl Search<'_> {
    /// Looks through the value of `document`.
    fn value(&mut self, document: &Document<'_>, around: &Around<'_>) {
        let (whole, root) = (document.text(), document.root().text());
        let (mut stack, mut local): (Vec<OpenContainer<'_>>, Vec<Local>) = (Vec::new(), Vec::new());
        let mut signs_left = whole.len().saturating_mul(SIGNS_PER_BYTE);
        let mut sent = self.sent.filter(|_| around.depth == 0).unwrap_or_default();
        let (mut tokens, mut beneath) = (Tokens::new(root), Beneath::default());
        loop {
            if is_next(&mut sent, &mut tokens, document) {
                note_sent(&mut stack);
            }
            let Some(token) = tokens.next() else { break };
            if stack.len() == LEVELS_AT_MOST && beneath.take(&token, document) {
                local.extend(beneath.closed().and_then(|value| too_deep(whole, value, &stack, around)));
                continue;
            }
            match token {
                Token::Open(text) => stack.push(OpenContainer {
                    start: document.span(text).start,
                    name: None,
                    index: 0,
                    sight: Sight::default(),
                    before: local.len(),
                    has_speaker: false,
                    unsure: Vec::new(),
                    has_sent: false,
                }),
                Token::Name(text) => {
                    let open = stack.last_mut().expect("internal error: a name is in an object");
                    open.sight.see(&decoded(text));
                    open.name = Some(text);
                }
                Token::Comma => {
                    if let Some(open) = stack.last_mut() {
                        open.index += 1;
                    }
                }
                Token::Scalar(text) => {
                    if let Some(open) = stack.last_mut().filter(|open| open.name == Some("\"type\"")) {
                        open.sight.see_type(Node::new(text));
                    }
                    if text.len() >= SHORTEST && text.starts_with('"') {
                        self.string(text, document.span(text).start, &stack, around, &mut local);
                    }
                }
                Token::Close(text) => {
                    let open = stack.pop().expect("internal error: what closes was open");
                    let object = &whole[open.start..document.span(text).end];
                    let was_opened = stack.is_empty() && around.depth == 0 && self.sent.is_some();
                    if open.has_sent {
                        note_sent(&mut stack);
                    }
                    if text == "]" {
                        decide_on_unsure(&open, || pointer(&stack), &mut local);
                    } else if !was_opened {
                        close(object, &open, || pointer(&stack), &mut signs_left, &mut local);
                        note_element(object, &open, &mut stack, &mut local);
                    }
                }
                Token::Colon => {}
            }
        }
        self.found.extend(local.into_iter().filter_map(|local| local.found(whole, around)));
    }

    /// Searches a string that begins at `start`.
    fn string(
        &mut self,
        text: &str,
        start: usize,
        stack: &[OpenContainer<'_>],
        around: &Around<'_>,
        local: &mut Vec<Local>,
    ) {
        let inside = &text[1..text.len() - 1];
        let content = Node::new(text).as_str().expect("internal error: it is a string");
        let is_text = memchr::memchr(b'{', content.as_bytes()).is_some()
            || content.trim_start().starts_with(['"', '[']);
        let decoded = match !is_text && begins_as_base64(content.as_bytes()) {
            true => decoded_base64(&content, self.room),
            false => None,
        };
        let (bytes, encoding, layer) = match (decoded, &content) {
            (Some((bytes, encoding)), _) => (Cow::Owned(bytes), Some(encoding), Layer::Opaque(start)),
            (None, _) if !is_text && !may_hold_payload(content.as_bytes()) => return,
            (None, Cow::Borrowed(text)) => (Cow::Borrowed(text.as_bytes()), None, Layer::Verbatim(start + 1)),
            (None, Cow::Owned(text)) => {
                (Cow::Borrowed(text.as_bytes()), None, Layer::escaped(inside, start + 1))
            }
        };
        let mut layers = around.layers.to_vec();
        layers.push(layer);
        let inner = Around {
            layers: &layers,
            encoding: around.encoding.or(encoding),
            is_text: true,
            depth: around.depth + 1,
        };
        let before = self.found.len();
        self.content(&bytes, &inner);
        if self.found.len() > before {
            let place = pointer(stack);
            local.extend(self.found.drain(before..).map(|found| Local::Inside(found.within(&place))));
        }
    }

    /// Searches the content of a string: a JSON text, or objects in another text.
    fn content(&mut self, bytes: &[u8], around: &Around<'_>) {
        if around.depth > DEEPEST {
            if has_own_name(bytes) {
                self.found.push(found(bytes, around, Some(Unavailable::too_deep(DEEPEST))));
            }
            return;
        }
        if let Some(document) = Document::accept(bytes) {
            return self.value(&document, around);
        }
        let mut done = 0;
        for piece in Objects::new(bytes) {
            let range = piece.range();
            self.escaped(bytes, done..range.start, around);
            done = range.end;
            if matches!(piece, TextPiece::Broken(_)) && self.escaped(bytes, range.clone(), around) {
                continue;
            }
            let mut layers = around.layers.to_vec();
            layers.push(match piece {
                TextPiece::Encoded(_) => Layer::Opaque(range.start),
                TextPiece::Object(_) | TextPiece::Broken(_) => Layer::Verbatim(range.start),
            });
            let (around, bytes) = (Around { layers: &layers, ..*around }, &bytes[range]);
            match (piece, Document::accept(bytes)) {
                (TextPiece::Object(_), Some(document)) => self.value(&document, &around),
                (TextPiece::Encoded(_), _) => self.encoded(bytes, &around),
                // A broken object at the start of a text may be anyone's.
                _ if self.was_payload(bytes) => self.found.push(found(bytes, &around, None)),
                _ => {}
            }
        }
        self.escaped(bytes, done..bytes.len(), around);
    }

    /// Searches a part of a text that is escaped around a name of the event. False if it is not.
    fn escaped(&mut self, text: &[u8], part: Range<usize>, around: &Around<'_>) -> bool {
        let Some((plain, layer)) = unescaped(&text[part.clone()]) else { return false };
        let layers = [around.layers, &[Layer::Verbatim(part.start), layer]].concat();
        self.content(&plain, &Around { layers: &layers, depth: around.depth + 1, ..*around });
        true
    }

    /// Searches the decoded content of base64 in a text.
    fn encoded(&mut self, digits: &[u8], around: &Around<'_>) {
        let digits = std::str::from_utf8(digits).expect("internal error: digits are ASCII");
        let Some((bytes, encoding)) = decoded_base64(digits, self.room) else { return };
        let (encoding, depth) = (around.encoding.or(Some(encoding)), around.depth + 1);
        self.content(&bytes, &Around { encoding, depth, ..*around });
    }

    /// Whether a broken object was meant as a payload. Next to known bodies there may be a page's own program, which
    /// has the event's names, too.
    fn was_payload(&self, broken: &[u8]) -> bool {
        has_own_name(broken) && (self.sent.is_none_or(<[_]>::is_empty) || is_begun(broken))
    }
}

/// The broken or too deeply nested content of `around`.
fn found(bytes: &[u8], around: &Around<'_>, too_deep: Option<Unavailable>) -> FoundPayload {
    FoundPayload {
        pointer: Pointer::default(),
        encoding: around.encoding,
        bytes: bytes.to_vec(),
        layers: around.layers.to_vec(),
        fidelity: Fidelity::Logged,
        shape: None,
        too_deep,
        speaks: true,
    }
}

/// A value that is too deep to be searched, unless it has no name and so is not a payload.
fn too_deep(
    whole: &str,
    value: Range<usize>,
    stack: &[OpenContainer<'_>],
    around: &Around<'_>,
) -> Option<Local> {
    let bytes = &whole.as_bytes()[value.clone()];
    memchr::memchr(b'"', bytes)?;
    let layers = [around.layers, &[Layer::Verbatim(value.start)]].concat();
    let unavailable = Unavailable::too_many_levels(LEVELS_AT_MOST);
    let found = found(bytes, &Around { layers: &layers, ..*around }, Some(unavailable));
    Some(Local::Inside(found.within(&pointer(stack))))
}

/// Whether a sender's value comes next, which is then skipped.
fn is_next(sent: &mut &[Range<usize>], tokens: &mut Tokens<'_>, document: &Document<'_>) -> bool {
    let [first, ..] = sent else { return false };
    let at = document.span(tokens.upcoming()).start;
    if at < first.start {
        return false;
    }
    let value = first.clone();
    *sent = &sent[1..];
    if at == value.start {
        tokens.skip(value.len());
    }
    at == value.start
}

/// Notes that the current text contains a sender's bytes.
fn note_sent(stack: &mut [OpenContainer<'_>]) {
    if let Some(open) = stack.last_mut() {
        open.has_sent = true;
    }
}

/// Decides what a finished object is.
fn close(
    text: &str,
    open: &OpenContainer<'_>,
    pointer: impl Fn() -> Pointer,
    signs_left: &mut usize,
    local: &mut Vec<Local>,
) {
    let range = open.start..open.start + text.len();
    if open.sight.speaks() {
        local.truncate(open.before);
        local.push(Local::Here(range, pointer(), None, true));
        return;
    }
    let speaks = local[open.before..].iter().take(NEAR).any(Local::speaks);
    if open.sight.is_other_event() && !speaks {
        local.truncate(open.before);
        local.push(Local::Here(range, pointer(), None, true));
        return;
    }
    let may_be_capture = !open.has_sent && (speaks || open.sight.has_headers && open.sight.has_body);
    if !may_be_capture || *signs_left < text.len() {
        return;
    }
    *signs_left -= text.len();
    let shape = recognised_value(Node::new(text));
    if let Some(shape) = shape.filter(|shape| !generic::is_form(shape.name) && shape.bodyless().is_none()) {
        local.truncate(open.before);
        local.push(Local::Here(range, pointer(), Some(shape), speaks));
    }
}

/// Reports an object to the list that contains it.
fn note_element<'t>(
    text: &str,
    open: &OpenContainer<'t>,
    stack: &mut [OpenContainer<'t>],
    local: &mut Vec<Local>,
) {
    if stack.last().is_none_or(|list| list.name.is_some()) {
        return;
    }
    let is_empty = local.len() == open.before;
    let Some(list) = stack.last_mut() else { return };
    if is_empty && open.sight.has_name() {
        list.unsure.push(local.len());
        local.push(Local::Unsure(open.start..open.start + text.len(), list.index));
    }
    list.has_speaker |= open.sight.speaks();
}

/// If an element of a list speaks for the event, keeps those that only have a name that may be the event's.
fn decide_on_unsure(list: &OpenContainer<'_>, pointer: impl Fn() -> Pointer, local: &mut Vec<Local>) {
    let place = if list.has_speaker && !list.unsure.is_empty() { pointer() } else { Pointer::default() };
    for at in &list.unsure {
        let decided = match std::mem::replace(&mut local[*at], Local::Nothing) {
            Local::Unsure(range, index) if list.has_speaker => {
                Local::Here(range, place.join(&index.to_string()).bounded(), None, false)
            }
            _ => Local::Nothing,
        };
        local[*at] = decided;
    }
    while local.len() > list.before && matches!(local.last(), Some(Local::Nothing)) {
        local.pop();
    }
}

impl Local {
    fn found(self, whole: &str, around: &Around<'_>) -> Option<FoundPayload> {
        let (range, pointer, shape, speaks) = match self {
            Self::Inside(found) => return Some(found),
            Self::Here(range, pointer, shape, speaks) => (range, pointer, shape, speaks),
            Self::Unsure(..) | Self::Nothing => return None,
        };
        let mut layers = around.layers.to_vec();
        layers.push(Layer::Verbatim(range.start));
        let is_alone = around.is_text && pointer.as_str().is_empty();
        Some(FoundPayload {
            pointer,
            encoding: around.encoding,
            bytes: whole.as_bytes()[range].to_vec(),
            layers,
            // A string held the JSON itself; a value's content was written anew.
            fidelity: if is_alone { Fidelity::Logged } else { Fidelity::Parsed },
            shape,
            too_deep: None,
            speaks,
        })
    }
}

/// The place of the current value; if that is too long, the place of one around it.
fn pointer(stack: &[OpenContainer<'_>]) -> Pointer {
    let mut pointer = Pointer::default();
    for open in stack {
        if pointer.as_str().len() > Pointer::LONGEST {
            break;
        }
        match open.name {
            Some(name) => pointer.push(&decoded(name)),
            None => pointer.push(&open.index.to_string()),
        }
    }
    pointer.bounded()
}

fn decoded(name: &str) -> Cow<'_, str> {
    Node::new(name).as_str().expect("internal error: a name is a string")
}

/// Whether the text begins as base64 of JSON, of a request or of gzip does.
pub(super) fn begins_as_base64(text: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=\r\n".contains(byte);
    text.iter().take(64).all(is_digit)
        && text
            .first_chunk::<4>()
            .and_then(|first| base64(std::str::from_utf8(first).ok()?).ok())
            .is_some_and(|bytes| match bytes[..] {
                [0x1f, 0x8b, ..] => true,
                [first, ..] => {
                    matches!(first, b'{' | b'[' | b'"' | b'P')
                        || BYTE_ORDER_MARK[0] == first
                        || first.is_ascii_whitespace()
                }
                [] => false,
            })
}
