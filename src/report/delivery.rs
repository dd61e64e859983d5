//! What is known of a delivery that was received, beside its payload.
//!
//! In: what the receiver saw. Out: the member `receipt` of a record.

use super::verify::code;
use crate::signature::Verdict;
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

/// A delivery that was received.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Which of all, from 1.
    pub number: u64,
    /// When it was whole.
    pub received: Timestamp,
    /// Its path and query. Not safe to print.
    pub target: String,
    /// How long its body is, in bytes.
    pub bytes: usize,
    /// What came of its signature, if that was looked at.
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

impl Forward {
    /// What is recorded of it: the URL, the status, and how long it took in milliseconds.
    #[must_use]
    pub fn recorded(&self) -> (&str, Option<u16>, u64) {
        let status = self.answered.as_ref().ok().map(|answered| answered.status);
        (&self.url, status, millis(self.elapsed))
    }
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

#[derive(Serialize)]
pub(super) struct ReceiptRecord<'a> {
    number: u64,
    received: String,
    method: &'static str,
    target: &'a str,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forward: Option<ForwardRecord<'a>>,
}

#[derive(Serialize)]
struct ForwardRecord<'a> {
    url: &'a str,
    status: Option<u16>,
    failure: Option<&'a str>,
    ms: u64,
}

/// A time as deliveries and records write it.
#[must_use]
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// A duration for programs, in milliseconds.
#[must_use]
pub(crate) fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

impl<'a> From<&'a Delivery> for ReceiptRecord<'a> {
    fn from(delivery: &'a Delivery) -> Self {
        let forward = delivery.forward.as_ref().map(|forward| {
            let (url, status, ms) = forward.recorded();
            let failure = forward.answered.as_ref().err().map(|unanswered| unanswered.why.as_str());
            ForwardRecord { url, status, failure, ms }
        });
        Self {
            number: delivery.number,
            received: written(delivery.received),
            method: "POST",
            target: &delivery.target,
            bytes: delivery.bytes,
            signature: delivery.signature.as_ref().map(|verdict| code(&verdict.outcome)),
            forward,
        }
    }
}
