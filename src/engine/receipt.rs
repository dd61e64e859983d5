//! How a payload was received, and where it was handed on to.
//!
//! In: what the receiver saw. Out: the same, for the reports.

use crate::signature::Verdict;
use jiff::Timestamp;
use std::time::Duration;

/// How a payload was received.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Which of all, from 1.
    pub number: u64,
    /// When it was whole.
    pub received: Timestamp,
    /// Its path and query. Not safe to print.
    pub target: String,
    /// How long its body is, in bytes.
    pub bytes: usize,
    /// Whether it is as it was signed, if that was looked at.
    pub signature: Option<Verdict>,
    /// Where it was handed on to, if it was.
    pub forward: Option<Forward>,
}

/// How a delivery was handed on.
#[derive(Clone, Debug)]
pub struct Forward {
    /// The handler's URL.
    pub url: String,
    /// What it answered, or why it did not.
    pub answered: Result<Answered, Unanswered>,
    /// How long that took.
    pub elapsed: Duration,
}

/// What a handler answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// Its status.
    pub status: u16,
    /// The beginning of what it said, safe to print.
    pub shown: String,
}

/// Why a handler did not answer.
#[derive(Clone, Debug)]
pub struct Unanswered {
    /// What went wrong.
    pub why: String,
    /// What to look at.
    pub help: &'static str,
}
