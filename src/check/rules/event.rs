//! Which event the payload is: `event-type`, `other-event`.
//!
//! What always holds: where `type` names this event, no other sign speaks against it; a member that is `null` is
//! no sign.

use super::{Advice, bare, event_type, shown};
use crate::check::Code;
use crate::event::documented::{EVENTS, RENAMED, documented};
use crate::event::facts::{DISTINCTIVE, FIELDS, MEANING, NAME, SIBLINGS, Sibling, Sign, UNNAMED, Value};
use crate::payload::{Document, Kind, Members, Node, Pointer};

/// What a JSON text is to this event.
pub(crate) enum Standing {
    /// It is one, or has fields of one.
    Event,
    /// It is another event, which is called so. Not escaped.
    Other(String),
    /// It has no field of the event's, nor the name of any.
    Foreign,
}

/// What `document` is to this event, whatever the levels of the rules.
pub(crate) fn standing(document: &Document<'_>) -> Standing {
    let Some(members) = document.members() else { return Standing::Foreign };
    let mut findings = Vec::new();
    if is_other(members, &mut Advice { document, findings: &mut findings }) {
        let named = event_type(members).and_then(|value| event_name(&value.as_str()?));
        let sibling = || sign(members).and_then(|(sibling, _)| only_name(sibling));
        let name = named.or_else(|| sibling().map(str::to_owned));
        return Standing::Other(name.unwrap_or_else(|| UNNAMED.to_owned()));
    }
    let has_field = (0..FIELDS).any(|index| members.known(index).is_some());
    if has_field || event_type(members).is_some() { Standing::Event } else { Standing::Foreign }
}

/// Says so if the payload is another event, by its `type` or by the members that only another one has.
pub(super) fn is_other(members: &Members<'_>, advice: &mut Advice<'_>) -> bool {
    let event_type = event_type(members).filter(|value| value.kind() != Kind::Null);
    if let Some(value) = event_type {
        let text = value.as_str();
        if text.as_deref() == Some(NAME) {
            return false;
        }
        if let Some(is_other) = text.and_then(|text| other_type(&text, value, advice)) {
            return is_other;
        }
    }
    let found = if members.unknown() > 0 { sign(members) } else { None };
    if let Some((sibling, name)) = found {
        let message = format!("this looks like {}: it has `{name}`", sibling.title);
        let text = members.get(name).map_or("", |member| member.name_text());
        let finding = advice.raise(Code::OtherEvent, Pointer::default().join(name), text, message);
        finding.help = Some(difference(sibling.meaning));
        return true;
    }
    if let Some(value) = event_type {
        unknown_type(value, advice);
    }
    false
}

/// Whether the string in `type` names another event, if it tells at all.
fn other_type(text: &str, value: Node<'_>, advice: &mut Advice<'_>) -> Option<bool> {
    let known = known_name(text);
    if known.is_none() && is_near_own_name(text) {
        unknown_type(value, advice);
        return Some(false);
    }
    let sibling = SIBLINGS.iter().find(|sibling| known.is_some_and(|name| sibling.types.contains(&name)));
    let named = known.map(str::to_owned).or_else(|| is_event_name(text).then(|| shown(value)))?;
    let help = sibling.map_or_else(another, |sibling| difference(sibling.meaning));
    let message = format!("`type` says that this is the event {named}, not {NAME}");
    advice.raise_at(Code::OtherEvent, "type", value, message).help = Some(help);
    Some(true)
}

/// The documented event that `text` names, however it is cased and separated, with or without the past tense; never
/// this one.
fn known_name(text: &str) -> Option<&'static str> {
    documented(text).filter(|name| *name != NAME).or_else(|| {
        let text = bare(text);
        let is_near = |value: &str| {
            let value = bare(value);
            text == value || text.strip_suffix('d') == Some(value.as_str())
        };
        let names = EVENTS.iter().map(|name| (*name, *name)).chain(RENAMED.iter().copied());
        let mut near = names.filter(|(value, name)| *name != NAME && is_near(value));
        near.next().map(|(_, name)| name)
    })
}

/// What events are counted as that are known by a sign: it seldom says which of several it is.
fn only_name(sibling: &Sibling) -> Option<&'static str> {
    sibling.types.first().copied().filter(|_| sibling.types.len() < 3)
}

fn in_present_tense(text: &str) -> String {
    let text = bare(text);
    text.strip_suffix('d').map(str::to_owned).unwrap_or(text)
}

/// Whether `text` is this event's name but for its spelling: two slips at most. The nearest sibling,
/// `AssociationUpdate`, is three away, and told apart before.
fn is_near_own_name(text: &str) -> bool {
    strsim::osa_distance(&in_present_tense(text), &bare(NAME)) <= 2
}

/// Whether `text` has the form of an event's name: words in capitals that end in what happened.
fn is_event_name(text: &str) -> bool {
    const HAPPENED: [&str; 5] = ["Create", "Update", "Delete", "Message", "Change"];
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && HAPPENED.iter().any(|word| text.ends_with(word) && text != *word)
}

/// The event that `text` names or has the form of a name of, since events are added.
fn event_name(text: &str) -> Option<String> {
    known_name(text).or_else(|| Some(text).filter(|text| is_event_name(text))).map(str::to_owned)
}

fn unknown_type(value: Node<'_>, advice: &mut Advice<'_>) {
    let message = format!("`type` is {}, where \"{NAME}\" is expected", shown(value));
    let is_near = value.as_str().is_some_and(|text| is_near_own_name(&text));
    advice.raise_at(Code::EventType, "type", value, message).help = Some(if is_near {
        format!("did you mean \"{NAME}\"?")
    } else {
        format!("a handler that looks for \"{NAME}\" passes this by")
    });
}

/// The first sign of another event.
fn sign(members: &Members<'_>) -> Option<(&'static Sibling, &'static str)> {
    let is_there = |(name, value): &Sign| {
        let kind = members.get(name).map(|member| member.kind());
        kind.is_some_and(|kind| match value {
            Value::Any => kind != Kind::Null,
            Value::Object => kind == Kind::Object,
            Value::Array => kind == Kind::Array,
        })
    };
    let own = DISTINCTIVE.map(|name| Some(name).filter(|name| members.get(name).is_some()));
    SIBLINGS.iter().find_map(|sibling| {
        let is_free = own.iter().flatten().all(|name| sibling.shared.contains(name));
        let weak = if is_free { sibling.weak_signs } else { &[][..] };
        let (name, _) = sibling.signs.iter().chain(weak).find(|sign| is_there(sign))?;
        Some((sibling, *name))
    })
}

fn another() -> String {
    format!("{NAME} says that {MEANING}; give this to a handler of its own")
}

fn difference(meaning: &str) -> String {
    format!("it says that {meaning}; {NAME} says that {MEANING}")
}
