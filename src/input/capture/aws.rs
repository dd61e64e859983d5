//! What AWS services hand to a function.

use super::origin::Fidelity;
use super::plain::plain;
use super::shape::{Body, Encoding, Form, Members, Shape, Sign};

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
        &[plain("/body")],
        "/messageAttributes",
    ),
    messages(
        "aws-sns",
        "an AWS SNS event",
        &[Sign::Is("/Records/0/EventSource", "aws:sns")],
        &[plain("/Sns/Message")],
        "/Sns/MessageAttributes",
    ),
    message(
        "aws-sns",
        "an AWS SNS notification",
        &[Sign::Is("/Type", "Notification"), Sign::Has("/TopicArn"), Sign::Has("/Message")],
        &[plain("/Message")],
        "/MessageAttributes",
        None,
    ),
    message(
        "eventbridge",
        "an AWS EventBridge event",
        &[Sign::Has("/detail-type"), Sign::Has("/detail")],
        &[plain("/detail")],
        "/headers",
        Some(Fidelity::Parsed),
    ),
];

const fn gateway(name: &'static str, what: &'static str, signs: &'static [Sign]) -> Shape {
    let bodies = &[Body { at: "/body", encoding: Encoding::Base64If("/isBase64Encoded"), then: None }];
    message(name, what, signs, bodies, "/headers", None)
}

const fn message(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    bodies: &'static [Body],
    headers: &'static str,
    fidelity: Option<Fidelity>,
) -> Shape {
    Shape {
        name,
        what,
        signs,
        form: Form::Members(Members { each: None, bodies, headers: Some(headers), fidelity }),
    }
}

const fn messages(
    name: &'static str,
    what: &'static str,
    signs: &'static [Sign],
    bodies: &'static [Body],
    headers: &'static str,
) -> Shape {
    let members = Members { each: Some("/Records"), bodies, headers: Some(headers), fidelity: None };
    Shape { name, what, signs, form: Form::Members(members) }
}
