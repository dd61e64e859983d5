//! The meaning of a value, however it is written: all its parts, each with a fingerprint.
//!
//! In: a well-formed value's text. Out: a tree in which two parts mean the same if their fingerprints are equal, and
//! (but for an accident of one in 2¹²⁸) only then: key order, white space, escapes, spelling of numbers and shadowed
//! duplicates make no difference; and [`Keys`], the same for one field, as text that outlives a run.
//! Invariants: one pass, no recursion in building or dropping; each run draws a new key for its fingerprints, so that
//! no sender can make two values collide.

mod key;
mod number;

pub use key::Keys;
pub(crate) use number::canonical as canonical_number;

use crate::payload::{Kind, Node, Token, Tokens};
use crate::seed::key;
use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::borrow::Cow;
use std::hash::Hasher as _;
use std::ops::Range;
use std::sync::OnceLock;

/// The value that is equal for two values with the same meaning.
pub(crate) type Fingerprint = u128;

/// One value, and the values in it.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    /// The value as written.
    pub(crate) node: Node<'a>,
    /// The name of the member whose value it is.
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) fingerprint: Fingerprint,
    children: Range<usize>,
}

/// A value and all its parts.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    parts: Vec<Part<'a>>,
    /// The children of each part, in one run per part: an object's effective members, by name; an array's elements.
    children: Vec<usize>,
}

/// A hasher with this run's key.
pub(crate) fn hasher() -> SipHasher13 {
    static KEYS: OnceLock<(u64, u64)> = OnceLock::new();
    let (one, two) = *KEYS.get_or_init(|| (key(), key()));
    SipHasher13::new_with_keys(one, two)
}

/// The fingerprint of a string.
pub(crate) fn fingerprint_of(text: &str) -> Fingerprint {
    let mut hasher = hasher();
    hasher.write(b"\"");
    hasher.write(text.as_bytes());
    hasher.finish128().as_u128()
}

/// The fingerprint of any value.
pub(crate) fn fingerprint(node: Node<'_>) -> Fingerprint {
    match node.kind() {
        Kind::Object | Kind::Array => {
            let tree = Tree::read(node);
            tree.part(tree.root()).fingerprint
        }
        Kind::String => fingerprint_of(&node.as_str().unwrap_or_default()),
        kind => {
            let mut hasher = hasher();
            let number = (kind == Kind::Number).then(|| canonical_number(node.text()));
            hasher.write(number.as_deref().unwrap_or(node.text()).as_bytes());
            hasher.finish128().as_u128()
        }
    }
}

impl<'a> Tree<'a> {
    /// Reads `node` and everything in it.
    pub(crate) fn read(node: Node<'a>) -> Self {
        let text = node.text();
        let mut tree = Self { parts: Vec::new(), children: Vec::new() };
        // The open values: their start, their name, and the parts read so far.
        let mut open: Vec<(usize, Option<Cow<'a, str>>, Vec<usize>)> = Vec::new();
        let mut name = None;
        for token in Tokens::new(text) {
            let index = match token {
                Token::Name(text) => {
                    name = Node::new(text).as_str();
                    continue;
                }
                Token::Open(bracket) => {
                    open.push((offset(text, bracket), name.take(), Vec::new()));
                    continue;
                }
                Token::Close(bracket) => {
                    let (start, name, children) = open.pop().expect("internal error: brackets match");
                    tree.close(Node::new(&text[start..=offset(text, bracket)]), name, children)
                }
                Token::Scalar(text) => {
                    tree.add(Node::new(text), name.take(), fingerprint(Node::new(text)), 0..0)
                }
                Token::Comma | Token::Colon => continue,
            };
            if let Some((_, _, children)) = open.last_mut() {
                children.push(index);
            }
        }
        tree
    }

    fn add(
        &mut self,
        node: Node<'a>,
        name: Option<Cow<'a, str>>,
        fingerprint: Fingerprint,
        children: Range<usize>,
    ) -> usize {
        self.parts.push(Part { node, name, fingerprint, children });
        self.parts.len() - 1
    }

    fn close(&mut self, node: Node<'a>, name: Option<Cow<'a, str>>, mut children: Vec<usize>) -> usize {
        let mut hasher = hasher();
        hasher.write(&node.text().as_bytes()[..1]);
        if node.kind() == Kind::Object {
            children.sort_by(|&one, &two| self.parts[one].name.cmp(&self.parts[two].name));
            // The last of several counts; the sort keeps their order.
            children.reverse();
            children.dedup_by(|later, kept| self.parts[*later].name == self.parts[*kept].name);
            children.reverse();
        }
        for &child in &children {
            let part = &self.parts[child];
            if let Some(name) = &part.name {
                hasher.write_u128(fingerprint_of(name));
            }
            hasher.write_u128(part.fingerprint);
        }
        let start = self.children.len();
        self.children.extend(children);
        self.add(node, name, hasher.finish128().as_u128(), start..self.children.len())
    }

    /// The whole value, which is closed last.
    pub(crate) fn root(&self) -> usize {
        self.parts.len() - 1
    }

    pub(crate) fn part(&self, index: usize) -> &Part<'a> {
        &self.parts[index]
    }

    /// An object's effective members, by name, or an array's elements.
    pub(crate) fn children(&self, index: usize) -> &[usize] {
        &self.children[self.parts[index].children.clone()]
    }

    /// The member of the object `index` with that name.
    pub(crate) fn member(&self, index: usize, name: &str) -> Option<usize> {
        if self.part(index).node.kind() != Kind::Object {
            return None;
        }
        let children = self.children(index);
        let found = children.binary_search_by(|&child| self.parts[child].name.as_deref().cmp(&Some(name)));
        found.ok().map(|at| children[at])
    }
}

fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr() as usize - whole.as_ptr() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Document;

    fn of(text: &str) -> Fingerprint {
        fingerprint(Document::parse(text.as_bytes()).unwrap().root())
    }

    #[test]
    fn only_equal_values_share_a_fingerprint() {
        let groups: [&[&str]; 14] = [
            &[
                r#"{"a":1,"b":[true,null]}"#,
                r#" { "b" : [ true , null ] , "\u0061" : 1.0 } "#,
                r#"{"a":0,"b":[true,null],"a":1}"#,
            ],
            &[r#"{"a":[1],"b":[true,null]}"#],
            &[r#"{"a":1,"b":[null,true]}"#],
            &["[]"],
            &["{}"],
            &["[[]]"],
            &["[[],[]]"],
            &["null"],
            &[r#""null""#],
            &["1", "10e-1"],
            &[r#""1""#],
            &[r#""\u00e9""#, "\"é\""],
            &["\"e\u{301}\""],
            &[r#"{"ab":"c"}"#, r#"{"\u0061b":"c"}"#],
        ];
        for (index, group) in groups.iter().enumerate() {
            for text in *group {
                assert_eq!(of(text), of(group[0]), "{text}");
                for other in &groups[index + 1..] {
                    assert_ne!(of(text), of(other[0]), "{text} {}", other[0]);
                }
            }
        }
        assert_ne!(of(r#"{"a":"bc"}"#), of(r#"{"ab":"c"}"#));
    }

    #[test]
    fn a_million_levels_are_read_and_dropped() {
        let text = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert_eq!(Tree::read(Node::new(&text)).parts.len(), 1_000_000);
    }
}
