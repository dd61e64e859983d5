//! Deliveries that a receiver logged: CloudWatch, container logs, Lambda's own lines.
//!
//! What always holds: every JSON object in a log line is looked at; a line without one is skipped and counted, since
//! most lines of a log are such.

use super::generic::plain;
use super::shape::{Body, Encoding, Form, Members, Part, Parts, Shape, Sign, Then};
use super::unavailable::Unavailable;
use crate::headers::Fidelity;
use crate::split::Framing;

/// Whether a line is the beginning of an object that other lines go on with.
pub(super) fn is_begun(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.starts_with(b"{") && matches!(line.last(), Some(b'{' | b'[' | b','))
}

/// What a line is called in which no payload stands.
pub(super) const LINES: &str = "log lines without a payload";

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "cloudwatch-subscription",
        what: "a CloudWatch Logs subscription event",
        signs: &[Sign::Has("/awslogs/data")],
        form: Form::Members(Members {
            each: None,
            bodies: &[Body { at: "/awslogs/data", encoding: Encoding::Gzip, then: Then::Shape(&LOG_EVENTS) }],
            headers: None,
            fidelity: Some(Fidelity::Logged),
        }),
    },
    lines(
        "cloudwatch",
        "an export of CloudWatch Logs events",
        &[Sign::Has("/events/0/message"), Sign::Has("/events/0/timestamp")],
        Some("/events"),
        &[line("/message")],
    ),
    lines(
        "cloudwatch",
        "an export of CloudWatch Logs events",
        &[Sign::Has("/events/0/message"), Sign::Has("/events/0/logStreamName")],
        Some("/events"),
        &[line("/message")],
    ),
    LOG_EVENTS,
    lines(
        "docker-log",
        "a line of a container's log (json-file)",
        &[Sign::Has("/log"), Sign::Has("/stream"), Sign::Has("/time")],
        None,
        &[line("/log")],
    ),
    text("cri-log", "a line of a Kubernetes log (CRI)", &[Sign::Text(is_cri, "`TIME stdout F `")], cri),
    text(
        "lambda-log",
        "a line of a Lambda function's log",
        &[Sign::Text(is_lambda, "`TIME<tab>REQUEST-ID<tab>LEVEL<tab>`, or `START RequestId: `")],
        lambda,
    ),
];

/// What a subscription's data holds.
const LOG_EVENTS: Shape = lines(
    "cloudwatch",
    "the data of a CloudWatch Logs subscription",
    &[Sign::Has("/logEvents"), Sign::Has("/logGroup")],
    Some("/logEvents"),
    &[line("/message")],
);

const fn lines(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    each: Option<&'static str>,
    bodies: &'static [Body],
) -> Shape {
    let members = Members { each, bodies, headers: None, fidelity: Some(Fidelity::Logged) };
    Shape { name, what, signs, form: Form::Members(members) }
}

const fn line(at: &'static str) -> Body {
    Body { then: Then::Text(LINES), ..plain(at) }
}

const fn text(name: &'static str, what: &'static str, signs: &'static [Sign], parts: Parts) -> Shape {
    Shape { name, what, signs, form: Form::Text(Framing::Lines, parts) }
}

/// Shows the line whose message begins at `start`.
fn message(text: &[u8], start: usize, look: &mut dyn FnMut(Part<'_>)) {
    look(Part::text(text, start..text.len(), LINES));
}

/// The tag of a CRI line, and where its message begins.
fn cri_tag(text: &[u8]) -> Option<(&[u8], usize)> {
    let mut words = text.splitn(4, |byte| *byte == b' ');
    let (time, stream, tag) = (words.next()?, words.next()?, words.next()?);
    let is_line = is_time(time) && matches!(stream, b"stdout" | b"stderr") && matches!(tag, b"F" | b"P");
    is_line.then_some((tag, (time.len() + stream.len() + tag.len() + 3).min(text.len())))
}

fn is_cri(text: &[u8]) -> bool {
    cri_tag(text).is_some()
}

fn cri(text: &[u8], look: &mut dyn FnMut(Part<'_>)) {
    match cri_tag(text) {
        Some((b"P", start)) if text[start..].starts_with(b"{") => {
            look(Part {
                fidelity: Fidelity::Logged,
                ..Part::lost(start..text.len(), Unavailable::partial_line())
            });
        }
        Some((_, start)) => message(text, start, look),
        None => message(text, 0, look),
    }
}

/// Where the message of a line that a Lambda function's runtime wrote begins.
fn lambda_message(text: &[u8]) -> Option<usize> {
    let mut columns = text.splitn(4, |byte| *byte == b'\t');
    let (time, request, level) = (columns.next()?, columns.next()?, columns.next()?);
    let is_level = level.len() <= 8 && level.iter().all(u8::is_ascii_uppercase);
    (is_time(time) && request.len() <= 36 && is_level)
        .then_some((time.len() + request.len() + level.len() + 3).min(text.len()))
}

fn is_lambda(text: &[u8]) -> bool {
    let is_told = |mark: &[u8]| text.starts_with(mark);
    is_told(b"START RequestId: ")
        || is_told(b"INIT_START Runtime Version: ")
        || lambda_message(text).is_some()
}

fn lambda(text: &[u8], look: &mut dyn FnMut(Part<'_>)) {
    message(text, lambda_message(text).unwrap_or(0), look);
}

/// Whether the word begins as an ISO 8601 time does.
fn is_time(word: &[u8]) -> bool {
    let is_digit = |index: usize| word.get(index).is_some_and(u8::is_ascii_digit);
    word.len() >= 19
        && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(is_digit)
        && matches!((word[4], word[7], word[10]), (b'-', b'-', b'T'))
}
