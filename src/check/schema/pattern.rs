//! The cost of a pattern, and the fault of one that is not a regular expression.
//!
//! In: a pattern as a schema writes it. Out: its size, or the reason why it cannot be used.
//! Invariants: nothing is compiled; an accepted pattern matches in time linear in the string and in the size.

use regex_syntax::Parser;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The longest pattern, in bytes: its classes may expand to a thousand times their text.
const MOST_BYTES: usize = 10_000;

/// The number of the pattern's places that a character may match, with repetitions written out.
pub(super) fn size(pattern: &str) -> Result<u64, String> {
    if pattern.len() > MOST_BYTES {
        return Err(format!("is longer than {MOST_BYTES} bytes"));
    }
    let translated = jsonschema_regex::to_rust_regex(pattern).map_err(|()| why(pattern))?;
    Parser::new().parse(&translated).map(|parsed| places(&parsed)).map_err(|_| why(pattern))
}

/// The regex engine's own reason, to follow the pattern in a sentence.
fn why(pattern: &str) -> String {
    use regex_syntax::ast::ErrorKind::{UnsupportedBackreference, UnsupportedLookAround};
    match Parser::new().parse(pattern) {
        Err(regex_syntax::Error::Parse(error)) => match error.kind() {
            UnsupportedLookAround => "cannot be matched in linear time: it looks ahead or behind".to_owned(),
            UnsupportedBackreference => {
                "cannot be matched in linear time: it refers back to a group".to_owned()
            }
            reason => format!("is not a regular expression: {reason}"),
        },
        Err(regex_syntax::Error::Translate(error)) => {
            format!("is not a regular expression: {}", error.kind())
        }
        _ => "is not a regular expression of JavaScript, as JSON Schema asks for".to_owned(),
    }
}

fn places(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len() as u64,
        // One place for each byte of the longest character.
        HirKind::Class(Class::Unicode(class)) => class.maximum_len().unwrap_or(1) as u64,
        HirKind::Class(Class::Bytes(_)) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            places(&repetition.sub).saturating_mul(u64::from(times))
        }
        HirKind::Capture(capture) => places(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(places).fold(0, u64::saturating_add)
        }
    }
}
