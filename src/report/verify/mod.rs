//! Reports the results of verifying: one file per format.
//!
//! In: bodies that were verified, in input order. Out: bytes.
//! Invariants: nothing of a payload or a header is written unescaped; the format changes no verdict.

mod human;
mod json;

pub use human::HumanSignatures;
pub use json::JsonSignatures;
pub(super) use json::code;

use super::Subject;
use crate::engine::Input;
use crate::signature::{Cause, Form, MaxAge, Note, Sending, Verdict};

/// A body that was verified.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Its source, safe to print.
    pub source: String,
    /// Its length, in bytes.
    pub length: usize,
    /// Whether it is a delivery according to its members, signed or not.
    pub is_delivery: bool,
    /// The result for its signature.
    pub verdict: Verdict,
    /// The time at which it says that it was sent.
    pub sending: Sending,
    /// The highest age, if there is a limit.
    pub max_age: Option<MaxAge>,
}

/// The report that `verify` writes.
#[derive(Clone, Copy, Debug)]
pub enum Signatures {}

impl Subject for Signatures {
    type Start<'a> = Input<'a>;
    type Item<'a> = Checked;
    type End<'a> = ();
}

/// The advice about a cause, with the options for it.
fn help(cause: &Cause) -> &'static str {
    match cause {
        Cause::PublishedKey(_) => "leave --public-key out, or put the published key in the file",
        Cause::KeySize { .. } => "give the signer's key with --public-key FILE",
        Cause::Capture(_) => {
            "if it is one, and the signature belongs to the body in it, name its shape with --unwrap \
             (`assoclens captures` \
             lists them)"
        }
        Cause::OtherKey => {
            "compare the fingerprint with that of HighLevel's current key; give another with --public-key \
             FILE"
        }
        _ => cause.help(),
    }
}

impl Checked {
    /// Whether the body is as it was signed, and not too old.
    pub fn is_passed(&self) -> bool {
        self.is_verified() && self.is_in_time()
    }

    /// Whether the body is as it was signed, in any of the forms that are tried, because it may be a copy.
    fn is_verified(&self) -> bool {
        self.verdict.is_verified_as(&Form::ALL)
    }

    /// The notes about the signature that was tried.
    fn notes(&self) -> Vec<Note> {
        Note::of(&self.verdict, &self.sending)
    }

    /// Whether its age is within the limit, if there is one.
    fn is_in_time(&self) -> bool {
        self.max_age.is_none_or(|limit| self.sending.is_within(limit))
    }

    /// The fault of its age, in a few words.
    fn fault_of_age(&self) -> Option<&'static str> {
        match &self.sending {
            _ if self.is_in_time() => None,
            Sending::At(age) if age.age.is_negative() => Some("from the future"),
            Sending::At(_) => Some("too old"),
            Sending::Unreadable(_) | Sending::Unknown => Some("of unknown age"),
        }
    }
}
