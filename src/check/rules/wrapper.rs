//! Payloads inside something else: `wrapped-payload`, `nested-data`.
//!
//! What always holds: a wrapper is told by the members that its maker gives it, never by something in it that
//! looks right; a payload that has a field of the event's own at its top is never taken for one.

use super::{Advice, Seen, event};
use crate::association::event::{Known, known};
use crate::check::finding::Finding;
use crate::payload::{Document, Kind, Node, Pointer};

/// One shape that captured deliveries come in.
struct Wrapper {
    /// With its article.
    name: &'static str,
    /// Pointers to what must be there, with the text it must be, if any. `0` is the first element of an array.
    signs: &'static [(&'static str, Option<&'static str>)],
    /// Where the (first) payload is.
    payload: &'static str,
    encoding: Encoding,
}

/// How the payload is written.
enum Encoding {
    /// As a value, or as a string that holds it.
    Plain,
    Base64,
    /// In base64 if this member beside it is true.
    Base64If(&'static str),
    /// In a way that takes this command, of which FILE is the input.
    Command(&'static str),
}

const fn plain(
    name: &'static str,
    signs: &'static [(&'static str, Option<&'static str>)],
    payload: &'static str,
) -> Wrapper {
    Wrapper { name, signs, payload, encoding: Encoding::Plain }
}

const fn flagged(name: &'static str, signs: &'static [(&'static str, Option<&'static str>)]) -> Wrapper {
    Wrapper { name, signs, payload: "/body", encoding: Encoding::Base64If("/isBase64Encoded") }
}

/// What an ngrok export holds is a whole request, of which the body follows the first blank line.
const NGROK: &str =
    "jq -r '.requests[0].request.raw | @base64d' FILE | sed '1,/^\\r*$/d' | assoclens validate";
const AWSLOGS: &str =
    "jq -r .awslogs.data FILE | base64 -d | gunzip | jq -r '.logEvents[].message' | assoclens validate";

/// The shapes that are told by their own signs, the narrower first.
const WRAPPERS: &[Wrapper] = &[
    flagged("an AWS load balancer event", &[("/requestContext/elb", None), ("/body", None)]),
    flagged("an AWS API Gateway event (2.0)", &[("/requestContext/http", None), ("/body", None)]),
    flagged("an AWS API Gateway event", &[("/requestContext", None), ("/httpMethod", None), ("/body", None)]),
    plain("an AWS SQS event", &[("/Records/0/eventSource", Some("aws:sqs"))], "/Records/0/body"),
    plain("an AWS SNS event", &[("/Records/0/EventSource", Some("aws:sns"))], "/Records/0/Sns/Message"),
    plain("an AWS EventBridge event", &[("/detail-type", None), ("/detail", None)], "/detail"),
    plain("an n8n export", &[("/0/json/body", None), ("/0/json/headers", None)], "/0/json/body"),
    plain("an n8n export", &[("/0/headers", None), ("/0/body", None), ("/0/query", None)], "/0/body"),
    plain("a webhook.site request", &[("/token_id", None), ("/uuid", None), ("/content", None)], "/content"),
    plain("a webhook.site list", &[("/data/0/content", None), ("/per_page", None)], "/data/0/content"),
    plain("a Pipedream request", &[("/bodyRaw", None), ("/headers", None)], "/bodyRaw"),
    Wrapper {
        name: "an ngrok export",
        signs: &[("/requests/0/request/raw", None)],
        payload: "/requests/0/request/raw",
        encoding: Encoding::Command(NGROK),
    },
    Wrapper {
        name: "a WireMock journal",
        signs: &[("/requests/0/request/bodyAsBase64", None)],
        payload: "/requests/0/request/bodyAsBase64",
        encoding: Encoding::Base64,
    },
    plain("a WireMock journal", &[("/requests/0/request/body", None)], "/requests/0/request/body"),
    plain("a HAR file", &[("/log/entries", None)], "/log/entries/0/request/postData/text"),
    plain("a Hookdeck request", &[("/data/headers", None), ("/data/body", None)], "/data/body"),
    plain("a Hookdeck list", &[("/models/0/data/body", None)], "/models/0/data/body"),
    plain("a Hookdeck event", &[("/body/request/data_string", None)], "/body/request/data_string"),
    plain("a Svix message", &[("/eventType", None), ("/payload", None)], "/payload"),
    plain("a Svix attempt", &[("/msgId", None), ("/msg/payload", None)], "/msg/payload"),
    plain("a delivery log", &[("/guid", None), ("/delivered_at", None)], "/request/payload"),
    plain("a relayed event", &[("/event_payload", None), ("/http_headers", None)], "/event_payload"),
    Wrapper {
        name: "a webhook-tester request",
        signs: &[("/request_payload_base64", None)],
        payload: "/request_payload_base64",
        encoding: Encoding::Base64,
    },
    Wrapper {
        name: "a webhook-tester list",
        signs: &[("/0/request_payload_base64", None)],
        payload: "/0/request_payload_base64",
        encoding: Encoding::Base64,
    },
    Wrapper {
        name: "a CloudEvent",
        signs: &[("/specversion", None), ("/data_base64", None)],
        payload: "/data_base64",
        encoding: Encoding::Base64,
    },
    plain("a CloudEvent", &[("/specversion", None), ("/data", None)], "/data"),
    Wrapper {
        name: "a Pub/Sub push",
        signs: &[("/message/data", None), ("/subscription", None)],
        payload: "/message/data",
        encoding: Encoding::Base64,
    },
    plain(
        "a CloudWatch export",
        &[("/events/0/message", None), ("/events/0/logStreamName", None)],
        "/events/0/message",
    ),
    Wrapper {
        name: "a CloudWatch subscription",
        signs: &[("/awslogs/data", None)],
        payload: "/awslogs/data",
        encoding: Encoding::Command(AWSLOGS),
    },
    plain("a container log line", &[("/log", None), ("/stream", None), ("/time", None)], "/log"),
];

/// Headers beside a body, whoever wrote them down.
const GENERIC: &[Wrapper] = &[
    plain("a captured request", &[("/headers", None), ("/rawBody", None)], "/rawBody"),
    plain("a captured request", &[("/headers", None), ("/body", None)], "/body"),
    plain("a captured request", &[("/headers", None), ("/payload", None)], "/payload"),
    plain("a captured request", &[("/headers", None), ("/content", None)], "/content"),
];

/// Says so if the object is a wrapper or the nested form. Its members are then not the event's.
pub(super) fn around(root: Node<'_>, seen: &Seen<'_>, advice: &mut Advice<'_>) -> bool {
    if seen.unknown == 0 {
        return false;
    }
    if declared(root, WRAPPERS, advice) {
        return true;
    }
    if nested(root, seen, advice) {
        event::is_other(seen, advice);
        return true;
    }
    declared(root, GENERIC, advice)
}

/// Says so if an array holds wrappers, or a string holds a payload.
pub(super) fn around_no_object(root: Node<'_>, advice: &mut Advice<'_>) {
    let text = root.as_str().filter(|text| text.trim_start().starts_with('{'));
    let is_object =
        |text: &str| Document::parse(text.as_bytes()).is_ok_and(|inner| inner.root().kind() == Kind::Object);
    if root.kind() == Kind::Array {
        declared(root, WRAPPERS, advice);
    } else if text.is_some_and(|text| is_object(&text)) {
        let message = "the payload is inside a JSON string: it was written as JSON twice".to_owned();
        let finding = advice.raise("wrapped-payload", Pointer::default(), root.text(), message);
        finding.help = Some("to judge what is in it: jq -r . FILE | assoclens validate".to_owned());
    }
}

fn declared(root: Node<'_>, wrappers: &[Wrapper], advice: &mut Advice<'_>) -> bool {
    let has = |(pointer, text): &(&str, Option<&str>)| {
        at(root, pointer).is_some_and(|node| text.is_none_or(|text| node.as_str().as_deref() == Some(text)))
    };
    let Some(wrapper) = wrappers.iter().find(|wrapper| wrapper.signs.iter().all(has)) else { return false };
    let place = at(root, wrapper.payload);
    let message = format!("this is {}; the payload is inside it, at `{}`", wrapper.name, wrapper.payload);
    let finding = match place {
        Some(node) => advice.raise("wrapped-payload", pointer(wrapper.payload), node.text(), message),
        None => advice.raise("wrapped-payload", Pointer::default(), root.text(), message),
    };
    what_to_type(wrapper, root, place, finding);
    true
}

fn what_to_type(wrapper: &Wrapper, root: Node<'_>, place: Option<Node<'_>>, finding: &mut Finding) {
    let is_text = place.is_none_or(|node| node.kind() == Kind::String);
    let is_true = |flag: &str| at(root, flag).is_some_and(|node| node.text() == "true");
    let filter = filter(wrapper.payload);
    let command = match wrapper.encoding {
        Encoding::Command(command) => command.to_owned(),
        Encoding::Base64 => format!("jq -r '{filter} | @base64d' FILE | assoclens validate"),
        Encoding::Base64If(flag) if is_true(flag) => {
            format!("jq -r '{filter} | @base64d' FILE | assoclens validate")
        }
        _ if is_text => format!("jq -r '{filter}' FILE | assoclens validate"),
        _ => format!("jq -c '{filter}' FILE | assoclens validate"),
    };
    finding.label = Some("the payload".to_owned()).filter(|_| place.is_some());
    finding.help = Some(format!("to judge what is in it: {command}"));
}

/// The `jq` filter that takes the payloads out.
fn filter(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|token| match token {
        "0" => "[]".to_owned(),
        token if token.contains('-') => format!(".\"{token}\""),
        token => format!(".{token}"),
    });
    let steps: String = steps.collect();
    let start = if steps.starts_with('[') { "." } else { "" };
    // Not every entry of a list has a body.
    let end = if steps.contains("[]") { " // empty" } else { "" };
    format!("{start}{steps}{end}")
}

/// The value that a pointer of the table names.
fn at<'a>(root: Node<'a>, pointer: &str) -> Option<Node<'a>> {
    pointer.split('/').skip(1).try_fold(root, |node, token| match (token, node.kind()) {
        ("0", Kind::Array) => {
            let mut first = None;
            node.each_element(|element| first = first.or(Some(element)));
            first
        }
        _ => node.member(token),
    })
}

fn pointer(text: &str) -> Pointer {
    Pointer::from(text.to_owned())
}

/// The form of the vendor's guide, an envelope around `data`.
///
/// Two documented fields in `data` are sign enough, and one if the envelope is around it: `id` alone is in
/// everyone's `data`.
fn nested(root: Node<'_>, seen: &Seen<'_>, advice: &mut Advice<'_>) -> bool {
    let Some(data) = root.member("data") else { return false };
    let Some(members) = data.members() else { return false };
    let documented =
        members.iter().filter(|member| matches!(known(&member.name()), Some(Known::Field(_)))).count();
    let has_envelope = seen.envelope[0].is_some() && seen.envelope[1..].iter().any(Option::is_some);
    if documented < if has_envelope { 1 } else { 2 } {
        return false;
    }
    let message = "the event's fields stand one level down, in `data`".to_owned();
    let finding = advice.raise_at("nested-data", "data", data, message);
    finding.label = Some("the event's fields".to_owned());
    finding.help = Some(
        "deliveries are flat, so a handler that reads `body.data` gets nothing from them; to judge what is in \
         it: jq -c .data FILE | assoclens validate"
            .to_owned(),
    );
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_of_the_table_becomes_a_filter() {
        assert_eq!(filter("/body"), ".body");
        assert_eq!(filter("/0/json/body"), ".[].json.body // empty");
        assert_eq!(filter("/Records/0/Sns/Message"), ".Records[].Sns.Message // empty");
        assert_eq!(filter("/detail-type"), ".\"detail-type\"");
    }
}
