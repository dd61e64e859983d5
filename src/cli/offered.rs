//! The values that a shell's completion offers for options that also take others.
//!
//! In: a parser, and the known names. Out: a parser that accepts the same values, and can list those names.

use crate::check::catalogue::SCHEMA_PREFIX;
use crate::check::{Code, Selector};
use crate::event::members::NAMES;
use crate::event::{EVENTS, Event, Wanted};
use crate::report::{FORMATS, Format};
#[cfg(feature = "http")]
use crate::trial::Choice;
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Command, Error};
use std::ffi::OsStr;

type NameList = Vec<&'static str>;
/// A parser of one text.
type Parse<T> = fn(&str) -> Result<T, String>;

/// A parser, with the values that `names` lists on offer.
#[derive(Clone)]
pub(super) struct Offering<P> {
    parser: P,
    names: fn() -> NameList,
}

/// The names that a shell takes unquoted: in some shells, `$` begins a variable.
fn all_codes() -> NameList {
    Code::names().filter(|code| !code.contains('$')).collect()
}

fn all_selectors() -> NameList {
    ["all", SCHEMA_PREFIX].into_iter().chain(all_codes()).collect()
}

fn all_levels() -> NameList {
    all_selectors().into_iter().filter(|name| name.parse::<Selector>().is_ok()).collect()
}

const OFFERED: &str = "internal error: every word that is offered is known";

fn event_names() -> impl Iterator<Item = PossibleValue> {
    EVENTS.iter().copied().map(|event| PossibleValue::new(event.name).help(event.meaning))
}

/// An event that has a schema.
pub(super) fn event() -> impl TypedValueParser<Value = &'static Event> {
    PossibleValuesParser::new(event_names())
        .map(|word| EVENTS.iter().copied().find(|event| event.name == word).expect(OFFERED))
}

/// A format of the report on judged payloads.
pub(super) fn formats() -> impl TypedValueParser<Value = &'static Format> {
    let word = |format: &Format| PossibleValue::new(format.name).help(format.help);
    PossibleValuesParser::new(FORMATS.iter().map(word))
        .map(|word| FORMATS.iter().find(|format| format.name == word).expect(OFFERED))
}

/// One of these events, or any of them.
pub(super) fn events() -> impl TypedValueParser<Value = Wanted> {
    let auto = PossibleValue::new(Wanted::AUTO).help("the event that each payload is");
    PossibleValuesParser::new(event_names().chain([auto])).map(|word| Wanted::of(&word).expect(OFFERED))
}

impl Offering<Parse<Selector>> {
    /// Codes of findings, and the words for several of them.
    pub(super) fn selectors() -> Self {
        Self { parser: Selector::of, names: all_selectors }
    }

    /// The selectors whose level can be changed.
    pub(super) fn levels() -> Self {
        Self { parser: str::parse, names: all_levels }
    }
}

#[cfg(feature = "http")]
impl Offering<Parse<Choice>> {
    /// Names of cases, and the words for several of them.
    pub(super) fn cases() -> Self {
        Self { parser: str::parse, names: Choice::names }
    }
}

impl Offering<StringValueParser> {
    /// Codes of findings.
    pub(super) fn codes() -> Self {
        Self { parser: StringValueParser::new(), names: all_codes }
    }

    /// Fields of a delivery.
    pub(super) fn fields() -> Self {
        Self { parser: StringValueParser::new(), names: || NAMES.to_vec() }
    }
}

impl<P: TypedValueParser> TypedValueParser for Offering<P> {
    type Value = P::Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<P::Value, Error> {
        self.parser.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}
