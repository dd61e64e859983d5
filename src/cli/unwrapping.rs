//! The options for unwrapping captures.

use crate::capture::{Unwrap, shapes};
use crate::escape::visible;
use crate::payload::Pointer;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// The captures to unwrap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Unwrapping {
    /// Captures to unwrap: auto, never, or a shape's name
    ///
    /// With auto, the default, payloads are found in HAR files, Lambda events, HTTP dumps, logs and anything else. A
    /// request's body is checked as it was sent: nothing inside it is unwrapped. With never, each input is taken as it
    /// is; that is the default of `filter`, because programs read its output. `assoclens captures` lists the shapes.
    #[arg(long, value_name = "SHAPE", conflicts_with = "at", value_parser = unwrap(), hide_possible_values = true)]
    pub unwrap: Option<Unwrap>,

    /// Place of the payloads, such as /request/body
    ///
    /// POINTER is a JSON Pointer, in which * means each element of a list: /Messages/*/Body. The value there is the
    /// payload itself, or a string that holds it, also as base64. The notations of jq and JSONPath work, too.
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub at: Option<Pointer>,
}

impl Unwrapping {
    /// The captures to unwrap; `default` if there is no option.
    pub fn unwrap(&self, default: Unwrap) -> Unwrap {
        let at = self.at.clone().map(Unwrap::At);
        at.or_else(|| self.unwrap.clone()).unwrap_or(default)
    }
}

/// The words that `--unwrap` takes, each shape once, for completions and for suggestions.
fn unwrap() -> impl TypedValueParser<Value = Unwrap> {
    let mut words = vec![
        PossibleValue::new("auto").help("any known shape, and anything else that holds a payload"),
        PossibleValue::new("never").help("none"),
    ];
    for shape in shapes() {
        if words.iter().all(|word| word.get_name() != shape.name) {
            words.push(PossibleValue::new(shape.name).help(shape.what));
        }
    }
    PossibleValuesParser::new(words)
        .map(|word| Unwrap::of(&word).expect("internal error: every word that is offered is known"))
}

/// A JSON Pointer, or the same place in the notation of other tools: `.Messages[].Body`, `$.Messages[0].Body`.
fn pointer(text: &str) -> Result<Pointer, String> {
    if text.is_empty() || text.starts_with('/') {
        return Ok(Pointer::from(text.to_owned()));
    }
    let path = text.strip_prefix(['$', '#']).unwrap_or(text);
    if path.starts_with('/') {
        return Ok(Pointer::from(path.to_owned()));
    }
    let mut pointer = Pointer::default();
    let mut rest = path;
    while !rest.is_empty() {
        let (token, behind) = step(rest).ok_or_else(|| {
            format!(
                "it is neither a JSON Pointer, such as /Messages/0/Body, nor a path from `{}` on",
                visible(rest)
            )
        })?;
        pointer = pointer.join(token);
        rest = behind;
    }
    Ok(pointer)
}

/// The first step of a path, and the rest: `.name`, `name`, `[0]`, `[]`, `[*]`, `["name"]`.
fn step(path: &str) -> Option<(&str, &str)> {
    if let Some(inside) = path.strip_prefix('[') {
        for quote in ['"', '\''] {
            if let Some(name) = inside.strip_prefix(quote) {
                return name.split_once(&format!("{quote}]"));
            }
        }
        let (index, behind) = inside.split_once(']')?;
        let is_each = matches!(index, "" | "*");
        let is_index = is_each || index.bytes().all(|byte| byte.is_ascii_digit());
        return is_index.then_some((if is_each { "*" } else { index }, behind));
    }
    let path = path.strip_prefix(['.', '/']).unwrap_or(path);
    let end = path.find(['.', '[', '/']).unwrap_or(path.len());
    if end == 0 { step(path).filter(|_| path.starts_with('[')) } else { Some(path.split_at(end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_understood_as_other_tools_write_it() {
        for (text, expected) in [
            ("/Messages/0/Body", "/Messages/0/Body"),
            ("", ""),
            (".Messages[0].Body", "/Messages/0/Body"),
            (".Messages[].Body", "/Messages/*/Body"),
            ("$.Messages[*].Body", "/Messages/*/Body"),
            ("$['a/b']['c']", "/a~1b/c"),
            (".[\"a\"].b", "/a/b"),
            ("[0].json.body", "/0/json/body"),
            ("Messages.0.Body", "/Messages/0/Body"),
            ("Messages/0/Body", "/Messages/0/Body"),
            ("#/Messages/0", "/Messages/0"),
        ] {
            assert_eq!(pointer(text).unwrap().as_str(), expected, "{text}");
        }
        for text in ["a[x]", "a[", "a..b", "a["] {
            assert!(pointer(text).is_err(), "{text}");
        }
    }
}
