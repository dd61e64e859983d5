//! The signature of a delivery: found among its headers, or given.
//!
//! In: headers, or a signature's text. Out: a [`Sent`], with its intended scheme.
//! Invariants: if the header of the current scheme is there, it alone decides, even if it is malformed; only an
//! explicit request changes that; a value is read in the same way wherever it comes from.

use super::Scheme;
use super::notation::{Notation, Signature, read};
use crate::headers::Headers;
use std::fmt;

/// The number of different values of one header that are tried.
const VALUES_AT_MOST: usize = 4;
/// The value of the header of an unsigned delivery. Documented.
const UNSIGNED: &str = "N/A";

/// A signature as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its origin.
    pub origin: Origin,
    /// Its intended scheme.
    pub scheme: Scheme,
    /// Its text. A repeated header, or a list, has several; there is at least one.
    pub(super) values: Vec<String>,
}

/// The origin of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The header of its scheme.
    Header,
    /// It was given separately.
    Given,
}

/// The reason why a text is not a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is not base64, from this byte on.
    NotBase64(usize),
    /// It is base64 without its end: this many digits.
    CutBase64(usize),
    /// It has `found` bytes, but one of its scheme has `wanted`.
    Length {
        /// The actual number.
        found: usize,
        /// The number for the scheme.
        wanted: usize,
    },
    /// It is as long as the digest of a shared secret (HMAC): people's own tests sign like that.
    Digest(usize),
}

impl Malformed {
    /// The advice.
    pub fn help(self) -> String {
        match self {
            Self::NotBase64(_) => "copy the header's value alone, in full, without quotes".to_owned(),
            Self::CutBase64(_) => "copy it in full; the = at its end belong to it".to_owned(),
            Self::Length { found, .. } => match Scheme::of_length(found) {
                Some(scheme) => format!(
                    "that is the length of an {} signature, which {} carries; were the two mixed up?",
                    scheme.title(),
                    scheme.header()
                ),
                None => "copy it in full".to_owned(),
            },
            Self::Digest(_) => {
                "HighLevel signs with a key pair, so there is no shared secret: this is somebody's own \
                 test, or another service's webhook; verify a delivery from HighLevel"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64(at) => write!(formatter, "not base64, from its byte {at} on"),
            Self::CutBase64(digits) => {
                write!(formatter, "cut: the number of its base64 digits, {digits}, is not a multiple of four")
            }
            Self::Length { found, wanted } => write!(formatter, "{found} bytes long instead of {wanted}"),
            Self::Digest(found) => write!(
                formatter,
                "{found} bytes long, like an HMAC made with a shared secret (sha256=…); a signature is longer"
            ),
        }
    }
}

impl Sent {
    /// The signature among `headers`: that of `scheme` if one is requested, else `X-GHL-Signature` if it is there, else
    /// `X-WH-Signature`. A header without a value counts as absent.
    pub fn of(headers: &Headers, scheme: Option<Scheme>) -> Option<Self> {
        let schemes = scheme.map_or_else(|| vec![Scheme::Ed25519, Scheme::RsaSha256], |scheme| vec![scheme]);
        schemes.into_iter().find_map(|scheme| {
            let values = values(headers, scheme.header());
            (!values.is_empty()).then_some(Self { origin: Origin::Header, scheme, values })
        })
    }

    /// A given signature of that scheme, or else of the one with its length. It may be a whole header.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn given(text: &str, scheme: Option<Scheme>) -> Result<Self, String> {
        let header = text.split_once(':').and_then(|(name, value)| Some((Scheme::of_header(name)?, value)));
        let (scheme, text) = header.map_or((scheme, text), |(named, value)| (scheme.or(Some(named)), value));
        let values = parts([text]);
        let sent = |scheme, values| Self { origin: Origin::Given, scheme, values };
        if values.iter().all(|value| value == UNSIGNED) && !values.is_empty() {
            return Ok(sent(scheme.unwrap_or(Scheme::RsaSha256), values));
        }
        let all = signatures(&values).map_err(|why| format!("it is {why}; {}", why.help()))?;
        let length = all.first().map_or(0, |signature| signature.bytes.len());
        let found = Scheme::of_length(length).ok_or_else(|| {
            format!("it has {length} bytes; an Ed25519 signature has 64, and an RSA one 256 to 1024")
        })?;
        match scheme {
            Some(scheme) if scheme != found => Err(format!(
                "at {length} bytes it is an {} signature, not an {} one",
                found.title(),
                scheme.title()
            )),
            _ => Ok(sent(found, values)),
        }
    }

    /// The place of the signature, in a sentence.
    pub fn title(&self) -> &'static str {
        match self.origin {
            Origin::Header => self.scheme.header(),
            Origin::Given => "the given signature",
        }
    }

    /// Whether the sender says that the delivery is not signed.
    pub fn is_unsigned(&self) -> bool {
        self.values.iter().all(|value| value == UNSIGNED)
    }

    /// The signatures of this scheme among the values, or the fault of the longest value. `usual` is the usual length
    /// of such a signature, in bytes.
    pub(super) fn signatures(&self, usual: usize) -> Result<Vec<Signature>, Malformed> {
        let mut all = signatures(&self.values)?;
        let longest = all.iter().map(|signature| signature.bytes.len()).max().unwrap_or_default();
        all.retain(|signature| Scheme::of_length(signature.bytes.len()) == Some(self.scheme));
        if all.is_empty() {
            return Err(Malformed::Length { found: longest, wanted: usual });
        }
        Ok(all)
    }
}

/// The first few different values of a header.
fn values(headers: &Headers, name: &str) -> Vec<String> {
    parts(headers.all(name))
}

/// The first few different parts of some values. Base64 has no comma, so a comma separates values that a server has
/// joined, or a label from its signature.
fn parts<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let all = values.into_iter().flat_map(|value| value.split(',')).map(str::trim);
    for part in all.filter(|part| !part.is_empty()) {
        if parts.len() < VALUES_AT_MOST && parts.iter().all(|known| known != part) {
            parts.push(part.to_owned());
        }
    }
    parts
}

/// The readable values, those of a signature's length first; or the fault of the longest.
fn signatures(values: &[String]) -> Result<Vec<Signature>, Malformed> {
    let (mut signatures, mut faults) = (Vec::new(), Vec::new());
    for value in values.iter().filter(|value| *value != UNSIGNED) {
        match read(value) {
            Ok(signature) => signatures.push(signature),
            Err(why) => faults.push((value.len(), why)),
        }
    }
    let is_signature = |signature: &Signature| Scheme::of_length(signature.bytes.len()).is_some();
    signatures.sort_by_key(|signature| !is_signature(signature));
    let fault = faults.into_iter().rev().max_by_key(|(length, _)| *length).map(|(_, why)| why);
    let has_signature = signatures.first().is_some_and(is_signature);
    if let Some(why) = fault.filter(|_| !has_signature) {
        return Err(why);
    }
    if values.len() > 1 {
        for Signature { undone, .. } in &mut signatures {
            undone.retain(|notation| *notation != Notation::Beside);
            undone.insert(0, Notation::Beside);
        }
    }
    Ok(signatures)
}
