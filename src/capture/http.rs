//! HTTP requests as text: request line, headers, a blank line, the body.
//!
//! Invariants: the body ends where the headers say, if the text agrees; if it does not (other line ends, or a body
//! decoded before it was written), the text is taken as it is.

use super::layer::Layer;
use super::shape::{CapturePart, Content, Shape, ShapeForm, Sign};
use super::text::{holds_payload, may_hold_payload};
use super::unavailable::Unavailable;
use crate::headers::Headers;
use crate::split::{Framing, is_blank};
use std::borrow::Cow;
use std::ops::Range;

pub(super) const SHAPES: &[Shape] = &[HTTP];

/// A request as it went over the wire.
pub(super) const HTTP: Shape = Shape {
    name: "http",
    what: "an HTTP request as text",
    signs: &[Sign::Text(begins, "a first line such as `POST /hook HTTP/1.1`")],
    form: ShapeForm::Text(Framing::Whole, parts),
};

/// The same, where the tool keeps each request by itself: no second one begins in it, whatever its body looks like.
pub(super) const REQUEST: Shape = Shape { form: ShapeForm::Text(Framing::Whole, request), ..HTTP };

/// The name of a body that was sent in chunks.
pub(super) const CHUNKED: &str = "chunked";
/// The longest method, in bytes.
const METHOD_AT_MOST: usize = 16;
/// The distance after a body within which a possible successor is looked for, in bytes.
const NEAR_BYTES: usize = 4 << 10;

fn begins(text: &[u8]) -> bool {
    lines(text, 0)
        .find(|line| !is_blank(&text[line.clone()]))
        .is_some_and(|line| is_request_line(&text[line]))
}

/// Whether the line is `METHOD TARGET HTTP/VERSION`.
pub(super) fn is_request_line(line: &[u8]) -> bool {
    // The method is checked first, so that most lines are decided by their first bytes, however long they are.
    let near = &line[..line.len().min(METHOD_AT_MOST + 1)];
    let Some(method) = memchr::memchr(b' ', near).map(|end| &near[..end]) else { return false };
    if method.len() < 3 || !method.iter().all(u8::is_ascii_uppercase) {
        return false;
    }
    let mut words = line[method.len() + 1..].trim_ascii_end().splitn(2, |byte| *byte == b' ');
    let (Some(target), Some(version)) = (words.next(), words.next()) else { return false };
    !target.is_empty() && version.starts_with(b"HTTP/") && version.len() <= 8
}

/// Whether the line is `HTTP/VERSION STATUS …`.
fn is_status_line(line: &[u8]) -> bool {
    let status = line.strip_prefix(b"HTTP/").and_then(|rest| rest.splitn(2, |byte| *byte == b' ').nth(1));
    status.is_some_and(|status| status.len() >= 3 && status[..3].iter().all(u8::is_ascii_digit))
}

/// Shows each request in `text`, and the text between requests, to `look`.
fn parts(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    let (mut at, mut number) = (0, 0);
    // Requests that share chunks are not followed without end.
    let mut chunks_left = text.len();
    let between = |place: Range<usize>, look: &mut dyn FnMut(CapturePart<'_>)| {
        if !is_blank(&text[place.clone()]) {
            look(CapturePart::text(text, place, "texts between requests"));
        }
    };
    while let Some(start) = next_request(text, at) {
        between(at..start, look);
        let (headers, body) = headers(text, start, &mut |line| between(line, look));
        let body = range_of_body(text, body, &headers, &mut chunks_left);
        let end = body.end;
        number += 1;
        let is_alone = number == 1 && next_request(text, end).is_none();
        let number = if is_alone { 0 } else { number };
        look(CapturePart { number, ..part(text, body, headers) });
        at = end;
    }
    if number == 0 {
        look(CapturePart::unavailable(0..text.len(), Unavailable::nothing()));
    } else {
        between(at..text.len(), look);
    }
}

/// Shows the request that `text` is, and the text before it, to `look`.
fn request(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    let Some(start) = next_request(text, 0) else {
        return look(CapturePart::unavailable(0..text.len(), Unavailable::nothing()));
    };
    let mut aside = |place: Range<usize>| {
        if !is_blank(&text[place.clone()]) {
            look(CapturePart::text(text, place, "texts between requests"));
        }
    };
    aside(0..start);
    let (headers, body) = headers(text, start, &mut aside);
    look(part(text, body..text.len(), headers));
}

fn part(text: &[u8], body: Range<usize>, headers: Headers) -> CapturePart<'_> {
    let is_chunked = headers.all("transfer-encoding").any(|coding| coding.eq_ignore_ascii_case("chunked"));
    // A tool that joined the chunks may well have kept the header.
    if !is_chunked || text[body.clone()].trim_ascii_start().starts_with(b"{") {
        return CapturePart::within(text, body, headers);
    }
    let Some((pieces, _)) = chunks(&text[body.clone()], &mut body.len()) else {
        return CapturePart { headers, ..CapturePart::unavailable(body, Unavailable::broken_chunks()) };
    };
    let mut bytes = Vec::new();
    let mut places = Vec::new();
    for piece in pieces {
        let piece = body.start + piece.start..body.start + piece.end;
        places.push((bytes.len(), piece.start));
        bytes.extend_from_slice(&text[piece]);
    }
    let content = Content { bytes: Cow::Owned(bytes), layers: vec![Layer::Pieces(places.into(), 1)] };
    CapturePart {
        content: Ok(content),
        encoding: Some(CHUNKED),
        headers,
        ..CapturePart::unavailable(body, Unavailable::empty())
    }
}

/// The ranges of the lines from `at` on, without their LF.
pub(super) fn lines(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> {
    let ends = memchr::memchr_iter(b'\n', &text[at..]).map(move |end| at + end).chain([text.len()]);
    ends.scan(at, |start, end| {
        let line = *start..end;
        *start = end + 1;
        Some(line)
    })
}

/// The start of the next request line.
fn next_request(text: &[u8], at: usize) -> Option<usize> {
    lines(text, at.min(text.len())).find(|line| is_request_line(&text[line.clone()])).map(|line| line.start)
}

/// The headers of the request that begins at `start`, and where its body begins.
///
/// A line with a payload is shown to `look`, and so is one that may hide a payload because it is not a header.
fn headers(text: &[u8], start: usize, look: &mut dyn FnMut(Range<usize>)) -> (Headers, usize) {
    let mut headers = Headers::default();
    for line in lines(text, start) {
        let written = &text[line.clone()];
        if holds_payload(written) {
            look(line.clone());
        }
        if line.start == start {
            continue;
        }
        if is_blank(written) {
            return (headers, (line.end + 1).min(text.len()));
        }
        if let Some(colon) = memchr::memchr(b':', written) {
            let (name, value) = (written[..colon].trim_ascii(), written[colon + 1..].trim_ascii());
            headers.push(decoded(name), decoded(value));
        }
        if !is_header(written) && may_hold_payload(written) && !holds_payload(written) {
            look(line);
        }
    }
    (headers, text.len())
}

/// Whether the line is a header as a server accepts it: without brackets or quotes in its name.
fn is_header(line: &[u8]) -> bool {
    let name = memchr::memchr(b':', line).map_or(&[][..], |colon| line[..colon].trim_ascii());
    !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// UTF-8, or else Latin-1, as HTTP once said.
fn decoded(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// The range of the body after the head that ends at `body`: as long as the headers say, if a possible successor
/// follows it.
fn range_of_body(text: &[u8], body: usize, headers: &Headers, chunks_left: &mut usize) -> Range<usize> {
    let rest = &text[body..];
    let is_chunked = headers.all("transfer-encoding").any(|coding| coding.eq_ignore_ascii_case("chunked"));
    let length = headers.all("content-length").find_map(|length| length.parse::<usize>().ok());
    let chunked = if is_chunked { chunks(rest, chunks_left) } else { None };
    let declared = length.filter(|length| *length <= rest.len());
    // A dump that prints line by line adds line ends between head and body that were never sent.
    let gap = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let is_end = |end: &usize| {
        let after = &rest[*end..(*end + NEAR_BYTES).min(rest.len())];
        let next = lines(after, 0).map(|line| &after[line]).find(|line| !is_blank(line));
        next.is_none_or(|line| is_request_line(line) || is_status_line(line))
    };
    // The last chunk says so itself.
    if let Some((_, end)) = chunked {
        return body..body + end;
    }
    match declared.filter(is_end) {
        Some(end) => body..body + end,
        None => match declared.map(|end| gap + end).filter(|end| *end <= rest.len()).filter(is_end) {
            Some(end) => body + gap..body + end,
            // The text was changed: the body goes up to the next request, or to the answer to this one.
            None => {
                let next = lines(text, body.min(text.len())).find(|line| {
                    let line = &text[line.clone()];
                    is_request_line(line) || is_status_line(line)
                });
                body..next.map_or(text.len(), |line| line.start)
            }
        },
    }
}

/// The pieces of a chunked body, and its end; `None` if it is not chunked, or has more than `left` pieces.
fn chunks(body: &[u8], left: &mut usize) -> Option<(Vec<Range<usize>>, usize)> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    loop {
        *left = left.checked_sub(1)?;
        let line = at..at + memchr::memchr(b'\n', &body[at..])?;
        let size = std::str::from_utf8(body[line.clone()].split(|byte| *byte == b';').next()?).ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        let start = line.end + 1;
        let end = start.checked_add(size).filter(|end| *end <= body.len())?;
        if size == 0 {
            // Trailers, if any, end with a blank line; anything else comes after the body.
            let last = lines(body, start.min(body.len())).find(|line| !is_header(&body[line.clone()]));
            let end = last.map_or(body.len(), |line| {
                if is_blank(&body[line.clone()]) { line.end + 1 } else { line.start }
            });
            return Some((pieces, end.min(body.len())));
        }
        pieces.push(start..end);
        at = match &body[end..] {
            [b'\n', ..] => end + 1,
            [b'\r', b'\n', ..] => end + 2,
            // The size is wrong; without this, the rest would be dropped silently.
            _ => return None,
        };
    }
}
