//! Our own record of deliveries: one line for each, as `listen` writes it.
//!
//! In: a delivery as it arrived. Out: a line of JSON, specified by `schemas/delivery.schema.json`; and the shape that
//! reads it back.
//! Invariants: the body's bytes, and the order, case and repeats of headers are kept; a record is one line, whatever
//! the body holds.

use super::shape::{Shape, Sign, base64, one, plain};
use crate::headers::Headers;
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

pub(super) const SHAPES: &[Shape] = &[one(
    "assoclens",
    "a delivery that assoclens listen recorded",
    &[Sign::Has("/assoclens"), Sign::Has("/received"), Sign::Has("/headers")],
    &[base64("/body_base64"), plain("/body")],
    "/headers",
)];

/// The beginning of every record.
pub const RECORD_BEGINNING: &[u8; 13] = b"{\"assoclens\":";

/// A delivery as it is recorded.
#[derive(Clone, Debug)]
pub struct Recorded<'a> {
    /// Its number among all, from 1.
    pub number: u64,
    /// The time when it was complete, in RFC 3339.
    pub received: &'a str,
    /// Its path and query.
    pub target: &'a str,
    pub headers: &'a Headers,
    /// Whether secret headers are recorded with their values.
    pub keeps_secrets: bool,
    pub body: &'a [u8],
    /// The URL that it was forwarded to, the status of the answer, if any, and the time that took, in milliseconds.
    pub forward: Option<(&'a str, Option<u16>, u64)>,
}

#[derive(Serialize)]
struct RecordedLine<'a> {
    assoclens: u8,
    number: u64,
    received: &'a str,
    method: &'static str,
    target: &'a str,
    headers: Vec<(&'a str, Option<&'a str>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forward: Option<RecordedForward<'a>>,
}

#[derive(Serialize)]
struct RecordedForward<'a> {
    url: &'a str,
    status: Option<u16>,
    ms: u64,
}

impl Recorded<'_> {
    /// The line, with its end.
    ///
    /// # Panics
    /// Never: all of it can be written as JSON.
    pub fn line(&self) -> Vec<u8> {
        let value = |(name, value)| (name, Some(value).filter(|_| self.keeps_secrets || !is_secret(name)));
        let text = std::str::from_utf8(self.body).ok();
        let line = RecordedLine {
            assoclens: 1,
            number: self.number,
            received: self.received,
            method: "POST",
            target: self.target,
            headers: self.headers.iter().map(value).collect(),
            body: text,
            body_base64: text.is_none().then(|| STANDARD.encode(self.body)),
            forward: self.forward.map(|(url, status, ms)| RecordedForward { url, status, ms }),
        };
        let mut bytes = serde_json::to_vec(&line).expect("internal error: texts and numbers are JSON");
        bytes.push(b'\n');
        bytes
    }
}

/// Whether the value of a header gives access to something. Signatures do not: a key makes them, and they are not keys.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie")
        || ["-key", "-token", "-secret"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Leaf, Unwrap};

    /// The delivery that a line holds.
    fn read_back(line: &[u8]) -> (Vec<u8>, Vec<(String, String)>) {
        let mut found = Vec::new();
        let mut look = |leaf: Leaf<'_>| {
            let headers = leaf.origin.headers.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
            found.push((leaf.bytes.to_vec(), headers.collect::<Vec<_>>()));
        };
        assert!(Unwrap::Auto.open_bodies(line, None, usize::MAX, &mut look));
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    #[test]
    fn a_record_is_read_back_byte_for_byte() {
        let mut headers = Headers::default();
        for (name, value) in
            [("Host", "a"), ("x-A", "1"), ("X-a", "\u{e9}\"\\"), ("X-GHL-Signature", "AAAA"), ("X-Empty", "")]
        {
            headers.push(name, value);
        }
        for body in [
            &b"{\"id\" : 1.0}\r\n"[..],
            b"\xff\x00\n",
            "\u{2028}\u{feff}\u{1}ä\u{10ffff}".as_bytes(),
            b"{\"assoclens\":1}",
        ] {
            let recorded = Recorded {
                number: 7,
                received: "2026-11-25T17:59:01.123Z",
                target: "/a?b",
                headers: &headers,
                keeps_secrets: false,
                body,
                forward: Some(("http://127.0.0.1/", None, 3)),
            };
            let line = recorded.line();
            assert_eq!(memchr::memchr(b'\n', &line), Some(line.len() - 1));
            let (bytes, read) = read_back(&line);
            assert_eq!(bytes, body);
            assert!(read.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(headers.iter()));
        }
    }

    #[test]
    fn secret_headers_are_not_recorded_and_signatures_are() {
        for name in
            ["Authorization", "proxy-authorization", "COOKIE", "X-Api-Key", "x-csrf-token", "A-Secret"]
        {
            assert!(is_secret(name), "{name}");
        }
        for name in ["X-GHL-Signature", "X-WH-Signature", "Keyboard", "X-Token-Type", "Host"] {
            assert!(!is_secret(name), "{name}");
        }
        let mut headers = Headers::default();
        headers.push("Cookie", "secret");
        let recorded = Recorded {
            number: 1,
            received: "",
            target: "/",
            headers: &headers,
            keeps_secrets: false,
            body: b"",
            forward: None,
        };
        assert!(String::from_utf8(recorded.line()).unwrap().contains("[\"Cookie\",null]"));
        let line = Recorded { keeps_secrets: true, ..recorded }.line();
        assert!(String::from_utf8(line).unwrap().contains("[\"Cookie\",\"secret\"]"));
    }
}
