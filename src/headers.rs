//! The headers of a body, and the fidelity of that body.
//!
//! In: names and values, as a capture or a person writes them. Out: the same, in the order written.
//! Invariants: names are found whatever their case; nothing is decoded or joined; of any number of headers, those that a
//! verdict depends on are kept; nothing here is safe to print.

use std::sync::Arc;

/// The headers that carry signatures: the current one, which decides alone if it is there, and the legacy one.
/// Documented.
pub const SIGNATURE_HEADERS: [&str; 2] = ["X-GHL-Signature", "X-WH-Signature"];

/// The number of headers of one request after which only those are kept that a verdict may depend on. Servers refuse a
/// request with more than some hundred.
const HEADERS_AT_MOST: usize = 4096;

/// The fidelity of a captured body.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fidelity {
    /// The bytes themselves.
    Raw,
    /// The text of a log line, which may or may not be the bytes.
    Logged,
    /// A rewritten copy of the parsed body: the bytes are gone.
    Parsed,
}

impl Fidelity {
    /// The word for it in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Logged => "as logged",
            Self::Parsed => "parsed",
        }
    }

    /// The limits of such a payload, if any.
    pub fn loss(self) -> Option<&'static str> {
        match self {
            Self::Raw => None,
            Self::Logged => Some("the bytes may differ from those that were sent"),
            Self::Parsed => {
                Some("signature, duplicate keys and number spelling cannot be checked from this capture")
            }
        }
    }
}

/// The headers of a request, as a capture keeps them. Cheap to clone: many deliveries may share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Option<Arc<Vec<(String, String)>>>);

/// Whether a verdict may depend on a header of that name.
fn matters(name: &str) -> bool {
    const FRAMING: [&str; 4] = ["Content-Type", "Content-Length", "Content-Encoding", "Transfer-Encoding"];
    FRAMING.iter().chain(&SIGNATURE_HEADERS).any(|known| name.eq_ignore_ascii_case(known))
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut headers = Self::default();
        pairs.into_iter().for_each(|(name, value)| headers.push(name, value));
        headers
    }
}

impl Headers {
    /// None.
    pub(crate) const NONE: Self = Self(None);

    /// Adds one.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        if self.len() < HEADERS_AT_MOST || matters(&name) {
            Arc::make_mut(self.0.get_or_insert_default()).push((name, value.into()));
        }
    }

    /// These headers, then `others`.
    pub fn followed_by(mut self, others: Self) -> Self {
        match (&mut self.0, others.0) {
            (Some(own), Some(others)) => Arc::make_mut(own).extend(others.iter().cloned()),
            (own, others) => *own = own.take().or(others),
        }
        self
    }

    /// The values of all headers of that name, whatever its case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The headers with one of `names`, at most `most` of each, in the order written.
    pub(crate) fn first_of(&self, names: &[&str], most: usize) -> Self {
        let mut counts = vec![0; names.len()];
        let mut few = Self::default();
        for (name, value) in self.iter() {
            let Some(index) = names.iter().position(|known| name.eq_ignore_ascii_case(known)) else {
                continue;
            };
            counts[index] += 1;
            if counts[index] <= most {
                few.push(name, value);
            }
        }
        few
    }

    /// Whether they include a signature, or the statement that there is none.
    pub(crate) fn are_signed(&self) -> bool {
        let is_signature =
            |name: &str| SIGNATURE_HEADERS.iter().any(|known| name.eq_ignore_ascii_case(known));
        self.iter().any(|(name, value)| is_signature(name) && !value.trim().is_empty())
    }

    /// Names and values, in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|list| list.iter()).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The number of headers.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |list| list.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_without_number_are_dropped_but_for_those_that_matter() {
        let mut headers = Headers::default();
        (0..2 * HEADERS_AT_MOST).for_each(|_| headers.push("A", "b"));
        headers.push("x-ghl-signature", "c");
        assert_eq!(headers.len(), HEADERS_AT_MOST + 1);
        assert!(headers.are_signed());
    }
}
