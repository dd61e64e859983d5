//! Captures that are made to be misread, or to be opened without end.

mod forged;

use super::*;
use crate::check::Code;
use base64::engine::Engine as _;

/// The outcome of a leaf: its text, the number of its headers, and the error.
type SeenLeaf = (String, usize, Option<&'static str>);

fn leaves(capture: &str, limit: usize, look: &mut dyn FnMut(Leaf<'_>)) -> bool {
    let mut reader = event::reader();
    let document = reader.accept(capture.as_bytes());
    Unwrap::Auto.open(capture.as_bytes(), document.as_ref(), None, limit, &mut reader, look)
}

fn opened(capture: &str) -> Vec<SeenLeaf> {
    let mut seen = Vec::new();
    let is_capture = leaves(capture, 1 << 20, &mut |leaf| {
        let unavailable = leaf
            .unavailable
            .map(|unavailable| unavailable.skippable.unwrap_or(Code::from(unavailable.why).as_str()));
        let text = String::from_utf8_lossy(leaf.bytes).into_owned();
        seen.push((text, leaf.origin.headers.len(), unavailable));
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
        assert!(
            whole.iter().all(|(_, headers, unavailable)| *headers == 1 && unavailable.is_none()),
            "{whole:?}"
        );
        let part = body[..body.len() - 1].to_owned();
        assert_eq!(opened(&request(body.len(), &part)), [(part, 1, Some("capture/cut"))]);
    }
}

#[test]
fn a_member_of_a_payload_is_not_a_header() {
    let payload = r#"{"associationType":"a","id":"b","headers":{"Content-Length":"999"}}"#;
    assert_eq!(opened(&format!("[{payload}]")), [(payload.to_owned(), 0, None)]);
    let data = r#"{"id":"a","key":"b"}"#;
    let nested = format!(r#"{{"timestamp":"999","data":{data}}}"#);
    assert_eq!(opened(&nested), [(data.to_owned(), 0, None)]);
}

#[test]
fn text_between_requests_is_counted() {
    let dump =
        format!("{}\r\nHTTP/1.1 200 OK\r\n\r\nok\r\n{}\nHTTP/1.1 200 OK", request(2, "{}"), request(2, "{}"));
    let between = Some("texts between requests");
    let errors: Vec<_> = opened(&dump).into_iter().map(|(_, _, unavailable)| unavailable).collect();
    assert_eq!(errors, [None, between, None, between]);
}

/// A careless reader would search each of these to its end once for each of its requests.
#[test]
fn requests_that_point_to_the_same_bytes_are_read_once() {
    const REQUESTS: usize = 20_000;
    let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let to_go = |index: usize| (head.len() + 10) * (REQUESTS - 1 - index);
    let chunked: String =
        (0..REQUESTS).map(|index| format!("{head}{:08x}\r\n", to_go(index).max(2) - 2)).collect();
    let lengths: String = (0..REQUESTS).map(|index| request(1_000_000 + index, "")).collect();
    let dumps = [chunked + &"\r\n1\r\nx".repeat(REQUESTS), lengths + &"\ny".repeat(750_000)];
    // After the last chunk, it is text.
    assert_eq!(dumps.map(|dump| opened(&dump).len()), [REQUESTS + 1, REQUESTS]);
}

#[test]
fn requests_that_curl_showed_as_ascii_have_a_place_each() {
    let trace = "== Info: x\n".to_owned() + &"=> Send header, 4 bytes (0x4)\n0000: POST\n".repeat(2);
    let seen = opened(&trace);
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|(text, ..)| text == "=> Send header, 4 bytes (0x4)"), "{seen:?}");
}

/// JSON that makes a careless search do the same over and over. Twice the length may take about twice the time.
#[test]
fn searching_costs_linear_time() {
    let (open, close) = ("{\"headers\":{},\"body\":", ",\"x\":{\"id\":1,\"firstRecordId\":2}}");
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let encoded = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let makers: [(&str, &dyn Fn(usize) -> String); 10] = [
        ("captures in captures", &|size| open.repeat(size) + "{}" + &close.repeat(size)),
        ("payloads deep down", &|size| {
            let payload = "{\"id\":1,\"firstObjectKey\":2},";
            format!("{}{}1{}", "[{\"id\":1},".repeat(size), payload.repeat(size), "]".repeat(size))
        }),
        ("strings deep down", &|size| {
            format!(
                "{}{}1{}",
                "[".repeat(size),
                "\"{ {\\\"firstObjectKey\\\": \",".repeat(size),
                "]".repeat(size)
            )
        }),
        ("brackets in a string", &|size| format!("[{}]", quoted(&"{\"a\":".repeat(size)))),
        ("fields in a string", &|size| format!("[{}]", quoted(&"{\"firstObjectKey\":".repeat(size)))),
        ("strings in strings", &|size| {
            let inner = quoted(&format!("{{\"x\":{}}}", quoted(&"\"".repeat(size))));
            format!("[{}]", quoted(&format!("[{inner}]")))
        }),
        ("the same again", &|size| {
            format!("[{}1]", "[{\"firstRecordId\":1,\"associationId\":2}],".repeat(size))
        }),
        ("what begins as base64", &|size| format!("[{}]", quoted(&"eyJ ".repeat(size)))),
        ("lines of base64", &|size| {
            format!(
                "[{}]",
                quoted(&format!("x {}", format!("{}\n", encoded(&"{\"a\":".repeat(12))).repeat(size / 8)))
            )
        }),
        ("base64 of payloads", &|size| {
            let payload = encoded("{\"firstRecordId\":1,\"associationId\":2}");
            format!("[{}]", quoted(&format!("x {}", format!("{payload} ").repeat(size))))
        }),
    ];
    let time = |text: &str| {
        let start = std::time::Instant::now();
        leaves(text, 64 << 20, &mut |_| {});
        start.elapsed()
    };
    const SIZE: usize = 500;
    for (name, maker) in makers {
        let (short, long) = (maker(SIZE), maker(8 * SIZE));
        let slow = time(&short).max(std::time::Duration::from_millis(10));
        let times = || time(&long).as_secs_f64() / slow.as_secs_f64();
        // Quadratic time would be 64 times as much, every time; other programs only take the processor now and then.
        assert!((0..10).any(|_| times() < 32.0), "{name}: too long for 8 times as much, {slow:?} at first");
    }
}

/// A text that is too short is asked for no shape: none may be recognised by so little.
#[test]
fn no_shape_is_recognised_by_less_than_the_shortest_text() {
    let captures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/capture");
    let files = walkdir::WalkDir::new(captures).into_iter().map(Result::unwrap);
    let files: Vec<Vec<u8>> = files.filter_map(|entry| std::fs::read(entry.path()).ok()).collect();
    let written = ["data:{", "event:", "id:\n", "retry:", "* ", "> ", "< ", "== ", "=> ", "{}\n{}", "START"];
    let texts = files.iter().map(Vec::as_slice).chain(written.map(str::as_bytes));
    let mut recognised = 0;
    for text in texts {
        recognised += usize::from(recognised_text(text).is_some());
        for length in 0..SHORTEST_TEXT.min(text.len()) {
            let found = shapes().find(|shape| shape.is_of_text(&text[..length]));
            assert!(found.is_none(), "{} by {:?}", found.unwrap().name, String::from_utf8_lossy(text));
        }
    }
    assert!(recognised > 15, "{recognised}");
}
