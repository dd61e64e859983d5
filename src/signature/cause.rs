//! The likely causes of a mismatch, as far as the body, the headers and other keys show them.
//!
//! In: the failed attempts. Out: [`Cause`]s, the likeliest first.
//! Invariants: a cause is a likely one unless it says otherwise, and changes no verdict; a cause that the attempts
//! refute is left out; causes that are always possible come last; nothing of the payload is quoted.

use super::form::{BodySpelling, Form, spelling};
use super::notation::Signature;
use super::{Body, Keys, PublicKey, Scheme, Sent, matching};
use crate::capture::{recognised_text, recognised_value};
use crate::escape::visible;
use crate::headers::Fidelity;
use crate::payload::{Document, Fault};
use std::borrow::Cow;

/// One reason why a signature may not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The published key verifies it, and the given one does not: certain.
    PublishedKey(Form),
    /// The other header's signature is verified, so the body is as it was sent: certain.
    OtherHeader(Scheme, Form),
    /// The key has another size than the signature, both in bits: certain.
    KeySize {
        /// The size of the signature.
        signature: usize,
        /// The size of the key.
        key: usize,
    },
    /// The body looks like a capture with this name.
    Capture(&'static str),
    /// There is no body.
    EmptyBody,
    /// The body has `found` bytes, but `Content-Length` says `announced`.
    Length {
        /// The header's number.
        announced: u64,
        /// The number of bytes.
        found: u64,
    },
    /// The body is not JSON: message, safe to print, and the byte at which it stops being JSON.
    NotJson(String, usize),
    /// The capture tool parsed and rewrote the body.
    Parsed,
    /// The body comes from a log line.
    Logged,
    /// The body has line breaks between its values.
    LaidOut,
    /// The body has spaces between its values.
    Spaced,
    /// The body has unnecessary escapes, the first at this byte.
    Escaped(usize),
    /// The body was changed.
    Changed,
    /// The key is not the signer's.
    OtherKey,
}

impl From<BodySpelling> for Cause {
    fn from(spelling: BodySpelling) -> Self {
        match spelling {
            BodySpelling::Lines => Self::LaidOut,
            BodySpelling::Blanks => Self::Spaced,
            BodySpelling::Escapes(at) => Self::Escaped(at),
        }
    }
}

impl Cause {
    /// The cause in machine formats.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PublishedKey(_) => "published-key-matches",
            Self::OtherHeader(..) => "other-header-matches",
            Self::KeySize { .. } => "key-size",
            Self::Capture(_) => "capture",
            Self::EmptyBody => "empty-body",
            Self::Length { announced, found } if announced > found => "cut-body",
            Self::Length { .. } => "longer-body",
            Self::NotJson(..) => "not-json",
            Self::Parsed => "parsed-body",
            Self::Logged => "logged-body",
            Self::LaidOut => "laid-out-body",
            Self::Spaced => "spaced-body",
            Self::Escaped(_) => "escaped-body",
            Self::Changed => "changed-body",
            Self::OtherKey => "other-key",
        }
    }

    /// Whether it is certain.
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::PublishedKey(_) | Self::OtherHeader(..) | Self::KeySize { .. })
    }

    /// The description, as a sentence without its stop.
    pub fn message(&self) -> String {
        match self {
            Self::PublishedKey(form) => {
                format!("the given key is not the signer's: the published key verifies the {}", form.title())
            }
            Self::OtherHeader(scheme, form) => format!(
                "the body is as it was sent: {} next to it verifies the {}, so this header's value or the key for \
                 it is wrong",
                scheme.header(),
                form.title()
            ),
            Self::KeySize { signature, key } => format!(
                "the key is not the signer's: it has {key} bits, and the signature was made with one of \
                 {signature}"
            ),
            Self::Capture(what) => {
                format!("this looks like {what}, and the signature was checked against all of it")
            }
            Self::EmptyBody => "there is no body".to_owned(),
            Self::Length { announced, found } if announced > found => {
                format!("the body is cut: it has {found} bytes, and Content-Length says {announced}")
            }
            Self::Length { announced, found } => format!(
                "something was added to the body, or it was rewritten: it has {found} bytes, and \
                 Content-Length says {announced}"
            ),
            Self::NotJson(message, at) => {
                format!("the body is not a complete JSON text, as all deliveries are: {message} (byte {at})")
            }
            Self::Parsed => "the tool that captured the body kept its values, not its bytes".to_owned(),
            Self::Logged => {
                "the body comes from a log line, and only the program that logged it knows whether these \
                 are the bytes that arrived"
                    .to_owned()
            }
            Self::LaidOut => {
                "the body is spread over several lines, as a log page shows it: a copy for reading, which \
                 may spell values differently"
                    .to_owned()
            }
            Self::Spaced => {
                "the body was rewritten: it has spaces between its values, and JSON.stringify writes none; \
                 something else changed too, since it does not match without them either"
                    .to_owned()
            }
            Self::Escaped(at) => format!(
                "the body was rewritten: byte {at} begins an escape of a character that JSON.stringify does \
                 not escape"
            ),
            Self::Changed => "the body changed after it was signed; one byte is enough".to_owned(),
            Self::OtherKey => {
                "the key is not the signer's: keys change, and a signature does not name its key".to_owned()
            }
        }
    }

    /// The advice, as a sentence without its stop.
    pub fn help(&self) -> &'static str {
        match self {
            Self::PublishedKey(_) => "verify with the published keys, or with the key as it is published",
            Self::OtherHeader(..) => {
                "copy the header again; if it is right, check whether HighLevel has published a new key"
            }
            Self::KeySize { .. } => "verify with the signer's key",
            Self::Capture(_) => {
                "if it is one, and the signature belongs to the body in it, take that body out and verify it"
            }
            Self::EmptyBody => "check that the capture keeps bodies at all, or take it from the sender's log",
            Self::Length { announced, found } if announced > found => {
                "get the whole body; tools that show requests often cut them"
            }
            Self::Length { .. } | Self::Spaced | Self::Escaped(_) | Self::Changed => {
                "take the bytes as they arrived, before anything parses them"
            }
            Self::NotJson(..) => "give the body of one delivery, whole and alone",
            Self::Parsed => "let the tool keep the raw body, and verify that",
            Self::Logged => "let the program log the raw body, before it parses it",
            Self::LaidOut => "take the raw body from a capture of the request; a log page has none",
            Self::OtherKey => {
                "compare the fingerprint with that of HighLevel's current key, and verify with that one"
            }
        }
    }
}

/// The failed attempts.
pub(super) struct Attempts<'a> {
    pub(super) body: &'a Body<'a>,
    pub(super) document: Result<&'a Document<'a>, &'a Fault>,
    pub(super) sent: &'a Sent,
    pub(super) signatures: &'a [Signature],
    pub(super) key: &'a PublicKey,
    pub(super) keys: &'a Keys,
    pub(super) forms: &'a [(Form, Cow<'a, [u8]>)],
}

/// The likely causes; one alone if it is certain.
pub(super) fn causes(failure: &Attempts<'_>) -> Vec<Cause> {
    let certain = other_key(failure).or_else(|| other_header(failure)).or_else(|| key_size(failure));
    certain.map_or_else(|| likely(failure), |certain| vec![certain])
}

fn likely(failure: &Attempts<'_>) -> Vec<Cause> {
    let mut causes = Vec::new();
    let body = failure.body;
    match body.fidelity {
        Fidelity::Raw => {}
        Fidelity::Logged => causes.push(Cause::Logged),
        Fidelity::Parsed => causes.push(Cause::Parsed),
    }
    let announced = content_length(body);
    // The body has as many bytes as were sent, so a cause that adds or drops some is ruled out.
    let is_whole = announced
        .is_some_and(|announced| failure.forms.iter().any(|(_, bytes)| bytes.len() as u64 == announced));
    causes.extend(capture(failure));
    if body.bytes.is_empty() {
        causes.push(Cause::EmptyBody);
    } else if let Err(fault) = failure.document {
        causes.extend(announced.filter(|_| !is_whole).map(|announced| length(body, announced)));
        causes.push(Cause::NotJson(visible(&fault.message).into_owned(), fault.span.start));
    } else if !is_whole {
        causes.extend(announced.map(|announced| length(body, announced)));
        causes.extend(failure.document.ok().and_then(spelling).map(Cause::from));
    }
    if causes.is_empty() {
        causes.push(Cause::Changed);
    }
    causes.push(Cause::OtherKey);
    causes
}

/// Whether the body looks like a capture that could be opened.
fn capture(failure: &Attempts<'_>) -> Option<Cause> {
    let shape = match failure.document {
        Ok(document) => recognised_value(document.root()),
        Err(_) => recognised_text(failure.body.bytes),
    };
    shape.filter(|shape| shape.bodyless().is_none()).map(|shape| Cause::Capture(shape.what))
}

fn other_key(failure: &Attempts<'_>) -> Option<Cause> {
    let key = failure.keys.replaced(failure.sent.scheme)?;
    matching(key, failure.signatures, failure.forms).map(|(form, _)| Cause::PublishedKey(form))
}

fn other_header(failure: &Attempts<'_>) -> Option<Cause> {
    let scheme = failure.sent.scheme.other();
    let sent = Sent::of(failure.body.headers, Some(scheme))?;
    let form = failure.keys.of(scheme).find_map(|key| {
        let signatures = sent.signatures(key.signature_bytes()).ok()?;
        matching(key, &signatures, failure.forms).map(|(form, _)| form)
    });
    Some(Cause::OtherHeader(scheme, form?))
}

fn key_size(failure: &Attempts<'_>) -> Option<Cause> {
    let key = failure.key.signature_bytes();
    let signature = failure.signatures.first()?.bytes.len();
    (signature != key).then_some(Cause::KeySize { signature: signature * 8, key: key * 8 })
}

fn length(body: &Body<'_>, announced: u64) -> Cause {
    Cause::Length { announced, found: body.bytes.len() as u64 }
}

/// The `Content-Length`, if it applies to the body's bytes: it does not to a body that was compressed on its way.
fn content_length(body: &Body<'_>) -> Option<u64> {
    let is_encoded = body.headers.all("Content-Encoding").any(|encoding| encoding.trim() != "identity");
    if body.fidelity != Fidelity::Raw || is_encoded {
        return None;
    }
    body.headers.all("Content-Length").next()?.trim().parse().ok()
}
