//! The ingredients of the cases: keys, headers, ids.
//!
//! In: the user's choices. Out: the requests of each case.

use super::delivery::{Draft, Ids};
use crate::headers::Headers;
use crate::http::{Method, Request};
use crate::signature::Signer;

/// The media type of deliveries.
pub(crate) const JSON: &str = "application/json";

/// The sender, for the header `User-Agent`.
pub(crate) const USER_AGENT: &str = concat!("assoclens/", env!("CARGO_PKG_VERSION"));

/// One request of a case, of which there may be several.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name; empty if it is the only one.
    pub name: String,
    pub request: Request<'static>,
}

/// The ingredients of the cases.
#[derive(Debug)]
pub struct Kit<'k> {
    /// Makes `X-GHL-Signature`, if there is a key.
    pub signer: Option<&'k Signer>,
    /// Makes `X-WH-Signature`, if there is a key.
    pub legacy: Option<&'k Signer>,
    /// Further headers of every request; they replace those with the same name.
    pub headers: &'k Headers,
    /// Whether the receiver's URL has a query.
    pub has_query: bool,
    /// Unused ids.
    pub ids: Ids,
    /// A key that the receiver does not know.
    stranger: Signer,
    /// The accepted body, which is sent again.
    accepted: Vec<u8>,
}

impl<'k> Kit<'k> {
    /// The ingredients for one run.
    pub fn new(
        [signer, legacy]: [Option<&'k Signer>; 2],
        headers: &'k Headers,
        has_query: bool,
        mut ids: Ids,
    ) -> Self {
        let accepted = Draft::flat(&mut ids).compact();
        Self { signer, legacy, headers, has_query, ids, stranger: Signer::random(), accepted }
    }

    pub(super) fn flat(&mut self) -> Draft {
        Draft::flat(&mut self.ids)
    }

    /// The body that should be accepted.
    pub(super) fn accepted(&self) -> Vec<u8> {
        self.accepted.clone()
    }

    /// A delivery of these bytes, signed by all keys.
    pub(super) fn signed(&self, body: Vec<u8>) -> Request<'static> {
        let signatures = [self.signer, self.legacy].into_iter().flatten();
        let signatures: Vec<_> = signatures.map(|signer| (signer.header(), signer.sign(&body))).collect();
        self.request(body, &signatures)
    }

    /// A delivery with this value as the signature that decides, and a correct legacy one if `beside` says so.
    pub(super) fn forged(
        &self,
        body: Vec<u8>,
        signature: Option<String>,
        is_beside: bool,
    ) -> Request<'static> {
        let mut signatures: Vec<_> = signature.map(|value| ("X-GHL-Signature", value)).into_iter().collect();
        if let Some(legacy) = self.legacy.filter(|_| is_beside) {
            signatures.push((legacy.header(), legacy.sign(&body)));
        }
        self.request(body, &signatures)
    }

    /// The signature of these bytes with the receiver's own key; empty without a key.
    pub(super) fn signature(&self, bytes: &[u8]) -> Vec<u8> {
        self.signer.map(|signer| signer.signature(bytes)).unwrap_or_default()
    }

    /// The signature of these bytes with a key that the receiver does not know.
    pub(super) fn strange_signature(&self, bytes: &[u8]) -> String {
        self.stranger.sign(bytes)
    }

    /// A delivery with these signatures.
    pub(super) fn request(&self, body: Vec<u8>, signatures: &[(&str, String)]) -> Request<'static> {
        let mut headers = Headers::default();
        headers.push("Content-Type", JSON);
        headers.push("User-Agent", USER_AGENT);
        for (name, value) in signatures {
            headers.push(*name, value.as_str());
        }
        Request { method: Method::Post, headers: replaced(&headers, self.headers), body: body.into() }
    }
}

/// The headers, except that those in `by` replace those with the same name.
pub(crate) fn replaced(headers: &Headers, by: &Headers) -> Headers {
    let mut kept = Headers::default();
    for (name, value) in headers.iter().filter(|(name, _)| by.all(name).next().is_none()) {
        kept.push(name, value);
    }
    kept.followed_by(by.clone())
}
