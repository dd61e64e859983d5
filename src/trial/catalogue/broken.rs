//! Requests that anybody can post: a receiver may refuse them or not, but must survive them.

use super::Expected::{NoCrash, Reported, Success};
use super::Make::Requests;
use super::{CRASH_HELP, Case, LAST, Needs, each_field, one};
use crate::check::Level::{Error, Note, Warning};
use crate::headers::Headers;
use crate::http::Request;
use crate::payload::BYTE_ORDER_MARK;
use crate::trial::kit::replaced;

const ANYBODY: &str = "anybody can post anything; the vendor's guide advises to answer 200";

pub(super) const CASES: &[Case] = &[
    Case {
        name: "bad/empty",
        sends: "nothing, signed",
        expects: &[(NoCrash, Warning)],
        why: ANYBODY,
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| one(kit.signed(Vec::new()))),
    },
    Case {
        name: "bad/truncated",
        sends: "a delivery without its second half, signed",
        expects: &[(NoCrash, Warning)],
        why: ANYBODY,
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let mut body = kit.flat().compact();
            body.truncate(body.len() / 2);
            one(kit.signed(body))
        }),
    },
    Case {
        name: "bad/not-json",
        sends: "a form, signed",
        expects: &[(NoCrash, Warning)],
        why: ANYBODY,
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| one(kit.signed(b"type=AssociationCreate&id=1".to_vec()))),
    },
    Case {
        name: "bad/utf8",
        sends: "a label that is not UTF-8, signed",
        expects: &[(NoCrash, Warning)],
        why: ANYBODY,
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let mut body = kit.flat().compact();
            let at = body.windows(10).position(|part| part == b"Interested").unwrap_or_default();
            body[at] = 0xff;
            one(kit.signed(body))
        }),
    },
    Case {
        name: "bad/bom",
        sends: "a delivery after a byte order mark, signed",
        expects: &[(NoCrash, Warning)],
        why: ANYBODY,
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let body = [BYTE_ORDER_MARK, &kit.flat().compact()].concat();
            one(kit.signed(body))
        }),
    },
    Case {
        name: "bad/types",
        sends: "a number, an object or an array in each field",
        expects: &[(NoCrash, Warning)],
        why: "the schema says string, but nothing forces a sender to follow it",
        help: CRASH_HELP,
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let mut others = ["67", "{}", "[]"].into_iter().cycle();
            each_field(kit, move |delivery, field| delivery.json(field, others.next().unwrap_or_default()))
        }),
    },
    Case {
        name: "bad/deep",
        sends: "10,000 arrays inside each other",
        expects: &[(NoCrash, Note)],
        why: "a parser that overflows its stack ends the whole process",
        help: "limit the depth, or use a parser that limits it",
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let deep = "[".repeat(10_000) + &"]".repeat(10_000);
            let body = kit.flat().json("extra", deep);
            one(kit.signed(body.compact()))
        }),
    },
    Case {
        name: "bad/long",
        sends: "a label of 256 KiB",
        expects: &[(NoCrash, Note)],
        why: "a page of the help centre gives 256 KB as the longest payload",
        help: "answer 413 to what is too long",
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let body = kit.flat().string("firstObjectLabel", &"long ".repeat((256 << 10) / 5));
            one(kit.signed(body.compact()))
        }),
    },
    Case {
        name: "bad/content-type",
        sends: "a delivery as text/plain",
        expects: &[(Reported, Note)],
        why: "nobody knows whether the platform ever sends another media type",
        help: "",
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let request = {
                let body = kit.flat().compact();
                kit.signed(body)
            };
            let mut plain = Headers::default();
            plain.push("Content-Type", "text/plain");
            let headers = replaced(&request.headers, &plain);
            one(Request { headers, ..request })
        }),
    },
    Case {
        name: LAST,
        sends: "post/accepted with a new id",
        expects: &[(Success, Error)],
        why: "none of the cases before has stopped it",
        help: "read its log from the first case that does not hold",
        needs: Needs::Nothing,
        make: Requests(|kit| {
            let body = kit.flat().compact();
            one(kit.signed(body))
        }),
    },
];
