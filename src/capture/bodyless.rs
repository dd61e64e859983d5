//! Capture formats that leave out the body of a request, or rewrite it. They are recognised so that the reader learns
//! what to do, and nobody looks for a payload there.

use super::TEXTS;
use super::http::{is_request_line, lines};
use super::shape::{CapturePart, Shape, ShapeForm, Sign};
use super::text::names_the_event;
use super::unavailable::Unavailable;
use crate::headers::Fidelity;
use crate::split::Framing;
use Sign::{Has, Text};

pub(super) const SHAPES: &[Shape] = &[
    Shape {
        name: "curl-v",
        what: "the output of `curl -v`",
        signs: &[Text(is_verbose, "a first line such as `* Connected to ` or `> POST /hook HTTP/1.1`")],
        form: ShapeForm::Nothing(
            "the output of `curl -v`, which leaves out the body of the request",
            "run curl again with --trace FILE, and unwrap that file",
        ),
    },
    Shape {
        name: "cloudflare-tail",
        what: "a line of Cloudflare's `wrangler tail`",
        signs: &[Has("/outcome"), Has("/scriptName"), Has("/event")],
        form: ShapeForm::Nothing(
            "a line of Cloudflare's `wrangler tail`, which never holds the body of a request",
            "log the body in the worker, or capture the delivery before it",
        ),
    },
    Shape {
        name: "mitmproxy-text",
        what: "the output of mitmproxy",
        signs: &[Text(
            is_mitmproxy,
            "a first line such as `HTTP(S) proxy listening at ` or `192.0.2.1:4711: POST http`",
        )],
        form: ShapeForm::Text(Framing::Whole, printed),
    },
];

/// Shows the requests in mitmproxy's output to `look`, or the advice where it left out the bodies.
fn printed(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    look(match names_the_event(text) {
        true => CapturePart { fidelity: Fidelity::Parsed, ..CapturePart::text(text, 0..text.len(), TEXTS) },
        false => CapturePart::unavailable(
            0..text.len(),
            Unavailable::not_recorded(
                "the output of mitmproxy, without the body of a delivery",
                "save the flows as HAR (mitmdump --set hardump=FILE), and unwrap that file",
            ),
        ),
    });
}

fn first_line(text: &[u8]) -> &[u8] {
    lines(text, 0).next().map_or(text, |line| text[line].trim_ascii_end())
}

fn is_verbose(text: &[u8]) -> bool {
    let line = first_line(text);
    // curl's progress meter, which comes first where both streams went to one file.
    if line.trim_ascii_start().starts_with(b"% Total    % Received") {
        return true;
    }
    // Other lists begin with an asterisk, too.
    const FIRST: [&[u8]; 12] = [
        b"  Trying ",
        b"Trying ",
        b"Host ",
        b"Connected to ",
        b"Could not ",
        b"About to connect",
        b"Rebuilt URL",
        b"Uses proxy",
        b"Using ",
        b"Added ",
        b"Note: ",
        b"processing: ",
    ];
    let says = |said: &[u8]| FIRST.iter().any(|first| said.starts_with(first));
    line.strip_prefix(b"* ").is_some_and(says) || line.strip_prefix(b"> ").is_some_and(is_request_line)
}

fn is_mitmproxy(text: &[u8]) -> bool {
    let line = first_line(text);
    let line = &line[..line.len().min(160)];
    let is_flow = || {
        let mut words = line.split(|byte| *byte == b' ');
        let (peer, method, target) = (words.next(), words.next(), words.next());
        peer.is_some_and(|peer| {
            peer.ends_with(b":") && memchr::memchr(b':', peer).is_some_and(|at| at + 1 < peer.len())
        }) && method.is_some_and(|method| method.len() >= 3 && method.iter().all(u8::is_ascii_uppercase))
            && target.is_some_and(|target| target.starts_with(b"http"))
    };
    memchr::memmem::find(line, b" proxy listening at ").is_some() || is_flow()
}
