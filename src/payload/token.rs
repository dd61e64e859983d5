//! Well-formed JSON text as a run of tokens, for code that must not recurse.
//!
//! In: a value's text. Out: its tokens, each a slice of it.
//! Invariants: one pass; nothing is decoded and nothing is kept.

use super::scan::{blank, string};

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

    /// The text from the next token on.
    pub(crate) fn upcoming(&mut self) -> &'a str {
        self.skip_blank();
        self.rest
    }

    /// Skips this many bytes, which are the next value.
    pub(crate) fn skip(&mut self, length: usize) {
        self.rest = &self.rest[length..];
    }

    fn skip_blank(&mut self) {
        self.rest = &self.rest[blank(self.rest.as_bytes(), 0)..];
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let first = *self.rest.as_bytes().first()?;
        let length = match first {
            b'"' => string(self.rest.as_bytes(), 1).expect("internal error: the string ends").0 + 1,
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => {
                let is_end = |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'}' | b']');
                self.rest.bytes().position(is_end).unwrap_or(self.rest.len())
            }
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
