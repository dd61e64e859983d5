//! Bodies that look like captures of a genuine, signed delivery, inside everything that carries a body. None of them is
//! opened, so neither the verdict nor the signature ever belongs to the inside. The bodies are built from the table of
//! shapes, so a new shape is tested as soon as it is there.

use super::super::shape::{Encoding, MemberPlaces, Sign, Then};
use super::super::*;
use crate::check::{Judge, Level};
use crate::engine::{JudgedBlock, Options};
use crate::read::InputFormat;
use crate::signature::{Body, Keys, PublicKey, Sent, Verdict};
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::LazyLock;

const DELIVERY: &str = include_str!("../../../tests/signature/delivery.json");
const HEADERS: &str = include_str!("../../../tests/signature/headers.txt");
const KEY: &str = include_str!("../../../tests/signature/ed25519.pem");
/// A signature by nobody.
const GARBAGE: &str =
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==";
const NAME: &str = "X-GHL-Signature";

fn genuine() -> &'static str {
    HEADERS.lines().find_map(|line| line.strip_prefix("X-GHL-Signature: ")).unwrap()
}

/// Puts `new` at `pointer`, unless there is a value.
fn put(value: &mut Value, pointer: &str, new: Value) {
    let mut at = value;
    for token in pointer.split('/').skip(1) {
        if at.is_null() {
            *at = if token == "0" { json!([]) } else { json!({}) };
        }
        at = match at {
            Value::Array(list) => {
                if list.is_empty() {
                    list.push(Value::Null);
                }
                &mut list[0]
            }
            _ => &mut at[token],
        };
    }
    if at.is_null() || at == &json!({}) {
        *at = new;
    }
}

fn text_of(body: &[u8]) -> Value {
    std::str::from_utf8(body).unwrap().into()
}

fn http(body: &[u8], signature: &str) -> Vec<u8> {
    let head =
        format!("POST /hook HTTP/1.1\r\n{NAME}: {signature}\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn chunked(body: &[u8], signature: &str) -> Vec<u8> {
    let head = format!(
        "POST /hook HTTP/1.1\r\n{NAME}: {signature}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n",
        body.len()
    );
    [head.as_bytes(), body, b"\r\n0\r\n\r\n"].concat()
}

fn traced(sent: &[u8]) -> Vec<u8> {
    let mut text = "== Info: Connected\n=> Send header, 1 bytes (0x1)\n".to_owned();
    for (row, bytes) in sent.chunks(16).enumerate() {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
        text += &format!("{:04x}: {digits:48} ................\n", row * 16);
    }
    text.into_bytes()
}

/// The body, written so that `then` reads it.
fn inner(then: Then, body: &[u8], signature: &str) -> Vec<u8> {
    match then {
        Then::Shape(shape) => samples(shape, body, signature).swap_remove(0),
        _ => body.to_vec(),
    }
}

fn of_members(shape: &Shape, members: &MemberPlaces, body: &[u8], signature: &str) -> Vec<Vec<u8>> {
    let each = members.each.map_or_else(String::new, |each| format!("{each}/0"));
    let sample = |place: &shape::BodyMember| {
        let content = inner(place.then, body, signature);
        let written = match place.encoding {
            _ if shape.name == "nested" => {
                serde_json::from_slice(&content).unwrap_or_else(|_| text_of(&content))
            }
            Encoding::Plain | Encoding::Base64If(_) => text_of(&content),
            Encoding::Base64 => STANDARD.encode(&content).into(),
            Encoding::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(&content).unwrap();
                STANDARD.encode(encoder.finish().unwrap()).into()
            }
        };
        let mut value = Value::Null;
        put(&mut value, &format!("{each}{}", place.at), written);
        if let Some(headers) = members.headers {
            put(&mut value, &format!("{each}{headers}/{NAME}"), signature.into());
        }
        for sign in shape.signs {
            match sign {
                // A capture may have several places for a body, but has only one.
                Sign::Has(pointer) if is_body(&each, members, pointer) => {
                    put(&mut value, pointer, Value::Null);
                }
                Sign::Has(pointer) => put(&mut value, pointer, json!("2026")),
                Sign::Is(pointer, text) => put(&mut value, pointer, (*text).into()),
                Sign::Root(..) if shape.name == "nested" => {
                    put(&mut value, "/type", "AssociationCreate".into());
                    put(&mut value, "/webhookId", "w".into());
                }
                Sign::Root(..) | Sign::Text(..) => {}
            }
        }
        serde_json::to_vec(&value).unwrap()
    };
    members.bodies.iter().map(sample).collect()
}

fn is_body(each: &str, members: &MemberPlaces, pointer: &str) -> bool {
    members.bodies.iter().any(|body| pointer == format!("{each}{}", body.at))
}

/// Captures of that shape that hold `body` and a signature.
fn samples(shape: &Shape, body: &[u8], signature: &str) -> Vec<Vec<u8>> {
    let behind = |line: &str| [line.as_bytes(), body].concat();
    match (&shape.form, shape.name) {
        (ShapeForm::Members(members), _) => of_members(shape, members, body, signature),
        (_, "cloudflare-tail") => {
            let logs = json!([{ "message": [text_of(body)], NAME: signature }]);
            let line = json!({ "outcome": "ok", "scriptName": "hook", "event": {}, "logs": logs });
            vec![serde_json::to_vec(&line).unwrap()]
        }
        (_, "http") => vec![http(body, signature), chunked(body, signature)],
        (_, "curl-trace") => vec![traced(&http(body, signature)), traced(&chunked(body, signature))],
        (_, "smee") => {
            let data = json!({ "body": text_of(body), "query": {}, "timestamp": 1, NAME: signature });
            vec![format!("event: message\ndata: {data}\n\n").into_bytes()]
        }
        (_, "docker-log") => {
            let text = std::str::from_utf8(body).unwrap();
            let (first, second) = text.split_at(text.ceil_char_boundary(text.len() / 2));
            let record = |log: &str| json!({ "log": log, "stream": "stdout", "time": "2026" }).to_string();
            vec![format!("{}\n{}", record(first), record(&format!("{second}\n"))).into_bytes()]
        }
        (_, "cri-log") => vec![behind("2026-02-13T12:36:13Z stdout F ")],
        (_, "lambda-log") => {
            vec![behind("2026-02-13T12:36:13Z\t3f2b8c1e\tINFO\t"), behind("START RequestId: 1 ")]
        }
        (_, "curl-v") => vec![behind(&format!(
            "* Connected to example.com\n> POST / HTTP/1.1\n> {NAME}: {signature}\n>\n"
        ))],
        (_, "mitmproxy-text") => vec![behind("HTTP(S) proxy listening at *:8080.\n")],
        (_, name) => panic!("{name} is new: say here what a text of that shape looks like"),
    }
}

/// Bodies that look like a capture of each shape, and break the schema.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let mut bodies = Vec::new();
    for shape in shapes() {
        for sample in samples(shape, DELIVERY.as_bytes(), genuine()) {
            let is_recognised = match Document::parse(&sample) {
                Ok(document) => shape.is_of_value(document.root()),
                Err(_) => shape.is_of_text(&sample),
            };
            assert!(is_recognised, "{}: {}", shape.name, String::from_utf8_lossy(&sample));
            let sample = match serde_json::from_slice::<Value>(&sample) {
                Ok(Value::Object(mut members)) => {
                    members.insert("id".to_owned(), json!(67));
                    serde_json::to_vec(&members).unwrap()
                }
                _ => sample,
            };
            bodies.push((shape.name, sample));
        }
    }
    bodies
}

/// The sign that says where the body is, and whether that is a text in which payloads are looked for.
fn is_carrier(shape: &Shape) -> Option<bool> {
    let is_text = |then| matches!(then, Then::Text(_));
    match &shape.form {
        ShapeForm::Nothing(..) => None,
        ShapeForm::Text(..) => {
            Some(matches!(shape.name, "docker-log" | "cri-log" | "lambda-log" | "mitmproxy-text"))
        }
        ShapeForm::Members(members) => Some(members.bodies.iter().any(|body| match body.then {
            Then::Shape(inner) => is_carrier(inner) == Some(true),
            then => is_text(then),
        })),
    }
}

fn judged(capture: &[u8], unwrap: &Unwrap) -> Vec<(Vec<u8>, Vec<&'static str>, bool)> {
    let options = Options { format: InputFormat::Auto, unwrap: unwrap.clone(), all_events: false, jobs: 1 };
    static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::default);
    let blocks = JudgedBlock::of_bytes(capture, &JUDGE, &options).unwrap();
    let payloads = blocks.iter().flat_map(JudgedBlock::all);
    payloads
        .map(|payload| {
            let codes = payload.findings.iter().map(|finding| finding.code.as_str()).collect();
            let is_valid = payload.findings.iter().all(|finding| finding.level != Level::Error);
            (payload.frame.bytes.to_vec(), codes, is_valid)
        })
        .collect()
}

/// Compares the payloads from `capture` with the body that was sent.
fn assert_as_sent(about: &str, capture: &[u8], unwrap: &Unwrap, body: &[u8], is_text: bool) {
    let payloads = judged(capture, unwrap);
    let is_red = payloads.iter().any(|(_, _, is_valid)| !is_valid);
    if is_text {
        let is_json = matches!(serde_json::from_slice(body), Ok(Value::Object(_)));
        let is_named = payloads.iter().any(|(_, codes, _)| codes.contains(&"wrapped-payload"));
        assert!(!is_json || is_red || is_named, "{about}: {payloads:?}");
        return;
    }
    assert!(is_red, "{about}: {payloads:?}");
    assert!(payloads.iter().all(|(bytes, ..)| bytes != DELIVERY.as_bytes()), "{about}: {payloads:?}");
}

fn assert_unverified(about: &str, capture: &[u8], unwrap: &Unwrap, keys: &Keys) {
    unwrap.open_bodies(capture, None, 1 << 20, &mut |leaf| {
        let body = Body { bytes: leaf.bytes, headers: &leaf.origin.headers, fidelity: leaf.origin.fidelity };
        let verdict = Verdict::of(&body, Sent::of(body.headers, None), keys);
        assert!(verdict.matched().is_none(), "{about}: {}", String::from_utf8_lossy(leaf.bytes));
    });
}

#[test]
fn no_body_is_opened_whatever_it_looks_like() {
    let keys = Keys::only(PublicKey::read_all(KEY, "key").unwrap());
    let bodies = bodies();
    for shape in shapes() {
        let Some(is_text) = is_carrier(shape) else { continue };
        for (name, body) in &bodies {
            let is_one_line = !body.contains(&b'\n');
            if matches!(shape.name, "cri-log" | "lambda-log") && !is_one_line
                || shape.name == "nested" && !matches!(serde_json::from_slice(body), Ok(Value::Object(_)))
            {
                continue;
            }
            for capture in samples(shape, body, GARBAGE) {
                let about = format!("{name} in {}: {}", shape.name, String::from_utf8_lossy(&capture));
                // Opening a shape by its name gives the same.
                let named = Some(Unwrap::Only(shape.name)).filter(|_| *name == "generic");
                for unwrap in [Unwrap::Auto].into_iter().chain(named) {
                    assert_as_sent(&about, &capture, &unwrap, body, is_text);
                    assert_unverified(&about, &capture, &unwrap, &keys);
                }
            }
        }
    }
}

#[test]
fn a_value_at_a_given_place_is_not_opened() {
    let keys = Keys::only(PublicKey::read_all(KEY, "key").unwrap());
    let unwrap = Unwrap::At(Pointer::from("/Messages/0/Body".to_owned()));
    for (name, body) in bodies() {
        let parsed = serde_json::from_slice(&body).ok().filter(|value: &Value| !value.is_string());
        for written in parsed.into_iter().chain([text_of(&body)]) {
            let capture = serde_json::to_vec(&json!({ "Messages": [{ "Body": written }] })).unwrap();
            assert_as_sent(name, &capture, &unwrap, &body, false);
            assert_unverified(name, &capture, &unwrap, &keys);
        }
    }
}

/// A notification in a queue is opened, because queues are subscribed to topics. But anyone can send one: if a signature
/// stands next to it, the notification is what was signed, and the headers in it are never those of the request.
#[test]
fn what_stands_next_to_a_signature_is_not_opened_and_its_headers_are_not_replaced() {
    let keys = Keys::only(PublicKey::read_all(KEY, "key").unwrap());
    for (outer, inner) in [(genuine(), GARBAGE), (GARBAGE, genuine())] {
        let notification = json!({ "Type": "Notification", "TopicArn": "arn", "Message": DELIVERY,
            "MessageAttributes": { NAME: { "Type": "String", "Value": inner } } });
        let record = json!({ "eventSource": "aws:sqs", "body": notification.to_string(),
            "messageAttributes": { NAME: { "stringValue": outer } } });
        let capture = json!({ "Records": [record] }).to_string();
        let about = format!("{outer} around {inner}");
        assert_unverified(&about, capture.as_bytes(), &Unwrap::Auto, &keys);
        let (mut reader, mut found) = (event::reader(), Vec::new());
        let document = reader.accept(capture.as_bytes());
        Unwrap::Auto.open(capture.as_bytes(), document.as_ref(), None, 1 << 20, &mut reader, &mut |leaf| {
            found.extend(leaf.origin.headers.all(NAME).map(str::to_owned));
        });
        assert_eq!(found, [outer], "{about}");
    }
}

/// The tests above rely on this: the delivery in each capture is found and verified.
#[test]
fn a_genuine_capture_of_each_shape_is_verified() {
    let keys = Keys::only(PublicKey::read_all(KEY, "key").unwrap());
    for shape in shapes() {
        let has_headers = match &shape.form {
            ShapeForm::Members(members) => members.headers.is_some(),
            ShapeForm::Text(..) => is_carrier(shape) == Some(false),
            ShapeForm::Nothing(..) => false,
        };
        if !has_headers || is_carrier(shape).is_none() {
            continue;
        }
        for capture in samples(shape, DELIVERY.as_bytes(), genuine()) {
            let mut verified = 0;
            Unwrap::Auto.open_bodies(&capture, None, 1 << 20, &mut |leaf| {
                let body =
                    Body { bytes: leaf.bytes, headers: &leaf.origin.headers, fidelity: leaf.origin.fidelity };
                verified +=
                    usize::from(Verdict::of(&body, Sent::of(body.headers, None), &keys).matched().is_some());
            });
            assert_eq!(verified, 1, "{}: {}", shape.name, String::from_utf8_lossy(&capture));
        }
    }
}
