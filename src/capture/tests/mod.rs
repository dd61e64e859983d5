//! Captures that are made to be misread, or to be opened for ever.

mod forged;

use super::*;
use crate::check::Code;

/// What a leaf came to: its text, how many headers it has, and what is wrong with it.
type Seen = (String, usize, Option<&'static str>);

fn opened(capture: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let is_capture = Unwrap::Auto.open(capture.as_bytes(), None, 1 << 20, &mut |leaf| {
        let trouble = leaf.trouble.map(|trouble| trouble.aside.unwrap_or(Code::from(trouble.why).as_str()));
        let text = String::from_utf8_lossy(leaf.bytes).into_owned();
        seen.push((text, leaf.origin.headers.len(), trouble));
    });
    assert!(is_capture, "{capture}");
    seen
}

fn request(length: usize, body: &str) -> String {
    format!("POST /hook HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}")
}

#[test]
fn a_length_is_that_of_the_body_and_of_no_part_of_it() {
    let (one, nested) = (r#"{"associationType":"a"}"#, r#"{"data":{"id":"a","key":"b"},"type":"c"}"#);
    for body in [format!("[{one},{one}]"), nested.to_owned()] {
        let whole = opened(&request(body.len(), &body));
        assert!(whole.iter().all(|(_, headers, trouble)| *headers == 1 && trouble.is_none()), "{whole:?}");
        let part = body[..body.len() - 1].to_owned();
        assert_eq!(opened(&request(body.len(), &part)), [(part, 1, Some("capture/cut"))]);
    }
}

#[test]
fn a_member_of_a_payload_is_no_header() {
    let payload = r#"{"associationType":"a","id":"b","headers":{"Content-Length":"999"}}"#;
    assert_eq!(opened(&format!("[{payload}]")), [(payload.to_owned(), 0, None)]);
    let data = r#"{"id":"a","key":"b"}"#;
    let nested = format!(r#"{{"timestamp":"999","data":{data}}}"#);
    assert_eq!(opened(&nested), [(data.to_owned(), 0, None)]);
}

#[test]
fn what_stands_between_requests_is_counted() {
    let dump =
        format!("{}\r\nHTTP/1.1 200 OK\r\n\r\nok\r\n{}\nHTTP/1.1 200 OK", request(2, "{}"), request(2, "{}"));
    let between = Some("texts between requests");
    let troubles: Vec<_> = opened(&dump).into_iter().map(|(_, _, trouble)| trouble).collect();
    assert_eq!(troubles, [None, between, None, between]);
}

/// Each of these would be looked through to its end once for each of its requests.
#[test]
fn requests_that_point_to_the_same_bytes_are_read_once() {
    const REQUESTS: usize = 20_000;
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let to_go = |index: usize| (head.len() + 10) * (REQUESTS - 1 - index);
    let chunked: String =
        (0..REQUESTS).map(|index| format!("{head}{:08x}\r\n", to_go(index).max(2) - 2)).collect();
    let lengths: String = (0..REQUESTS).map(|index| request(1_000_000 + index, "")).collect();
    let dumps = [chunked + &"\r\n1\r\nx".repeat(REQUESTS), lengths + &"\ny".repeat(750_000)];
    // What is behind the last chunk is text.
    assert_eq!(dumps.map(|dump| opened(&dump).len()), [REQUESTS + 1, REQUESTS]);
}

#[test]
fn requests_that_curl_showed_as_ascii_have_a_place_each() {
    let trace = "== Info: x\n".to_owned() + &"=> Send header, 4 bytes (0x4)\n0000: POST\n".repeat(2);
    let seen = opened(&trace);
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|(text, ..)| text == "=> Send header, 4 bytes (0x4)"), "{seen:?}");
}
