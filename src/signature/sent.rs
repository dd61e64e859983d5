//! The signature of a delivery: found among its headers, or given.
//!
//! In: headers, or a signature in base64. Out: a [`Sent`], with the scheme that it is to be of.
//! What always holds: the header of the current scheme decides alone if it is there, even if it is bad; only what
//! was asked for by name changes that.

use super::Scheme;
use crate::input::capture::Headers;
use base64::DecodeError;
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
}

impl Malformed {
    /// What to do about it.
    #[must_use]
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
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64(at) => write!(formatter, "not base64, from its byte {at} on"),
            Self::CutBase64(digits) => {
                write!(formatter, "cut: the number of its base64 digits, {digits}, is no multiple of four")
            }
            Self::Length { found, wanted } => write!(formatter, "{found} bytes long instead of {wanted}"),
        }
    }
}

impl Sent {
    /// The signature among `headers`: that of `scheme` if one is asked for, else `X-GHL-Signature` if it is there,
    /// else `X-WH-Signature`. A header without a value counts as absent.
    #[must_use]
    pub fn of(headers: &Headers, scheme: Option<Scheme>) -> Option<Self> {
        let schemes = scheme.map_or_else(|| vec![Scheme::Ed25519, Scheme::RsaSha256], |scheme| vec![scheme]);
        schemes.into_iter().find_map(|scheme| {
            let values = values(headers, scheme.header());
            (!values.is_empty()).then_some(Self { origin: Origin::Header, scheme, values })
        })
    }

    /// A signature that was given, in base64, of that scheme, or else of the one that has its length.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn given(text: &str, scheme: Option<Scheme>) -> Result<Self, String> {
        let text = text.trim();
        let sent = |scheme| Self { origin: Origin::Given, scheme, values: vec![text.to_owned()] };
        if text == UNSIGNED {
            return Ok(sent(scheme.unwrap_or(Scheme::RsaSha256)));
        }
        let length = decode(text).map_err(|why| format!("it is {why}; {}", why.help()))?.len();
        let found = Scheme::of_length(length).ok_or_else(|| {
            format!("it has {length} bytes; an Ed25519 signature has 64, and an RSA one 256 to 1024")
        })?;
        match scheme {
            Some(scheme) if scheme != found => Err(format!(
                "with {length} bytes it is no {} signature but an {} one",
                scheme.title(),
                found.title()
            )),
            _ => Ok(sent(found)),
        }
    }

    /// Where the signature stands, in a sentence.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.origin {
            Origin::Header => self.scheme.header(),
            Origin::Given => "the given signature",
        }
    }

    /// Whether the sender says that it did not sign.
    #[must_use]
    pub fn is_unsigned(&self) -> bool {
        self.values.iter().all(|value| value == UNSIGNED)
    }

    /// The bytes of each value that has some, or why the first has none if none has. `usual` is how long a signature
    /// of this scheme usually is.
    pub(super) fn signatures(&self, usual: usize) -> Result<Vec<Vec<u8>>, Malformed> {
        let (mut signatures, mut fault) = (Vec::new(), None);
        for value in self.values.iter().filter(|value| *value != UNSIGNED) {
            match decode(value) {
                Ok(bytes) if Scheme::of_length(bytes.len()) == Some(self.scheme) => signatures.push(bytes),
                Ok(bytes) => fault = fault.or(Some(Malformed::Length { found: bytes.len(), wanted: usual })),
                Err(why) => fault = fault.or(Some(why)),
            }
        }
        fault.filter(|_| signatures.is_empty()).map_or(Ok(signatures), Err)
    }
}

/// The different values of a header, the first few. Base64 has no comma, so a comma parts values that a server
/// has joined.
fn values(headers: &Headers, name: &str) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    let all = headers.all(name).flat_map(|value| value.split(',')).map(str::trim);
    for value in all.filter(|value| !value.is_empty()) {
        if values.len() < VALUES_AT_MOST && values.iter().all(|known| known != value) {
            values.push(value.to_owned());
        }
    }
    values
}

fn decode(text: &str) -> Result<Vec<u8>, Malformed> {
    let digits = text.as_bytes();
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    if let Some(at) = digits.iter().position(|byte| !is_digit(byte)) {
        return Err(Malformed::NotBase64(at));
    }
    STANDARD.decode(digits).map_err(|error| match error {
        DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol(at, _) => Malformed::NotBase64(at),
        DecodeError::InvalidLength(_) | DecodeError::InvalidPadding => Malformed::CutBase64(digits.len()),
    })
}
