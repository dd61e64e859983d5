//! Headers as people paste them: lines of a request, a console's or a program's notation, JSON, a command.
//!
//! In: the text of one `--header`. Out: the headers in it, in the order written.
//! Invariants: linear in the text; a value keeps its quotes only if the header itself may have them; only blank lines,
//! the first line of a request or an answer, and curl's own messages (`*`) are skipped; unreadable text is an error
//! unless a signature was found.

use crate::headers::Headers;
use crate::signature::Scheme;

/// The depth to which strings inside strings are read: JSON in a log line in a console's notation.
const STRINGS_AT_MOST: usize = 3;
/// Opening quotes and their closing ones.
const QUOTES: [(char, char); 5] =
    [('\'', '\''), ('"', '"'), ('`', '`'), ('\u{201c}', '\u{201d}'), ('\u{2018}', '\u{2019}')];

type HeaderPair = (String, String);

/// Reads the headers in `text`.
///
/// # Errors
/// It contains something else; the error is a sentence of advice.
pub(in crate::cli) fn headers(text: &str) -> Result<Headers, String> {
    let pairs = lines(text).or_else(|error| {
        let pairs = literals(text, STRINGS_AT_MOST);
        if pairs.iter().any(|(name, _)| carries_signature(name)) { Ok(pairs) } else { Err(error) }
    })?;
    let mut headers = Headers::default();
    pairs.into_iter().for_each(|(name, value)| headers.push(name, value));
    Ok(headers)
}

fn carries_signature(name: &str) -> bool {
    [Scheme::Ed25519, Scheme::RsaSha256].iter().any(|scheme| scheme.header().eq_ignore_ascii_case(name))
}

/// `Name: value` on each line; a line of base64 alone continues the value before it.
fn lines(text: &str) -> Result<Vec<HeaderPair>, String> {
    let mut pairs: Vec<HeaderPair> = Vec::new();
    let mut is_blank = true;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let line = line.strip_prefix(['>', '<']).map_or(line, str::trim_start);
        is_blank &= line.is_empty();
        if let Some((header, value)) =
            line.split_once([':', '\t']).filter(|(header, _)| is_name(header.trim_end()))
        {
            pairs.push((name(header), value.trim().to_owned()));
        } else if !(line.is_empty() || line.starts_with("* ") || is_first_line(line)) {
            match pairs.last_mut().filter(|_| is_base64(line)) {
                Some((_, value)) => value.extend(["\n", line]),
                None => return Err(unreadable(text, index)),
            }
        }
    }
    if pairs.is_empty() && !is_blank { Err(unreadable(text, 0)) } else { Ok(pairs) }
}

fn unreadable(text: &str, index: usize) -> String {
    let advice = "write a header as 'Name: value'";
    match text.trim_end().lines().count() {
        _ if text.len() > 40 && is_base64(text.trim()) => {
            format!("{advice}, or give the value alone with --signature")
        }
        0..=1 => advice.to_owned(),
        _ => format!("line {} is not a header; {advice}", index + 1),
    }
}

fn is_base64(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
}

/// Whether this is the first line of a request or an answer.
fn is_first_line(line: &str) -> bool {
    let mut words = line.split(' ');
    let (first, last) = (words.next().unwrap_or_default(), words.next_back().unwrap_or_default());
    let is_method = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_uppercase());
    first.starts_with("HTTP/") || is_method && last.starts_with("HTTP/")
}

/// Whether this is a token of RFC 9110 and not in quotes, which it allows in names.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&*+-.^_|~".contains(&byte))
}

/// The name as in a request: servers pass it on as `HTTP_X_GHL_SIGNATURE` or `$http_x_ghl_signature`.
fn name(text: &str) -> String {
    let name = text.trim().trim_start_matches('$').replace('_', "-");
    let is_server_s = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("http-"));
    if is_server_s { name[5..].to_owned() } else { name }
}

/// The names that have a value, in a program's notation: an object, a dictionary, pairs, a command.
fn literals(text: &str, strings: usize) -> Vec<HeaderPair> {
    let (mut pairs, mut named) = (Vec::new(), None);
    let mut rest = Unread(text);
    while let Some((word, is_string)) = rest.word() {
        if is_string && let Some((header, value)) = word.split_once(':').filter(|(header, _)| is_name(header))
        {
            pairs.push((name(header), value.trim().to_owned()));
        } else if is_string && strings > 0 && word.contains(['"', '\'']) {
            pairs.extend(literals(&word, strings - 1));
        } else if let Some(value) = rest.value_of(&word) {
            if strings > 0 && value.contains('"') {
                pairs.extend(literals(&value, strings - 1));
            }
            match word.to_ascii_lowercase().as_str() {
                "name" | "key" => named = Some(value),
                "value" => pairs.extend(named.take().map(|named: String| (name(&named), value))),
                _ => pairs.push((name(&word), value)),
            }
        }
    }
    pairs
}

/// The unread rest.
struct Unread<'a>(&'a str);

impl Unread<'_> {
    /// The next string or bare word, and which of the two it is.
    fn word(&mut self) -> Option<(String, bool)> {
        let is_bare = |character: char| character.is_ascii_alphanumeric() || "-_$".contains(character);
        let start = self.0.find(|character| is_bare(character) || end_of_quote(character).is_some())?;
        self.0 = &self.0[start..];
        if let Some(string) = self.string() {
            return Some((string, true));
        }
        Some((self.take(is_bare).to_owned(), false))
    }

    /// The value after `word`, if the text between them marks it as one.
    fn value_of(&mut self, word: &str) -> Option<String> {
        let rest = self.0.trim_start_matches([' ', '\t', ']', ')']);
        let is_listed = carries_signature(&name(word)) && rest.starts_with(',');
        let behind = ["=>", ":", "="].into_iter().find_map(|sign| rest.strip_prefix(sign));
        let behind = behind.or_else(|| rest.strip_prefix(',').filter(|_| is_listed))?;
        self.0 = behind
            .trim_start_matches(|character: char| character.is_whitespace() || "[(".contains(character));
        if let Some(rest) = self.0.strip_prefix('b').filter(|rest| rest.starts_with(['"', '\''])) {
            self.0 = rest;
        }
        let Some(mut value) = self.string() else {
            let bare =
                self.take(|character| character.is_ascii_alphanumeric() || "+/=_-%".contains(character));
            return Some(bare.to_owned()).filter(|bare| !bare.is_empty());
        };
        while let Some(more) = self.further() {
            value.push_str(&more);
        }
        Some(value)
    }

    /// A string that is joined to the one before: after `+`, or directly after it.
    fn further(&mut self) -> Option<String> {
        let between = |character: char| character.is_whitespace() || "+\\".contains(character);
        self.0 = self.0.trim_start_matches(between);
        self.string()
    }

    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &str {
        let (taken, rest) =
            self.0.split_at(self.0.find(|character| !is_part(character)).unwrap_or(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A string in quotes, decoded. It ends with its line at the latest.
    fn string(&mut self) -> Option<String> {
        let mut characters = self.0.chars();
        let end = end_of_quote(characters.next()?)?;
        let mut string = String::new();
        while let Some(character) = characters.next() {
            match character {
                '\\' => string.extend(escaped(&mut characters)),
                '\n' => break,
                _ if character == end => break,
                _ => string.push(character),
            }
        }
        self.0 = characters.as_str();
        Some(string)
    }
}

fn end_of_quote(character: char) -> Option<char> {
    QUOTES.into_iter().find(|(begin, _)| *begin == character).map(|(_, end)| end)
}

/// The character after a backslash, or the one that its digits encode.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let first = characters.next()?;
    let width = match first {
        'u' => 4,
        'x' => 2,
        _ => return Some(first),
    };
    let digits = characters.as_str().get(..width)?;
    let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
    *characters = characters.as_str()[width..].chars();
    Some(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let headers = headers(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect()
    }

    #[test]
    fn lines_are_read_as_they_are_pasted() {
        let headers = headers("x-ghl-signature:abc \r\n\r\nX-GHL-SIGNATURE:  d:e\nOther: \t").unwrap();
        assert_eq!(headers.all("X-GHL-Signature").collect::<Vec<_>>(), ["abc", "d:e"]);
        assert_eq!(headers.all("other").collect::<Vec<_>>(), [""]);
        assert_eq!(headers.all("x-ghl").count(), 0);
    }

    #[test]
    fn a_signature_is_found_in_every_notation() {
        for text in [
            "{\n  host: 'a.example',\n  'x-ghl-signature': 'ab+/==',\n  'content-length': '486'\n}",
            "  'x-ghl-signature': 'ab+/==',",
            "'x-ghl-signature':\n    'ab' +\n    '+/==',",
            "[ 'Host', 'a.example', 'X-GHL-Signature', 'ab+/==' ]",
            r#"{"host":"it's","X-Ghl-Signature":["ab+/=="]}"#,
            r#"  "x-ghl-signature": "ab+\/\u003d=","#,
            r#"{"name":"Host","value":"a"},{"name":"X-GHL-Signature","value":"ab+/=="}"#,
            r#"{"key": "X-GHL-Signature", "type": "text", "value": "ab+/=="}"#,
            r#"{"headers":"{\"x-ghl-signature\":\"ab+/==\"}"}"#,
            "curl 'https://a.example' \\\n  -H 'accept: */*' \\\n  -H 'X-GHL-Signature: ab+/==' --data-raw '{}'",
            "curl --header \"x-ghl-signature: ab+/==\" a.example",
            "> POST /hook HTTP/1.1\n> Host: a.example\n> X-GHL-Signature: ab+/==\n>\n* done",
            "{'Host': 'a.example', 'X-Ghl-Signature': 'ab+/=='}",
            "[(b'host', b'a.example'), (b'x-ghl-signature', b'ab+/==')]",
            "{\"HTTP_X_GHL_SIGNATURE\"=>\"ab+/==\"}",
            "HTTP_X_GHL_SIGNATURE: ab+/==",
            "Array\n(\n    [X-Ghl-Signature] => ab+/==\n)",
            "map[Host:[a.example] X-Ghl-Signature:[ab+/==]]",
            "Host\ta.example\nX-GHL-Signature\tab+/==",
            "{\u{201c}x-ghl-signature\u{201d}: \u{201c}ab+/==\u{201d}}",
        ] {
            let read = read(text);
            assert!(read.contains(&("x-ghl-signature".to_owned(), "ab+/==".to_owned())), "{text}: {read:?}");
        }
    }

    #[test]
    fn a_value_goes_on_over_lines_of_base64() {
        for text in ["X-WH-Signature: ab\n  cd\n  ==", "X-WH-Signature:\nab\ncd\n=="] {
            assert_eq!(read(text)[0].1.split_whitespace().collect::<String>(), "abcd==");
        }
    }

    #[test]
    fn a_text_that_is_not_a_header_is_refused() {
        let refused =
            ["abc", ": value", "POST /hook HTTP/1.1", "two words: value", "n\u{e4}me: value", "{'a': 'b'}"];
        for line in refused {
            assert!(headers(line).is_err(), "{line:?}");
        }
        assert!(headers("").unwrap().is_empty());
        let error = headers("a: b\nc: d\nnot a header").unwrap_err();
        assert!(error.starts_with("line 3 is not a header"), "{error}");
    }

    #[test]
    fn hostile_text_costs_linear_time() {
        for part in ["'", "\\'", "'a':", "\"\\\"", "[", "a,b:", "'x-ghl-signature','"] {
            let text = part.repeat((1 << 20) / part.len());
            let _ = headers(&text);
        }
    }
}
