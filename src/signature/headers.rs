//! The headers of a delivery, as far as a capture or a person has them.
//!
//! In: pairs of name and value, or lines of `Name: value`. Out: the values of a name.
//! What always holds: names compare without regard to case; order and repetitions are kept; nothing is decoded.

/// The headers of one delivery, in the order they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    pairs: Vec<(String, String)>,
}

impl From<Vec<(String, String)>> for Headers {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }
}

impl Headers {
    /// Reads `Name: value`, or several such lines as they are pasted; blank lines are passed over.
    ///
    /// # Errors
    /// A sentence on the first line that is no header.
    pub fn read(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(pair).collect::<Result<Vec<_>, _>>().map(Self::from)
    }

    /// Adds others after these.
    pub fn extend(&mut self, others: Self) {
        self.pairs.extend(others.pairs);
    }

    /// Every value of the header of that name, without the blanks around it.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(known, _)| known.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

fn pair(line: &str) -> Result<(String, String), String> {
    match line.split_once(':') {
        Some((name, value)) if is_name(name.trim_end()) => {
            Ok((name.trim_end().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write a header as 'Name: value'".to_owned()),
    }
}

/// Whether this is a token of RFC 9110.
fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_case_and_values_no_blanks_around_them() {
        let headers = Headers::read("x-ghl-signature:abc \r\n\r\nX-GHL-SIGNATURE:  d:e\nOther: \t").unwrap();
        assert_eq!(headers.get_all("X-GHL-Signature").collect::<Vec<_>>(), ["abc", "d:e"]);
        assert_eq!(headers.get_all("other").collect::<Vec<_>>(), [""]);
        assert_eq!(headers.get_all("x-ghl").count(), 0);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for line in ["", "abc", ": value", "POST /hook HTTP/1.1", "two words: value", "n\u{e4}me: value"] {
            assert_eq!(Headers::read(line).is_ok(), line.is_empty(), "{line:?}");
        }
    }
}
