//! The cases: requests, right answers, and reasons.
//!
//! Invariants: names are stable; a level is an error only if the vendor documents it without contradiction, or HTTP
//! itself requires it.

mod broken;
mod events;
mod forged;

use super::delivery::Draft;
use super::kit::{Kit, Variant};
use crate::check::Level;
use crate::event::{ASSOCIATION_CREATE, Field};
use crate::http::Request;

/// One case.
#[derive(Debug)]
pub struct Case {
    /// Its name, such as `sign/none`.
    pub name: &'static str,
    /// The requests, in words.
    pub sends: &'static str,
    /// The right answer, and the level of another one; the first that does not hold counts.
    pub expects: &'static [(Expected, Level)],
    /// The reason for the expectation.
    pub why: &'static str,
    /// The advice if it does not hold.
    pub help: &'static str,
    /// Its prerequisites.
    pub needs: Needs,
    pub(super) make: Make,
}

/// The right answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// 200 to 299.
    Success,
    /// 400 to 499.
    Refusal,
    /// An answer in time that is not 500 or more.
    NoCrash,
    /// Anything but 300 to 399.
    NoRedirect,
    /// Anything but 200 to 299.
    NoSuccess,
    /// An answer in time.
    InTime,
    /// Anything: it is only reported.
    Reported,
}

impl Expected {
    /// The expectation, in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Success => "200 to 299",
            Self::Refusal => "400 to 499",
            Self::NoCrash => "an answer in time, below 500",
            Self::NoRedirect => "anything but a redirect",
            Self::NoSuccess => "anything but 200 to 299",
            Self::InTime => "an answer in time",
            Self::Reported => "anything",
        }
    }
}

/// The prerequisites of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// None: it can always be tried.
    Nothing,
    /// A query in the receiver's URL.
    Query,
    /// `--sign-with`.
    Key,
    /// `--sign-with` and `--sign-legacy`.
    BothKeys,
}

/// The source of a case's answers.
#[derive(Debug)]
pub(super) enum Make {
    /// The answer to `post/accepted` is checked again.
    SameAnswer,
    /// One delivery with this body, signed by all keys.
    Body(fn(&mut Kit<'_>) -> Vec<u8>),
    /// These requests.
    Requests(fn(&mut Kit<'_>) -> Vec<Variant>),
}

impl Make {
    pub(super) fn requests(&self, kit: &mut Kit<'_>) -> Vec<Variant> {
        match self {
            Self::SameAnswer => Vec::new(),
            Self::Body(body) => {
                let body = body(kit);
                one(kit.signed(body))
            }
            Self::Requests(make) => make(kit),
        }
    }
}

/// A genuine delivery that can always be tried: what a case has unless it says otherwise.
const SIGNED: Case = Case {
    name: "",
    sends: "",
    expects: &[],
    why: "",
    help: "",
    needs: Needs::Nothing,
    make: Make::Body(|kit| kit.flat().compact()),
};

/// The first case, on which all others rest.
pub(super) const FIRST: &str = "post/accepted";
/// The last case.
pub(super) const LAST: &str = "after/alive";

/// All cases, in the order in which they are tried.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    // `after/alive` is the last of the broken ones.
    [events::CASES, forged::CASES, broken::CASES].into_iter().flatten()
}

const CRASH_HELP: &str = "catch the error and answer 2xx or 4xx: any body can be posted to a webhook's URL";

fn named(name: &str, request: Request<'static>) -> Variant {
    Variant { name: name.to_owned(), request }
}

fn one(request: Request<'static>) -> Vec<Variant> {
    vec![named("", request)]
}

fn each_field(kit: &mut Kit<'_>, mut change: impl FnMut(Draft, &str) -> Draft) -> Vec<Variant> {
    let variant = |field: &Field| {
        let body = change(kit.flat(), &field.name);
        named(&field.name, kit.signed(body.compact()))
    };
    ASSOCIATION_CREATE.fields().iter().map(variant).collect()
}
