//! Trying a receiver: what is sent to it, what a right answer is, and what is known from the answers.
//!
//! In: keys, headers and a way to send one request. Out: what became of each case.
//! Invariants: the receiver is reached before anything is said about it; what was not reached was not refused; a case
//! that rests on a contradiction of the vendor is a note, whatever the answer; every request that is to be accepted
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
