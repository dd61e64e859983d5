//! Compares payloads by meaning. Pure: two payloads in, changes out.
//!
//! In: two documents and the fields to ignore. Out: a [`Comparison`]: changes to the fields that both events have, in
//! the published order, and separately changes to the others, by name.
//! Invariants: key order, white space, escapes and the spelling of numbers make no difference; of two members with one
//! name the last counts; numbers are compared without rounding; time is linear in the payloads, and any depth is
//! handled.

pub mod join;
mod text;

pub use text::{
    Segment, StringExcerpt, TextChange, code_points, disguise, excerpts, hidden_code_points, text_change,
    unicode_forms,
};

use crate::event::members::{NAMES, slot};
use crate::event::{ASSOCIATION_CREATE, Event, Recognised};
use crate::meaning::{Fingerprint, Tree, fingerprint, hasher};
use crate::payload::{Document, Kind, Node, Pointer};

/// The longest pointer, in bytes, whose value is compared part by part. Deeper values are compared as a whole, so that
/// naming places stays cheap.
const MAX_POINTER: usize = 1000;

/// The scope of a comparison.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The events of the two payloads. The fields that both have count.
    pub events: [&'static Event; 2],
    /// Whether all fields count.
    pub all: bool,
    /// The names of members and the JSON Pointers to ignore.
    pub ignore: Vec<String>,
    /// Whether only shape counts: the fields and their types.
    pub is_shape: bool,
}

/// The kind of change to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is only in the second payload.
    Added,
    /// It is only in the first payload.
    Removed,
    /// It has another type.
    Type(Kind, Kind),
    /// It is another string; the difference is of this kind.
    Text(TextChange),
    /// It is another value of the same type.
    Value,
    /// The first and the second object have changed places, keys and labels.
    SidesExchanged,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Difference<'a> {
    /// The place. For exchanged sides, the whole payload.
    pub pointer: Pointer,
    /// The kind of change.
    pub change: Change,
    /// The value in the first payload, if there is one.
    pub before: Option<Node<'a>>,
    /// The value in the second payload, if there is one.
    pub after: Option<Node<'a>>,
    /// The outermost array of the second payload around the place, with its own place.
    pub array: Option<(Pointer, Node<'a>)>,
}

/// The differences between two payloads.
#[derive(Clone, Debug, Default)]
pub struct Comparison<'a> {
    /// Changes to the fields that both events have, or to the payload as a whole.
    pub association: Vec<Difference<'a>>,
    /// Changes to other fields.
    pub other: Vec<Difference<'a>>,
    /// Whether first and second have changed places, keys and labels.
    pub is_exchanged: bool,
}

impl Default for Scope {
    fn default() -> Self {
        Self { events: [&ASSOCIATION_CREATE; 2], all: false, ignore: Vec::new(), is_shape: false }
    }
}

impl Scope {
    /// The same for two payloads of these events; a payload of another one is compared as AssociationCreate.
    pub fn of_events(&self, events: [Option<Recognised>; 2]) -> Self {
        let events = events.map(|event| event.map_or(&ASSOCIATION_CREATE, |event| event.event));
        Self { events, ..self.clone() }
    }

    /// The fields that both events have, in the published order.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        let [one, other] = self.events;
        other.slots.order.iter().filter(|slot| one.has(**slot)).map(|slot| NAMES[*slot])
    }

    /// The one of the two events that has the field `name`, if only one has it.
    pub fn only_in(&self, name: &str) -> Option<&'static Event> {
        let has = self.events.map(|event| slot(name).is_some_and(|slot| event.has(slot)));
        match has {
            [true, false] => Some(self.events[0]),
            [false, true] => Some(self.events[1]),
            _ => None,
        }
    }

    fn is_field(&self, name: &str) -> bool {
        self.fields().any(|field| field == name)
    }

    /// The place of the field in the published order.
    fn rank(&self, pointer: &Pointer) -> Option<usize> {
        let name = pointer.tokens().next()?;
        self.fields().position(|field| field == name)
    }

    /// Whether the value at `pointer` is ignored.
    pub fn ignores(&self, pointer: &Pointer) -> bool {
        self.ignore.iter().any(|ignored| {
            let rest = pointer.as_str().strip_prefix(ignored.as_str());
            let is_there =
                ignored.starts_with('/') && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            is_there || pointer.tokens().next().is_some_and(|first| first == ignored.as_str())
        })
    }

    /// Whether the whole member `name` of the payload is ignored.
    fn ignores_name(&self, name: &str) -> bool {
        !self.ignore.is_empty()
            && (self.ignore.iter().any(|ignored| ignored == name)
                || self.ignores(&Pointer::default().join(name)))
    }

    /// Whether the member `name` of the payload counts, if nothing within it is ignored.
    pub fn counts(&self, name: &str) -> bool {
        self.all || self.is_field(name)
    }
}

impl<'a> Comparison<'a> {
    /// Compares two payloads.
    pub fn of(before: &'a Document<'_>, after: &'a Document<'_>, scope: &Scope) -> Self {
        let (one, two) = (Tree::read(before.root()), Tree::read(after.root()));
        let mut all = differences(&one, &two, scope);
        if scope.is_shape {
            all.retain(|difference| {
                matches!(difference.change, Change::Added | Change::Removed | Change::Type(..))
            });
        }
        let is_object = [before, after].iter().all(|document| document.root().kind() == Kind::Object);
        let is_counted = |difference: &Difference<'_>| {
            !is_object || difference.pointer.tokens().next().is_none_or(|name| scope.is_field(&name))
        };
        let (mut association, other): (Vec<_>, Vec<_>) = all.into_iter().partition(is_counted);
        association.sort_by_key(|difference| scope.rank(&difference.pointer));
        let is_exchanged = is_object && are_exchanged(&one, &two, scope);
        Self { association, other, is_exchanged }
    }

    /// The changes to the association as a person sees them: exchanged sides are a single change.
    pub fn condensed(&self) -> Vec<Difference<'a>> {
        let mut association = self.association.clone();
        if self.is_exchanged {
            exchange(&mut association);
        }
        association
    }

    /// The changes that make the payloads different.
    pub fn counted(&self, scope: &Scope) -> impl Iterator<Item = &Difference<'a>> {
        self.association.iter().chain(self.other.iter().filter(|_| scope.all))
    }
}

/// The four fields of the two sides, in pairs.
const SIDES: [[&str; 2]; 2] =
    [["firstObjectKey", "secondObjectKey"], ["firstObjectLabel", "secondObjectLabel"]];

/// Whether the first side of one is the second of the other, in every compared field, and they differ.
fn are_exchanged(one: &Tree<'_>, two: &Tree<'_>, scope: &Scope) -> bool {
    let value = |tree: &Tree<'_>, name: &str| {
        tree.member(tree.root(), name).map(|member| tree.part(member).fingerprint)
    };
    let is_ignored = |name: &str| scope.ignores(&Pointer::default().join(name));
    let pairs: Vec<_> = SIDES.into_iter().filter(|pair| !pair.iter().any(|name| is_ignored(name))).collect();
    let is_crossed = |[first, second]: &[&str; 2]| {
        value(one, first) == value(two, second) && value(one, second) == value(two, first)
    };
    let is_changed = |[first, second]: &[&str; 2]| {
        value(one, first) != value(two, first) || value(one, second) != value(two, second)
    };
    !scope.is_shape && pairs.iter().all(is_crossed) && pairs.iter().any(is_changed)
}

/// Reports the changes to the sides' fields as one.
fn exchange(association: &mut Vec<Difference<'_>>) {
    let is_side = |difference: &Difference<'_>| {
        difference.pointer.tokens().next().is_some_and(|name| SIDES.as_flattened().contains(&name.as_ref()))
    };
    let at = association.iter().position(is_side).unwrap_or(0);
    association.retain(|difference| !is_side(difference));
    let pointer = Pointer::default();
    association.insert(
        at,
        Difference { pointer, change: Change::SidesExchanged, before: None, after: None, array: None },
    );
}

/// A pair of values still to be compared; one of them may be absent.
struct ValuePair<'a> {
    pointer: Pointer,
    before: Option<usize>,
    after: Option<usize>,
    array: Option<(Pointer, Node<'a>)>,
}

fn differences<'a>(one: &Tree<'a>, two: &Tree<'a>, scope: &Scope) -> Vec<Difference<'a>> {
    let mut found = Vec::new();
    let (before, after) = (Some(one.root()), Some(two.root()));
    let mut left = vec![ValuePair { pointer: Pointer::default(), before, after, array: None }];
    while let Some(ValuePair { pointer, before, after, array }) = left.pop() {
        if scope.ignores(&pointer) {
            continue;
        }
        let node = |tree: &Tree<'a>, index: Option<usize>| index.map(|index| tree.part(index).node);
        let (before_node, after_node) = (node(one, before), node(two, after));
        match inner(one, before, two, after).filter(|_| pointer.as_str().len() <= MAX_POINTER) {
            Some(pairs) => {
                let array = array.or_else(|| {
                    let is_array = |node: &Node<'_>| node.kind() == Kind::Array;
                    Some((pointer.clone(), after_node.filter(is_array)?))
                });
                left.extend(pairs.into_iter().rev().map(|(token, before, after)| ValuePair {
                    pointer: pointer.join(&token),
                    before,
                    after,
                    array: array.clone(),
                }));
            }
            None => found.extend(change(before_node, after_node).map(|change| Difference {
                pointer,
                change,
                before: before_node,
                after: after_node,
                array,
            })),
        }
    }
    found
}

/// The differing parts of two objects or two arrays; `None` if they are neither.
fn inner(one: &Tree<'_>, before: Option<usize>, two: &Tree<'_>, after: Option<usize>) -> Option<Vec<Child>> {
    let (before, after) = before.zip(after)?;
    match (one.part(before).node.kind(), two.part(after).node.kind()) {
        (Kind::Object, Kind::Object) => Some(named_pairs(one, before, two, after)),
        (Kind::Array, Kind::Array) => Some(numbered_pairs(one, before, two, after)),
        _ => None,
    }
}

type Child = (String, Option<usize>, Option<usize>);

/// The differing members of two objects, by name.
fn named_pairs(one: &Tree<'_>, before: usize, two: &Tree<'_>, after: usize) -> Vec<Child> {
    let name =
        |tree: &Tree<'_>, index: usize| tree.part(index).name.as_deref().unwrap_or_default().to_owned();
    let (mut befores, mut afters) =
        (one.children(before).iter().copied().peekable(), two.children(after).iter().copied().peekable());
    let mut pairs = Vec::new();
    loop {
        let order = match (befores.peek(), afters.peek()) {
            (None, None) => return pairs,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(&before), Some(&after)) => one.part(before).name.cmp(&two.part(after).name),
        };
        let before = if order.is_le() { befores.next() } else { None };
        let after = if order.is_ge() { afters.next() } else { None };
        if !is_same(one, before, two, after) {
            let name =
                before.map_or_else(|| name(two, after.unwrap_or_default()), |before| name(one, before));
            pairs.push((name, before, after));
        }
    }
}

/// The differing elements of two arrays, by place.
fn numbered_pairs(one: &Tree<'_>, before: usize, two: &Tree<'_>, after: usize) -> Vec<Child> {
    let (befores, afters) = (one.children(before), two.children(after));
    (0..befores.len().max(afters.len()))
        .map(|index| (index, befores.get(index).copied(), afters.get(index).copied()))
        .filter(|(_, before, after)| !is_same(one, *before, two, *after))
        .map(|(index, before, after)| (index.to_string(), before, after))
        .collect()
}

fn is_same(one: &Tree<'_>, before: Option<usize>, two: &Tree<'_>, after: Option<usize>) -> bool {
    let fingerprint = |tree: &Tree<'_>, index: Option<usize>| index.map(|index| tree.part(index).fingerprint);
    fingerprint(one, before) == fingerprint(two, after)
}

/// The change between two values that are not both objects or both arrays, if any.
fn change(before: Option<Node<'_>>, after: Option<Node<'_>>) -> Option<Change> {
    match (before, after) {
        (None, None) => None,
        (None, Some(_)) => Some(Change::Added),
        (Some(_), None) => Some(Change::Removed),
        (Some(before), Some(after)) if before.kind() != after.kind() => {
            Some(Change::Type(before.kind(), after.kind()))
        }
        (Some(before), Some(after)) if fingerprint(before) == fingerprint(after) => None,
        (Some(before), Some(after)) => Some(match (before.as_str(), after.as_str()) {
            (Some(before), Some(after)) => Change::Text(text_change(&before, &after)),
            _ => Change::Value,
        }),
    }
}

#[cfg(test)]
mod tests;
