//! The reasons why there is no payload in a place that should hold one.

use super::generic::BASE64;
use super::shape::Shape;
use crate::escape::visible;
use crate::payload::{Kind, Node, Pointer};
use base64::DecodeError;

/// The reason why there is no payload; each is the code of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the catalogue of findings explains each")]
pub enum Why {
    NoPayload,
    Empty,
    Cut,
    Compressed,
    Encoding,
    NotJson,
    TooDeep,
    TooLong,
}

/// The fault of a capture, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The reason.
    pub why: Why,
    /// One sentence: what was found instead of a payload.
    pub message: String,
    /// The advice.
    pub help: &'static str,
    /// Set if no payload is expected, as in most lines of a log: the kind that it is counted under.
    pub skippable: Option<&'static str>,
}

impl Unavailable {
    fn new(why: Why, message: impl Into<String>, help: &'static str) -> Self {
        Self { why, message: message.into(), help, skippable: None }
    }

    pub(super) fn empty() -> Self {
        Self::new(
            Why::Empty,
            "the captured request has no body",
            "check that the tool keeps bodies; a delivery always has one",
        )
    }

    pub(super) fn nothing() -> Self {
        Self::new(
            Why::NoPayload,
            "the capture contains no request",
            "check that the tool was listening when the delivery was made",
        )
    }

    /// A value is of another type than the shape's.
    fn changed(message: String) -> Self {
        Self::new(
            Why::NoPayload,
            message,
            "the capture was changed, or comes from another tool: name its shape with --unwrap, or the payload's \
             place with --at",
        )
    }

    pub(super) fn not_a_list(pointer: &str) -> Self {
        Self::changed(format!("`{pointer}` should be the list of requests, but is not a list"))
    }

    /// The input lacks the signs of the shape that was requested.
    pub(super) fn other_shape(shape: &Shape) -> Self {
        let signs: Vec<_> = shape.signs().collect();
        Self::new(
            Why::NoPayload,
            format!("this does not look like {}, which is recognised by {}", shape.what, signs.join(", ")),
            "--unwrap auto detects the shape; `assoclens captures` lists the known ones, and --at names the \
             payload's place in any other",
        )
    }

    pub(super) fn not_a_body(kind: Kind) -> Self {
        Self::changed(format!("the capture has {} where the body should be", in_words(kind)))
    }

    pub(super) fn not_base64(error: &DecodeError) -> Self {
        let why = match *error {
            DecodeError::InvalidByte(at, byte) if byte.is_ascii() => {
                format!("byte {at} of it is `{}`", visible(&char::from(byte).to_string()))
            }
            DecodeError::InvalidByte(at, _) => format!("byte {at} of it is not ASCII"),
            DecodeError::InvalidLength(length) => format!("base64 cannot be {length} characters long"),
            DecodeError::InvalidLastSymbol(..) | DecodeError::InvalidPadding => "its end is wrong".to_owned(),
        };
        Self::new(
            Why::Encoding,
            format!("the captured body should be base64, but is not: {why}"),
            "capture it again: the value was cut or changed",
        )
    }

    pub(super) fn not_gzip(error: &str) -> Self {
        Self::new(
            Why::Encoding,
            format!("the captured body should be gzip in base64, but cannot be inflated: {error}"),
            "capture it again: the value was cut or changed",
        )
    }

    pub(super) fn inflated(from: usize, most: usize) -> Self {
        Self::new(
            Why::TooLong,
            format!("{from} compressed bytes inflate to more than {most} bytes, and were not read further"),
            "if that is not an attack, inflate the value with another tool, and validate what is in it",
        )
    }

    pub(crate) fn too_many(most: usize) -> Self {
        Self::new(
            Why::TooLong,
            format!(
                "the capture has more than {most} payloads and findings; this payload and all after it were \
                 not checked"
            ),
            "split the capture, or write its payloads one per line",
        )
    }

    pub(super) fn too_deep(most: usize) -> Self {
        Self::new(
            Why::TooDeep,
            format!("more than {most} captures are nested in each other"),
            "take the innermost one out with another tool, or name the payload's place with --at",
        )
    }

    pub(super) fn too_many_levels(most: usize) -> Self {
        Self::new(
            Why::TooDeep,
            format!("more than {most} levels are around this value, which was not searched"),
            "name the payload's place with --at",
        )
    }

    pub(super) fn cut(there: usize, declared: u64) -> Self {
        Self::new(
            Why::Cut,
            format!("the body was cut: {there} bytes are here, and Content-Length says {declared}"),
            "capture it again with a tool or a setting that keeps whole bodies",
        )
    }

    pub(super) fn broken_chunks() -> Self {
        Self::new(
            Why::Cut,
            "the body was sent in chunks, and is cut or broken before the last one",
            "capture it again with a tool or a setting that keeps whole bodies",
        )
    }

    pub(super) fn compressed(with: &str) -> Self {
        Self::new(
            Why::Compressed,
            format!("the captured body is compressed ({with})"),
            "capture it after decompression, or decompress the body and validate that",
        )
    }

    pub(super) fn not_json(what: &str) -> Self {
        let help = match what {
            BASE64 => {
                "if the tool encoded the body, decode it and validate the result: the receiver got the \
                 decoded body"
            }
            _ => "a delivery's body is a JSON object: this is another request, or an answer",
        };
        Self::new(Why::NotJson, format!("the captured body is {what}, not JSON"), help)
    }

    /// Something between deliveries.
    pub(super) fn skippable(what: &'static str) -> Self {
        let message = format!("this is one of the {what}");
        Self { skippable: Some(what), ..Self::new(Why::NoPayload, message, "nothing is wrong with that") }
    }

    /// A message that was spread over several lines, each of which became a record.
    pub(super) fn begun() -> Self {
        Self::new(
            Why::NoPayload,
            "a message that spans several log records begins here; each record holds one line of it",
            "log the payload on one line",
        )
    }

    /// One line of such a message.
    pub(super) fn field() -> Self {
        let message = "this is one line of a payload that spans several log records";
        Self { message: message.to_owned(), ..Self::begun() }
    }

    pub(super) fn partial_line() -> Self {
        Self::new(
            Why::Cut,
            "the log line was split; this is one part of it",
            "raise the logger's limit for the length of a line, or capture the delivery before it is logged",
        )
    }

    pub(super) fn not_recorded(what: &str, help: &'static str) -> Self {
        Self::new(Why::NoPayload, format!("this is {what}"), help)
    }

    /// Nothing is at `asked`; it could be followed up to `done`, where there is `node`.
    pub(super) fn no_such_place(asked: &Pointer, done: &Pointer, node: Node<'_>) -> Self {
        const LISTED: usize = 5;
        let names: Vec<String> = node.members().map_or_else(Vec::new, |members| {
            members.iter().take(LISTED).map(|member| format!("`{}`", cut(&member.name()))).collect()
        });
        let there = match done.as_str() {
            "" => "the value itself".to_owned(),
            place => format!("`{}`", visible(&cut(place))),
        };
        let there = match (names.as_slice(), node.kind()) {
            ([], kind) => format!("{there} is {}", in_words(kind)),
            (names, _) => format!("{there} has {}", names.join(", ")),
        };
        Self::new(
            Why::NoPayload,
            format!("there is no value at `{}`: {there}", visible(asked.as_str())),
            "--at takes a JSON Pointer such as /request/body, with * for each element of a list",
        )
    }

    pub(super) fn no_places(pointer: &Pointer) -> Self {
        Self::new(
            Why::NoPayload,
            format!("this is not JSON, so there is no value at `{}`", visible(pointer.as_str())),
            "--at needs a JSON capture; for others, use --unwrap auto",
        )
    }

    pub(super) fn no_body_at(pointer: &Pointer, kind: Kind) -> Self {
        Self::new(
            Why::NoPayload,
            format!("at `{}` there is {}, not a payload", visible(pointer.as_str()), in_words(kind)),
            "--at takes the place of an object, or of a string that holds one as JSON",
        )
    }
}

fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::Boolean => "true or false",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        Kind::Object => "an object",
    }
}

/// The part of a name or a place that is shown.
fn cut(text: &str) -> String {
    const MOST: usize = 60;
    let text = visible(text);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
