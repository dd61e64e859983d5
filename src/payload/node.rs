//! A value inside a document, as the slice of text that it is.
//!
//! In: slices of text that serde_json has found well-formed. Out: kinds, decoded strings, members, elements.
//! What always holds: opening a container costs one pass over it and nothing is cached but the root's
//! members, which the [`Document`](super::Document) keeps.

use super::Pointer;
use ahash::RandomState;
use serde::de::{Deserialize, Deserializer as _, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The six kinds of JSON value.
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
    /// The kind as every output spells it.
    #[must_use]
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
    name_text: &'a str,
    value_text: &'a str,
    shadowed: bool,
}

/// The members of one object in the order written, duplicates and all.
#[derive(Clone, Debug, Default)]
pub struct Members<'a> {
    list: Vec<Member<'a>>,
    duplicates: usize,
}

impl<'a> Node<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, members: None }
    }

    pub(super) fn opened(text: &'a str, members: Option<&'a Members<'a>>) -> Self {
        Self { text, members }
    }

    /// The value exactly as it is written.
    #[must_use]
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// What kind of value this is, which its first byte tells.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.text.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The decoded string, borrowed where it holds no escape; `None` for any other kind.
    #[must_use]
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| decode(self.text))
    }

    /// The members of an object; `None` for any other kind.
    #[must_use]
    pub fn members(&self) -> Option<Cow<'a, Members<'a>>> {
        match self.members {
            Some(members) => Some(Cow::Borrowed(members)),
            None if self.kind() == Kind::Object => Some(Cow::Owned(
                Members::read(self.text).expect("internal error: a node is well-formed JSON").marked(),
            )),
            None => None,
        }
    }

    /// The value of the member of that name (the last one, if there are several), if this is an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Node<'a>> {
        self.members()?.get(name).map(Member::value)
    }

    /// The value that `pointer` names from here on, if there is one.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Option<Node<'a>> {
        pointer.tokens().try_fold(*self, |node, token| match node.kind() {
            Kind::Array => node.elements()?.get(index(&token)?).copied(),
            _ => node.member(&token),
        })
    }

    /// The elements of an array one after another, without keeping them; none for any other kind.
    #[must_use]
    pub fn stream(&self) -> Elements<'a> {
        Elements { rest: self.text.strip_prefix('[').unwrap_or_default() }
    }

    /// The elements of an array; `None` for any other kind.
    #[must_use]
    pub fn elements(&self) -> Option<Vec<Node<'a>>> {
        let mut elements = Vec::new();
        self.each_element(|element| elements.push(element)).then_some(elements)
    }

    /// The first element of an array; `None` for any other kind, or if there is none. Looks no further.
    #[must_use]
    pub fn first_element(&self) -> Option<Node<'a>> {
        self.stream().next()
    }

    /// Shows each element of an array to `look` without keeping them; false if this is no array.
    pub fn each_element(&self, look: impl FnMut(Node<'a>)) -> bool {
        let is_array = self.kind() == Kind::Array;
        if is_array {
            serde_json::Deserializer::from_str(self.text)
                .deserialize_seq(EachElement(look))
                .expect("internal error: a node is well-formed JSON");
        }
        is_array
    }
}

/// The elements of an array, read as they are asked for.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    /// The array's text from behind its bracket or an element on.
    rest: &'a str,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        // Well-formed: a comma stands between elements and nowhere else.
        let text = self.rest.trim_start_matches([',', ' ', '\t', '\r', '\n']);
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let element = values.next()?.ok()?.get();
        self.rest = &text[values.byte_offset()..];
        Some(Node::new(element))
    }
}

impl<'a> Member<'a> {
    /// The name, decoded.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        decode(self.name_text)
    }

    /// The name as written, with its quotes.
    #[must_use]
    pub fn name_text(&self) -> &'a str {
        self.name_text
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> Node<'a> {
        Node::new(self.value_text)
    }

    /// Whether a later member of the same name takes this one's place.
    #[must_use]
    pub fn is_shadowed(&self) -> bool {
        self.shadowed
    }
}

impl<'a> Members<'a> {
    /// Reads the object that `text` holds, with nothing but white space around it. Names are not looked into yet:
    /// one may still hold half a character, which no comparison could decode.
    pub(super) fn read(text: &'a str) -> serde_json::Result<Self> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let list = reader.deserialize_map(MemberList)?;
        reader.end()?;
        Ok(Self { list, duplicates: 0 })
    }

    /// The same with every member marked whose place a later one of its name takes.
    pub(super) fn marked(mut self) -> Self {
        self.mark_duplicates();
        self
    }

    /// Every member in the order written, shadowed ones too.
    pub fn iter(&self) -> std::slice::Iter<'_, Member<'a>> {
        self.list.iter()
    }

    /// How many different names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len() - self.duplicates
    }

    /// Whether the object holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many members are shadowed by a later one of the same name.
    #[must_use]
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// The member that counts for `name`: the last one, as in `JSON.parse`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.list.iter().find(|member| !member.shadowed && is_name(member.name_text, name))
    }

    fn mark_duplicates(&mut self) {
        const PAIRWISE_AT_MOST: usize = 16;
        if self.list.len() <= PAIRWISE_AT_MOST {
            for later in 1..self.list.len() {
                for earlier in 0..later {
                    self.shadow_if_same(earlier, later);
                }
            }
        } else {
            // Sorting, not a table: linearithmic, and names that are the same are neighbours.
            for pair in self.by_name().windows(2) {
                self.shadow_if_same(pair[0].1 as usize, pair[1].1 as usize);
            }
        }
    }

    /// A keyed hash of each name and the member's index, sorted by name and then by index. A payload holds fewer
    /// members than an index may count.
    fn by_name(&self) -> Vec<(u64, u32)> {
        let keys = crate::keyed::ahash();
        let hashed = |(index, member): (u32, &Member<'_>)| (keys.hash_one(&*member.name()), index);
        let mut order: Vec<(u64, u32)> = (0..).zip(&self.list).map(hashed).collect();
        let name = |index: u32| self.list[index as usize].name();
        order.sort_unstable_by(|one, two| {
            one.0.cmp(&two.0).then_with(|| name(one.1).cmp(&name(two.1))).then(one.1.cmp(&two.1))
        });
        order
    }

    fn shadow_if_same(&mut self, earlier: usize, later: usize) {
        let (one, two) = (self.list[earlier], self.list[later]);
        if !one.shadowed && same_name(one.name_text, two.name_text) {
            self.list[earlier].shadowed = true;
            self.duplicates += 1;
        }
    }
}

/// The members of one object, to be found by name without looking at each.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    members: Cow<'a, Members<'a>>,
    keys: RandomState,
    /// A hash of each name that counts and the member's index, sorted.
    hashes: Vec<(u64, u32)>,
}

impl<'a> Index<'a> {
    /// Indexes the members that count.
    pub(crate) fn new(members: Cow<'a, Members<'a>>) -> Self {
        let keys = crate::keyed::ahash();
        let counting = (0..).zip(members.iter()).filter(|(_, member)| !member.is_shadowed());
        let mut hashes: Vec<(u64, u32)> =
            counting.map(|(index, member)| (keys.hash_one(&*member.name()), index)).collect();
        hashes.sort_unstable();
        Self { members, keys, hashes }
    }

    /// The member that counts for `name`.
    pub(crate) fn get(&self, name: &str) -> Option<Member<'a>> {
        let hash = self.keys.hash_one(name);
        let from = self.hashes.partition_point(|(other, _)| *other < hash);
        let alike = self.hashes[from..].iter().take_while(|(other, _)| *other == hash);
        alike
            .map(|(_, index)| self.members.list[*index as usize])
            .find(|member| is_name(member.name_text, name))
    }
}

/// Reads one value of any kind that stands alone in `text`.
pub(super) fn read_value(text: &str) -> serde_json::Result<&str> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = <&RawValue>::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value.get())
}

/// An array's index as RFC 6901 writes it: digits alone, and no zero before others.
fn index(token: &str) -> Option<usize> {
    let is_index = token == "0" || !token.starts_with(['0', '+']);
    token.parse().ok().filter(|_| is_index)
}

fn inside_quotes(text: &str) -> &str {
    &text[1..text.len() - 1]
}

fn is_escaped(text: &str) -> bool {
    memchr::memchr(b'\\', text.as_bytes()).is_some()
}

fn decode(text: &str) -> Cow<'_, str> {
    if is_escaped(text) {
        Cow::Owned(serde_json::from_str(text).expect("internal error: a string is well-formed JSON"))
    } else {
        Cow::Borrowed(inside_quotes(text))
    }
}

fn is_name(text: &str, name: &str) -> bool {
    inside_quotes(text) == name && !is_escaped(text) || is_escaped(text) && decode(text) == name
}

fn same_name(one: &str, two: &str) -> bool {
    one == two || (is_escaped(one) || is_escaped(two)) && decode(one) == decode(two)
}

struct MemberList;

impl<'de> Visitor<'de> for MemberList {
    type Value = Vec<Member<'de>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::with_capacity(16);
        while let Some((name, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            list.push(Member { name_text: name.get(), value_text: value.get(), shadowed: false });
        }
        Ok(list)
    }
}

struct EachElement<F>(F);

impl<'de, F: FnMut(Node<'de>)> Visitor<'de> for EachElement<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut sequence: A) -> Result<(), A::Error> {
        while let Some(element) = sequence.next_element::<&RawValue>()? {
            self.0(Node::new(element.get()));
        }
        Ok(())
    }
}

/// Where in `bytes` the first JSON value ends, judged by syntax alone (strings need not be UTF-8).
///
/// # Errors
/// serde_json's: its category tells a value that is cut (`is_eof`) from one that is broken.
pub(crate) fn end_of_value(bytes: &[u8]) -> serde_json::Result<usize> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Ok(values.byte_offset()),
        Some(Err(error)) => Err(error),
        None => Err(serde_json::Error::custom("no value")),
    }
}
