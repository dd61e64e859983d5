//! The members that are there, and those that are not: `missing-field`, `misspelled-field`, `undocumented-field`,
//! `duplicate-field`, `empty-field`.
//!
//! Invariants: a misspelled field is not also missing; the number of findings, and the memory to make them, do not grow
//! with the payload.

use super::{Advice, shown, undocumented};
use crate::check::Code;
use crate::check::message::cut;
use crate::event::members::{CUT, FIELDS, NAMES, beyond, pointer};
use crate::event::{Event, bare};
use crate::payload::{Member, Members, Node, Pointer};
use std::borrow::Cow;

/// The number of names that one finding lists.
const LISTED: usize = 5;

/// The number of undocumented names that are compared with the documented ones. A payload with more was not mistyped.
const COMPARED: usize = 64;

/// The number of repeated names that are distinguished.
const REPEATED: usize = 20;

/// Reports the names of the root: absent, unknown and misspelled ones.
pub(super) fn names(root: Node<'_>, members: &Members<'_>, advice: &mut Advice<'_>) {
    let slots = advice.event.slots;
    let mut absent = slots.mask & !members.present();
    if beyond(members, slots.with_envelope()) > 0 {
        undocumented_names(members, &mut absent, advice);
    }
    if absent != 0 {
        missing(root, members, absent, advice);
    }
}

fn missing(root: Node<'_>, members: &Members<'_>, absent: u32, advice: &mut Advice<'_>) {
    let event = advice.event;
    let (missing, present) = (names_of(event, absent), names_of(event, members.present()));
    let (number, all) = (event.slots.order.len(), in_words(event.slots.order.len()));
    let message = match (missing.as_slice(), present.as_slice()) {
        ([name], _) => format!("the payload lacks {name}, a documented field"),
        (none, _) if none.len() == number => format!("the payload has none of the {all} documented fields"),
        // The shorter list is easier to read.
        (most, present) if most.len() > 4 && most.len() + present.len() == number => {
            format!("the payload has only {} of the {all} documented fields", present.join(", "))
        }
        (some, _) => {
            format!("the payload lacks {} of the {all} documented fields: {}", some.len(), some.join(", "))
        }
    };
    let finding = advice.raise(Code::MissingField, Pointer::default(), root.text(), message);
    finding.label = Some("this object".into());
    let is_cut = members.get(CUT).is_some_and(|member| member.value().text() == "true");
    finding.help = Some(
        if is_cut {
            "`payloadTooLarge` says that the platform has cut this payload: it was longer than 256 KB"
        } else if missing.len() == number {
            "the schema requires no field, so it accepts any object; is this the body of the delivery?"
        } else {
            "the schema requires none; make sure that nothing dropped them on the way"
        }
        .into(),
    );
}

/// The event's fields in these slots, in the published order.
fn names_of(event: &Event, mask: u32) -> Vec<String> {
    let wanted = event.slots.order.iter().filter(|slot| mask >> **slot & 1 == 1);
    wanted.map(|slot| ["`", NAMES[*slot], "`"].concat()).collect()
}

/// A small number in words.
fn in_words(number: usize) -> String {
    const WORDS: [&str; 6] = ["five", "six", "seven", "eight", "nine", "ten"];
    number.checked_sub(5).and_then(|index| WORDS.get(index)).map_or(number.to_string(), ToString::to_string)
}

/// Distinguishes misspelled names from undocumented ones.
fn undocumented_names(members: &Members<'_>, absent: &mut u32, advice: &mut Advice<'_>) {
    let mut listed: Vec<(Cow<'_, str>, Member<'_>)> = Vec::new();
    let mut misspelled = 0;
    for (index, member) in undocumented(members, advice.event).enumerate() {
        let name = member.name();
        let meant = if index < COMPARED { meant(&name, *absent) } else { None };
        if let Some(field) = meant {
            *absent &= !(1 << field);
            misspelled += 1;
            misspelling(&name, &member, field, advice);
        } else if listed.len() < LISTED {
            listed.push((name, member));
        } else if index >= COMPARED {
            break;
        }
    }
    let Some((first, member)) = listed.first() else { return };
    let count = beyond(members, advice.event.slots.with_envelope()) - misspelled;
    let names: Vec<String> = listed.iter().map(|(name, _)| ["`", &cut(name), "`"].concat()).collect();
    let message = match count {
        1 => [&names[0], " is not a documented field"].concat(),
        _ => {
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            format!("{count} fields are not documented: {}{more}", names.join(", "))
        }
    };
    advice.raise(Code::UndocumentedField, Pointer::default().join(first), member.name_text(), message);
}

fn misspelling(name: &str, member: &Member<'_>, field: usize, advice: &mut Advice<'_>) {
    let (field, pointer) = (NAMES[field], Pointer::default().join(name));
    let message = format!("`{}` is not documented; did you mean `{field}`?", cut(name));
    let finding = advice.raise(Code::MisspelledField, pointer, member.name_text(), message);
    finding.help =
        Some(format!("names are compared exactly, case and separators included: write `{field}`").into());
}

/// The absent field that the undocumented `name` was meant to be.
///
/// Only an absent one: next to `locationId`, `location_id` is another field. Case and separators never matter.
/// Otherwise, a name of 12 letters or more may have two slips, and one of 8 or more a single one; the shortest, `id`
/// and `key`, are one slip away from too many words (`ids`, `keys`).
fn meant(name: &str, absent: u32) -> Option<usize> {
    if name.len() > 64 || absent == 0 {
        return None;
    }
    let name = bare(name);
    let slips = |slot: usize| {
        let field = bare(NAMES[slot]);
        let most = match field.len() {
            12.. => 2,
            8.. => 1,
            _ => 0,
        };
        let slips = strsim::osa_distance(&name, &field);
        // A whole word more or less makes another name: `associationTypeId`.
        let is_other_word = slips > 1 && (name.starts_with(&field) || field.starts_with(&name));
        (slips <= most && !is_other_word).then_some(slips)
    };
    let absent = (0..FIELDS).filter(|slot| absent >> slot & 1 == 1);
    absent.filter_map(|slot| Some((slips(slot)?, slot))).min().map(|(_, slot)| slot)
}

/// Documented fields without content.
pub(super) fn empty(members: &Members<'_>, advice: &mut Advice<'_>) {
    let slots = advice.event.slots;
    if members.lettered() & slots.mask == slots.mask {
        return;
    }
    for slot in slots.order {
        let Some(member) = members.known(*slot).filter(is_blank) else { continue };
        let (name, value) = (NAMES[*slot], member.value());
        let what = if member.string_text() == Some("") { "is empty" } else { "contains only white space" };
        advice.raise_at(Code::EmptyField, name, value, ["`", name, "` ", what].concat());
    }
}

/// Whether the value is a string with nothing but white space in it.
fn is_blank(member: &Member<'_>) -> bool {
    member.characters().is_some_and(|mut characters| characters.all(char::is_whitespace))
}

/// Repeated names: one finding per name, from its first place to its last.
pub(super) fn duplicates(members: &Members<'_>, advice: &mut Advice<'_>) {
    if members.duplicates() == 0 {
        return;
    }
    let mut repeated: Vec<(Cow<'_, str>, Repeated<'_>)> = Vec::new();
    for member in members.iter().filter(Member::is_shadowed) {
        let name = member.name();
        if repeated.len() < REPEATED && repeated.iter().all(|(known, _)| *known != name) {
            repeated.push((name, Repeated { first: member, last: member, times: 0 }));
        }
    }
    for member in members.iter() {
        if let Some((_, repeated)) = repeated.iter_mut().find(|(known, _)| member.is_named(known)) {
            repeated.last = member;
            repeated.times += 1;
        }
    }
    for (name, places) in &repeated {
        duplicate(name, places, advice);
    }
    let left = members.duplicates() - repeated.iter().map(|(_, places)| places.times - 1).sum::<usize>();
    if left > 0 {
        let root = advice.document.root();
        let message = format!("{left} more members occur again later in the object");
        advice.raise(Code::DuplicateField, Pointer::default(), root.text(), message);
    }
}

/// A repeated name.
struct Repeated<'a> {
    first: Member<'a>,
    last: Member<'a>,
    times: usize,
}

/// Which one counts, with its place.
macro_rules! last_one {
    ($place:literal) => {
        concat!("the last one, ", $place, ", counts here as in JSON.parse; other readers may take the first")
    };
}

fn duplicate(name: &str, places: &Repeated<'_>, advice: &mut Advice<'_>) {
    let Repeated { first, last, times } = places;
    let (one, other) = (first.value(), last.value());
    let shown_name = cut(name);
    let message = match times {
        2 if one.text() == other.text() => {
            ["`", &shown_name, "` occurs twice, both times ", &shown(one)].concat()
        }
        2 => ["`", &shown_name, "` occurs twice, first ", &shown(one), " and then ", &shown(other)].concat(),
        times => {
            format!("`{shown_name}` occurs {times} times, first {} and last {}", shown(one), shown(other))
        }
    };
    let text = advice.document.text();
    let start = advice.document.span(first.name_text()).start;
    let last_start = advice.document.span(last.name_text()).start;
    let end = advice.document.span(other.text()).end;
    let help = match memchr::memchr_iter(b'\n', &text.as_bytes()[start..last_start]).count() {
        0 => last_one!("further along the line").into(),
        1 => last_one!("on the next line").into(),
        lines => format!(last_one!("{} lines further down"), lines).into(),
    };
    let finding = advice.raise(Code::DuplicateField, pointer(name), &text[start..end], message);
    finding.help = Some(help);
}
