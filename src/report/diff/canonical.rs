//! The canonical form of a payload: the same lines for all payloads that mean the same.
//!
//! In: a document and the scope. Out: indented JSON: the event's fields in the published order, then, if they count,
//! the others by name; numbers and escapes in one spelling.
//! Invariants: no recursion; linear size, because anything deeper than [`INDENTED_DEPTH`] is on one line.

use crate::diff::Scope;
use crate::escape::{push_escape, push_visible};
use crate::meaning::{Tree, canonical_number};
use crate::payload::{Document, Kind, Node, Pointer};
use std::collections::HashSet;

/// The number of indented levels.
const INDENTED_DEPTH: usize = 32;

/// The canonical form of the parts of `document` in `scope`, with a line end. The strings at the addresses `spelled`
/// are written in ASCII, because they would look like others.
pub(super) fn canonical(document: &Document<'_>, scope: &Scope, spelled: &HashSet<usize>) -> String {
    let tree = Tree::read(document.root());
    let mut writer = Writer { tree: &tree, spelled, out: String::new(), open: Vec::new() };
    let root = tree.root();
    if document.root().kind() == Kind::Object {
        writer.open(root, members(&tree, scope));
    } else {
        writer.value(root);
    }
    writer.run();
    writer.out.push('\n');
    writer.out
}

/// The compared members of the payload, in canonical order.
fn members(tree: &Tree<'_>, scope: &Scope) -> Vec<usize> {
    let name = |member: usize| tree.part(member).name.as_deref().unwrap_or_default();
    let rank = |member: usize| scope.fields().position(|field| field == name(member));
    let mut members: Vec<usize> = tree
        .children(tree.root())
        .iter()
        .copied()
        .filter(|&member| {
            scope.counts(name(member)) && !scope.ignores(&Pointer::default().join(name(member)))
        })
        .collect();
    members.sort_by_key(|&member| rank(member).unwrap_or(usize::MAX));
    members
}

/// An open container: its closing bracket, its remaining children, and whether something was written.
struct OpenBracket {
    close: char,
    left: std::vec::IntoIter<usize>,
    is_begun: bool,
}

struct Writer<'t, 'a> {
    tree: &'t Tree<'a>,
    spelled: &'t HashSet<usize>,
    out: String,
    open: Vec<OpenBracket>,
}

impl Writer<'_, '_> {
    fn run(&mut self) {
        while let Some(container) = self.open.last_mut() {
            let next = container.left.next();
            let is_first = !std::mem::replace(&mut container.is_begun, true);
            match next {
                Some(child) => {
                    if !is_first {
                        self.out.push(',');
                    }
                    self.break_line(self.open.len());
                    if let Some(name) = &self.tree.part(child).name {
                        push_string(&mut self.out, name, false);
                        self.out.push_str(": ");
                    }
                    self.value(child);
                }
                None => self.close(is_first),
            }
        }
    }

    fn value(&mut self, index: usize) {
        let node: Node<'_> = self.tree.part(index).node;
        match node.kind() {
            Kind::Object | Kind::Array => self.open(index, self.tree.children(index).to_vec()),
            Kind::String => {
                let is_spelled = self.spelled.contains(&(node.text().as_ptr() as usize));
                push_string(&mut self.out, &node.as_str().unwrap_or_default(), is_spelled);
            }
            Kind::Number => self.out.push_str(&canonical_number(node.text())),
            Kind::Boolean | Kind::Null => self.out.push_str(node.text()),
        }
    }

    fn open(&mut self, index: usize, children: Vec<usize>) {
        let is_object = self.tree.part(index).node.kind() == Kind::Object;
        self.out.push(if is_object { '{' } else { '[' });
        let close = if is_object { '}' } else { ']' };
        self.open.push(OpenBracket { close, left: children.into_iter(), is_begun: false });
    }

    fn close(&mut self, is_empty: bool) {
        let depth = self.open.len();
        if let Some(container) = self.open.pop() {
            if !is_empty && depth <= INDENTED_DEPTH {
                self.break_line(depth - 1);
            }
            self.out.push(container.close);
        }
    }

    fn break_line(&mut self, depth: usize) {
        if depth <= INDENTED_DEPTH {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
    }
}

fn push_string(out: &mut String, text: &str, is_ascii: bool) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if is_ascii && !character.is_ascii() => push_escape(out, character),
            _ => push_visible(out, character),
        }
    }
    out.push('"');
}
