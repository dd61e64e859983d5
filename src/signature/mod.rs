//! The signatures of deliveries: who sent a body, and whether it is as it was sent.
//!
//! In: a body, its headers, and public keys. Out: a [`Verdict`]: which signature, which key, and which bytes matched,
//! or why none did.
//! Invariants: all arithmetic is ring's, and only a [`Signer`] signs, for a receiver under test; if `X-GHL-Signature`
//! is there, it alone decides; a verdict depends only on its input; there is no published test vector, so none of this
//! has been checked against a real delivery.
//!
//! ```
//! use assoclens::headers::{Fidelity, Headers};
//! use assoclens::signature::{Body, Keys, Sent, Verdict};
//!
//! let mut headers = Headers::default();
//! headers.push("X-WH-Signature", "N/A");
//! let body = Body { bytes: b"{}", headers: &headers, fidelity: Fidelity::Raw };
//! let verdict = Verdict::of(&body, Sent::of(&headers, None), &Keys::default());
//! assert_eq!(verdict.one_line(), "X-WH-Signature: N/A, the delivery is not signed");
//! ```

mod age;
mod cause;
mod form;
mod key;
mod notation;
mod note;
mod sent;
#[cfg(feature = "http")]
mod signer;

#[doc(hidden)]
pub use age::{Age, MaxAge, Sending};
#[doc(hidden)]
pub use cause::Cause;
#[doc(hidden)]
pub use form::Form;
pub use key::Keys;
#[doc(hidden)]
pub use key::{KeyName, PublicKey};
#[doc(hidden)]
pub use notation::Notation;
#[doc(hidden)]
pub use note::Note;
#[doc(hidden)]
pub use sent::{Malformed, Origin, Sent};
#[cfg(feature = "http")]
#[doc(hidden)]
pub use signer::Signer;

use crate::headers::SIGNATURE_HEADERS;
use crate::headers::{Fidelity, Headers};
use crate::payload::Document;
use cause::{Attempts, causes};
use form::forms;
use notation::Signature;
use std::borrow::Cow;

/// The algorithm of a signature. Documented: one header each.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Scheme {
    /// Ed25519 over the body: X-GHL-Signature
    Ed25519,
    /// RSA PKCS#1 v1.5 with SHA-256 over the body: the legacy X-WH-Signature
    RsaSha256,
}

impl Scheme {
    /// The header that carries its signatures.
    pub fn header(self) -> &'static str {
        match self {
            Self::Ed25519 => SIGNATURE_HEADERS[0],
            Self::RsaSha256 => SIGNATURE_HEADERS[1],
        }
    }

    /// The scheme of the signatures in the header of that name.
    pub(crate) fn of_header(name: &str) -> Option<Self> {
        let is_its = |scheme: &Self| scheme.header().eq_ignore_ascii_case(name.trim());
        [Self::Ed25519, Self::RsaSha256].into_iter().find(is_its)
    }

    /// Its name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::RsaSha256 => "RSA-SHA256",
        }
    }

    /// Its name in machine formats, and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::RsaSha256 => "rsa-sha256",
        }
    }

    /// The scheme whose signatures have that many bytes: 64 for Ed25519, and the key's length for RSA.
    pub fn of_length(bytes: usize) -> Option<Self> {
        match bytes {
            64 => Some(Self::Ed25519),
            256..=1024 => Some(Self::RsaSha256),
            _ => None,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Ed25519 => Self::RsaSha256,
            Self::RsaSha256 => Self::Ed25519,
        }
    }
}

/// A body and its circumstances.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its headers, as far as they are known.
    pub headers: &'a Headers,
    /// How faithful it is to the body that was sent.
    pub fidelity: Fidelity,
}

/// The result of verifying a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The signature, if there is one.
    pub sent: Option<Sent>,
    /// The key that was used, if any.
    pub key: Option<PublicKey>,
    /// The outcome.
    pub outcome: Outcome,
}

/// The way in which a signature matched.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The change to the body.
    pub form: Form,
    /// The changes to the value before it could be read, in order; none if it is just a signature in base64.
    pub undone: Vec<Notation>,
}

/// The outcome of verifying a signature.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The key made the signature over the body, in this form.
    Verified(Match),
    /// The key did not make it, over any of the forms.
    Mismatch {
        /// The forms, in the order in which they were tried.
        tried: Vec<Form>,
        /// The possible causes, the likeliest first.
        causes: Vec<Cause>,
        /// The changes to the first value before it could be read.
        undone: Vec<Notation>,
    },
    /// The header does not hold a signature of its scheme. A receiver would refuse it.
    Malformed(Malformed),
    /// The header says that the delivery is not signed.
    Unsigned,
    /// There is no signature.
    NoSignature,
    /// The given key makes signatures of another scheme.
    OtherScheme,
}

/// Verifies that a body is as HighLevel signed it, with the published keys and the signature among its headers.
///
/// The bytes must be those of the request, before anything parses them: with one extra space, nothing matches.
///
/// ```
/// use assoclens::headers::Headers;
///
/// let headers = Headers::from_iter([("X-GHL-Signature", "AAAA")]);
/// assert!(!assoclens::signature::verify(b"{}", &headers).is_verified());
/// ```
pub fn verify(bytes: &[u8], headers: &Headers) -> Verdict {
    let body = Body { bytes, headers, fidelity: Fidelity::Raw };
    Verdict::of(&body, Sent::of(headers, None), &Keys::default())
}

impl Outcome {
    /// The distance from success: a signature that does not fit the key's size says less than one that does.
    fn distance(&self) -> u8 {
        match self {
            Self::Verified(_) => 0,
            Self::Mismatch { causes, .. } if !causes.iter().any(Cause::is_certain) => 1,
            _ => 2,
        }
    }
}

impl Verdict {
    /// Verifies `body` with the signature `sent`, such as [`Sent::of`] finds among its headers.
    pub fn of(body: &Body<'_>, sent: Option<Sent>, keys: &Keys) -> Self {
        let Some(sent) = sent else {
            return Self { sent: None, key: None, outcome: Outcome::NoSignature };
        };
        if sent.is_unsigned() {
            return Self { sent: Some(sent), key: None, outcome: Outcome::Unsigned };
        }
        // Of several keys, the first that verifies counts; otherwise the one that came closest.
        let tried = keys.of(sent.scheme).map(|key| (key, outcome(body, &sent, key, keys)));
        let Some((key, outcome)) = tried.min_by_key(|(_, outcome)| outcome.distance()) else {
            return Self { sent: Some(sent), key: None, outcome: Outcome::OtherScheme };
        };
        let key = Some(key).filter(|_| !matches!(outcome, Outcome::Malformed(_))).cloned();
        Self { sent: Some(sent), key, outcome }
    }

    /// Whether exactly these bytes were signed, and the value is only the signature in base64: the question of a
    /// receiver.
    pub fn is_verified(&self) -> bool {
        self.matched().is_some_and(|matched| matched.form == Form::Raw && matched.undone.is_empty())
    }

    /// Whether the body was signed in one of these forms, however the signature is written. Use this to examine a copy
    /// of a delivery: a receiver that accepts another form than it received handles bytes that nobody signed.
    pub fn is_verified_as(&self, forms: &[Form]) -> bool {
        self.matched().is_some_and(|matched| forms.contains(&matched.form))
    }

    /// The changes to the value before the signature could be read.
    pub fn undone(&self) -> &[Notation] {
        match &self.outcome {
            Outcome::Verified(Match { undone, .. }) | Outcome::Mismatch { undone, .. } => undone,
            _ => &[],
        }
    }

    /// The match, if there is one.
    pub fn matched(&self) -> Option<&Match> {
        match &self.outcome {
            Outcome::Verified(matched) => Some(matched),
            _ => None,
        }
    }

    /// Whether anything was tried.
    pub fn is_tried(&self) -> bool {
        !matches!(self.outcome, Outcome::NoSignature | Outcome::OtherScheme)
    }

    /// The verdict in a few words on one line, such as `X-GHL-Signature: verified (Ed25519, the published key, raw
    /// bytes)`. Safe to print.
    pub fn one_line(&self) -> String {
        let Some(sent) = &self.sent else { return "none".to_owned() };
        let scheme = sent.scheme.title();
        let key = self.key.as_ref().map(|key| format!(", {}", key.name())).unwrap_or_default();
        let says = match &self.outcome {
            Outcome::Verified(matched) => format!("verified ({scheme}{key}, {})", matched.form.title()),
            Outcome::Mismatch { .. } => {
                format!("not verified ({scheme}{key}); for the likely cause: assoclens verify")
            }
            Outcome::Malformed(why) => format!("not verified: the value is {why}"),
            Outcome::Unsigned => "N/A, the delivery is not signed".to_owned(),
            Outcome::NoSignature | Outcome::OtherScheme => format!("not tried: there is no {scheme} key"),
        };
        format!("{}: {says}", sent.title())
    }
}

fn outcome(body: &Body<'_>, sent: &Sent, key: &PublicKey, keys: &Keys) -> Outcome {
    let signatures = match sent.signatures(key.signature_bytes()) {
        Ok(signatures) => signatures,
        Err(why) => return Outcome::Malformed(why),
    };
    let document = Document::parse(body.bytes);
    let forms = forms(body, document.as_ref().ok());
    if let Some((form, signature)) = matching(key, &signatures, &forms) {
        return Outcome::Verified(Match { form, undone: signature.undone.clone() });
    }
    let tried = forms.iter().map(|(form, _)| *form).collect();
    let failure = Attempts {
        body,
        document: document.as_ref(),
        sent,
        signatures: &signatures,
        key,
        keys,
        forms: &forms,
    };
    let undone = signatures.first().map(|signature| signature.undone.clone()).unwrap_or_default();
    Outcome::Mismatch { tried, causes: causes(&failure), undone }
}

/// The first form that the key made one of the signatures over, with that signature.
fn matching<'a>(
    key: &PublicKey,
    signatures: &'a [Signature],
    forms: &[(Form, Cow<'_, [u8]>)],
) -> Option<(Form, &'a Signature)> {
    forms.iter().find_map(|(form, bytes)| {
        let signature = signatures.iter().find(|signature| key.verifies(bytes, &signature.bytes))?;
        Some((*form, signature))
    })
}

#[cfg(test)]
mod tests;
