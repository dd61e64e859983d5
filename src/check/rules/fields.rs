//! Which members are there: `missing-field`, `misspelled-field`, `undocumented-field`, `duplicate-field`,
//! `empty-field`.
//!
//! What always holds: a field that is found misspelled is not missing as well; the number of findings, and what is
//! remembered to make them, do not grow with the payload.

use super::{Advice, bare, shown, unknown};
use crate::check::Code;
use crate::check::message::cut;
use crate::event::facts::{CUT, EIGHT, FIELDS, field_name};
use crate::payload::{Member, Members, Node, Pointer};
use std::borrow::Cow;

/// How many names one finding lists.
const LISTED: usize = 5;

/// How many undocumented names are compared with the documented ones. A payload with more is no slip of the pen.
const COMPARED: usize = 64;

/// How many names that are given more than once are told apart.
const REPEATED: usize = 20;

/// What the root's names are, and are not.
pub(super) fn names(root: Node<'_>, members: &Members<'_>, advice: &mut Advice<'_>) {
    if members.present() & EIGHT == EIGHT && members.unknown() == 0 {
        return;
    }
    let mut is_absent = std::array::from_fn(|index| members.known(index).is_none());
    if members.unknown() > 0 {
        unknown_names(members, &mut is_absent, advice);
    }
    if is_absent.contains(&true) {
        missing(root, members, is_absent, advice);
    }
}

fn missing(root: Node<'_>, members: &Members<'_>, is_absent: [bool; FIELDS], advice: &mut Advice<'_>) {
    let missing = field_names(|index| is_absent[index]);
    let present = field_names(|index| members.known(index).is_some());
    let message = match (missing.as_slice(), present.as_slice()) {
        ([name], _) => format!("the payload lacks {name}, a documented field"),
        (all, _) if all.len() == FIELDS => "the payload has none of the eight documented fields".to_owned(),
        // The shorter list is the one to read.
        (most, present) if most.len() > 4 && most.len() + present.len() == FIELDS => {
            format!("the payload has only {} of the eight documented fields", present.join(", "))
        }
        (some, _) => {
            format!("the payload lacks {} of the eight documented fields: {}", some.len(), some.join(", "))
        }
    };
    let finding = advice.raise(Code::MissingField, Pointer::default(), root.text(), message);
    finding.label = Some("this object".to_owned());
    let is_cut = members.get(CUT).is_some_and(|member| member.value().text() == "true");
    finding.help = Some(
        if is_cut {
            "`payloadTooLarge` says that the platform has cut this payload: it was longer than 256 KB"
        } else if missing.len() == FIELDS {
            "the schema requires no field, so it accepts any object; is this the body of the delivery?"
        } else {
            "the schema requires none; make sure that nothing dropped them on the way"
        }
        .to_owned(),
    );
}

fn field_names(is_wanted: impl Fn(usize) -> bool) -> Vec<String> {
    (0..FIELDS).filter(|&index| is_wanted(index)).map(|index| format!("`{}`", field_name(index))).collect()
}

/// Tells misspelled names from undocumented ones.
fn unknown_names(members: &Members<'_>, is_absent: &mut [bool; FIELDS], advice: &mut Advice<'_>) {
    let mut listed: Vec<(Cow<'_, str>, Member<'_>)> = Vec::new();
    let mut misspelled = 0;
    for (index, member) in unknown(members).enumerate() {
        let name = member.name();
        let meant = if index < COMPARED { meant(&name, is_absent) } else { None };
        if let Some(field) = meant {
            is_absent[field] = false;
            misspelled += 1;
            misspelling(&name, &member, field, advice);
        } else if listed.len() < LISTED {
            listed.push((name, member));
        } else if index >= COMPARED {
            break;
        }
    }
    let Some((first, member)) = listed.first() else { return };
    let count = members.unknown() - misspelled;
    let names: Vec<String> = listed.iter().map(|(name, _)| format!("`{}`", cut(name))).collect();
    let more = if count > LISTED { format!(" and {} more", count - LISTED) } else { String::new() };
    let message = match count {
        1 => format!("{} is not a documented field", names[0]),
        _ => format!("{count} fields are not documented: {}{more}", names.join(", ")),
    };
    advice.raise(Code::UndocumentedField, Pointer::default().join(first), member.name_text(), message);
}

fn misspelling(name: &str, member: &Member<'_>, field: usize, advice: &mut Advice<'_>) {
    let (field, pointer) = (field_name(field), Pointer::default().join(name));
    let message = format!("`{}` is not documented; did you mean `{field}`?", cut(name));
    let finding = advice.raise(Code::MisspelledField, pointer, member.name_text(), message);
    finding.help = Some(format!("names are compared exactly, case and separators included: write `{field}`"));
}

/// The absent field that is meant by an undocumented `name`.
///
/// Only an absent one: beside `locationId`, `location_id` is another field. Case and separators never matter. Of
/// other slips, a name of 12 letters and more may have two and one of 8 and more a single one; the shortest, `id`
/// and `key`, are a slip away from too many words (`ids`, `keys`).
fn meant(name: &str, is_absent: &[bool; FIELDS]) -> Option<usize> {
    if name.len() > 64 || !is_absent.contains(&true) {
        return None;
    }
    let name = bare(name);
    let slips = |index: &usize| {
        let field = bare(field_name(*index));
        let most = match field.len() {
            12.. => 2,
            8.. => 1,
            _ => 0,
        };
        let slips = strsim::osa_distance(&name, &field);
        // A whole word more or less is another name: `associationTypeId`.
        let is_other_word = slips > 1 && (name.starts_with(&field) || field.starts_with(&name));
        (slips <= most && !is_other_word).then_some(slips)
    };
    let absent = (0..FIELDS).filter(|&index| is_absent[index]);
    absent.filter_map(|index| Some((slips(&index)?, index))).min().map(|(_, index)| index)
}

/// Documented fields that hold nothing.
pub(super) fn empty(members: &Members<'_>, advice: &mut Advice<'_>) {
    if members.lettered() & EIGHT == EIGHT {
        return;
    }
    for index in 0..FIELDS {
        let Some(member) = members.known(index).filter(is_blank) else { continue };
        let (name, value) = (field_name(index), member.value());
        let what =
            if member.string_text() == Some("") { "is empty" } else { "holds nothing but white space" };
        advice.raise_at(Code::EmptyField, name, value, format!("`{name}` {what}"));
    }
}

/// Whether the value is a string with nothing but white space in it.
fn is_blank(member: &Member<'_>) -> bool {
    member.characters().is_some_and(|mut characters| characters.all(char::is_whitespace))
}

/// Names that are given more than once: one finding a name, from its first place to its last.
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
        let name = member.name();
        if let Some((_, repeated)) = repeated.iter_mut().find(|(known, _)| *known == name) {
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
        let message = format!("{left} more members are given again later in the object");
        advice.raise(Code::DuplicateField, Pointer::default(), root.text(), message);
    }
}

/// A name that is given more than once.
struct Repeated<'a> {
    first: Member<'a>,
    last: Member<'a>,
    times: usize,
}

fn duplicate(name: &str, places: &Repeated<'_>, advice: &mut Advice<'_>) {
    let Repeated { first, last, times } = places;
    let (one, other) = (first.value(), last.value());
    let values = match times {
        2 if one.text() == other.text() => format!("twice, both times {}", shown(one)),
        2 => format!("twice, first {} and then {}", shown(one), shown(other)),
        times => format!("{times} times, first {} and last {}", shown(one), shown(other)),
    };
    let message = format!("`{}` is given {values}", cut(name));
    let text = advice.document.text();
    let start = advice.document.span(first.name_text()).start;
    let last_start = advice.document.span(last.name_text()).start;
    let end = advice.document.span(other.text()).end;
    let place = match memchr::memchr_iter(b'\n', &text.as_bytes()[start..last_start]).count() {
        0 => "further along the line".to_owned(),
        1 => "on the next line".to_owned(),
        lines => format!("{lines} lines further down"),
    };
    let finding =
        advice.raise(Code::DuplicateField, Pointer::default().join(name), &text[start..end], message);
    finding.help = Some(format!(
        "the last one, {place}, counts here as in JSON.parse; other readers may take the first"
    ));
}
