//! Making hostile text visible: the one place that decides which characters may reach a person or a log.
//!
//! In: text or bytes from a payload, a schema or a file name. Out: the same, with every character that could
//! act on a terminal, hide, or reorder its neighbours written as the `\u....` escape that JSON has for it,
//! and `##` broken so that no CI runner sees a command. Nothing is ever stripped.
//!
//! Invariants: the output has no control character, not even a line break; text in which nothing is
//! escaped comes out as it went in.

use crate::lanes::{LANES, Lanes};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character must be escaped in output: C0, DEL, C1, line separators, bidirectional controls, all characters
/// that Unicode lets a renderer leave invisible (`Default_Ignorable_Code_Point`), and the two noncharacters that XML
/// cannot hold.
pub fn is_unsafe(character: char) -> bool {
    matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character beyond ASCII in `text` is unsafe; those of ASCII are not looked at.
pub(crate) fn has_unsafe(text: &str) -> bool {
    /// The first bytes of all unsafe characters. The last three begin whole scripts, and emoji.
    const LEADS: [u8; 9] = [0xc2, 0xcd, 0xe1, 0xe2, 0xef, 0xf3, 0xd8, 0xe3, 0xf0];
    let mut at = 0;
    while let Some(both) = text.as_bytes()[at..].first_chunk() {
        let mut leads = may_begin_unsafe(both);
        while leads != 0 {
            if is_unsafe_at(text, at + leads.trailing_zeros() as usize) {
                return true;
            }
            leads &= leads - 1;
        }
        at += LANES;
    }
    (at..text.len()).any(|at| LEADS.contains(&text.as_bytes()[at]) && is_unsafe_at(text, at))
}

/// The first bytes of characters beyond ASCII that may be unsafe, among sixteen bytes whose successor is known: one bit
/// for each, the lowest for the first. If the first byte begins a whole script, or emoji, the second decides.
#[inline(always)]
pub(crate) fn may_begin_unsafe(both: &[u8; LANES + 1]) -> u32 {
    let sixteen = "internal error: there is one byte more than lanes";
    let first = Lanes::new(both.first_chunk().expect(sixteen));
    let second = Lanes::new(both.last_chunk().expect(sixteen));
    let arabic = first.is(0xd8) & second.is(0x9c);
    let kana = first.is(0xe3) & second.is(0x85);
    let emoji = first.is(0xf0) & second.among([0x9b, 0x9d]);
    let others = first.among([0xc2, 0xcd, 0xe1, 0xe2, 0xef, 0xf3]);
    (others | arabic | kana | emoji).bits()
}

/// Whether the character that begins at `at` is unsafe; the second byte usually decides.
fn is_unsafe_at(text: &str, at: usize) -> bool {
    let second = text.as_bytes()[at + 1];
    let may_be = match text.as_bytes()[at] {
        0xc2 => matches!(second, 0x80..=0x9f | 0xad),
        0xcd => second == 0x8f,
        0xd8 => second == 0x9c,
        0xe1 => matches!(second, 0x85 | 0x9e | 0xa0),
        0xe2 => matches!(second, 0x80 | 0x81),
        0xe3 => second == 0x85,
        0xef => matches!(second, 0xb8 | 0xbb | 0xbe | 0xbf),
        0xf0 => matches!(second, 0x9b | 0x9d),
        _ => second == 0xa0,
    };
    may_be && text[at..].chars().next().is_some_and(is_unsafe)
}

/// Whether this is ASCII without anything to escape, as nearly all file names are.
pub(crate) fn is_plain(text: &str) -> bool {
    // All bytes are looked at: many at once are quicker than stopping at the first.
    text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~') & (byte != b'#'))
}

/// Writes the `\u....` escape of a character: two of them, a surrogate pair, beyond U+FFFF.
pub fn push_escape(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        write!(out, "\\u{unit:04x}").expect("internal error: writing to a String cannot fail");
    }
}

/// Writes one character, escaped if it is unsafe or the second of `##`, which begins a CI runner's command.
pub fn push_visible(out: &mut String, character: char) {
    if is_unsafe(character) || character == '#' && out.ends_with('#') {
        push_escape(out, character);
    } else {
        out.push(character);
    }
}

/// The text with everything unsafe escaped, borrowed if there is nothing to escape.
pub fn visible(text: &str) -> Cow<'_, str> {
    let has_control = || text.bytes().any(|byte| byte.is_ascii_control());
    if !is_plain(text) && (has_unsafe(text) || has_control() || text.contains("##")) {
        let mut out = String::with_capacity(text.len() + 16);
        text.chars().for_each(|character| push_visible(&mut out, character));
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

/// Visible text for the start of a line: a CI runner takes a line that begins with `::`, even after spaces, for a
/// command.
pub fn at_line_start(text: &str) -> Cow<'_, str> {
    let rest = text.trim_start();
    let blank = &text[..text.len() - rest.len()];
    rest.strip_prefix("::").map_or(Cow::Borrowed(text), |rest| format!("{blank}\\u003a:{rest}").into())
}

/// Visible text for a test report: in one, Jenkins and GitLab take `[[ATTACHMENT|path]]` for a file to publish.
pub fn without_attachments(text: &str) -> Cow<'_, str> {
    const BEGINNING: &str = "[[ATTACHMENT";
    match text.contains(BEGINNING) {
        true => text.replace(BEGINNING, "[\\u005bATTACHMENT").into(),
        false => text.into(),
    }
}

/// Bytes that should be UTF-8; each byte that is not is written as `\x..`.
pub fn visible_bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    push_visible_bytes(&mut out, bytes);
    out
}

/// The same, appended to existing text, so that a `##` is broken where the two meet.
pub fn push_visible_bytes(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        let text = chunk.valid();
        if is_plain(text) {
            out.push_str(text);
        } else {
            text.chars().for_each(|character| push_visible(out, character));
        }
        for byte in chunk.invalid() {
            write!(out, "\\x{byte:02x}").expect("internal error: writing to a String cannot fail");
        }
    }
}

/// A decoded string as a readable JSON string: quoted, escaped, and cut after `most` characters with a note on how many
/// are left out.
pub fn quoted(text: &str, most: usize) -> String {
    let is_bare = |byte: u8| matches!(byte, b' '..=b'~') & !matches!(byte, b'#' | b'"' | b'\\');
    if text.len() <= most && text.bytes().fold(true, |all, byte| all & is_bare(byte)) {
        return ["\"", text, "\""].concat();
    }
    let mut out = String::with_capacity(text.len().min(4 * most) + 16);
    out.push('"');
    for character in text.chars().take(most) {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ => push_visible(&mut out, character),
        }
    }
    out.push('"');
    let left = text.chars().skip(most).count();
    if left > 0 {
        write!(out, "… ({left} more characters)").expect("internal error: writing to a String cannot fail");
    }
    out
}

/// A file's name as text, whatever bytes it holds.
pub fn visible_path(path: &std::path::Path) -> String {
    visible_bytes(path.as_os_str().as_encoded_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_that_is_unsafe_comes_out_as_printable_ascii() {
        for character in (0..=0x0010_ffff).filter_map(char::from_u32) {
            let text = visible(&character.to_string()).into_owned();
            assert!(!text.chars().any(is_unsafe), "U+{:04X}", u32::from(character));
            let back: String = serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\"")))
                .unwrap_or_else(|_| text.clone());
            assert!(character == '\\' || back == character.to_string(), "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn an_unsafe_character_is_found_at_any_place() {
        for character in
            ('\u{80}'..=char::MAX).filter(|character| is_unsafe(*character) || u32::from(*character) < 0x3000)
        {
            for before in [0, 1, 13, 14, 15, 16, 31] {
                for filler in ["a", "ä"] {
                    let text = format!("{}{character}{filler}", filler.repeat(before));
                    assert_eq!(has_unsafe(&text), is_unsafe(character), "{text:?}");
                }
            }
        }
        for character in '\u{80}'..=char::MAX {
            assert_eq!(has_unsafe(&character.to_string()), is_unsafe(character), "{character:?}");
        }
    }

    #[test]
    fn a_runner_command_is_broken_however_it_is_spelled() {
        assert_eq!(visible("##[error]x"), "#\\u0023[error]x");
        assert_eq!(visible("###vso["), "#\\u0023#vso[");
        assert_eq!(visible("# one # two"), "# one # two");
    }

    #[test]
    fn no_line_begins_like_a_command() {
        assert_eq!(at_line_start("::error::x"), "\\u003a:error::x");
        assert_eq!(at_line_start(" \t::error::x"), " \t\\u003a:error::x");
        assert_eq!(at_line_start(":::"), "\\u003a::");
        assert_eq!(at_line_start(":x::"), ":x::");
    }

    #[test]
    fn no_attachment_is_named_to_a_reader_of_test_reports() {
        assert_eq!(without_attachments("[[[ATTACHMENT|/etc/passwd]]"), "[[\\u005bATTACHMENT|/etc/passwd]]");
        assert_eq!(without_attachments("[[1], [2]]"), "[[1], [2]]");
    }

    #[test]
    fn bytes_that_are_not_utf8_stay_distinguishable() {
        assert_eq!(visible_bytes(b"caf\xe9\x1b[31m"), "caf\\xe9\\u001b[31m");
    }

    #[test]
    fn a_long_value_is_cut_and_says_so() {
        assert_eq!(quoted("a\"b\\c", 9), r#""a\"b\\c""#);
        assert_eq!(quoted("abcdef", 4), "\"abcd\"… (2 more characters)");
    }
}
