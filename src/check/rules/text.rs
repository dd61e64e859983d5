//! Hidden characters in the text: `suspicious-text`, `byte-order-mark`.

use super::{Advice, undocumented};
use crate::check::Code;
use crate::check::message::quoted_name;
use crate::count::push_ordinal;
use crate::escape::{has_unsafe, is_unsafe};
use crate::event::members::{NAMES, beyond};
use crate::payload::{BYTE_ORDER_MARK, Characters, Member, Members, Pointer, Seen};
use std::cell::LazyCell;

/// A byte order mark before the payload.
pub(super) fn byte_order_mark(advice: &mut Advice<'_>) {
    if advice.document.has_byte_order_mark() {
        let mark = &advice.document.text()[..BYTE_ORDER_MARK.len()];
        let message = || "the payload begins with a byte order mark (U+FEFF)".to_owned();
        let finding = advice.raise(Code::ByteOrderMark, Pointer::default(), mark, message);
        finding.help = Some("it is skipped here, but many JSON parsers refuse it: remove it".into());
    }
}

/// Invisible characters, in the values of known fields and in unknown names. The values of undocumented fields are not
/// checked: nobody knows what they should be.
pub(super) fn suspicious(members: &Members<'_>, advice: &mut Advice<'_>) {
    let documented = advice.event.slots.with_envelope();
    if may_hold_unsafe(members.seen()) {
        for (slot, name) in NAMES.into_iter().enumerate().filter(|(slot, _)| documented >> slot & 1 == 1) {
            if let Some(member) = members.known(slot).filter(|member| may_hold_unsafe(member.seen())) {
                in_value(name, member, advice);
            }
        }
    }
    if beyond(members, documented) > 0 {
        in_names(members, advice);
    }
}

fn in_value(name: &str, member: Member<'_>, advice: &mut Advice<'_>) {
    let Some(text) = member.string_text() else { return };
    let Some((place, character)) = first_suspicious(text, member.seen(), name.ends_with("Label")) else {
        return;
    };
    let message = || {
        let mut message = String::with_capacity(96);
        message.extend(["`", name, "` holds "]);
        push_named(&mut message, character);
        message.push_str(" as its ");
        push_ordinal(&mut message, place + 1);
        message.push_str(" character");
        message
    };
    let finding = advice.raise_at(Code::SuspiciousText, name, member.value(), message);
    finding.help = Some("two values that look alike then differ; remove it where the value is made".into());
}

fn in_names(members: &Members<'_>, advice: &mut Advice<'_>) {
    let mut suspects = undocumented(members, advice.event).filter_map(|member| {
        let written = member.name_text();
        let (_, character) = first_suspicious(&written[1..written.len() - 1], member.seen_in_name(), false)?;
        Some((member, character))
    });
    let Some((member, character)) = suspects.next() else { return };
    let others = suspects.count();
    let others = || match others {
        0 => String::new(),
        1 => ", and one more name holds such a character".to_owned(),
        others => format!(", and {others} more names hold such characters"),
    };
    let name = member.name();
    let message = || {
        let mut message = format!("the name {} holds ", quoted_name(&name));
        push_named(&mut message, character);
        message + &others()
    };
    advice.raise(Code::SuspiciousText, Pointer::default().join(&name), member.name_text(), message);
}

/// Whether a string in which the scanner saw this can hold an unsafe character.
fn may_hold_unsafe(seen: Seen) -> bool {
    !seen.is_safe_ascii() || seen.may_hide()
}

/// The first suspicious character in a string, given the text between its quotes, and the number of characters before
/// it.
///
/// Joiners, direction marks, variation selectors and tags belong to the spelling of many languages and emoji. In a
/// label they are accepted, unless all its other characters are ASCII. Identifiers have no use for any of them.
fn first_suspicious(written: &str, seen: Seen, is_label: bool) -> Option<(usize, char)> {
    if !may_hold_unsafe(seen) || seen.is_safe_ascii() && !has_unsafe(written) {
        return None;
    }
    let characters = Characters::new(written);
    let has_letters_for_it = LazyCell::new(|| {
        is_label && characters.clone().any(|character| !character.is_ascii() && !is_unsafe(character))
    });
    let is_suspicious =
        |character| is_unsafe(character) && !(is_part_of_spelling(character) && *has_letters_for_it);
    let mut characters = characters.clone().enumerate();
    characters.find(|&(_, character)| is_suspicious(character))
}

fn is_part_of_spelling(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{61c}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{180b}'..='\u{180f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Adds a character that cannot be shown, by its number and its kind.
fn push_named(message: &mut String, character: char) {
    let kind = match character {
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => "control",
        '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            "bidirectional"
        }
        '\u{2028}'..='\u{2029}' => "line separator",
        _ => "invisible",
    };
    // Four digits or more.
    let number = u32::from(character);
    let digits = (u32::BITS - number.leading_zeros()).div_ceil(4).max(4);
    let digit = |place: u32| char::from(b"0123456789ABCDEF"[(number >> (4 * place) & 15) as usize]);
    message.push_str("U+");
    message.extend((0..digits).rev().map(digit));
    message.extend([" (", kind, ")"]);
}
