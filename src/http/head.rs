//! The head of a request, checked before any library reads it.
//!
//! In: the bytes up to the blank line. Out: its parts as they came, or the [`Refusal`] that answers it.
//! Invariants: names, their case, their order and repeats are kept; a request that two readers could understand
//! differently is refused, whatever a library would make of it: bare line feeds, folded lines, two lengths, lengths
//! that are not numbers, codings other than `chunked`, misplaced white space.

use crate::headers::Headers;

/// The longest head, in bytes.
pub(super) const HEAD_BYTES: usize = 16 << 10;
/// The highest number of fields.
const FIELDS: usize = 100;

/// A head as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Headers,
    /// The declared length of the body; `None` if it comes in chunks.
    pub(super) length: Option<u64>,
}

/// The reason why a request is refused: the status, and an explanation that quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 400 to 505.
    pub status: u16,
    /// A few words.
    pub why: &'static str,
}

const fn refused(status: u16, why: &'static str) -> Refusal {
    Refusal { status, why }
}

pub(super) const TOO_LONG: Refusal = refused(431, "its head is longer than 16 KiB");
const TOO_MANY: Refusal = refused(431, "it has more than 100 header fields");
const BARE_LF: Refusal = refused(400, "a line of its head ends with a bare line feed");
const NOT_HTTP: Refusal = refused(400, "its first line is not that of an HTTP request");
const VERSION: Refusal = refused(505, "its version of HTTP is neither 1.1 nor 1.0");
const FOLDED: Refusal = refused(400, "a header field is folded over lines");
const NOT_A_FIELD: Refusal = refused(400, "a line of its head is not a header field");
const CONTROL: Refusal = refused(400, "a header field holds a control character");
const HOSTS: Refusal = refused(400, "it does not have exactly one Host");
const LENGTHS: Refusal = refused(400, "it has more than one Content-Length");
const NOT_A_LENGTH: Refusal = refused(400, "its Content-Length is not a number");
const BOTH: Refusal = refused(400, "it has both Content-Length and Transfer-Encoding");
const CODINGS: Refusal = refused(400, "it has more than one Transfer-Encoding");
const CODING: Refusal = refused(501, "its Transfer-Encoding is not chunked");
const OLD_CODING: Refusal = refused(400, "HTTP/1.0 has no Transfer-Encoding");

/// The length of the head at the start of `bytes`; `None` as long as it has not ended.
///
/// # Errors
/// It is not a head, or too long, as far as can be seen.
pub(super) fn end(bytes: &[u8]) -> Result<Option<usize>, Refusal> {
    let mut start = 0;
    for at in memchr::memchr_iter(b'\n', bytes) {
        if at >= HEAD_BYTES {
            return Err(TOO_LONG);
        }
        if at == 0 || bytes[at - 1] != b'\r' {
            return Err(BARE_LF);
        }
        if at == start + 1 {
            return if start == 0 { Err(NOT_HTTP) } else { Ok(Some(at + 1)) };
        }
        start = at + 1;
    }
    if bytes.len() >= HEAD_BYTES { Err(TOO_LONG) } else { Ok(None) }
}

impl Head {
    /// Reads a head, with the blank line that ends it.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut lines =
            bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let (method, target, is_old) = request_line(lines.next().unwrap_or_default())?;
        let mut headers = Headers::default();
        for line in lines.take_while(|line| !line.is_empty()) {
            if headers.len() == FIELDS {
                return Err(TOO_MANY);
            }
            let (name, value) = field(line)?;
            headers.push(name, value);
        }
        let length = length(&headers, is_old)?;
        if headers.all("host").count() != 1 && !(is_old && headers.all("host").next().is_none()) {
            return Err(HOSTS);
        }
        Ok(Self { method, target, headers, length })
    }

    /// The path of the target, without its query.
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// The method, the target, and whether it is HTTP/1.0.
fn request_line(line: &[u8]) -> Result<(String, String, bool), Refusal> {
    let text = std::str::from_utf8(line).map_err(|_| NOT_HTTP)?;
    let mut words = text.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(NOT_HTTP);
    };
    let is_old = match version {
        "HTTP/1.1" => false,
        "HTTP/1.0" => true,
        other if other.starts_with("HTTP/") => return Err(VERSION),
        _ => return Err(NOT_HTTP),
    };
    let is_target = target.bytes().all(|byte| byte.is_ascii_graphic()) && !target.is_empty();
    if !is_token(method.as_bytes()) || !is_target || (method == "POST" && !target.starts_with('/')) {
        return Err(NOT_HTTP);
    }
    Ok((method.to_owned(), target.to_owned(), is_old))
}

fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// The name and the value of a field. A value is UTF-8, or else Latin-1, as earlier HTTP allowed.
fn field(line: &[u8]) -> Result<(String, String), Refusal> {
    if line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        return Err(FOLDED);
    }
    let colon = memchr::memchr(b':', line).ok_or(NOT_A_FIELD)?;
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    if !is_token(name) {
        return Err(NOT_A_FIELD);
    }
    if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
        return Err(CONTROL);
    }
    let latin = || value.iter().map(|byte| char::from(*byte)).collect();
    let value = std::str::from_utf8(value).map_or_else(|_| latin(), str::to_owned);
    Ok((String::from_utf8_lossy(name).into_owned(), value))
}

/// The length of the body, from the one field that may give it.
fn length(headers: &Headers, is_old: bool) -> Result<Option<u64>, Refusal> {
    let lengths: Vec<&str> = headers.all("content-length").collect();
    let codings: Vec<&str> = headers.all("transfer-encoding").collect();
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok(Some(0)),
        ([_, ..], [_, ..]) => Err(BOTH),
        ([_, _, ..], _) => Err(LENGTHS),
        (_, [_, _, ..]) => Err(CODINGS),
        (_, [_]) if is_old => Err(OLD_CODING),
        (_, [coding]) if coding.eq_ignore_ascii_case("chunked") => Ok(None),
        (_, [_]) => Err(CODING),
        ([length], _) => {
            let is_number = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
            length.parse().ok().filter(|_| is_number).map(Some).ok_or(NOT_A_LENGTH)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Head, Refusal> {
        match end(text.as_bytes())? {
            Some(end) => Head::read(&text.as_bytes()[..end]),
            None => panic!("{text:?} has no end"),
        }
    }

    #[test]
    fn a_head_is_kept_as_it_came() {
        let head = read(
            "POST /a?b=c HTTP/1.1\r\nHost: x\r\nx-A:1\r\nX-b: 2 \r\nX-A:\t3\r\ncontent-LENGTH: 007\r\n\r\n",
        )
        .unwrap();
        assert_eq!((head.method.as_str(), head.target.as_str(), head.path()), ("POST", "/a?b=c", "/a"));
        let all: Vec<(&str, &str)> = head.headers.iter().collect();
        assert_eq!(all, [("Host", "x"), ("x-A", "1"), ("X-b", "2"), ("X-A", "3"), ("content-LENGTH", "007")]);
        assert_eq!(head.length, Some(7));
        assert_eq!(
            read("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n").unwrap().length,
            None
        );
        assert_eq!(read("POST / HTTP/1.0\r\n\r\n").unwrap().length, Some(0));
    }

    #[test]
    fn the_end_is_found_at_any_byte_and_not_before() {
        let text = b"POST / HTTP/1.1\r\nHost: x\r\n\r\nbody";
        for cut in 0..text.len() - 4 {
            assert_eq!(end(&text[..cut]), Ok(None), "{cut}");
        }
        assert_eq!(end(text), Ok(Some(text.len() - 4)));
        assert_eq!(end(&[b'a'; HEAD_BYTES]), Err(TOO_LONG));
        assert_eq!(end(&[b'a'; HEAD_BYTES - 1]), Ok(None));
    }
}
