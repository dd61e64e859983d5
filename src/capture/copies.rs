//! The copies of one payload in a capture, such as a request and its log entry.
//!
//! In: the payloads that were found. Out: the same without second copies.
//! Invariants: payloads are copies if they have the same content; the rawer one is kept; the time is linear.

use super::found::FoundPayload;
use crate::payload::{Document, Node, Pointer, Token, Tokens};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

/// The number of payloads with the same content among which a copy is looked for.
const COPIES_AT_MOST: usize = 8;

/// Leaves out second copies, such as a request and its log entry; the rawer one is kept. Equal elements of a list are
/// two payloads.
pub(super) fn without_copies(all: Vec<FoundPayload>) -> Vec<FoundPayload> {
    let keys = crate::seed::ahash();
    let mut kept: Vec<Option<FoundPayload>> = Vec::new();
    let mut known: HashMap<ContentPrint, Vec<usize>> = HashMap::new();
    for found in all {
        let document = Document::accept(&found.bytes);
        let same = known.entry(ContentPrint::of(&found.bytes, document.as_ref(), &keys)).or_default();
        let is_copy = |index: &&mut usize| {
            kept[**index].as_ref().is_some_and(|other| !are_elements(&other.pointer, &found.pointer))
        };
        match same.iter_mut().find(is_copy) {
            Some(copy) if kept[*copy].as_ref().is_some_and(|other| found.fidelity < other.fidelity) => {
                kept[*copy] = None;
                *copy = kept.len();
                kept.push(Some(found));
            }
            Some(_) => {}
            None => {
                if same.len() < COPIES_AT_MOST {
                    same.push(kept.len());
                }
                kept.push(Some(found));
            }
        }
    }
    kept.into_iter().flatten().collect()
}

/// The content of a text, whatever its layout, its escapes and the order of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ContentPrint {
    /// A fingerprint of the members that count.
    pub(super) sum: u64,
    /// The number of members that do not count, because another one of the same name follows.
    pub(super) duplicates: usize,
}

impl ContentPrint {
    /// The content of a text, which was read as `document` if it is JSON.
    pub(super) fn of(text: &[u8], document: Option<&Document<'_>>, keys: &ahash::RandomState) -> Self {
        let Some(document) = document else {
            return Self { sum: keys.hash_one(text), duplicates: 0 };
        };
        let Some(members) = document.members() else {
            return Self { sum: fingerprint("", document.root().text(), keys), duplicates: 0 };
        };
        let counted = members.iter().filter(|member| !member.is_shadowed());
        let each = counted.map(|member| match member.string() {
            Some(text) => keys.hash_one((member.name(), true, text)),
            None => fingerprint(&member.name(), member.value().text(), keys),
        });
        Self { sum: each.fold(0, u64::wrapping_add), duplicates: members.duplicates() }
    }
}

fn fingerprint(name: &str, value: &str, keys: &ahash::RandomState) -> u64 {
    let mut hasher = keys.build_hasher();
    name.hash(&mut hasher);
    for token in Tokens::new(value) {
        match token {
            Token::Open(text) | Token::Close(text) => text.hash(&mut hasher),
            Token::Comma | Token::Colon => {}
            // A string is not equal to a value that is written like it.
            Token::Name(text) | Token::Scalar(text) => match Node::new(text).as_str() {
                Some(text) => (true, text).hash(&mut hasher),
                None => (false, text).hash(&mut hasher),
            },
        }
    }
    hasher.finish()
}

/// Whether two places are in different elements of one list.
fn are_elements(one: &Pointer, other: &Pointer) -> bool {
    let differing = one.tokens().zip(other.tokens()).find(|(one, other)| one != other);
    let is_index = |token: &str| token.bytes().all(|byte| byte.is_ascii_digit());
    differing.map_or(one == other, |(one, other)| is_index(&one) && is_index(&other))
}
