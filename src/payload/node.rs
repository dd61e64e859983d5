//! A value inside a document, as the slice of text that it is.
//!
//! In: slices of text that the scanner has found well-formed. Out: kinds, decoded strings, members, elements.
//! Invariants: opening a container costs one pass over it, and only the root's members are cached, in the
//! [`Document`](super::Document).

use super::Pointer;
use super::scan::{Seen, blank, string, value};
use super::table::{Names, Table, TableEntry};
use super::text::{Characters, decode};
use ahash::RandomState;
use serde::de::{Error as _, IgnoredAny};
use std::borrow::Cow;

/// The kinds of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// a number, however it is written
    Number,
    /// a string
    String,
    /// an array
    Array,
    /// an object
    Object,
}

impl Kind {
    /// The kind of the value that begins with this byte.
    fn of(first: u8) -> Self {
        match first {
            b'{' => Self::Object,
            b'[' => Self::Array,
            b'"' => Self::String,
            b't' | b'f' => Self::Boolean,
            b'n' => Self::Null,
            _ => Self::Number,
        }
    }

    /// The kind as every output spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// One value: a cheap handle on a slice of the document's text.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    text: &'a str,
    members: Option<&'a Members<'a>>,
}

/// One member of an object, as written.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    text: &'a str,
    entry: TableEntry,
}

/// The members of one object in the order written, including duplicates.
#[derive(Clone, Debug, Default)]
pub struct Members<'a> {
    /// The text that the table's places refer to.
    text: &'a str,
    table: Box<Table>,
}

impl<'a> Node<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, members: None }
    }

    pub(super) fn opened(text: &'a str, members: Option<&'a Members<'a>>) -> Self {
        Self { text, members }
    }

    /// The value exactly as it is written.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The kind of this value, by its first byte.
    pub fn kind(&self) -> Kind {
        self.text.as_bytes().first().map_or(Kind::Number, |first| Kind::of(*first))
    }

    /// The decoded string, borrowed if it has no escape; `None` for any other kind.
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| decode(&self.text[1..self.text.len() - 1]))
    }

    /// The members of an object; `None` for any other kind.
    pub fn members(&self) -> Option<Cow<'a, Members<'a>>> {
        match self.members {
            Some(members) => Some(Cow::Borrowed(members)),
            None if self.kind() == Kind::Object => Some(Cow::Owned(
                Members::read(self.text, 0, &Names::none(), Box::default()).expect(WELL_FORMED).0,
            )),
            None => None,
        }
    }

    /// The value of the member with that name (the last one, if there are several), if this is an object.
    pub fn member(&self, name: &str) -> Option<Node<'a>> {
        match self.members {
            Some(members) => members.get(name).map(Member::value),
            None if self.kind() == Kind::Object => last_member(self.text, 0, (name, ""), &mut Vec::new()).0,
            None => None,
        }
    }

    /// The value at `pointer` from here on, for pointers in the table of shapes: tokens are names without an escape, or
    /// `0` for the first element of an array. A container without a table is scanned once.
    pub(crate) fn at_plain(&self, pointer: &str) -> Option<Node<'a>> {
        let Some((token, rest)) = first_token(pointer) else { return Some(*self) };
        match (token, self.kind(), self.members) {
            (_, _, Some(members)) => members.get(token)?.value().at_plain(rest),
            ("0", Kind::Array, _) => self.first_element()?.at_plain(rest),
            (_, Kind::Object, _) => last_member(self.text, 0, (token, rest), &mut Vec::new()).0,
            _ => None,
        }
    }

    /// The value at `pointer` from here on, if it exists.
    pub fn at(&self, pointer: &Pointer) -> Option<Node<'a>> {
        pointer.tokens().try_fold(*self, |node, token| match node.kind() {
            Kind::Array => node.elements()?.get(index(&token)?).copied(),
            _ => node.member(&token),
        })
    }

    /// The elements of an array one by one, without keeping them; none for any other kind.
    pub fn stream(&self) -> Elements<'a> {
        Elements { rest: self.text.strip_prefix('[').unwrap_or_default(), open: Vec::new() }
    }

    /// The elements of an array; `None` for any other kind.
    pub fn elements(&self) -> Option<Vec<Node<'a>>> {
        let mut elements = Vec::new();
        self.each_element(|element| elements.push(element)).then_some(elements)
    }

    /// The first element of an array; `None` for any other kind, or if it is empty. Reads no further.
    pub fn first_element(&self) -> Option<Node<'a>> {
        self.stream().next()
    }

    /// Shows each element of an array to `look` without keeping them; false if this is not an array.
    pub fn each_element(&self, look: impl FnMut(Node<'a>)) -> bool {
        self.stream().for_each(look);
        self.kind() == Kind::Array
    }
}

/// The elements of an array, read on demand.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    /// The array's text after its bracket or after an element.
    rest: &'a str,
    /// A buffer for open brackets.
    open: Vec<u8>,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        // The text is well-formed: a comma can only separate elements.
        let text = self.rest.trim_start_matches([',', ' ', '\t', '\r', '\n']);
        if text.is_empty() || text.starts_with(']') {
            return None;
        }
        let (end, _) = value(text.as_bytes(), 0, &mut self.open).expect(WELL_FORMED);
        let (element, rest) = text.split_at(end);
        self.rest = rest;
        Some(Node::new(element))
    }
}

const WELL_FORMED: &str = "internal error: a node is well-formed JSON";

impl<'a> Member<'a> {
    /// The name, decoded.
    pub fn name(&self) -> Cow<'a, str> {
        self.entry.name(self.text)
    }

    /// Whether this is the decoded name.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.entry.is_named(self.text, name)
    }

    /// The name as written, with its quotes.
    pub fn name_text(&self) -> &'a str {
        &self.text[self.entry.name.0..self.entry.name.1]
    }

    /// The value.
    #[inline]
    pub fn value(self) -> Node<'a> {
        Node::new(&self.text[self.entry.value.0..self.entry.value.1])
    }

    /// Whether a later member with the same name replaces this one.
    pub fn is_shadowed(&self) -> bool {
        self.entry.is_shadowed
    }

    /// Whether the name is one of the reader's.
    pub(crate) fn is_known(&self) -> bool {
        self.entry.is_known()
    }

    /// The slot of its name among the reader's names.
    pub(crate) fn slot(&self) -> Option<usize> {
        self.entry.slot()
    }

    /// The kind of its value.
    #[inline]
    pub(crate) fn kind(&self) -> Kind {
        Kind::of(self.text.as_bytes()[self.entry.value.0])
    }

    /// The decoded string value, borrowed if it has no escape; `None` for any other kind.
    #[inline]
    pub(crate) fn string(&self) -> Option<Cow<'a, str>> {
        let text = self.string_text()?;
        Some(if self.entry.seen_in_value.is_escaped() { decode(text) } else { Cow::Borrowed(text) })
    }

    /// The string value as written between its quotes; `None` for any other kind.
    #[inline]
    pub(crate) fn string_text(&self) -> Option<&'a str> {
        let (start, end) = self.entry.value;
        (self.kind() == Kind::String).then(|| &self.text[start + 1..end - 1])
    }

    /// The characters of the string value; `None` for any other kind.
    #[inline]
    pub(crate) fn characters(&self) -> Option<Characters<'a>> {
        self.string_text().map(Characters::new)
    }

    /// The notes about the value, if it is a string.
    #[inline]
    pub(crate) fn seen(&self) -> Seen {
        self.entry.seen_in_value
    }

    /// The notes about the name.
    pub(crate) fn seen_in_name(&self) -> Seen {
        self.entry.seen_in_name
    }
}

impl<'a> Members<'a> {
    /// Reads the object that begins at `start`, knowing `names`, into `table`. Returns the members and the end of the
    /// object, or the table if it is not JSON.
    pub(super) fn read(
        text: &'a str,
        start: usize,
        names: &Names,
        mut table: Box<Table>,
    ) -> Result<(Self, usize), Box<Table>> {
        match table.read(text, start, names) {
            Some(end) => Ok((Self { text, table }, end)),
            None => Err(table),
        }
    }

    /// The table, for further use.
    pub(super) fn into_table(self) -> Box<Table> {
        self.table
    }

    /// Every member in the order written, including shadowed ones.
    pub fn iter(&self) -> impl Iterator<Item = Member<'a>> {
        self.table.entries.iter().map(|entry| self.member(entry))
    }

    /// The members from the one at `index` on, each with its index.
    pub(crate) fn iter_from(&self, index: usize) -> impl Iterator<Item = (usize, Member<'a>)> {
        let entries = self.table.entries.iter().enumerate().skip(index);
        entries.map(|(index, entry)| (index, self.member(entry)))
    }

    #[inline]
    fn member(&self, entry: &TableEntry) -> Member<'a> {
        Member { text: self.text, entry: *entry }
    }

    /// The number of different names.
    pub fn len(&self) -> usize {
        self.table.entries.len() - self.table.duplicates
    }

    /// Whether the object has no members.
    pub fn is_empty(&self) -> bool {
        self.table.entries.is_empty()
    }

    /// The number of members that are shadowed by a later one with the same name.
    pub fn duplicates(&self) -> usize {
        self.table.duplicates
    }

    /// The effective member for `name`: the last one, as in `JSON.parse`.
    pub fn get(&self, name: &str) -> Option<Member<'a>> {
        let is = |entry: &&TableEntry| !entry.is_shadowed && entry.is_named(self.text, name);
        self.table.entries.iter().find(is).map(|entry| self.member(entry))
    }

    /// The effective member for the name in that slot of the reader's.
    #[inline]
    pub(crate) fn known(&self, slot: usize) -> Option<Member<'a>> {
        self.table.known(slot).map(|entry| self.member(entry))
    }

    /// One bit for each slot of the reader's names: whether the member exists.
    #[inline]
    pub(crate) fn present(&self) -> u32 {
        self.table.present
    }

    /// Whether its value is a string.
    #[inline]
    pub(crate) fn strings(&self) -> u32 {
        self.table.strings
    }

    /// Whether that string begins with a visible letter, and so is more than white space; if the bit is not set, it is
    /// unknown.
    #[inline]
    pub(crate) fn lettered(&self) -> u32 {
        self.table.lettered
    }

    /// The notes about the string values of those.
    #[inline]
    pub(crate) fn seen(&self) -> Seen {
        self.table.seen
    }

    /// The number of effective members whose names are not among those.
    #[inline]
    pub(crate) fn unknown(&self) -> usize {
        self.table.unknown()
    }
}

/// The first token of a pointer, and the rest.
fn first_token(pointer: &str) -> Option<(&str, &str)> {
    let tokens = pointer.strip_prefix('/')?;
    Some(tokens.split_at(tokens.find('/').unwrap_or(tokens.len())))
}

/// The value at `rest` from the last member with that name in the object that begins at `start`, found without a table
/// of all members; and the end of the object. `open` is a buffer for open brackets.
fn last_member<'a>(
    text: &'a str,
    start: usize,
    (name, rest): (&str, &str),
    open: &mut Vec<u8>,
) -> (Option<Node<'a>>, usize) {
    let (bytes, mut last, mut at) = (text.as_bytes(), None, start + 1);
    loop {
        // The text is well-formed: a comma can only separate members.
        at = blank(bytes, at);
        if bytes[at] == b'}' {
            return (last, at + 1);
        }
        if bytes[at] == b',' {
            at = blank(bytes, at + 1);
        }
        let (quote, seen) = string(bytes, at + 1).expect(WELL_FORMED);
        let written = &text[at + 1..quote];
        let is_it = written == name || seen.is_escaped() && decode(written) == name;
        let colon = blank(bytes, quote + 1);
        let from = blank(bytes, colon + 1);
        match first_token(rest).filter(|_| is_it && bytes[from] == b'{') {
            Some(tokens) => (last, at) = last_member(text, from, tokens, open),
            None => {
                at = value(bytes, from, open).expect(WELL_FORMED).0;
                if is_it {
                    last = Node::new(&text[from..at]).at_plain(rest);
                }
            }
        }
    }
}

/// The members of one object, found by name without looking at each.
#[derive(Debug)]
pub(crate) struct ElementIndex<'a> {
    members: Cow<'a, Members<'a>>,
    keys: RandomState,
    /// A hash of each effective name and the member's index, sorted.
    hashes: Vec<(u64, u32)>,
}

impl<'a> ElementIndex<'a> {
    /// Indexes the effective members.
    pub(crate) fn new(members: Cow<'a, Members<'a>>) -> Self {
        let keys = crate::seed::ahash();
        let counting = (0..).zip(members.iter()).filter(|(_, member)| !member.is_shadowed());
        let mut hashes: Vec<(u64, u32)> =
            counting.map(|(index, member)| (keys.hash_one(&*member.name()), index)).collect();
        hashes.sort_unstable();
        Self { members, keys, hashes }
    }

    /// The effective member for `name`.
    pub(crate) fn get(&self, name: &str) -> Option<Member<'a>> {
        let hash = self.keys.hash_one(name);
        let from = self.hashes.partition_point(|(other, _)| *other < hash);
        let alike = self.hashes[from..].iter().take_while(|(other, _)| *other == hash);
        let mut alike =
            alike.map(|(_, index)| self.members.member(&self.members.table.entries[*index as usize]));
        alike.find(|member| member.name() == name)
    }
}

/// An array's index as RFC 6901 writes it: digits only, without leading zeros.
fn index(token: &str) -> Option<usize> {
    let is_index = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_index)
}

/// The end of the first JSON value in `bytes`, decided by syntax alone (strings need not be UTF-8).
///
/// # Errors
/// Errors of serde_json: the category distinguishes a cut value (`is_eof`) from a broken one.
pub(crate) fn end_of_value(bytes: &[u8]) -> serde_json::Result<usize> {
    /// A longer text, which may well be cut, is not scanned twice.
    const SHORT: usize = 16 << 10;
    // A container or a string has its own end. If it is broken, the caller explains that.
    let start = blank(bytes, 0);
    if bytes.len() <= SHORT
        && let Some(b'{' | b'[' | b'"') = bytes.get(start)
        && let Some((end, _)) = value(bytes, start, &mut Vec::new())
    {
        return Ok(end);
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Ok(values.byte_offset()),
        Some(Err(error)) => Err(error),
        None => Err(serde_json::Error::custom("no value")),
    }
}
