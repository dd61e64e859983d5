//! Deliveries that a receiver logged: CloudWatch, container logs, Lambda's own lines.
//!
//! Invariants: every JSON object in a log line is looked at; a line without one is skipped and counted, because most
//! lines of a log are like that; a message that a container's runtime has cut into records is joined first.

use super::http::lines as lines_of;
use super::layer::{Layer, pieces_of_string};
use super::shape::{
    BodyMember, CapturePart, Content, Encoding, Parts, Shape, ShapeForm, Sign, Then, one, plain, several,
};
use super::unavailable::Unavailable;
use crate::headers::Fidelity;
use crate::payload::Document;
use crate::split::{Framing, LogRecord, function_message, record};
use std::borrow::Cow;

/// Whether a line is the beginning of an object that other lines go on with.
pub(super) fn is_begun(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && matches!(line.last(), Some(b'{' | b'[' | b','))
}

/// Whether a line is one field of a payload that was logged over several lines.
///
/// One field is enough, so that each payload is reported once.
pub(super) fn is_field(line: &[u8]) -> bool {
    let is_quote = |byte: &u8| matches!(byte, b'"' | b'\'');
    let line = line.trim_ascii();
    let name = line.strip_prefix(b"\"").or_else(|| line.strip_prefix(b"'")).unwrap_or(line);
    name.strip_prefix(b"firstObjectKey").is_some_and(|rest| {
        let rest = if rest.first().is_some_and(is_quote) { &rest[1..] } else { rest };
        rest.trim_ascii_start().starts_with(b":")
    })
}

/// The name for lines that hold no payload.
pub(super) const LINES: &str = "log lines without a payload";

pub(super) const SHAPES: &[Shape] = &[
    one(
        "cloudwatch-subscription",
        "a CloudWatch Logs subscription event",
        &[Sign::Has("/awslogs/data")],
        &[BodyMember { at: "/awslogs/data", encoding: Encoding::Gzip, then: Then::Shape(&LOG_EVENTS) }],
        "",
    )
    .with(Fidelity::Logged),
    several(
        "cloudwatch",
        "an export of CloudWatch Logs events",
        &[Sign::Has("/events/0/message"), Sign::Has("/events/0/timestamp")],
        "/events",
        &[line("/message")],
        "",
    )
    .with(Fidelity::Logged),
    several(
        "cloudwatch",
        "an export of CloudWatch Logs events",
        &[Sign::Has("/events/0/message"), Sign::Has("/events/0/logStreamName")],
        "/events",
        &[line("/message")],
        "",
    )
    .with(Fidelity::Logged),
    LOG_EVENTS,
    one(
        "docker-log",
        "a line of a container's log (json-file)",
        &[Sign::Has("/log"), Sign::Has("/stream"), Sign::Has("/time")],
        &[line("/log")],
        "",
    )
    .with(Fidelity::Logged),
    text(
        "docker-log",
        "a line of a container's log (json-file)",
        &[Sign::Text(is_docker, "several such lines, over which one message goes")],
        joined,
    ),
    text("cri-log", "a line of a Kubernetes log (CRI)", &[Sign::Text(is_cri, "`TIME stdout F `")], cri),
    text(
        "lambda-log",
        "a line of a Lambda function's log",
        &[Sign::Text(is_lambda, "`TIME<tab>REQUEST-ID<tab>LEVEL<tab>`, or `START RequestId: `")],
        lambda,
    ),
];

/// The data of a subscription.
const LOG_EVENTS: Shape = several(
    "cloudwatch",
    "the data of a CloudWatch Logs subscription",
    &[Sign::Has("/logEvents"), Sign::Has("/logGroup")],
    "/logEvents",
    &[line("/message")],
    "",
)
.with(Fidelity::Logged);

const fn line(at: &'static str) -> BodyMember {
    BodyMember { then: Then::Text(LINES), ..plain(at) }
}

const fn text(name: &'static str, what: &'static str, signs: &'static [Sign], parts: Parts) -> Shape {
    Shape { name, what, signs, form: ShapeForm::Text(Framing::Lines, parts) }
}

/// Shows the line whose message begins at `start`.
fn message(text: &[u8], start: usize, look: &mut dyn FnMut(CapturePart<'_>)) {
    look(CapturePart::text(text, start..text.len(), LINES));
}

fn is_cri(text: &[u8]) -> bool {
    !text.starts_with(b"{") && record(text).is_some()
}

fn is_docker(text: &[u8]) -> bool {
    let Some((first, second)) = memchr::memchr(b'\n', text).map(|end| text.split_at(end + 1)) else {
        return false;
    };
    first.starts_with(b"{") && record(first).is_some() && record(second).is_some()
}

fn cri(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    match record(text) {
        _ if memchr::memchr(b'\n', text).is_some() => joined(text, look),
        Some(record) if record.is_cut && text[record.message.clone()].starts_with(b"{") => {
            look(CapturePart {
                fidelity: Fidelity::Logged,
                ..CapturePart::unavailable(record.message, Unavailable::partial_line())
            });
        }
        Some(record) => message(text, record.message.start, look),
        None => message(text, 0, look),
    }
}

/// Shows the joined messages of each of a container's streams, and everything that is not a record.
fn joined(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    let mut streams = [JoinedStream::default(), JoinedStream::default()];
    for line in lines_of(text, 0) {
        match record(&text[line.clone()]) {
            Some(record) => streams[usize::from(record.is_stderr)].add(text, line.start, &record),
            None => look(CapturePart::text(text, line, LINES)),
        }
    }
    for JoinedStream { bytes, pieces } in streams.into_iter().filter(|stream| !stream.bytes.is_empty()) {
        let layers = vec![Layer::Pieces(pieces.into(), 1)];
        let content = Ok(Content { bytes: Cow::Owned(bytes), layers });
        look(CapturePart { content, ..CapturePart::text(text, 0..text.len(), LINES) });
    }
}

/// The joined text of one stream of a container, and its places in the log.
#[derive(Default)]
struct JoinedStream {
    bytes: Vec<u8>,
    pieces: Vec<(usize, usize)>,
}

impl JoinedStream {
    fn add(&mut self, text: &[u8], line: usize, record: &LogRecord) {
        let start = line + record.message.start;
        let message = &text[start..line + record.message.end];
        if !record.is_json {
            self.pieces.push((self.bytes.len(), start));
            self.bytes.extend_from_slice(message.strip_suffix(b"\r").unwrap_or(message));
            // The last record may have no line end, so that nothing stands behind it in the log.
            let has_end = !record.is_cut && text[line + record.message.end..].starts_with(b"\n");
            self.bytes.extend_from_slice(if has_end { b"\n" } else { b"" });
            return;
        }
        let quoted = &text[start - 1..=line + record.message.end];
        let document = Document::accept(quoted);
        match document.as_ref().and_then(|document| document.root().as_str()) {
            Some(said) => {
                pieces_of_string(message, (self.bytes.len(), start), &mut self.pieces);
                self.bytes.extend_from_slice(said.as_bytes());
            }
            // A value that is not a string is shown as it is written.
            None => {
                self.pieces.push((self.bytes.len(), start));
                self.bytes.extend_from_slice(message);
            }
        }
    }
}

fn is_lambda(text: &[u8]) -> bool {
    let begins_with = |mark: &[u8]| text.starts_with(mark);
    begins_with(b"START RequestId: ")
        || begins_with(b"INIT_START Runtime Version: ")
        || function_message(text).is_some()
}

fn lambda(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    message(text, function_message(text).unwrap_or(0), look);
}
