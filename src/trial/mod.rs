//! Tests a receiver: the requests, the right answers, and the conclusions.
//!
//! In: keys, headers and a way to send one request. Out: the outcome of each case.
//! Invariants: there is no finding about a receiver before it was reached; an unreached request was not refused; a case
//! that rests on a contradiction of the vendor is a note, whatever the answer; every request that should be accepted
//! passes our own verification.

mod catalogue;
mod choice;
mod delivery;
mod kit;
mod run;

pub use catalogue::{Case, Expected, Needs, cases};
pub use choice::Choice;
pub use delivery::{Ids, example, fresh};
pub(crate) use kit::{JSON, USER_AGENT, replaced};
pub use kit::{Kit, Variant};
pub use run::{CaseFinding, CaseOutcome, Count, SentRequest, Tried, run};
