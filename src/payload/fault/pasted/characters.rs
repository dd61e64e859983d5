//! Single characters that look like JSON's own, or cannot be seen.

use super::{FaultPlace, FaultWords, known};

pub(super) fn words(place: FaultPlace<'_>) -> Option<FaultWords> {
    match place.found() {
        '\0' => padding(place),
        '\u{1b}' => known(
            "an escape sequence of a terminal, such as a colour (U+001B)",
            "remove them: perl -pe 's/\\e\\[[0-9;]*m//g' FILE | assoclens validate",
        ),
        found @ ('“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‘' | '’' | '‚' | '‛' | '′') => {
            typographic(found)
        }
        '…' => left_out("`…`"),
        '.' if place.rest.starts_with("...") => left_out("`...`"),
        '[' if place.rest.starts_with("[truncated") => left_out("`[truncated]`"),
        '^' if place.rest.starts_with("^[[") => known(
            "an escape sequence of a terminal, such as a colour, in printable characters (`^[[`)",
            "remove them: perl -pe 's/\\^\\[\\[[0-9;]*m//g' FILE | assoclens validate",
        ),
        '&' if place.rest.starts_with("&nbsp;") => known(
            "`&nbsp;` is HTML's no-break space",
            "replace them: perl -pe 's/&nbsp;/ /g' FILE | assoclens validate",
        ),
        '<' if place.rest.starts_with("<br") => known(
            "`<br>` is HTML's line break",
            "remove them: perl -pe 's/<br *\\/?>//g' FILE | assoclens validate",
        ),
        found @ ('+' | '>') if is_each_line(place) => known(
            &format!(
                "`{found}` begins the lines, as in {}",
                if found == '+' { "a diff" } else { "quoted mail" }
            ),
            format!("remove it: sed 's/^[{found} ]*//' FILE | assoclens validate"),
        ),
        found @ '！'..='～' => {
            let plain = char::from_u32(u32::from(found) - 0xfee0)?;
            let message = format!(
                "`{found}` is a full-width character (U+{:04X}); JSON has `{plain}`",
                u32::from(found)
            );
            known(&message, replace(&bytes(found), &plain.to_string()))
        }
        found => {
            let (what, by) = blank(found)?;
            let number = u32::from(found);
            let place =
                if by.is_empty() { "nothing invisible is allowed" } else { "JSON has plain spaces only" };
            known(
                &format!("U+{number:04X} ({what}) outside of a string, where {place}"),
                replace(&bytes(found), by),
            )
        }
    }
}

/// Whether the character begins its line and the next one.
fn is_each_line(place: FaultPlace<'_>) -> bool {
    let next = place.rest.lines().nth(1);
    place.before.ends_with('\n') && next.is_some_and(|line| line.starts_with([place.found(), ' ']))
}

/// The name of a blank or invisible character that is not JSON's, and its replacement.
fn blank(found: char) -> Option<(&'static str, &'static str)> {
    Some(match found {
        '\u{a0}' => ("no-break space", " "),
        '\u{202f}' => ("narrow no-break space", " "),
        '\u{2007}' => ("figure space", " "),
        '\u{3000}' => ("ideographic space", " "),
        '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{1680}' => ("a typographic space", " "),
        '\u{2028}' => ("line separator", " "),
        '\u{2029}' => ("paragraph separator", " "),
        '\u{85}' => ("next line", " "),
        '\u{b}' => ("vertical tab", " "),
        '\u{c}' => ("form feed", " "),
        '\u{200b}' => ("zero-width space", ""),
        '\u{200c}' | '\u{200d}' => ("zero-width joiner", ""),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ("direction mark", ""),
        '\u{2060}' => ("word joiner", ""),
        '\u{feff}' => ("byte order mark", ""),
        '\u{ad}' => ("soft hyphen", ""),
        _ => return None,
    })
}

/// The command that replaces each character with these bytes.
fn replace(bytes: &str, by: &str) -> String {
    let what = if by.is_empty() { "remove them" } else { "replace them" };
    format!("{what}: perl -pe 's/{bytes}/{by}/g' FILE | assoclens validate")
}

/// A character's bytes in the notation of Perl's patterns.
fn bytes(character: char) -> String {
    character.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("\\x{byte:02x}")).collect()
}

fn typographic(found: char) -> Option<FaultWords> {
    let pattern = match found {
        '“' | '”' | '„' | '‟' => "\\xe2\\x80[\\x9c-\\x9f]".to_owned(),
        '‘' | '’' | '‚' | '‛' => "\\xe2\\x80[\\x98-\\x9b]".to_owned(),
        '«' | '»' => "\\xc2[\\xab\\xbb]".to_owned(),
        _ => bytes(found),
    };
    let message = format!(
        "`{found}` is a typographic quote (U+{:04X}), as chats and word processors make it; JSON has `\"` \
         only",
        u32::from(found)
    );
    known(&message, replace(&pattern, "\""))
}

fn left_out(dots: &str) -> Option<FaultWords> {
    known(
        &format!("{dots} marks something that was left out"),
        "the tool that showed the payload shortened it: copy the body from where it is whole",
    )
}

/// NUL bytes up to the end of the text.
fn padding(place: FaultPlace<'_>) -> Option<FaultWords> {
    let count = place.rest.bytes().take_while(|byte| *byte == 0).count();
    if !place.rest[count..].trim_ascii().is_empty() {
        return None;
    }
    let bytes = crate::count::amount(count as u64, "NUL byte");
    known(
        &format!("{bytes} after the text: the buffer was longer than the body"),
        "remove them: tr -d '\\000' <FILE | assoclens validate",
    )
}
