//! From the path of an error to its text.
//!
//! Invariants: a large container is opened and indexed once, so that any number of errors in one payload costs a few
//! passes over it; of two duplicates, the effective one is the place.

use crate::payload::{ElementIndex, Elements, Kind, Member, Node, Pointer};
use std::collections::HashMap;

/// Finds places in one payload.
pub(super) struct Places<'a> {
    root: Node<'a>,
    /// The number of times that the members of the payload itself may still be scanned: an index pays only for many
    /// errors.
    unindexed: usize,
    /// The containers opened so far, by the address of their text.
    opened: HashMap<usize, Container<'a>>,
}

enum Container<'a> {
    Object(ElementIndex<'a>),
    /// The elements needed so far, and those that follow.
    Array(Vec<Node<'a>>, Elements<'a>),
}

impl<'a> Places<'a> {
    pub(super) fn new(root: Node<'a>) -> Self {
        Self { root, unindexed: 16, opened: HashMap::new() }
    }

    /// The value at `pointer`, if there is one.
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
