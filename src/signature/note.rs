//! Notes about a signature that was tried.
//!
//! In: a verdict, and the time when the body says that it was sent. Out: [`Note`]s.
//! Invariants: a note changes no verdict and quotes nothing.

use super::{Notation, Scheme, Sending, Verdict};
use jiff::Timestamp;

/// The announced end of the legacy signature. Documented: the date moved once, from 2026-07-01, and whether it has
/// ended is not known.
const LEGACY_END: Timestamp = Timestamp::constant(1_788_220_800, 0);

/// One note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The value is not just the signature in base64.
    Notation(Notation),
    /// The legacy signature matches a body that was sent after the announced end of that signature, by its own
    /// `timestamp`.
    LegacyEnded,
}

impl Note {
    /// The notes about `verdict`, on a body that was sent at `sending`.
    pub fn of(verdict: &Verdict, sending: &Sending) -> Vec<Self> {
        let is_rsa = verdict.sent.as_ref().is_some_and(|sent| sent.scheme == Scheme::RsaSha256);
        let is_legacy = is_rsa && verdict.matched().is_some();
        let is_late = matches!(sending, Sending::At(age) if age.time >= LEGACY_END);
        let ended = (is_legacy && is_late).then_some(Self::LegacyEnded);
        verdict.undone().iter().copied().map(Self::Notation).chain(ended).collect()
    }

    /// The note in machine formats.
    pub fn code(self) -> &'static str {
        match self {
            Self::Notation(notation) => notation.code(),
            Self::LegacyEnded => "legacy-ended",
        }
    }

    /// The note, as a sentence without its stop.
    pub fn message(self) -> &'static str {
        match self {
            Self::Notation(notation) => notation.message(),
            Self::LegacyEnded => {
                "the legacy signature was announced to end on 2026-09-01, and `timestamp` is later; whether it has \
                 stopped is not known: let receivers verify X-GHL-Signature"
            }
        }
    }
}
