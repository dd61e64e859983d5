//! The signature of a delivery: found among its headers, or given.
//!
//! In: headers, or a signature's text. Out: a [`Sent`], with the scheme that it is to be of.
//! Invariants: the header of the current scheme decides alone if it is there, even if it is bad; only what
//! was asked for by name changes that; a value is read in the same way wherever it comes from.

use super::Scheme;
use super::notation::{Notation, Signature, read};
use crate::headers::Headers;
use std::fmt;

/// How many different values of one header are tried.
const VALUES_AT_MOST: usize = 4;
/// What stands for a signature where there is none. Documented.
const UNSIGNED: &str = "N/A";

/// A signature as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where it comes from.
    pub origin: Origin,
    /// The scheme that it is to be of.
    pub scheme: Scheme,
    /// Its text. A header that came several times, or as a list, has several; there is at least one.
    pub(super) values: Vec<String>,
}

/// Where a signature comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the header of its scheme.
    Header,
    /// It was given beside the body.
    Given,
}

/// Why the text of a signature is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It is not base64, from this byte on.
    NotBase64(usize),
    /// It is base64 without its end: so many digits.
    CutBase64(usize),
    /// It has `found` bytes, where one of its scheme has `wanted`.
    Length {
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// It has as many bytes as the digest of a shared secret (HMAC): people's own tests sign like that.
    Digest(usize),
}

impl Malformed {
    /// What to do about it.
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
                "the platform signs with a key pair, so there is no shared secret: this is somebody's own \
                 test, or another service's webhook; verify a delivery of the platform"
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
    /// The signature among `headers`: that of `scheme` if one is asked for, else `X-GHL-Signature` if it is there,
    /// else `X-WH-Signature`. A header without a value counts as absent.
    pub fn of(headers: &Headers, scheme: Option<Scheme>) -> Option<Self> {
        let schemes = scheme.map_or_else(|| vec![Scheme::Ed25519, Scheme::RsaSha256], |scheme| vec![scheme]);
        schemes.into_iter().find_map(|scheme| {
            let values = values(headers, scheme.header());
            (!values.is_empty()).then_some(Self { origin: Origin::Header, scheme, values })
        })
    }

    /// A signature that was given, of that scheme, or else of the one that has its length. It may be a whole header.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
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

    /// Where the signature stands, in a sentence.
    pub fn title(&self) -> &'static str {
        match self.origin {
            Origin::Header => self.scheme.header(),
            Origin::Given => "the given signature",
        }
    }

    /// Whether the sender says that it did not sign.
    pub fn is_unsigned(&self) -> bool {
        self.values.iter().all(|value| value == UNSIGNED)
    }

    /// The signatures of this scheme among the values, or what the longest value is instead. `usual` is how long a
    /// signature of this scheme usually is, in bytes.
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

/// The different values of a header, the first few.
fn values(headers: &Headers, name: &str) -> Vec<String> {
    parts(headers.all(name))
}

/// The different parts of some values, the first few. Base64 has no comma, so a comma parts values that a server
/// has joined, or a label from its signature.
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

/// What can be read of the values, those of a signature's length first; or what the longest is instead.
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
