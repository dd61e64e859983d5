//! Deliveries as the platform may send them: none is broken.

use super::super::delivery::Draft;
use super::Expected::{InTime, NoCrash, NoRedirect, NoSuccess, Success};
use super::Make::{Body, Requests, SameAnswer};
use super::{CRASH_HELP, Case, FIRST, Needs, SIGNED, each_field, named, one};
use crate::check::Level::{Error, Note, Warning};
use crate::event::{ASSOCIATION_UPDATE, RELATION_CREATE};
use crate::http::Method;
use jiff::SignedDuration;

const IGNORE: &str =
    "answer 2xx to what you do not need: any other answer makes HighLevel send it again, 12 times";
const FIELD_HELP: &str =
    "do not rely on a field being there, and log what you cannot use instead of refusing it";

pub(super) const CASES: &[Case] = &[
    Case {
        name: FIRST,
        sends: "the documented example, its fields next to `type` and `webhookId`, signed if there is a key",
        expects: &[(Success, Error)],
        why: "the event's page: a listener must accept POST",
        help: "check the route, the method and, if it verifies, the key: --sign-with needs the private key \
               of the \
               public key that the receiver has",
        make: Body(|kit| kit.accepted()),
        ..SIGNED
    },
    Case {
        name: "post/no-redirect",
        sends: "(the same answer)",
        expects: &[(NoRedirect, Error)],
        why: "HighLevel takes a redirect for a failure and does not follow it; clients that do turn POST \
              into GET",
        help: "register the URL that the redirect leads to: usually they differ in a slash at the end, \
               https or www",
        make: SameAnswer,
        ..SIGNED
    },
    Case {
        name: "post/in-time",
        sends: "(the same answer)",
        expects: &[(InTime, Note)],
        why: "HighLevel publishes no limit, so the time is only reported",
        help: "acknowledge first and work afterwards",
        make: SameAnswer,
        ..SIGNED
    },
    Case {
        name: "post/query-kept",
        sends: "(the same answer) the URL's own query, unchanged",
        expects: &[(Success, Warning)],
        why: "a URL is registered with its query",
        help: "accept the query that you register",
        needs: Needs::Query,
        make: SameAnswer,
    },
    Case {
        name: "method/get",
        sends: "GET",
        expects: &[(NoSuccess, Note)],
        why: "deliveries are posted; a receiver that answers 2xx to everything does not notice a wrong \
              method",
        help: "answer 405 to other methods, so that a wrong one is seen",
        make: Requests(|kit| {
            let mut request = kit.request(Vec::new(), &[]);
            request.method = Method::Get;
            one(request)
        }),
        ..SIGNED
    },
    Case {
        name: "event/bare",
        sends: "the eight documented fields alone",
        expects: &[(NoCrash, Note)],
        why: "the documentation shows them so; no delivery of this form is known",
        help: CRASH_HELP,
        make: Body(|kit| Draft::bare(&mut kit.ids).compact()),
        ..SIGNED
    },
    Case {
        name: "event/missing-field",
        sends: "each documented field missing in turn",
        expects: &[(Success, Warning)],
        why: "HighLevel's maintainers confirm that documented fields can be absent",
        help: FIELD_HELP,
        make: Requests(|kit| each_field(kit, Draft::without)),
        ..SIGNED
    },
    Case {
        name: "event/extra-field",
        sends: "`traceId`, and an unknown member",
        expects: &[(Success, Warning)],
        why: "undocumented fields occur, and the page itself mentions `traceId`",
        help: "ignore fields that you do not know",
        make: Body(|kit| {
            let trace = kit.ids.uuid();
            let body = kit.flat().string("traceId", &trace).string("assoclensUnknown", "ignore me");
            body.compact()
        }),
        ..SIGNED
    },
    Case {
        name: "event/null-label",
        sends: "a label that is null",
        expects: &[(NoCrash, Warning)],
        why: "nulls occur in deliveries",
        help: CRASH_HELP,
        make: Body(|kit| kit.flat().json("firstObjectLabel", "null").compact()),
        ..SIGNED
    },
    Case {
        name: "event/system-defined",
        sends: "an association of the system: its id is its key, in capitals, with a dot",
        expects: &[(Success, Warning)],
        why: "this form has been observed",
        help: "do not check ids and keys by their form",
        make: Body(|kit| {
            let key = "TASK_CUSTOM_OBJECTS.PROPERTIES_ASSOCIATION";
            let body = kit.flat().string("id", key).string("key", key);
            let body = body.string("associationType", "SYSTEM_DEFINED").string("firstObjectKey", "task");
            let body = body.string("secondObjectKey", "custom_objects.properties");
            body.compact()
        }),
        ..SIGNED
    },
    Case {
        name: "event/unicode",
        sends: "labels in Arabic, with an emoji, decomposed, and as an escaped surrogate pair",
        expects: &[(Success, Warning)],
        why: "labels are free text in any language",
        help: "read the body as UTF-8, and verify its bytes as they arrived: rewriting an escape changes \
               the body",
        make: Requests(|kit| {
            let labels = [
                ("arabic", "\"مستأجر\""),
                ("emoji", "\"Tenant 🏠\""),
                ("decomposed", "\"Mie\u{302}te\u{301}r\""),
                ("escaped", "\"Tenant \\ud83c\\udfe0\""),
            ];
            let variant = |(name, label): (&str, &str)| {
                let body = kit.flat().json("firstObjectLabel", label);
                named(name, kit.signed(body.compact()))
            };
            labels.into_iter().map(variant).collect()
        }),
        ..SIGNED
    },
    Case {
        name: "event/sibling",
        sends: "RelationCreate and AssociationUpdate, their documented examples",
        expects: &[(Success, Warning)],
        why: "one URL receives every event that the app has subscribed to",
        help: IGNORE,
        make: Requests(|kit| {
            [&RELATION_CREATE, &ASSOCIATION_UPDATE]
                .into_iter()
                .map(|event| {
                    let body = Draft::sibling(event, &mut kit.ids);
                    named(event.name, kit.signed(body.compact()))
                })
                .collect()
        }),
        ..SIGNED
    },
    Case {
        name: "event/unknown",
        sends: "an event that does not exist",
        expects: &[(Success, Note)],
        why: "events are added: 58 were documented at first, and 77 in August 2026",
        help: IGNORE,
        make: Body(|kit| kit.flat().string("type", "AssociationTeleport").compact()),
        ..SIGNED
    },
    Case {
        name: "again/same",
        sends: "post/accepted once more, the same bytes",
        expects: &[(NoCrash, Warning), (Success, Note)],
        why: "HighLevel sends the original again, and also advises to reject a `webhookId` that came \
              before: a 4xx \
              brings more retries, a 2xx ends them",
        help: "answer 2xx to what you have handled; whether it acted on it twice cannot be seen from outside",
        make: Body(|kit| kit.accepted()),
        ..SIGNED
    },
    Case {
        name: "again/old",
        sends: "a delivery of two days ago, with a new `webhookId`",
        expects: &[(NoCrash, Warning), (Success, Note)],
        why: "HighLevel advises a window of five minutes, and also sends the original again for days: a \
              receiver cannot do both",
        help: "refuse by `webhookId` rather than by age",
        make: Body(|kit| {
            let time = kit.ids.now() - SignedDuration::from_hours(48);
            let body = kit.flat().sent_at(time);
            body.compact()
        }),
        ..SIGNED
    },
    Case {
        name: "again/order",
        sends: "AssociationUpdate before the AssociationCreate of the same association",
        expects: &[(NoCrash, Note)],
        why: "no order is promised",
        help: CRASH_HELP,
        make: Requests(|kit| {
            let id = kit.ids.object_id();
            let update = Draft::sibling(&ASSOCIATION_UPDATE, &mut kit.ids).string("id", &id);
            let create = kit.flat().string("id", &id);
            vec![named("update", kit.signed(update.compact())), named("create", kit.signed(create.compact()))]
        }),
        ..SIGNED
    },
];
