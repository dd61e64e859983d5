//! Reporting what a receiver answered: one file a format.
//!
//! In: where requests go, then deliveries or cases with their answers, then how many came to what. Out: bytes.
//! Invariants: nothing of an answer is written raw; how it is reported changes no exit code.

mod human;
mod json;
mod junit;
mod list;

pub use human::HumanAnswers;
pub use json::JsonAnswers;
pub use junit::JunitAnswers;
pub use list::list;

use crate::http::{Answer, Failure, hint_of_status};
use crate::report::Subject;
use crate::trial::{Count, Tried};
use std::time::Duration;

/// Where requests go, and who signs them.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its URL, safe to print.
    pub url: String,
    /// The headers that carry signatures, with the fingerprint of the public key that verifies them.
    pub signed: Vec<(&'static str, String)>,
    /// How many cases there are, where cases are tried.
    pub cases: Option<usize>,
}

/// A delivery that was posted.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Which of all, from 1.
    pub number: u64,
    /// Where it is from, safe to print.
    pub source: String,
    /// Its `type` and `webhookId`, if they are strings. Not safe to print.
    pub event: Option<String>,
    /// The same.
    pub webhook_id: Option<String>,
    /// How long its body is, in bytes.
    pub bytes: usize,
    /// The answer, or why there is none.
    pub answered: Result<Answer, Failure>,
}

/// How many deliveries came to what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Posted {
    /// Answered 2xx.
    pub accepted: u64,
    /// Answered otherwise, or not at all by a receiver that was reached.
    pub refused: u64,
    /// Without a connection.
    pub not_reached: u64,
}

/// What a run came to.
#[derive(Clone, Copy, Debug)]
pub enum Sum {
    /// Deliveries were posted.
    Posted(Posted),
    /// Cases were tried.
    Tried(Count),
}

/// The report that `send` writes: what was posted, and what a receiver answered.
#[derive(Clone, Copy, Debug)]
pub enum Answers {}

/// A request and its answer, or a case's.
#[derive(Clone, Copy, Debug)]
pub enum Exchange<'a> {
    /// A delivery.
    Delivery(&'a Delivered),
    /// A case.
    Case(&'a Tried),
}

impl Subject for Answers {
    type Start<'a> = Receiver;
    type Item<'a> = Exchange<'a>;
    type End<'a> = Sum;
}

impl Delivered {
    /// What to look at, where the answer is not a success.
    fn hint(&self) -> Option<&'static str> {
        match &self.answered {
            Ok(answer) => hint_of_status(answer.status),
            Err(failure) => Some(hint_of_failure(failure)),
        }
    }
}

/// What to look at where there is no answer.
pub(crate) fn hint_of_failure(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotReached(_) => "is it running, and does it listen on this address: 127.0.0.1 or ::1?",
        Failure::TooLate(_) => "acknowledge first and work afterwards, or wait longer with --timeout",
        Failure::Broken(_) => "it has probably failed: its log says why",
    }
}

/// A time as a person reads it: `12 ms`, `1.2 s`.
pub(crate) fn time(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}
