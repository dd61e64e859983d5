//! The name of a source where plain text is not enough: in a repository, in a URI.
//!
//! In: a source's name, safe to print. Out: the same name, in the required form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986's unreserved characters and the slash stay as they are.
const ESCAPED_IN_PATHS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The path in the form that hosting services compare with their own: without a leading `./`.
pub(super) fn repository_path(source: &str) -> &str {
    source.strip_prefix("./").map_or(source, |rest| repository_path(rest.trim_start_matches('/')))
}

/// The path as a URI, absolute if the path is.
pub(super) fn uri(source: &str) -> String {
    let scheme = if source.starts_with('/') { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(repository_path(source), ESCAPED_IN_PATHS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_what_a_repository_calls_it() {
        assert_eq!(repository_path("./a/b.json"), "a/b.json");
        assert_eq!(repository_path(".//././a"), "a");
        assert_eq!(repository_path("../a"), "../a");
        assert_eq!(repository_path("/a"), "/a");
    }

    #[test]
    fn a_uri_escapes_every_special_character() {
        assert_eq!(uri("./a b/ä#?%.json"), "a%20b/%C3%A4%23%3F%25.json");
        assert_eq!(uri("c:d.json"), "c%3Ad.json");
        assert_eq!(uri("/tmp/a.json"), "file:///tmp/a.json");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
