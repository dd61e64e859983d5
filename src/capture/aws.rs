//! Captures that AWS services pass to a function.

use super::generic::plain;
use super::shape::{BodyMember, Encoding, MemberPlaces, Shape, ShapeForm, Sign, Then};
use crate::headers::Fidelity;
use crate::payload::Node;

pub(super) const SHAPES: &[Shape] = &[
    gateway("aws-alb", "an AWS load balancer event", &[Sign::Has("/requestContext/elb")]),
    gateway(
        "aws-apigw-v2",
        "an AWS API Gateway (2.0) or function URL event",
        &[Sign::Has("/requestContext/http"), Sign::Has("/rawPath")],
    ),
    gateway(
        "aws-apigw-v1",
        "an AWS API Gateway (1.0) event",
        &[Sign::Has("/requestContext"), Sign::Has("/httpMethod")],
    ),
    messages(
        "aws-sqs",
        "an AWS SQS event",
        &[Sign::Is("/Records/0/eventSource", "aws:sqs")],
        &[BodyMember { then: Then::Perhaps(&NOTIFICATION), ..plain("/body") }],
        "/messageAttributes",
    ),
    messages(
        "aws-sns",
        "an AWS SNS event",
        &[Sign::Is("/Records/0/EventSource", "aws:sns")],
        &[plain("/Sns/Message")],
        "/Sns/MessageAttributes",
    ),
    NOTIFICATION,
    message(
        "eventbridge",
        "an AWS EventBridge event",
        &[Sign::Has("/detail-type"), Sign::Has("/detail")],
        &[plain("/detail")],
        "/headers",
        Some(Fidelity::Parsed),
    ),
];

/// A notification of SNS, also in a queue.
const NOTIFICATION: Shape = message(
    "aws-sns",
    "an AWS SNS notification",
    &[
        Sign::Is("/Type", "Notification"),
        Sign::Has("/TopicArn"),
        Sign::Has("/Message"),
        Sign::Root(has_no_other_members, "no members but those of SNS"),
    ],
    &[plain("/Message")],
    "/MessageAttributes",
    None,
);

/// Whether all members are SNS's own: anyone can send something that looks like a notification, and more with it.
fn has_no_other_members(root: Node<'_>) -> bool {
    const OWN: [&str; 12] = [
        "Type",
        "MessageId",
        "SequenceNumber",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
        "UnsubscribeURL",
        "MessageAttributes",
    ];
    root.members().is_some_and(|members| members.iter().all(|member| OWN.contains(&&*member.name())))
}

const fn gateway(name: &'static str, what: &'static str, signs: &'static [Sign]) -> Shape {
    let bodies = &[BodyMember {
        at: "/body",
        encoding: Encoding::Base64If(&["/isBase64Encoded"]),
        then: Then::Payload,
    }];
    message(name, what, signs, bodies, "/headers", None)
}

const fn message(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    bodies: &'static [BodyMember],
    headers: &'static str,
    fidelity: Option<Fidelity>,
) -> Shape {
    Shape {
        name,
        what,
        signs,
        form: ShapeForm::Members(MemberPlaces { each: None, bodies, headers: Some(headers), fidelity }),
    }
}

const fn messages(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    bodies: &'static [BodyMember],
    headers: &'static str,
) -> Shape {
    let members = MemberPlaces { each: Some("/Records"), bodies, headers: Some(headers), fidelity: None };
    Shape { name, what, signs, form: ShapeForm::Members(members) }
}
