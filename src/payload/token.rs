//! Well-formed JSON text as a run of tokens, for what must not recurse.
//!
//! In: a value's text. Out: its tokens, each a slice of it.
//! What always holds: one pass; nothing is decoded and nothing is kept.

use super::BLANKS;

/// One token of JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// `{` or `[`
    Open(&'a str),
    /// `}` or `]`
    Close(&'a str),
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// A string before a colon.
    Name(&'a str),
    /// A string, number, `true`, `false` or `null`.
    Scalar(&'a str),
}

/// The tokens of one well-formed JSON value.
pub(crate) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    fn skip_blank(&mut self) {
        self.rest = self.rest.trim_start_matches(BLANKS);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let first = *self.rest.as_bytes().first()?;
        let length = match first {
            b'"' => string_length(self.rest),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => self.rest.find([' ', '\t', '\r', '\n', ',', '}', ']']).unwrap_or(self.rest.len()),
        };
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(match first {
            b'{' | b'[' => Token::Open(text),
            b'}' | b']' => Token::Close(text),
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => {
                self.skip_blank();
                if self.rest.starts_with(':') { Token::Name(text) } else { Token::Scalar(text) }
            }
            _ => Token::Scalar(text),
        })
    }
}

/// How long the string is that `text` begins with, quotes included.
fn string_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        let step = memchr::memchr2(b'"', b'\\', &bytes[at..]).expect("internal error: the string ends");
        if bytes[at + step] == b'"' {
            return at + step + 1;
        }
        at += step + 2;
    }
}
