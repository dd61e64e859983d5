//! The members that are there, and those that are not: `missing-field`, `misspelled-field`, `undocumented-field`,
//! `duplicate-field`, `empty-field`.
//!
//! Invariants: a misspelled field is not also missing; the number of findings, and the memory to make them, do not grow
//! with the payload.

use super::{Advice, shown, undocumented};
use crate::check::Code;
use crate::check::message::quoted_name;
use crate::event::members::{CUT, FIELDS, NAMES, beyond, pointer};
use crate::event::{Event, bare};
use crate::payload::{Member, Members, Pointer};
use std::borrow::Cow;

/// The number of names that one finding lists.
const LISTED: usize = 5;

/// The number of undocumented names that are compared with the documented ones. A payload with more was not mistyped.
const COMPARED: usize = 64;

/// The number of repeated names that are distinguished.
const REPEATED: usize = 20;

/// Reports the names of the root: absent, unknown and misspelled ones.
pub(in crate::check) fn names(members: &Members<'_>, advice: &mut Advice<'_>) {
    let slots = advice.event.slots;
    let mut absent = slots.mask & !members.present();
    if beyond(members, slots.with_envelope()) > 0 {
        undocumented_names(members, &mut absent, advice);
    }
    if absent != 0 {
        missing(members, absent, advice);
    }
}

fn missing(members: &Members<'_>, absent: u32, advice: &mut Advice<'_>) {
    let event = advice.event;
    let (all, here) = (event.slots.order.len(), members.present() & event.slots.mask);
    let (lacking, in_words) = (absent.count_ones() as usize, in_words(all));
    let message = || match lacking {
        1 => ["the payload lacks ", &listed(event, absent), ", a documented field"].concat(),
        _ if lacking == all => ["the payload has none of the ", &in_words, " documented fields"].concat(),
        // The shorter list is easier to read.
        5.. if lacking + here.count_ones() as usize == all => {
            format!("the payload has only {} of the {in_words} documented fields", listed(event, here))
        }
        _ => {
            let missing = listed(event, absent);
            format!("the payload lacks {lacking} of the {in_words} documented fields: {missing}")
        }
    };
    let finding =
        advice.raise(Code::MissingField, Pointer::default(), advice.document.root().text(), message);
    finding.label = Some("this object".into());
    let is_cut = members.get(CUT).is_some_and(|member| member.value().text() == "true");
    finding.help = Some(
        if is_cut {
            "`payloadTooLarge` says that HighLevel has cut this payload: it was longer than 256 KB"
        } else if lacking == all {
            "the schema requires no field, so it accepts any object; is this the body of the delivery?"
        } else {
            "the schema requires none; make sure that nothing dropped them on the way"
        }
        .into(),
    );
}

/// The event's fields in these slots, in the published order, as a sentence lists them.
fn listed(event: &Event, mask: u32) -> String {
    let mut listed = String::new();
    for slot in event.slots.order.iter().filter(|slot| mask >> **slot & 1 == 1) {
        let before = if listed.is_empty() { "`" } else { ", `" };
        listed.extend([before, NAMES[*slot], "`"]);
    }
    listed
}

/// A small number in words.
fn in_words(number: usize) -> Cow<'static, str> {
    const WORDS: [&str; 6] = ["five", "six", "seven", "eight", "nine", "ten"];
    let word = number.checked_sub(5).and_then(|index| WORDS.get(index));
    word.map_or_else(|| number.to_string().into(), |word| (*word).into())
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
    let message = || match count {
        1 => quoted_name(first) + " is not a documented field",
        _ => {
            let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
            let names: Vec<String> = listed.iter().map(|(name, _)| quoted_name(name)).collect();
            format!("{count} fields are not documented: {}{more}", names.join(", "))
        }
    };
    advice.raise(Code::UndocumentedField, Pointer::default().join(first), member.name_text(), message);
}

fn misspelling(name: &str, member: &Member<'_>, field: usize, advice: &mut Advice<'_>) {
    let (field, pointer) = (NAMES[field], Pointer::default().join(name));
    let message = || quoted_name(name) + &format!(" is not documented; did you mean `{field}`?");
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
pub(in crate::check) fn empty(members: &Members<'_>, advice: &mut Advice<'_>) {
    let slots = advice.event.slots;
    if members.lettered() & slots.mask == slots.mask {
        return;
    }
    for slot in slots.order {
        let Some(member) = members.known(*slot).filter(is_blank) else { continue };
        let (name, value) = (NAMES[*slot], member.value());
        let what = if member.string_text() == Some("") { "is empty" } else { "contains only white space" };
        advice.raise_at(Code::EmptyField, name, value, || ["`", name, "` ", what].concat());
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
    let mut repeated: Vec<(Cow<'_, str>, RepeatedName<'_>)> = Vec::new();
    for member in members.iter().filter(Member::is_shadowed) {
        let name = member.name();
        if repeated.len() < REPEATED && repeated.iter().all(|(known, _)| *known != name) {
            repeated.push((name, RepeatedName { first: member, last: member, times: 0 }));
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
        let message = || format!("{left} more members occur again later in the object");
        advice.raise(Code::DuplicateField, Pointer::default(), root.text(), message);
    }
}

/// A repeated name.
struct RepeatedName<'a> {
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

fn duplicate(name: &str, places: &RepeatedName<'_>, advice: &mut Advice<'_>) {
    let RepeatedName { first, last, times } = places;
    let (one, other) = (first.value(), last.value());
    let message = || {
        let (name, first) = (quoted_name(name), shown(one));
        match times {
            2 if one.text() == other.text() => [&name, " occurs twice, both times ", &first].concat(),
            2 => [&name, " occurs twice, first ", &first, " and then ", &shown(other)].concat(),
            times => format!("{name} occurs {times} times, first {first} and last {}", shown(other)),
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
