//! The reception of a payload, and its forwarding.
//!
//! In: the receiver's observations. Out: the same, for the reports.

use crate::signature::Verdict;
use jiff::Timestamp;
use std::time::Duration;

/// The reception of a payload.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Its number among all, from 1.
    pub number: u64,
    /// The time when it was complete.
    pub received: Timestamp,
    /// Its path and query. Not safe to print.
    pub target: String,
    /// The length of its body, in bytes.
    pub bytes: usize,
    /// The verdict about its signature, if it was verified.
    pub signature: Option<Verdict>,
    /// Its forwarding, if there was any.
    pub forward: Option<Forward>,
}

/// The forwarding of a delivery.
#[derive(Clone, Debug)]
pub struct Forward {
    /// The handler's URL.
    pub url: String,
    /// The answer, or the reason why there is none.
    pub answered: Result<Answered, Unanswered>,
    /// The time that it took.
    pub elapsed: Duration,
}

/// The answer of a handler.
#[derive(Clone, Debug)]
pub struct Answered {
    pub status: u16,
    /// The beginning of its text, safe to print.
    pub shown: String,
}

/// The reason why a handler did not answer.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// The error.
    pub why: String,
    /// The advice.
    pub help: &'static str,
}
