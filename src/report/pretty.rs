//! JSON text laid out for people, token by token.
//!
//! In: one well-formed JSON value as written. Out: the same value, one member or element per line, or all on one line.
//! Invariants: numbers, duplicates and the order of names are unchanged, and so are strings, except for unsafe
//! characters, which become escapes, so the value is the same; nothing is built and nothing recurses, so any depth is
//! handled; output is linear in the input, because nothing is indented from [`INDENTED_DEPTH`] on.

use super::layout::Page;
use crate::escape::push_visible;
use crate::payload::{Token, Tokens};
use colored::Colorize as _;
use std::io::{self, Write};

/// The number of indented levels; deeper values are on one line.
const INDENTED_DEPTH: usize = 32;
/// The amount that is collected before it is written.
const BUFFER_BYTES: usize = 64 << 10;

/// Writes `text`, one well-formed JSON value, with one member or element per line, and a line end.
pub(super) fn write_pretty(text: &str, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let mut pretty = Pretty { page, text: String::new(), depth: 0 };
    let mut tokens = Tokens::new(text).peekable();
    while let Some(token) = tokens.next() {
        match (token, tokens.peek()) {
            (Token::Open(open), Some(Token::Close(close))) => {
                pretty.text.extend([open, *close]);
                tokens.next();
            }
            (token, _) => pretty.push(token),
        }
        if pretty.text.len() > BUFFER_BYTES {
            out.write_all(pretty.text.as_bytes())?;
            pretty.text.clear();
        }
    }
    pretty.text.push('\n');
    out.write_all(pretty.text.as_bytes())
}

struct Pretty<'p> {
    page: &'p Page,
    text: String,
    depth: usize,
}

impl Pretty<'_> {
    fn push(&mut self, token: Token<'_>) {
        match token {
            Token::Open(open) => {
                self.text.push_str(open);
                self.depth += 1;
                self.break_line(self.depth);
            }
            Token::Close(close) => {
                self.depth -= 1;
                self.break_line(self.depth + 1);
                self.text.push_str(close);
            }
            Token::Comma => {
                self.text.push(',');
                self.break_line(self.depth);
            }
            Token::Colon => self.text.push_str(": "),
            Token::Name(_) | Token::Scalar(_) if !self.page.is_coloured => push_token(&mut self.text, token),
            Token::Name(_) | Token::Scalar(_) => self.push_styled(token),
        }
    }

    /// Begins a new line, if the container at that depth is spread over lines.
    fn break_line(&mut self, container: usize) {
        if container <= INDENTED_DEPTH {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn push_styled(&mut self, token: Token<'_>) {
        let mut shown = String::new();
        push_token(&mut shown, token);
        let styled = match (token, shown.as_bytes().first()) {
            (Token::Name(_), _) => shown.blue().bold(),
            (_, Some(b'"')) => shown.green(),
            (_, Some(b't' | b'f' | b'n')) => shown.yellow(),
            _ => shown.cyan(),
        };
        self.text.push_str(&styled.to_string());
    }
}

/// Appends a token as written, with unsafe characters escaped.
fn push_token(out: &mut String, token: Token<'_>) {
    match token {
        Token::Open(text) | Token::Close(text) | Token::Name(text) | Token::Scalar(text) => {
            text.chars().for_each(|character| push_visible(out, character));
        }
        Token::Comma => out.push(','),
        Token::Colon => out.push(':'),
    }
}

/// The value on one line without white space, in about `most` bytes: longer ones are cut.
pub(super) fn compact(text: &str, most: usize) -> String {
    let mut out = String::new();
    for token in Tokens::new(text) {
        match token {
            Token::Name(text) | Token::Scalar(text) if text.len() > most => {
                push_token(&mut out, Token::Scalar(&text[..text.floor_char_boundary(most)]));
            }
            token => push_token(&mut out, token),
        }
        if out.len() > most {
            break;
        }
    }
    out
}

/// The value on one line without white space, whatever its length.
pub(super) fn compact_whole(text: &str) -> String {
    compact(text, usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pretty(text: &str) -> String {
        let mut out = Vec::new();
        write_pretty(text, &Page::new(80, false, true), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_duplicates_order_and_escapes_stay_as_written() {
        let text = r###" {"b":1.0e+05,"a":-0,"b":[ ],"\u0069d":{"x":[1,{}]},"##":"a\/\",[ :{\\"}"###;
        let lines = [
            r#"{"#,
            r#"  "b": 1.0e+05,"#,
            r#"  "a": -0,"#,
            r#"  "b": [],"#,
            r#"  "\u0069d": {"#,
            r#"    "x": ["#,
            r#"      1,"#,
            r#"      {}"#,
            r#"    ]"#,
            r#"  },"#,
            r##"  "#\u0023": "a\/\",[ :{\\""##,
            "}\n",
        ];
        assert_eq!(pretty(text), lines.join("\n"));
        let expected = r##"{"b":1.0e+05,"a":-0,"b":[],"\u0069d":{"x":[1,{}]},"#\u0023":"a\/\",[ :{\\"}"##;
        assert_eq!(compact_whole(text), expected);
    }

    #[test]
    fn a_million_levels_come_out_in_linear_size() {
        let text = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        let out = pretty(&text);
        assert!(out.len() < 2_010_000, "{}", out.len());
        assert_eq!(compact_whole(&out), text);
    }

    proptest! {
        #[test]
        fn the_value_is_the_same_and_nothing_unsafe_is_in_it(
            text in "[a-c\u{0}-\u{1f}\u{7f}\u{202e}\u{200b}\u{fe0f}#\"\\\\é😀 ]{0,20}", number in any::<i64>(),
        ) {
            let value = serde_json::json!({ &text: [number, &text, null, {"x": { &text: true }}] });
            let out = pretty(&value.to_string());
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&out).unwrap(), value);
            prop_assert!(!out.chars().any(|character| character != '\n' && crate::escape::is_unsafe(character)));
            prop_assert!(!out.contains("##"));
        }
    }
}
