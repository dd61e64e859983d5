//! Which event the payload is: `event-type`, `other-event`.

use super::{Advice, shown};
use crate::check::Code;
use crate::event::{Class, Event, Wanted, event_type, lookalikes, nearest};
use crate::payload::{Members, Pointer};
use std::borrow::Cow;

/// Says so if the payload is another event, or if `type` does not name the one that it is.
pub(super) fn is_other(class: Class, members: &Members<'_>, advice: &mut Advice<'_>) -> bool {
    match class {
        Class::Judged { is_misnamed, .. } if !is_misnamed => return false,
        Class::Judged { .. } => misnamed(members, advice),
        Class::Named(name) => named(name, members, advice),
        Class::Alike(looks, name) => {
            let message = ["this looks like ", looks.title, ": it has `", name, "`"].concat();
            let text = members.get(name).map_or("", |member| member.name_text());
            let help = difference(looks.meaning, advice.event);
            advice.raise(Code::OtherEvent, Pointer::default().join(name), text, message).help =
                Some(help.into());
        }
    }
    !matches!(class, Class::Judged { .. })
}

fn named(name: Option<&'static str>, members: &Members<'_>, advice: &mut Advice<'_>) {
    let (Some(value), event) = (event_type(members), advice.event) else { return };
    let looks = lookalikes().find(|looks| name.is_some_and(|name| looks.types.contains(&name)));
    let help = looks.map_or_else(|| another(event), |looks| difference(looks.meaning, event));
    let name = name.map_or_else(|| shown(value), Cow::Borrowed);
    let message = ["`type` says that this is the event ", &name, ", not ", event.name].concat();
    advice.raise_at(Code::OtherEvent, "type", value, message).help = Some(help.into());
}

fn misnamed(members: &Members<'_>, advice: &mut Advice<'_>) {
    let (Some(value), event) = (event_type(members), advice.event) else { return };
    let message = format!("`type` is {}, where \"{event}\" is expected", shown(value));
    let is_near = value.as_str().is_some_and(|text| nearest(&text, Wanted::Only(event)).is_some());
    advice.raise_at(Code::EventType, "type", value, message).help = Some(if is_near {
        format!("did you mean \"{event}\"?").into()
    } else {
        format!("a handler that looks for \"{event}\" passes this by").into()
    });
}

fn another(event: &Event) -> String {
    format!("{event} says that {}; give this to a handler of its own", event.meaning)
}

fn difference(meaning: &str, event: &Event) -> String {
    ["it says that ", meaning, "; ", event.name, " says that ", event.meaning].concat()
}
