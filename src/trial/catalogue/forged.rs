//! Signatures: a forgery must be refused, and a genuine signature must not.

use super::Expected::{NoCrash, Refusal, Success};
use super::Make::{Body, Requests};
use super::{CRASH_HELP, Case, Needs, SIGNED, Variant, one};
use crate::check::Level::{Error, Note, Warning};
use crate::trial::kit::Kit;
use base64::engine::Engine as _;
use base64::engine::general_purpose::STANDARD;

const VERIFY_HELP: &str =
    "verify X-GHL-Signature over the raw body, before parsing it, and answer 401 if it does not match";

/// The usual case of a signature that is not right.
const FORGED: Case = Case { expects: &[(Refusal, Error)], help: VERIFY_HELP, needs: Needs::Key, ..SIGNED };

fn forged(kit: &mut Kit<'_>, sign: fn(&Kit<'_>, &[u8]) -> Option<String>) -> Vec<Variant> {
    let body = kit.flat().compact();
    let signature = sign(kit, &body);
    one(kit.forged(body, signature, false))
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "sign/none",
        sends: "no signature",
        why: "a receiver that skips the check when the header is missing, as HighLevel's PHP SDK does, \
              handles anything",
        make: Requests(|kit| forged(kit, |_, _| None)),
        ..FORGED
    },
    Case {
        name: "sign/wrong-body",
        sends: "the signature of the body and a line feed",
        why: "a signature is valid for one body only",
        make: Requests(|kit| {
            forged(kit, |kit, body| Some(STANDARD.encode(kit.signature(&[body, b"\n"].concat()))))
        }),
        ..FORGED
    },
    Case {
        name: "sign/wrong-key",
        sends: "a signature by a key that was made for this run",
        why: "a signature is valid for one key only",
        help: "it accepts anybody's signature: verify the raw body with the published key",
        make: Requests(|kit| forged(kit, |kit, body| Some(kit.strange_signature(body)))),
        ..FORGED
    },
    Case {
        name: "sign/not-base64",
        sends: "a signature that is not base64",
        why: "what cannot be read is not a signature",
        make: Requests(|kit| forged(kit, |_, _| Some("*** not base64 ***".to_owned()))),
        ..FORGED
    },
    Case {
        name: "sign/short",
        sends: "the right signature without its last byte",
        why: "an Ed25519 signature has 64 bytes",
        make: Requests(|kit| {
            forged(kit, |kit, body| {
                let signature = kit.signature(body);
                Some(STANDARD.encode(&signature[..signature.len().saturating_sub(1)]))
            })
        }),
        ..FORGED
    },
    Case {
        name: "sign/na",
        sends: "N/A for a signature",
        why: "N/A says that a delivery is not signed",
        make: Requests(|kit| forged(kit, |_, _| Some("N/A".to_owned()))),
        ..FORGED
    },
    Case {
        name: "sign/downgrade",
        sends: "a wrong X-GHL-Signature next to a correct X-WH-Signature",
        expects: &[(Refusal, Warning)],
        why: "X-GHL-Signature decides alone if it is there",
        help: "look at X-WH-Signature only where X-GHL-Signature is missing",
        needs: Needs::BothKeys,
        make: Requests(|kit| {
            let body = kit.flat().compact();
            let wrong = kit.strange_signature(&body);
            one(kit.forged(body, Some(wrong), true))
        }),
    },
    Case {
        name: "sign/header-case",
        sends: "the right signature in a header whose name is in odd case",
        expects: &[(Success, Error)],
        why: "HTTP: the names of headers are case-insensitive, and proxies may change their case",
        help: "look up headers regardless of case",
        make: Requests(|kit| {
            let body = kit.flat().compact();
            let signature = STANDARD.encode(kit.signature(&body));
            one(kit.request(body, &[("x-gHl-sIGNATURE", signature)]))
        }),
        ..FORGED
    },
    Case {
        name: "sign/spaced",
        sends: "the same JSON over lines, signed as it is sent",
        expects: &[(Success, Note)],
        why: "a receiver that parses the body and verifies it rewritten, as HighLevel's TypeScript SDK \
              does, refuses it; harmless while deliveries are compact",
        help: "verify the bytes as they arrived, before anything parses them",
        make: Body(|kit| kit.flat().pretty()),
        ..FORGED
    },
    Case {
        name: "sign/duplicate-key",
        sends: "a member twice, signed",
        expects: &[(NoCrash, Note)],
        why: "parsers differ on which of the two members counts",
        help: CRASH_HELP,
        make: Body(|kit| kit.flat().and("key", "another_key").compact()),
        ..FORGED
    },
];
