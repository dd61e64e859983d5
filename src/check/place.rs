//! From the path of an error to the text it is about.
//!
//! Invariants: a container of many is opened and indexed once, so that any number of errors in one payload costs
//! a few skips it; the effective one of two duplicates is the place.

use crate::payload::{ElementIndex, Elements, Kind, Member, Node, Pointer};
use std::collections::HashMap;

/// Finds places in one payload.
pub(super) struct Places<'a> {
    root: Node<'a>,
    /// How often the members of the payload itself may still be looked through: an index pays for many errors only.
    unindexed: usize,
    /// The containers opened so far, by the address of their text.
    opened: HashMap<usize, Container<'a>>,
}

enum Container<'a> {
    Object(ElementIndex<'a>),
    /// The elements that were needed so far, and what follows them.
    Array(Vec<Node<'a>>, Elements<'a>),
}

impl<'a> Places<'a> {
    pub(super) fn new(root: Node<'a>) -> Self {
        Self { root, unindexed: 16, opened: HashMap::new() }
    }

    /// The value that `pointer` names, if there is one.
    pub(super) fn at(&mut self, pointer: &Pointer) -> Option<Node<'a>> {
        let root = self.root;
        pointer.tokens().try_fold(root, |node, token| {
            if self.unindexed > 0 && std::ptr::eq(node.text(), root.text()) && node.kind() == Kind::Object {
                self.unindexed -= 1;
                return node.member(&token);
            }
            match self.open(node) {
                Container::Object(members) => members.get(&token).map(Member::value),
                Container::Array(seen, rest) => {
                    let index = token.parse::<usize>().ok()?;
                    seen.extend(rest.take((index + 1).saturating_sub(seen.len())));
                    seen.get(index).copied()
                }
            }
        })
    }

    /// The member of that name in the object `node`.
    pub(super) fn member(&mut self, node: Node<'a>, name: &str) -> Option<Member<'a>> {
        match self.open(node) {
            Container::Object(members) => members.get(name),
            Container::Array(..) => None,
        }
    }

    fn open(&mut self, node: Node<'a>) -> &mut Container<'a> {
        self.opened.entry(node.text().as_ptr() as usize).or_insert_with(|| match node.members() {
            Some(members) => Container::Object(ElementIndex::new(members)),
            None => Container::Array(Vec::new(), node.stream()),
        })
    }
}
