//! JSON that something else has escaped: a logger, a spreadsheet, a shell, a form, a template.
//!
//! In: a text. Out: the text without its escapes, and the way back to them.
//!
//! Invariants: the escapes around a name of the event's own decide which kind is undone; all escapes of that kind are
//! undone, once; the result is never longer than the text.

use super::layer::Layer;
use super::text::has_own_name;
use crate::event::members::OWN;

/// An escaped quote, and the function that undoes this kind of escape: it returns the length in bytes and the meaning.
type Style = (&'static [u8], fn(&[u8]) -> Option<(usize, Plain)>);

/// The meaning of an escape.
enum Plain {
    Character(char),
    Byte(u8),
}

impl Plain {
    fn write(&self, plain: &mut Vec<u8>) {
        match self {
            Self::Character(character) => {
                plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Self::Byte(byte) => plain.push(*byte),
        }
    }
}

const STYLES: [Style; 8] = [
    (b"\\\"", backslash),
    (b"\\u0022", backslash),
    (b"\\x22", hexadecimal),
    (b"\"\"", doubled),
    (b"&quot;", entity),
    (b"&#34;", entity),
    (b"&#x22;", entity),
    (b"%22", percent),
];

/// The text without the kind of escapes that is around a name of the event's own, and the way back to `text`.
pub(super) fn unescaped(text: &[u8]) -> Option<(Vec<u8>, Layer)> {
    if !has_own_name(text) {
        return None;
    }
    let style = |at: usize| STYLES.iter().find(|(quote, _)| text[..at].ends_with(quote));
    let names = OWN.iter().flat_map(|name| memchr::memmem::find_iter(text, name.as_bytes()));
    let (_, undo) = names.into_iter().find_map(style)?;
    let (mut plain, mut pieces, mut at) = (Vec::with_capacity(text.len()), vec![(0, 0)], 0);
    while at < text.len() {
        match undo(&text[at..]) {
            Some((length, escaped)) => {
                pieces.push((plain.len(), at));
                escaped.write(&mut plain);
                at += length;
                pieces.push((plain.len(), at));
            }
            None => {
                plain.push(text[at]);
                at += 1;
            }
        }
    }
    Some((plain, Layer::Pieces(pieces.into(), 1)))
}

/// Whether the text has quotes as forms and URLs encode them.
pub(super) fn is_percent_encoded(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"%22").is_some()
}

/// Escapes of JSON, shells and most languages.
fn backslash(text: &[u8]) -> Option<(usize, Plain)> {
    let [b'\\', escaped, ..] = text else { return None };
    let character = match escaped {
        b'"' | b'\\' | b'/' | b'\'' => char::from(*escaped),
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return Some((6, Plain::Character(char::from_u32(number(text.get(2..6)?)?)?))),
        _ => return None,
    };
    Some((2, Plain::Character(character)))
}

/// Escapes of nginx in its access log: each byte by itself.
fn hexadecimal(text: &[u8]) -> Option<(usize, Plain)> {
    let digits = text.strip_prefix(b"\\x")?.get(..2)?;
    Some((4, Plain::Byte(u8::try_from(number(digits)?).ok()?)))
}

/// Escapes of CSV and SQL.
fn doubled(text: &[u8]) -> Option<(usize, Plain)> {
    text.starts_with(b"\"\"").then_some((2, Plain::Character('"')))
}

/// Escapes of HTML and XML.
fn entity(text: &[u8]) -> Option<(usize, Plain)> {
    const NAMED: [(&[u8], char); 5] =
        [(b"&quot;", '"'), (b"&amp;", '&'), (b"&lt;", '<'), (b"&gt;", '>'), (b"&apos;", '\'')];
    if let Some((name, character)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((name.len(), Plain::Character(*character)));
    }
    let code = text.strip_prefix(b"&#")?;
    let end = code.iter().take(8).position(|byte| *byte == b';')?;
    let code = std::str::from_utf8(&code[..end]).ok()?;
    let code = match code.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => code.parse().ok()?,
    };
    Some((end + 3, Plain::Character(char::from_u32(code)?)))
}

/// Escapes of forms and URLs.
fn percent(text: &[u8]) -> Option<(usize, Plain)> {
    match text {
        [b'+', ..] => Some((1, Plain::Byte(b' '))),
        [b'%', digits @ ..] => Some((3, Plain::Byte(u8::try_from(number(digits.get(..2)?)?).ok()?))),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::super::layer::Trace;
    use super::*;

    #[test]
    fn each_kind_of_escape_is_undone_and_led_back() {
        for (text, plain) in [
            (r#"x {\"associationType\":\"a\\nb\"}"#, r#"x {"associationType":"a\nb"}"#),
            (r#"x {\u0022associationType\u0022:1}"#, r#"x {"associationType":1}"#),
            (r"x {\x22associationType\x22:1}", r#"x {"associationType":1}"#),
            (r#"1,"{""associationType"":""""}""#, r#"1,"{"associationType":""}""#),
            ("<p>{&quot;associationType&quot;:&#39;&amp;}", r#"<p>{"associationType":'&}"#),
            ("{&#34;associationType&#34;:1}", r#"{"associationType":1}"#),
            ("a=%7B%22associationType%22%3A+%22%C3%A9%22%7D", r#"a={"associationType": "é"}"#),
        ] {
            let (found, layer) = unescaped(text.as_bytes()).unwrap();
            assert_eq!(std::str::from_utf8(&found).unwrap(), plain);
            let mut trace = Trace::new(&[layer]);
            let name = plain.find("association").unwrap();
            assert_eq!(trace.outward(name), text.find("association").unwrap(), "{text}");
            assert_eq!(trace.outward(plain.len()), text.len(), "{text}");
        }
        assert!(unescaped(br#"{"associationType":"\""}"#).is_none());
        assert!(unescaped(br"\x22a\x22").is_none());
    }
}
