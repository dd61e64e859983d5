//! From the path of an error to the text it is about.
//!
//! What always holds: each container is opened and indexed at most once, so that any number of errors in one
//! payload costs one pass over it; the effective one of two duplicates is the place.

use crate::payload::{Kind, Member, Node, Pointer};
use std::collections::HashMap;

/// Finds places in one payload.
pub(super) struct Places<'a> {
    root: Node<'a>,
    /// The containers opened so far, by the address of their text.
    opened: HashMap<usize, Container<'a>>,
}

enum Container<'a> {
    Object(HashMap<String, Member<'a>>),
    Array(Vec<Node<'a>>),
}

impl<'a> Places<'a> {
    pub(super) fn new(root: Node<'a>) -> Self {
        Self { root, opened: HashMap::new() }
    }

    /// The value that `pointer` names, if there is one.
    pub(super) fn at(&mut self, pointer: &Pointer) -> Option<Node<'a>> {
        pointer.tokens().try_fold(self.root, |node, token| match self.open(node) {
            Container::Object(members) => members.get(token.as_ref()).map(Member::value),
            Container::Array(elements) => elements.get(token.parse::<usize>().ok()?).copied(),
        })
    }

    /// The member of that name in the object `node`.
    pub(super) fn member(&mut self, node: Node<'a>, name: &str) -> Option<Member<'a>> {
        match self.open(node) {
            Container::Object(members) => members.get(name).copied(),
            Container::Array(_) => None,
        }
    }

    fn open(&mut self, node: Node<'a>) -> &Container<'a> {
        self.opened.entry(node.text().as_ptr() as usize).or_insert_with(|| {
            if node.kind() == Kind::Array {
                return Container::Array(node.elements().unwrap_or_default());
            }
            let members = node.members().unwrap_or_default();
            let effective = members.iter().filter(|member| !member.is_shadowed());
            Container::Object(effective.map(|member| (member.name().into_owned(), *member)).collect())
        })
    }
}
