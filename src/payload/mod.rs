//! One JSON text, read in place: the lazy, zero-copy view, with positions, that everything else reads.
//!
//! In: the bytes of one payload. Out: a [`Document`], or the [`Fault`] in the bytes (not UTF-8, not JSON, empty).
//!
//! Invariants: a [`Document`] is strict RFC 8259 text throughout, without an unpaired surrogate; every [`Node`] is a
//! slice of that text, so its span is the difference of two addresses; nothing is decoded or opened before it is used;
//! keys keep their order, and both of two duplicates are kept.

mod fault;
mod node;
mod pointer;
mod position;
mod scan;
mod table;
mod text;
mod token;

pub use fault::Fault;
#[doc(hidden)]
pub use fault::FaultKind;
pub(crate) use fault::{is_binary, unit_bytes};
pub(crate) use node::ElementIndex;
pub use node::Node;
pub(crate) use node::end_of_value;
#[doc(hidden)]
pub use node::{Elements, Kind, Member, Members};
pub use pointer::Pointer;
#[doc(hidden)]
pub use position::{Cursor, Position};
pub(crate) use scan::Seen;
#[doc(hidden)]
pub use table::Names;
pub(crate) use text::{Characters, decode_into};
pub(crate) use token::{Token, Tokens};

use table::Table;

use std::ops::Range;

/// The longest payload that is judged, in bytes, unless another limit is set: 64 MiB. A longer one is a finding.
pub const MAX_BYTES: usize = 64 << 20;

/// The UTF-8 byte order mark, which RFC 8259 lets a reader ignore.
pub const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The white space of JSON.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// One well-formed JSON text, and the places of its parts.
///
/// ```
/// use assoclens::payload::Document;
///
/// let document = Document::parse(br#"{"id": "67ade73d1119d2ac7ad0c475"}"#).unwrap();
/// let id = document.root().member("id").unwrap();
/// assert_eq!(id.as_str().unwrap(), "67ade73d1119d2ac7ad0c475");
/// assert_eq!(document.span(id.text()), 7..33);
/// ```
#[derive(Debug)]
pub struct Document<'a> {
    /// The text as given, with a byte order mark if there is one.
    whole: &'a str,
    /// The one value, without the white space around it.
    root: &'a str,
    members: Option<Members<'a>>,
}

impl<'a> Document<'a> {
    /// Reads one JSON text. A byte order mark before it is skipped.
    ///
    /// # Errors
    /// The [`Fault`] names the cause and its place: not UTF-8, not JSON, or nothing but white space.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        Self::accept(bytes).ok_or_else(|| Fault::of(bytes))
    }

    /// The same if the fault does not matter.
    pub(crate) fn accept(bytes: &'a [u8]) -> Option<Self> {
        static NONE: Names = Names::none();
        Reader::new(&NONE).accept(bytes)
    }

    /// The value that the text holds.
    pub fn root(&self) -> Node<'_> {
        Node::opened(self.root, self.members.as_ref())
    }

    /// The members of the value, if it is an object.
    pub fn members(&self) -> Option<&Members<'a>> {
        self.members.as_ref()
    }

    /// The text as given.
    pub fn text(&self) -> &'a str {
        self.whole
    }

    /// Whether the text begins with a byte order mark.
    pub fn has_byte_order_mark(&self) -> bool {
        self.whole.as_bytes().starts_with(BYTE_ORDER_MARK)
    }

    /// The place of `part`, a slice of this document's text, in bytes.
    pub fn span(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr() as usize - self.whole.as_ptr() as usize;
        start..start + part.len()
    }

    /// The number of open containers at the deepest place: 0 for a scalar, 1 for a flat object.
    pub fn depth(&self) -> usize {
        let (mut depth, mut deepest, mut in_string, mut escaped) = (0, 0, false, false);
        for byte in self.root.bytes() {
            match (in_string, byte) {
                (true, _) if escaped => escaped = false,
                (true, b'\\') => escaped = true,
                (_, b'"') => in_string = !in_string,
                (false, b'{' | b'[') => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                (false, b'}' | b']') => depth -= 1,
                _ => {}
            }
        }
        deepest
    }
}

#[doc(hidden)]
/// Reads one payload after another and finds members by known names.
///
/// Invariants: the memory of one document serves the next, so that nothing is allocated for it.
#[derive(Debug)]
pub struct Reader {
    names: &'static Names,
    /// Tables that no document uses.
    #[allow(clippy::vec_box, reason = "a document takes the box as it is")]
    tables: Vec<Box<Table>>,
}

/// The number of tables kept for further payloads, which may be nested.
const TABLES_KEPT: usize = 4;

impl Reader {
    /// A reader that knows these names.
    pub fn new(names: &'static Names) -> Self {
        Self { names, tables: Vec::new() }
    }

    /// Reads one JSON text, as [`Document::parse`] does.
    ///
    /// # Errors
    /// Errors of [`Document::parse`].
    pub fn read<'a>(&mut self, bytes: &'a [u8]) -> Result<Document<'a>, Fault> {
        self.accept(bytes).ok_or_else(|| Fault::of(bytes))
    }

    /// The same if the fault does not matter: finding it costs more than reading.
    pub(crate) fn accept<'a>(&mut self, bytes: &'a [u8]) -> Option<Document<'a>> {
        self.read_text(simdutf8::basic::from_utf8(bytes).ok()?)
    }

    fn read_text<'a>(&mut self, whole: &'a str) -> Option<Document<'a>> {
        let bytes = whole.as_bytes();
        let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let start = scan::blank(bytes, mark);
        let (members, end) = if bytes.get(start) == Some(&b'{') {
            let table = self.tables.pop().unwrap_or_default();
            let read = Members::read(whole, start, self.names, table);
            let (members, end) = read.map_err(|table| self.tables.push(table)).ok()?;
            (Some(members), end)
        } else {
            (None, scan::value(bytes, start, &mut Vec::new())?.0)
        };
        let is_alone = scan::blank(bytes, end) == bytes.len();
        is_alone.then(|| Document { whole, root: &whole[start..end], members })
    }

    /// Takes back the memory of a document for the next, unless it is large.
    pub fn reuse(&mut self, document: Document<'_>) {
        let table = document.members.map(Members::into_table).filter(|table| !table.is_large());
        self.tables.extend(table.filter(|_| self.tables.len() < TABLES_KEPT));
    }
}

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;
