//! What the advisory layer raises: likely mistakes, and what is worth knowing.

use super::{Layer, Rule, Source, SourceKind};
use crate::check::{Code, Level};

const fn documented(text: &'static str) -> Source {
    Source { kind: SourceKind::Documented, text }
}

const fn observed(text: &'static str) -> Source {
    Source { kind: SourceKind::Observed, text }
}

const fn inferred(text: &'static str) -> Source {
    Source { kind: SourceKind::Inferred, text }
}

/// Warnings, then notes.
pub(super) const ADVISORIES: &[Rule] = &[
    Rule {
        code: Some(Code::MissingField),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "a documented field is not there",
        why: "The schema requires no field, so `{}` is valid; a handler that reads a missing one gets nothing. \
            One finding lists all that are missing, or, if that is shorter, those that are there. Raised only for what looks like this event: another event, a \
            capture, or the nested form is named as that instead. If `payloadTooLarge` is true, the platform has cut the \
            payload (above 256 KB; documented on a stale page, never observed).",
        example: "echo '{\"id\": \"67ade73d1119d2ac7ad0c475\"}' | assoclens validate",
        remedy: "Make sure that nothing dropped the field on the way, and read it as optional. If your deliveries \
            lack it by nature: `--allow missing-field`.",
        source: documented(
            "the page's eight fields; its vendor says that deliveries can lack documented fields",
        ),
    },
    Rule {
        code: Some(Code::EmptyField),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "a documented field is an empty string, or only white space",
        why: "An empty string passes the schema, and then serves as a key or a label.",
        example: "echo '{\"key\": \"\"}' | assoclens validate",
        remedy: "Look at what made the payload: a template whose variable is not set is the usual cause.",
        source: inferred("every documented field identifies or names something, which nothing cannot do"),
    },
    Rule {
        code: Some(Code::MisspelledField),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "an undocumented name is a slip away from a documented field that is missing",
        why: "Names are compared exactly, so `location_id` is not `locationId`. Case and separators never matter to \
            this rule; beyond that it takes two slips in names of 12 letters and more and one in `locationId`, and \
            none in `id` and `key`, which are too near to other words. A name that stands beside the right one is \
            not misspelled.",
        example: "echo '{\"location_id\": \"eHy2cOSZxMQzQ6Yyvl8P\"}' | assoclens validate",
        remedy: "Write the name as documented: `assoclens schema --fields` lists them.",
        source: documented("the page's eight names; JSON compares names exactly (RFC 8259)"),
    },
    Rule {
        code: Some(Code::DuplicateField),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "a name is given more than once",
        why: "Readers disagree on which one counts: JSON.parse and this program take the last, others the first or \
            none, so that two systems can see two different payloads. The finding reaches from the first place to \
            the last. Names inside nested values are not looked at.",
        example: "echo '{\"id\": \"one\", \"id\": \"two\"}' | assoclens validate",
        remedy: "Find what wrote the second one; a serialiser does not.",
        source: documented(
            "RFC 8259: names should be unique, and behaviour is unpredictable if they are not",
        ),
    },
    Rule {
        code: Some(Code::AssociationType),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "`associationType` is neither USER_DEFINED nor SYSTEM_DEFINED",
        why: "The page names these two with \"e.g.\", so the list is not closed, but no other value is in public code, and \
            handlers branch on it.",
        example: "echo '{\"associationType\": \"user_defined\"}' | assoclens validate",
        remedy: "Write it in capitals with an underscore. If a third value turns out to exist: `--allow \
            association-type`.",
        source: observed("the page's two examples are the only values in public code"),
    },
    Rule {
        code: Some(Code::ObjectKey),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "an object key is of no known kind",
        why: "Known are contact, opportunity, business, task and note, and custom objects as custom_objects.NAME with \
            NAME in lower-case letters, digits and underscores. Plurals, capitals, `company`, and custom objects \
            without their prefix match nothing on the platform.",
        example: "echo '{\"firstObjectKey\": \"contacts\", \"secondObjectKey\": \"Apartments\"}' | assoclens validate",
        remedy: "Write the key as the platform does; the help line says which one is meant.",
        source: observed("deliveries of sibling events and public code"),
    },
    Rule {
        code: Some(Code::EventType),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "`type` is not AssociationCreate, and no other event's name",
        why: "The page is titled \"Association Created\", so people write `AssociationCreated`; by the names of \
            its siblings, deliveries say `AssociationCreate` (most events call themselves as their pages are called; \
            INSTALL, UNINSTALL, PLAN_CHANGE and EXTERNAL_AUTH_CONNECTED do not). A handler that compares with the wrong one passes \
            every delivery over. The documented example has no `type` at all, so its absence says nothing, nor does \
            null.",
        example: "echo '{\"type\": \"AssociationCreated\"}' | assoclens validate",
        remedy: "Write `AssociationCreate`, in fixtures and in handlers.",
        source: inferred("sibling events' names in deliveries; no delivery of this event has been published"),
    },
    Rule {
        code: Some(Code::OtherEvent),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "the payload is another event",
        why: "The schema accepts every sibling, because it forbids no field. AssociationCreate says that an \
            association was defined, a pair of labels between two object types; it links no records. That is what a \
            Relation event says, and the two are often confused (no Relation event is ever sent for \
            BUSINESSES_CONTACTS_ASSOCIATION). An app gets every event that it has subscribed to at one URL by default, and 77 are \
            documented; `type` names them, and it is recognised however it is cased. Some come without `type`, and are then \
            recognised by a member that only the other event has: a record id (Relation), a cardinality \
            (AssociationUpdate, AssociationDelete), or where none of this event's distinctive fields is there, `associationId` \
            (Relation), `primaryDisplayProperty`, `searchableProperties` or an object in `labels` (ObjectSchema), a \
            list in `owners`, `followers` or `properties` (Record), the members of an Invoice, a Product or a Price, or \
            `customData`, `workflow` or `contact_id` (a Workflow action's webhook; a Custom Webhook has whatever its \
            author typed). AssociationUpdate and AssociationDelete look the same without `type`. Where \
            `type` is `AssociationCreate`, nothing else counts. Nothing more is said about another event.",
        example: "echo '{\"firstRecordId\": \"a\", \"secondRecordId\": \"b\"}' | assoclens validate",
        remedy: "Give it to the handler of that event, or take it out of these fixtures.",
        source: documented(
            "the pages of the vendor's 77 events (2026-08-30), their examples, and for Workflow webhooks public code",
        ),
    },
    Rule {
        code: Some(Code::SwappedIdentifiers),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "`id` has the form of a location's id, or `locationId` that of an association's",
        why: "Both are opaque strings, so nothing else notices. An association's id is usually 24 hex digits, a \
            location's 20 letters and digits in both cases. Other forms raise nothing: a system-made id can be a \
            name in capitals.",
        example: "echo '{\"id\": \"eHy2cOSZxMQzQ6Yyvl8P\", \"locationId\": \"67ade73d1119d2ac7ad0c475\"}' | assoclens validate",
        remedy: "Exchange the two where the payload is put together.",
        source: observed("the documented example and deliveries of sibling events"),
    },
    Rule {
        code: Some(Code::WrappedPayload),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "the payload stands inside something that is not a delivery",
        why: "The schema accepts any object, so a green verdict on a wrapper would say nothing about the payload in it. \
            A payload is recognised by its own names, whatever it is in; it is judged where it stands, and this \
            warning says where. With --unwrap never, and in a body that was sent, which is never opened, the value \
            around it is what was judged.",
        example: "echo '{\"failed\": [{\"associationType\": \"USER_DEFINED\", \"id\": 67}]}' | assoclens validate",
        remedy: "If a receiver gets the value around it, mend that. Else take the payload out, or name its place with --at.",
        source: observed("the tools' own formats"),
    },
    Rule {
        code: Some(Code::NestedData),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "the event's fields stand in `data` instead of at the top",
        why: "The vendor's guide shows this form, and handlers that read `body.data` exist; deliveries seen in \
            public code are flat, so that `body.data` is undefined.",
        example: "echo '{\"type\": \"AssociationCreate\", \"timestamp\": \"2026-02-13T12:36:13.412Z\", \"data\": {\"id\": \
            \"67ade73d1119d2ac7ad0c475\"}}' | assoclens validate --unwrap never",
        remedy: "Judge the inner object; the help line has the command. Read the fields at the top in handlers.",
        source: observed("flat deliveries of sibling events, against the vendor's guide"),
    },
    Rule {
        code: Some(Code::SuspiciousText),
        level: Level::Warning,
        layer: Layer::Advisory,
        summary: "a known field's value, or an unknown name, holds a character that cannot be seen",
        why: "Control, bidirectional and invisible characters make two values that look alike differ, hide text, or \
            act on a terminal. Joiners, direction marks and variation selectors belong to the spelling of languages \
            and emoji, so in a label with any other character beyond ASCII they raise nothing.",
        example: "echo '{\"key\": \"buyer\\u200b\"}' | assoclens validate",
        remedy: "Remove the character where the value is made; copying from a web page is the usual cause.",
        source: documented("Unicode's Default_Ignorable_Code_Point and Bidi_Control properties"),
    },
    Rule {
        code: Some(Code::DuplicateDelivery),
        level: Level::Note,
        layer: Layer::Advisory,
        summary: "the same delivery stands before in this input",
        why: "A receiver that answers with anything but 2xx, or not at all, gets a delivery again, up to twelve times after \
            the first, so an archive may hold one several times; whoever counts associations by it counts those twice. (An older help \
            article has it that only 429 is retried, six times.) Told by `webhookId` within one \
            input, of which the last 65,536 deliveries at least are remembered; of an older one nothing is said.",
        example: "echo '{\"webhookId\": \"w-1\"} {\"webhookId\": \"w-1\"}' | assoclens validate",
        remedy: "Nothing is wrong with the capture. `assoclens filter --code duplicate-delivery` writes the repeated \
            ones. A receiver keeps each `webhookId` that it has handled: it names the delivery. `id` names the association, \
            and whoever drops repeats of that loses its AssociationUpdate.",
        source: documented("the vendor's webhook guide (2026-08-30) and a maintainer's answer (2026-04-30)"),
    },
    Rule {
        code: Some(Code::UndocumentedField),
        level: Level::Note,
        layer: Layer::Advisory,
        summary: "a field is neither documented nor the delivery's envelope",
        why: "Deliveries can have fields that the page does not have, so this is no sign of a mistake; it is listed \
            once a payload, for whoever compares a delivery with the page. The envelope (type, timestamp, webhookId, \
            appId, versionId, companyId, traceId, payloadTooLarge) is known.",
        example: "echo '{\"id\": \"67ade73d1119d2ac7ad0c475\", \"extra\": true}' | assoclens validate",
        remedy: "Nothing, if you meant it: `--allow undocumented-field`. To refuse extra fields: `--deny \
            undocumented-field`.",
        source: documented("the page's eight fields; its vendor says that deliveries can have others"),
    },
    Rule {
        code: Some(Code::ObjectPair),
        level: Level::Note,
        layer: Layer::Advisory,
        summary: "the two objects are a pair that the page does not list",
        why: "The page says that contact and contact, contact and custom object, and two custom objects can be \
            associated, and that more are planned. Pairs with opportunity and business exist, so the page is out of \
            date. Not raised for SYSTEM_DEFINED associations, which the platform makes itself.",
        example: "echo '{\"firstObjectKey\": \"contact\", \"secondObjectKey\": \"business\"}' | assoclens validate",
        remedy: "Nothing, unless your handler takes the page's list for complete: `--allow object-pair`.",
        source: documented("the page's overview"),
    },
    Rule {
        code: Some(Code::ByteOrderMark),
        level: Level::Note,
        layer: Layer::Advisory,
        summary: "the payload begins with a byte order mark",
        why: "RFC 8259 lets a reader pass it over, as this program does, but forbids senders to write it, and many \
            parsers refuse it. It usually comes from an editor, so that the file is not the delivery byte for byte and its \
            signature will not match.",
        example: "printf '\\357\\273\\277{\"id\": \"67ade73d1119d2ac7ad0c475\"}' | assoclens validate",
        remedy: "Remove the first three bytes: tail -c +4 FILE.",
        source: documented("RFC 8259, section 8.1"),
    },
];
