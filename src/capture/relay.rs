//! Captures of tools that catch, relay or record requests.

use super::http::REQUEST;
use super::shape::{BodyMember, Encoding, Shape, Sign, Then, base64, one, plain, several};
use super::sse::{SMEE, SMEE_DATA};
use Sign::Has;

pub(super) const SHAPES: &[Shape] = &[
    several("har", "a HAR file", &[Has("/log/entries")], "/log/entries", HAR_BODIES, "/request/headers"),
    several(
        "n8n",
        "an n8n execution",
        &[Has("/0/headers"), Has("/0/body"), Has("/0/webhookUrl")],
        "",
        N8N_BODIES,
        "/headers",
    ),
    several(
        "n8n",
        "n8n's pinned data",
        &[Has("/0/json/headers"), Has("/0/json/body")],
        "",
        &[base64("/binary/data/data"), plain("/json/body")],
        "/json/headers",
    ),
    one(
        "n8n",
        "an n8n item",
        &[Has("/webhookUrl"), Has("/executionMode"), Has("/body")],
        N8N_BODIES,
        "/headers",
    ),
    several(
        "webhook-site",
        "a webhook.site list",
        &[Has("/data/0/token_id"), Has("/data/0/content"), Has("/per_page")],
        "/data",
        &[plain("/content")],
        "/headers",
    ),
    one(
        "webhook-site",
        "a webhook.site request",
        &[Has("/token_id"), Has("/uuid"), Has("/content")],
        &[plain("/content")],
        "/headers",
    ),
    one(
        "pipedream",
        "a Pipedream request",
        &[Has("/method"), Has("/path"), Has("/client_ip"), Has("/headers")],
        &[plain("/bodyRaw"), plain("/body")],
        "/headers",
    ),
    one(
        "pipedream",
        "a Pipedream request",
        &[Has("/bodyRaw"), Has("/headers")],
        &[plain("/bodyRaw")],
        "/headers",
    ),
    several(
        "ngrok",
        "an ngrok inspector export",
        &[Has("/requests/0/request/raw")],
        "/requests",
        &[BodyMember { at: "/request/raw", encoding: Encoding::Base64, then: Then::Shape(&REQUEST) }],
        "",
    ),
    one(
        "ngrok",
        "an ngrok inspector request",
        &[Has("/tunnel_name"), Has("/request/raw")],
        &[BodyMember { at: "/request/raw", encoding: Encoding::Base64, then: Then::Shape(&REQUEST) }],
        "",
    ),
    several(
        "wiremock",
        "a WireMock journal",
        &[Has("/requests/0/request/loggedDate")],
        "/requests",
        &[base64("/request/bodyAsBase64"), plain("/request/body")],
        "/request/headers",
    ),
    several(
        "wiremock",
        "a WireMock journal",
        &[Has("/requests/0/request/bodyAsBase64")],
        "/requests",
        &[base64("/request/bodyAsBase64"), plain("/request/body")],
        "/request/headers",
    ),
    several(
        "hookdeck",
        "a Hookdeck list",
        &[Has("/models/0/data"), Has("/pagination")],
        "/models",
        &[plain("/data/body")],
        "/data/headers",
    ),
    one(
        "hookdeck",
        "a Hookdeck request",
        &[Has("/data/headers"), Has("/data/body")],
        &[plain("/data/body")],
        "/data/headers",
    ),
    one(
        "hookdeck",
        "what the Hookdeck CLI receives",
        &[Has("/body/request/data_string")],
        &[plain("/body/request/data_string")],
        "/body/request/headers",
    ),
    one("svix", "a Svix message", &[Has("/eventType"), Has("/payload")], &[plain("/payload")], "/headers"),
    one(
        "svix",
        "a Svix attempt",
        &[Has("/msgId"), Has("/msg/payload")],
        &[plain("/msg/payload")],
        "/headers",
    ),
    one(
        "delivery-log",
        "a delivery of a log such as GitHub's",
        &[Has("/guid"), Has("/delivered_at"), Has("/request/payload")],
        &[plain("/request/payload")],
        "/request/headers",
    ),
    SMEE,
    SMEE_DATA,
    one(
        "stripe-relay",
        "an event that a command line relays, as Stripe's does",
        &[Has("/event_payload"), Has("/http_headers")],
        &[plain("/event_payload")],
        "/http_headers",
    ),
    one(
        "webhook-tester",
        "a webhook-tester request",
        &[Has("/request_payload_base64")],
        WEBHOOK_TESTER,
        "/headers",
    ),
    several(
        "webhook-tester",
        "a webhook-tester list",
        &[Has("/0/request_payload_base64")],
        "",
        WEBHOOK_TESTER,
        "/headers",
    ),
    one("cloudevents", "a CloudEvent", &[Has("/specversion")], &[base64("/data_base64"), plain("/data")], ""),
    one(
        "pubsub",
        "a Pub/Sub push",
        &[Has("/message/data"), Has("/subscription")],
        &[base64("/message/data")],
        "/message/attributes",
    ),
];

const HAR_BODIES: &[BodyMember] = &[BodyMember {
    at: "/request/postData/text",
    encoding: Encoding::Base64If(&["/request/postData/encoding"]),
    then: Then::Payload,
}];
const N8N_BODIES: &[BodyMember] = &[base64("/binary/data/data"), plain("/body")];
const WEBHOOK_TESTER: &[BodyMember] = &[base64("/request_payload_base64")];
