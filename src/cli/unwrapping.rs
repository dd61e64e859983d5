//! The options that say which captures are unwrapped.

use crate::input::capture::{Unwrap, shapes};
use crate::payload::Pointer;
use crate::visible::visible;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Which captures to unwrap.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub struct Unwrapping {
    /// Take payloads out of captures (HAR files, Lambda events, HTTP dumps, ...): auto, never, or a shape's name
    ///
    /// By default (auto) payloads are found whatever they are in; what a capture says to be a body is judged as it was
    /// sent, and never opened. `filter`, whose output goes on to programs, takes the bytes it is given (never).
    /// `assoclens captures` lists the shapes that have a name.
    #[arg(long, value_name = "SHAPE", conflicts_with = "at", value_parser = unwrap(), hide_possible_values = true)]
    pub unwrap: Option<Unwrap>,

    /// Take the payload from this place of each input: a JSON Pointer such as /request/body
    ///
    /// The value there may be the payload itself, or a string that holds it.
    #[arg(long, value_name = "POINTER", value_parser = pointer)]
    pub at: Option<Pointer>,
}

impl Unwrapping {
    /// What to unwrap, where nothing was asked for as `default` says.
    #[must_use]
    pub fn unwrap(&self, default: Unwrap) -> Unwrap {
        let at = self.at.clone().map(Unwrap::At);
        at.or_else(|| self.unwrap.clone()).unwrap_or(default)
    }
}

/// The words that `--unwrap` takes, each shape once, for completions to offer and mistakes to be compared with.
fn unwrap() -> impl TypedValueParser<Value = Unwrap> {
    let mut words = vec![
        PossibleValue::new("auto").help("any known shape, and whatever else a payload stands in"),
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

fn pointer(text: &str) -> Result<Pointer, String> {
    if text.is_empty() || text.starts_with('/') {
        Ok(Pointer::from(text.to_owned()))
    } else {
        Err(format!("a JSON Pointer begins with a slash: /{}", visible(&text.replace('.', "/"))))
    }
}
