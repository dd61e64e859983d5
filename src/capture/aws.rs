//! Captures that AWS services pass to a function.

use super::shape::{BodyMember, Encoding, Shape, Sign, Then, one, plain, several};
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
    several(
        "aws-sqs",
        "an AWS SQS event",
        &[Sign::Is("/Records/0/eventSource", "aws:sqs")],
        "/Records",
        &[BodyMember { then: Then::Perhaps(&NOTIFICATION), ..plain("/body") }],
        "/messageAttributes",
    ),
    several(
        "aws-sns",
        "an AWS SNS event",
        &[Sign::Is("/Records/0/EventSource", "aws:sns")],
        "/Records",
        &[plain("/Sns/Message")],
        "/Sns/MessageAttributes",
    ),
    NOTIFICATION,
    one(
        "eventbridge",
        "an AWS EventBridge event",
        &[Sign::Has("/detail-type"), Sign::Has("/detail")],
        &[plain("/detail")],
        "/headers",
    )
    .with(Fidelity::Parsed),
];

/// A notification of SNS, also in a queue.
const NOTIFICATION: Shape = one(
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
    one(name, what, signs, bodies, "/headers")
}
