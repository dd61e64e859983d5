//! The event of a payload: the one answer, for rules, captures and reports alike.
//!
//! In: the members of a payload, and the wanted events. Out: a [`Class`].
//! Invariants: if `type` names an event, no other sign overrides it; a member that is `null` is not a sign; the absence
//! of a member proves nothing.

use super::documented::{EVENTS as NAMES, RENAMED, documented};
use super::facts::UNNAMED;
use super::kind::Event;
use super::lookalike::{Lookalike, has_any, lookalikes};
use super::members::{ID, LOCATION_ID, TYPE, beyond, mask};
use super::{ASSOCIATION_CREATE, EVENTS};
use crate::payload::{Document, Kind, Member, Members, Node};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// The number of characters of a name that are compared; no name is as long.
const COMPARED: usize = 60;

/// The number of slips in an event's name. The nearest two names are three apart.
const SLIPS: usize = 2;

/// The wanted events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// This one; any other is a mistake.
    Only(&'static Event),
    /// Each payload is what it says it is.
    #[default]
    Any,
}

impl Wanted {
    /// The word that asks for any event.
    pub const AUTO: &str = "auto";

    /// Parses `auto`, or the name of an event. `None` if there is no such event.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            Self::AUTO => Some(Self::Any),
            name => EVENTS.iter().copied().find(|event| event.name == name).map(Self::Only),
        }
    }

    /// The events that are wanted.
    pub fn events(self) -> impl Iterator<Item = &'static Event> {
        EVENTS.iter().copied().filter(move |event| match self {
            Self::Only(only) => only == *event,
            Self::Any => true,
        })
    }

    /// The event of a payload without a sign of another.
    pub(crate) fn usual(self) -> &'static Event {
        match self {
            Self::Only(event) => event,
            Self::Any => &ASSOCIATION_CREATE,
        }
    }

    /// The slots of the fields of the wanted events.
    fn fields(self) -> u32 {
        self.events().fold(0, |mask, event| mask | event.slots.mask)
    }
}

/// An event as which a payload is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The event.
    pub event: &'static Event,
    /// Whether it may also be another event with the same fields, because only `type` distinguishes them.
    pub is_one_of_several: bool,
}

impl fmt::Display for Recognised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.label())
    }
}

impl Recognised {
    /// The names of the events that it may be, for a sentence.
    pub fn label(self) -> Cow<'static, str> {
        match self.is_one_of_several {
            true => Cow::Owned(self.names().collect::<Vec<_>>().join(" or ")),
            false => Cow::Borrowed(self.event.name),
        }
    }

    /// The names of the events that it may be.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let Self { event, is_one_of_several } = self;
        let is_it = move |other: &&Event| is_one_of_several && other.is_like(event) || *other == event;
        EVENTS.iter().copied().filter(is_it).map(|event| event.name)
    }
}

/// The class of a payload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Class {
    /// A wanted event.
    Judged {
        event: Recognised,
        /// Whether `type` names something else.
        is_misnamed: bool,
    },
    /// Another event, named by `type`: a documented or a new one.
    Named(Option<&'static str>),
    /// Another event, recognised by this member.
    Alike(&'static Lookalike, &'static str),
}

impl Class {
    /// The event as which a payload is judged; `None` if it is another.
    pub(crate) fn recognised(self) -> Option<Recognised> {
        match self {
            Self::Judged { event, .. } => Some(event),
            Self::Named(_) | Self::Alike(..) => None,
        }
    }
}

/// The class of `members`, which were read by [`reader`](super::reader)'s reader.
pub(crate) fn classify(members: &Members<'_>, wanted: Wanted) -> Class {
    let event_type = event_type(members).filter(|value| value.kind() != Kind::Null);
    let named = event_type.and_then(|value| by_name(&value.as_str()?, wanted));
    named.unwrap_or_else(|| by_signs(members, wanted, event_type.is_some()))
}

/// The value of the envelope's `type`.
pub(crate) fn event_type<'a>(members: &Members<'a>) -> Option<Node<'a>> {
    members.known(TYPE).map(Member::value)
}

/// The class that the string in `type` names, if any.
fn by_name(text: &str, wanted: Wanted) -> Option<Class> {
    let one = |event, is_misnamed| Class::Judged {
        event: Recognised { event, is_one_of_several: false },
        is_misnamed,
    };
    if let Some(event) = wanted.events().find(|event| event.name == text) {
        return Some(one(event, false));
    }
    let Some(name) = known_name(text) else {
        let near = nearest(text, wanted).map(|event| one(event, true));
        return near.or_else(|| is_event_name(text).then_some(Class::Named(None)));
    };
    let meant = wanted.events().find(|event| event.name == name);
    Some(meant.map_or(Class::Named(Some(name)), |event| one(event, true)))
}

/// Whether the value `text` of `type` names an event, however it is written.
pub(crate) fn names_event(text: &str) -> bool {
    by_name(text, Wanted::Any).is_some()
}

/// The class that the names of the members show.
fn by_signs(members: &Members<'_>, wanted: Wanted, is_misnamed: bool) -> Class {
    let usual = wanted.usual();
    let is = |event, is_one_of_several| Class::Judged {
        event: Recognised { event, is_one_of_several },
        is_misnamed,
    };
    let has_others = beyond(members, usual.slots.with_envelope()) > 0;
    let Some((looks, name)) = has_others.then(|| sign(members, wanted)).flatten() else {
        return is(usual, false);
    };
    match wanted.events().find(|event| looks.types.contains(&event.name)) {
        Some(event) => is(event, EVENTS.iter().filter(|other| other.is_like(event)).count() > 1),
        None => Class::Alike(looks, name),
    }
}

/// The first sign of an event other than the usual one.
fn sign(members: &Members<'_>, wanted: Wanted) -> Option<(&'static Lookalike, &'static str)> {
    let usual = wanted.usual();
    if has_any(members, usual.signs) {
        return None;
    }
    let speaking = members.present() & wanted.fields() & !mask(&[ID, LOCATION_ID]);
    let others = lookalikes().iter().filter(|looks| !looks.types.contains(&usual.name));
    let mut signs = others.filter_map(|looks| Some((looks, looks.sign(members, speaking)?)));
    signs.next()
}

/// The documented event that `text` names, with any case and separators, with or without the past tense.
fn known_name(text: &str) -> Option<&'static str> {
    /// Each name by its bare form: comparing a payload with all of them takes too long.
    static BY_BARE: LazyLock<HashMap<String, &str>> = LazyLock::new(|| {
        let names = RENAMED.iter().copied().chain(NAMES.iter().map(|name| (*name, *name)));
        names.map(|(value, name)| (bare(value), name)).collect()
    });
    documented(text).or_else(|| {
        let text = bare(text);
        let in_present_tense = || BY_BARE.get(text.strip_suffix('d')?);
        BY_BARE.get(&text).or_else(in_present_tense).copied()
    })
}

/// The wanted event whose name `text` misspells.
pub(crate) fn nearest(text: &str, wanted: Wanted) -> Option<&'static Event> {
    let text = in_present_tense(text);
    // A slip adds or removes one letter at most.
    let length = text.chars().count();
    let near = EVENTS.iter().copied().zip(&*BARE).filter(|(_, name)| name.len().abs_diff(length) <= SLIPS);
    let slips = near.map(|(event, name)| (strsim::osa_distance(&text, name), event));
    let wanted: Vec<&Event> = wanted.events().collect();
    let near = slips.filter(|(slips, event)| *slips <= SLIPS && wanted.contains(event));
    near.min_by_key(|(slips, _)| *slips).map(|(_, event)| event)
}

fn in_present_tense(text: &str) -> String {
    let text = bare(text);
    text.strip_suffix('d').map(str::to_owned).unwrap_or(text)
}

/// Whether `text` has the form of an event's name: capitalised words, the last of which says what happened.
fn is_event_name(text: &str) -> bool {
    const HAPPENED: [&str; 5] = ["Create", "Update", "Delete", "Message", "Change"];
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && HAPPENED.iter().any(|word| text.ends_with(word) && text != *word)
}

/// Whether `text` names an event that is judged, with any case and separators.
pub(crate) fn is_of_family(text: &str) -> bool {
    EVENTS.iter().any(|event| event.name == text) || BARE.contains(&in_present_tense(text))
}

/// The bare name of each of [`EVENTS`].
static BARE: LazyLock<Vec<String>> = LazyLock::new(|| EVENTS.iter().map(|event| bare(event.name)).collect());

/// A name or a value without case, separators and invisible characters: the rest is what a person means by it. Cut
/// after more characters than any name has.
pub(crate) fn bare(text: &str) -> String {
    if text.is_ascii() {
        let letters = text.bytes().take(COMPARED).filter(u8::is_ascii_alphanumeric);
        return letters.map(|letter| char::from(letter.to_ascii_lowercase())).collect();
    }
    let letters = text.chars().take(COMPARED).filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The role of a JSON text in the search for an event in a capture.
pub(crate) enum Role {
    /// It is a wanted event, or has fields of one.
    Event,
    /// It is another event with this name. Not escaped.
    Other(String),
    /// It has no field of an event, nor the name of any.
    Foreign,
}

/// The role of `document` in a search for the wanted events. It was read by [`reader`](super::reader)'s reader.
pub(crate) fn standing(document: &Document<'_>, wanted: Wanted) -> Role {
    let Some(members) = document.members() else { return Role::Foreign };
    let name = match classify(members, wanted) {
        Class::Judged { .. } if members.present() & (wanted.fields() | mask(&[TYPE])) != 0 => {
            return Role::Event;
        }
        Class::Judged { .. } => return Role::Foreign,
        Class::Named(Some(name)) => Some(name.to_owned()),
        Class::Named(None) => event_type(members).and_then(|value| Some(value.as_str()?.into_owned())),
        Class::Alike(looks, _) => looks.only_name().map(str::to_owned),
    };
    Role::Other(name.unwrap_or_else(|| UNNAMED.to_owned()))
}
