//! JSON Pointers (RFC 6901): the names of places inside a payload.

use std::borrow::Cow;
use std::fmt;

/// A JSON Pointer. The empty one means the whole payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Cow<'static, str>);

impl Pointer {
    /// The longest pointer in a report, in bytes.
    pub const LONGEST: usize = 500;

    /// The pointer to the member or element `token` of this one's value.
    pub fn join(&self, token: &str) -> Self {
        let mut joined = String::with_capacity(self.0.len() + token.len() + 1);
        joined.push_str(&self.0);
        push(&mut joined, token);
        Self(joined.into())
    }

    /// A pointer with this text, which is known in advance and costs no allocation.
    pub(crate) const fn known(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Moves on to the member or element `token`.
    pub(crate) fn push(&mut self, token: &str) {
        push(self.0.to_mut(), token);
    }

    /// The pointer as text, such as `/data/locationId`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The pointer, or if it is longer than [`Pointer::LONGEST`], that of the nearest surrounding value whose pointer
    /// is not: the name of a place must not grow with the names in a payload.
    pub fn bounded(mut self) -> Self {
        if self.0.len() > Self::LONGEST {
            let end = self.0.as_bytes()[..=Self::LONGEST].iter().rposition(|byte| *byte == b'/');
            self.0.to_mut().truncate(end.unwrap_or(0));
        }
        self
    }

    /// The decoded reference tokens, outermost first.
    pub fn tokens(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|token| {
            if token.contains('~') {
                Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(token)
            }
        })
    }
}

impl From<String> for Pointer {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Adds a token to the text of a pointer.
fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    if memchr::memchr2(b'~', b'/', token.as_bytes()).is_none() {
        pointer.push_str(token);
        return;
    }
    for part in token.split_inclusive(['~', '/']) {
        match part.strip_suffix(['~', '/']) {
            Some(plain) => pointer.extend([plain, if part.ends_with('~') { "~0" } else { "~1" }]),
            None => pointer.push_str(part),
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
