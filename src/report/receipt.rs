//! The reception of a payload, for records.
//!
//! In: the receiver's observations. Out: the member `receipt` of a record.

use super::verify::code;
use crate::engine::{Forward, Receipt};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;

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

impl Forward {
    /// The recorded data: the URL, the status, and the time in milliseconds.
    pub fn recorded(&self) -> (&str, Option<u16>, u64) {
        let status = self.answered.as_ref().ok().map(|answered| answered.status);
        (&self.url, status, millis(self.elapsed))
    }
}

/// A time in the notation of deliveries and records.
pub(crate) fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// A duration for programs, in milliseconds.
pub(crate) fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

impl<'a> From<&'a Receipt> for ReceiptRecord<'a> {
    fn from(receipt: &'a Receipt) -> Self {
        let forward = receipt.forward.as_ref().map(|forward| {
            let (url, status, ms) = forward.recorded();
            let failure = forward.answered.as_ref().err().map(|unanswered| unanswered.why.as_str());
            ForwardRecord { url, status, failure, ms }
        });
        Self {
            number: receipt.number,
            received: written(receipt.received),
            method: "POST",
            target: &receipt.target,
            bytes: receipt.bytes,
            signature: receipt.signature.as_ref().map(|verdict| code(&verdict.outcome)),
            forward,
        }
    }
}
