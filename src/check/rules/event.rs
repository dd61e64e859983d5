//! The event of the payload: `event-type`, `other-event`.

use super::{Advice, shown};
use crate::check::Code;
use crate::event::{Class, Recognised, Wanted, event_type, lookalikes, nearest};
use crate::payload::{Members, Pointer};
use std::borrow::Cow;

const NO_SCHEMA: &str =
    "there is no embedded schema for it (`assoclens events` lists the events that have one)";

/// Reports a payload of another event, or a `type` that does not name the payload's event.
pub(super) fn is_other(class: Class, members: &Members<'_>, advice: &mut Advice<'_>) -> bool {
    match class {
        Class::Judged { is_misnamed, .. } if !is_misnamed => return false,
        Class::Judged { event, .. } => misnamed(event, members, advice),
        Class::Named(name) => named(name, members, advice),
        Class::Alike(looks, name) => {
            let message = || ["this looks like ", &looks.title, ": it has `", name, "`"].concat();
            let text = members.get(name).map_or("", |member| member.name_text());
            let help = difference(&looks.meaning, advice);
            advice.raise(Code::OtherEvent, Pointer::default().join(name), text, message).help =
                Some(help.into());
        }
    }
    !matches!(class, Class::Judged { .. })
}

fn named(name: Option<&'static str>, members: &Members<'_>, advice: &mut Advice<'_>) {
    let Some(value) = event_type(members) else { return };
    let looks = lookalikes().iter().find(|looks| name.is_some_and(|name| looks.types.contains(&name)));
    let help = looks.map_or_else(|| another(advice), |looks| difference(&looks.meaning, advice));
    let name = name.map_or_else(|| shown(value), Cow::Borrowed);
    let not = match advice.wanted {
        Wanted::Only(event) => event.name,
        Wanted::Any => "one about an association or a relation",
    };
    let message = || ["`type` says that this is the event ", &name, ", not ", not].concat();
    advice.raise_at(Code::OtherEvent, "type", value, message).help = Some(help.into());
}

fn misnamed(event: Recognised, members: &Members<'_>, advice: &mut Advice<'_>) {
    let Some(value) = event_type(members) else { return };
    let names: Vec<String> = event.names().map(|name| format!("\"{name}\"")).collect();
    let names = names.join(" or ");
    let message = || format!("`type` is {}, where {names} is expected", shown(value));
    let is_near = value.as_str().is_some_and(|text| nearest(&text, Wanted::Only(event.event)).is_some());
    advice.raise_at(Code::EventType, "type", value, message).help = Some(if is_near {
        format!("did you mean {names}?").into()
    } else {
        format!("a handler that looks for {names} ignores this").into()
    });
}

fn another(advice: &Advice<'_>) -> String {
    match advice.wanted {
        Wanted::Only(event) => {
            format!("{event} says that {}; give this to a handler of its own", event.meaning)
        }
        Wanted::Any => NO_SCHEMA.to_owned(),
    }
}

fn difference(meaning: &str, advice: &Advice<'_>) -> String {
    match advice.wanted {
        Wanted::Only(event) => {
            ["it says that ", meaning, "; ", event.name, " says that ", event.meaning].concat()
        }
        Wanted::Any => ["it says that ", meaning, "; ", NO_SCHEMA].concat(),
    }
}
