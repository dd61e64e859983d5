//! Reports the answers of a receiver: one file per format.
//!
//! In: the receiver, then deliveries or cases with their answers, then the totals. Out: bytes.
//! Invariants: nothing of an answer is written unescaped; the format changes no exit code.

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

/// The receiver, and the signers of requests.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its URL, safe to print.
    pub url: String,
    /// The headers that carry signatures, with the fingerprint of the public key that verifies them.
    pub signed: Vec<(&'static str, String)>,
    /// The number of cases, if cases are tried.
    pub cases: Option<usize>,
}

/// A delivery that was posted.
#[derive(Clone, Debug)]
pub struct Delivered {
    /// Its number among all, from 1.
    pub number: u64,
    /// Its source, safe to print.
    pub source: String,
    /// Its `type` and `webhookId`, if they are strings. Not safe to print.
    pub event: Option<String>,
    /// The same.
    pub webhook_id: Option<String>,
    /// The length of its body, in bytes.
    pub bytes: usize,
    /// The answer, or the reason why there is none.
    pub answered: Result<Answer, Failure>,
}

/// The number of deliveries with each outcome.
#[derive(Clone, Copy, Debug, Default)]
pub struct Posted {
    /// Answered 2xx.
    pub accepted: u64,
    /// Answered with another status, or not at all by a receiver that was reached.
    pub refused: u64,
    /// Without a connection.
    pub not_reached: u64,
}

/// The totals of a run.
#[derive(Clone, Copy, Debug)]
pub enum Sum {
    /// Deliveries were posted.
    Posted(Posted),
    /// Cases were tried.
    Tried(Count),
}

/// The report that `send` writes: requests, and the answers of a receiver.
#[derive(Clone, Copy, Debug)]
pub enum Answers {}

/// A request and its answer, or a case's.
#[derive(Clone, Copy, Debug)]
pub enum Exchange<'a> {
    Delivery(&'a Delivered),
    Case(&'a Tried),
}

impl Subject for Answers {
    type Start<'a> = Receiver;
    type Item<'a> = Exchange<'a>;
    type End<'a> = Sum;
}

impl Delivered {
    /// The advice if the answer is not a success.
    fn hint(&self) -> Option<&'static str> {
        match &self.answered {
            Ok(answer) => hint_of_status(answer.status),
            Err(failure) => Some(hint_of_failure(failure)),
        }
    }
}

/// The advice if there is no answer.
pub(crate) fn hint_of_failure(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotReached(_) => "is it running, and does it listen on this address: 127.0.0.1 or ::1?",
        Failure::TooLate(_) => "acknowledge first and work afterwards, or wait longer with --timeout",
        Failure::Broken(_) => "it has probably failed: its log says why",
    }
}

/// A time for people: `12 ms`, `1.2 s`.
pub(crate) fn time(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}
