//! Values wrapped in the names of their types, as databases export them: one finding instead of one per field.
//!
//! In: a document. Out: the finding that names the notation, if most of the event's fields use it.
//! Invariants: a single wrapped value is a mistake of its own, not a notation.

use crate::check::{Code, Finding};
use crate::event::Event;
use crate::event::members::slot;
use crate::payload::{Document, Kind, Node, Pointer};

/// The names of types around values, and the programs that write them.
const NOTATIONS: [(&[&str], &str); 3] = [
    (&["S", "N", "BOOL", "NULL"], "DynamoDB"),
    (&["stringValue", "integerValue", "booleanValue", "nullValue", "timestampValue"], "Firestore"),
    (&["$oid", "$date", "$numberLong", "$numberInt"], "MongoDB's extended JSON"),
];
/// The number of wrapped fields that make a notation.
const FEWEST: usize = 2;
const HELP: &str = "unmarshall the item: jq 'map_values(if type == \"object\" then (to_entries[0] | if .key == \
                    \"NULL\" then null else .value end) else . end)' FILE | assoclens validate";

/// The finding that names the notation, if there is one.
pub(in crate::check) fn typed(document: &Document<'_>, event: &Event) -> Option<Finding> {
    let members = document.members()?;
    // A shadowed member may be a field, too, and is in no slot.
    let may_be_wrapped = (members.present() & !members.strings() & event.slots.mask).count_ones() as usize;
    if may_be_wrapped + members.duplicates() < FEWEST {
        return None;
    }
    let is_field = |slot: usize| event.slots.mask >> slot & 1 == 1;
    let fields = || members.iter().filter(|member| slot(&member.name()).is_some_and(is_field));
    let (name, writer) = NOTATIONS.iter().find_map(|(names, writer)| {
        let mut wrapped = fields().filter_map(|member| wrapper(member.value(), names));
        let first = wrapped.next()?;
        (wrapped.count() + 1 >= FEWEST).then_some((first, *writer))
    })?;
    let message = format!(
        "each value is wrapped in its type, {{\"{name}\": …}}, as {writer} writes it; deliveries have plain values"
    );
    let (span, help) = (document.span(document.root().text()), Some(HELP.into()));
    Some(Finding { help, ..Finding::new(Code::SchemaType, Pointer::default(), span, message) })
}

/// The name of the type around `value`.
fn wrapper<'n>(value: Node<'_>, names: &[&'n str]) -> Option<&'n str> {
    let members = Some(value).filter(|value| value.kind() == Kind::Object)?.members()?;
    let member = members.iter().next().filter(|_| members.len() == 1)?;
    names.iter().copied().find(|name| member.name() == *name)
}
