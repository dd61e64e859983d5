//! Requests that anybody can post: a receiver may refuse them or not, but must survive them.

use super::Expected::{NoCrash, Reported, Success};
use super::Make::{Body, Requests};
use super::{CRASH_HELP, Case, LAST, SIGNED, each_field, one};
use crate::check::Level::{Error, Note, Warning};
use crate::headers::Headers;
use crate::http::Request;
use crate::payload::BYTE_ORDER_MARK;
use crate::trial::kit::replaced;

/// The usual case of a body that is not a delivery.
const BROKEN: Case = Case {
    expects: &[(NoCrash, Warning)],
    why: "anybody can post anything; HighLevel's guide advises to answer 200",
    help: CRASH_HELP,
    ..SIGNED
};

pub(super) const CASES: &[Case] = &[
    Case { name: "bad/empty", sends: "nothing, signed", make: Body(|_| Vec::new()), ..BROKEN },
    Case {
        name: "bad/truncated",
        sends: "a delivery without its second half, signed",
        make: Body(|kit| {
            let mut body = kit.flat().compact();
            body.truncate(body.len() / 2);
            body
        }),
        ..BROKEN
    },
    Case {
        name: "bad/not-json",
        sends: "a form, signed",
        make: Body(|_| b"type=AssociationCreate&id=1".to_vec()),
        ..BROKEN
    },
    Case {
        name: "bad/utf8",
        sends: "a label that is not UTF-8, signed",
        make: Body(|kit| {
            let mut body = kit.flat().compact();
            let at = body.windows(10).position(|part| part == b"Interested").unwrap_or_default();
            body[at] = 0xff;
            body
        }),
        ..BROKEN
    },
    Case {
        name: "bad/bom",
        sends: "a delivery after a byte order mark, signed",
        make: Body(|kit| [BYTE_ORDER_MARK, &kit.flat().compact()].concat()),
        ..BROKEN
    },
    Case {
        name: "bad/types",
        sends: "a number, an object or an array in each field",
        why: "the schema says string, but nothing forces a sender to follow it",
        make: Requests(|kit| {
            let mut others = ["67", "{}", "[]"].into_iter().cycle();
            each_field(kit, move |delivery, field| delivery.json(field, others.next().unwrap_or_default()))
        }),
        ..BROKEN
    },
    Case {
        name: "bad/deep",
        sends: "10,000 arrays inside each other",
        expects: &[(NoCrash, Note)],
        why: "a parser that overflows its stack ends the whole process",
        help: "limit the depth, or use a parser that limits it",
        make: Body(|kit| {
            let deep = "[".repeat(10_000) + &"]".repeat(10_000);
            let body = kit.flat().json("extra", deep);
            body.compact()
        }),
        ..BROKEN
    },
    Case {
        name: "bad/long",
        sends: "a label of 256 KiB",
        expects: &[(NoCrash, Note)],
        why: "a page of the help centre gives 256 KB as the longest payload",
        help: "answer 413 to what is too long",
        make: Body(|kit| kit.flat().string("firstObjectLabel", &"long ".repeat((256 << 10) / 5)).compact()),
        ..BROKEN
    },
    Case {
        name: "bad/content-type",
        sends: "a delivery as text/plain",
        expects: &[(Reported, Note)],
        why: "nobody knows whether HighLevel ever sends another media type",
        help: "",
        make: Requests(|kit| {
            let body = kit.flat().compact();
            let request = kit.signed(body);
            let mut plain = Headers::default();
            plain.push("Content-Type", "text/plain");
            let headers = replaced(&request.headers, &plain);
            one(Request { headers, ..request })
        }),
        ..BROKEN
    },
    Case {
        name: LAST,
        sends: "post/accepted with a new id",
        expects: &[(Success, Error)],
        why: "none of the cases before has stopped it",
        help: "read its log from the first case that does not hold",
        ..BROKEN
    },
];
