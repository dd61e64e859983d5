//! What makes a payload invalid by default.

use super::{Layer, Rule, Source, SourceKind};
use crate::check::{Code, Level};

const JSON: Source =
    Source { kind: SourceKind::Documented, text: "RFC 8259, which defines JSON and asks for UTF-8" };
const OURS: Source = Source { kind: SourceKind::Documented, text: "a limit of this program" };
const CAPTURES: Source =
    Source { kind: SourceKind::Observed, text: "the tools' own formats, and the bounds of this program" };
const ASKED: Source = Source { kind: SourceKind::Documented, text: "what these options ask for" };

/// Errors.
pub(super) const VERDICTS: &[Rule] = &[
    Rule {
        code: Some(Code::Empty),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "there is nothing where a payload should be",
        why: "A file, a body or a whole input that holds nothing but white space is no payload. It is an error so \
            that a capture that lost its bodies, or a redirection that went wrong, never passes.",
        example: "assoclens validate </dev/null",
        remedy: "Look at the sender's log for the body, or at what wrote the file.",
        source: JSON,
    },
    Rule {
        code: Some(Code::Encoding),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the bytes are not UTF-8",
        why: "JSON between systems is UTF-8. Other encodings come from editors and shells that save copies \
            (UTF-16, Latin-1), and from captures cut in the middle of a character.",
        example: "printf '{\"firstObjectLabel\": \"K\\344ufer\"}' | assoclens validate",
        remedy: "Convert the file with iconv, from the encoding that the message names; or get the whole body again.",
        source: JSON,
    },
    Rule {
        code: Some(Code::Syntax),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the text is not JSON",
        why: "A receiver's parser refuses the whole delivery. Copies from logs, consoles and editors bring single \
            quotes, comments, last commas and missing ends.",
        example: "echo '{\"id\": \"67ade73d\",}' | assoclens validate",
        remedy: "Repair the place that the finding points at; the help line names the usual cause.",
        source: JSON,
    },
    Rule {
        code: Some(Code::TooLong),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the payload is longer than the limit",
        why: "A payload of this event has a few hundred bytes. One of more than 64 MiB is many that ran together, \
            or no payload; the limit keeps memory bounded whatever is piped in.",
        example: "printf '\"%070000000d\"' 0 | assoclens validate",
        remedy: "Look where it begins for a missing line end, quote or bracket. If payloads may be that long, raise \
            --max-payload-bytes.",
        source: OURS,
    },
    Rule {
        code: Some(Code::TooDeep),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the payload is nested too deeply for this schema",
        why: "A schema given with --schema can follow a payload all the way down, which takes stack, so 127 levels \
            are judged. The embedded schema looks at the top level only and takes any depth.",
        example: "echo '{}' >any.schema.json; (printf '%0200d' 0 | tr 0 '['; printf '%0200d' 0 | tr 0 ']') | \
            assoclens validate --schema any.schema.json",
        remedy: "Payloads of this event are flat: look at what nested it. Or judge it without --schema.",
        source: OURS,
    },
    Rule {
        code: Some(Code::TooCostly),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the payload takes too much work to check against this schema",
        why: "Branches within branches (`oneOf`, `anyOf` and `not` that lead back to themselves by `$ref`) can double \
            the work with each level of a payload, and a payload may break a schema millions of times. So the work \
            and the errors of one payload are counted, and checking stops at a limit that grows with its size. What \
            was not decided is not valid.",
        example: "echo '{\"items\": {\"type\": \"string\"}}' >strings.schema.json; (printf '[0'; seq -f ,%g 20000; echo ']') | \
            tr -d '\\n' | assoclens validate --schema strings.schema.json",
        remedy: "Let the schema decide early, by a `required` or `const` that tells the branches apart; or check the \
            payload without --schema.",
        source: OURS,
    },
    Rule {
        code: Some(Code::CaptureNoPayload),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the capture holds no payload where one should be",
        why: "What is unwrapped is told by the members that its tool writes. If the one that should hold the body is of another kind, or the tool never keeps bodies (`curl -v`, Cloudflare's tail), there is nothing to judge.",
        example: "echo '{\"httpMethod\": \"POST\", \"resource\": \"/\", \"requestContext\": {}, \"body\": 5}' | assoclens validate --unwrap auto",
        remedy: "Take the capture again with a tool that keeps bodies, or name the payload's place with --at.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureEmpty),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the captured request has no body",
        why: "A delivery always has a body. A capture without one lost it, or is of another request. In a capture of several requests, those without a body are passed over and counted.",
        example: "printf 'POST /hook HTTP/1.1\\r\\nContent-Length: 0\\r\\n\\r\\n' | assoclens validate --unwrap auto",
        remedy: "Tell the tool to keep bodies, or look for the delivery's own entry.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureCut),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the captured body is cut",
        why: "Inspectors and loggers keep the first few kilobytes of a body and drop the rest. What is left is no JSON, and shorter than its Content-Length; a chunked body or a log line may be cut, too.",
        example: "printf 'POST /hook HTTP/1.1\\r\\nContent-Length: 99\\r\\n\\r\\n{\"id\":' | assoclens validate --unwrap auto",
        remedy: "Capture again with a larger limit.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureCompressed),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the captured body is compressed",
        why: "The capture was taken before a proxy or a framework decompressed the body, so it holds gzip or Zstandard, not JSON.",
        example: "(printf 'POST /hook HTTP/1.1\\r\\nContent-Encoding: gzip\\r\\n\\r\\n'; echo '{}' | gzip) | assoclens validate --unwrap auto",
        remedy: "Capture behind what decompresses it; or cut the headers off and pipe the body in, which is decompressed by its first bytes.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureEncoding),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the captured body is not in the encoding that the capture declares",
        why: "The capture says base64, or gzip in base64, and the value is not. It was cut, or changed by hand.",
        example: "echo '{\"rawPath\": \"/\", \"requestContext\": {\"http\": {}}, \"isBase64Encoded\": true, \"body\": \"{}\"}' | assoclens validate --unwrap auto",
        remedy: "Take the capture again.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureNotJson),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the captured body is not JSON",
        why: "A delivery's body is a JSON object. A form, a page, or text is another request to the same place. In a capture of several requests, such are passed over and counted.",
        example: "printf 'POST /hook HTTP/1.1\\r\\n\\r\\nid=67ade73d' | assoclens validate --unwrap auto",
        remedy: "Look for the delivery's own entry.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureTooDeep),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "there are too many captures inside each other",
        why: "Four are unwrapped, which is more than any chain of tools is known to make; a hostile body could go on for ever.",
        example: "body='{\"associationType\":\"\",\"key\":\"\"}'; for i in 1 2 3 4 5 6; do body=$(printf %s \"$body\" | sed 's/[\\\\\"]/\\\\&/g; s/.*/\"&\"/'); done; printf %s \"$body\" | assoclens validate --unwrap auto",
        remedy: "Take the innermost one out with another tool, or name the payload's place with --at.",
        source: CAPTURES,
    },
    Rule {
        code: Some(Code::CaptureTooLong),
        level: Level::Error,
        layer: Layer::Reading,
        summary: "the capture is too much to be judged in one piece",
        why: "What gzip makes a thousandfold larger is a bomb, or no log: what is compressed in a capture is inflated to the limit of a payload at most, and to a hundred times the capture's size. And all that is found in a capture is told of at its end, so of one with more than some 260,000 payloads and findings the rest is not judged.",
        example: "data=$(printf '%09000000d' 0 | gzip -9 | base64 | tr -d '\\n'); printf '{\"awslogs\":{\"data\":\"%s\"}}' \"$data\" | assoclens validate --unwrap auto",
        remedy: "Inflate it with another tool and judge what comes out; or split the capture.",
        source: CAPTURES,
    },
    Rule {
        code: None,
        level: Level::Error,
        layer: Layer::Schema,
        summary: "the payload breaks a keyword of the schema",
        why: "The published schema asks for an object in which each of the eight documented fields is a string if \
            it is there; that is `schema/type`, the only code it can raise. A schema of your own, given with \
            --schema, raises one code for each keyword it uses.",
        example: "echo '{\"id\": 67, \"key\": null}' | assoclens validate",
        remedy: "Correct the value. `--warn schema/type` makes warnings of one keyword's findings, `--allow schema/` \
            leaves the schema out, and `--allow all --deny schema/` leaves only its verdict.",
        source: Source { kind: SourceKind::Documented, text: "the schema on the event's published page" },
    },
    Rule {
        code: Some(Code::UnexpectedPass),
        level: Level::Error,
        layer: Layer::Expectation,
        summary: "--expect-invalid is given, and the payload is valid",
        why: "Fixtures that must be refused are worth as much as those that must be accepted: one that passes \
            shows a check that no longer works.",
        example: "echo '{\"id\": \"67ade73d1119d2ac7ad0c475\"}' | assoclens validate --expect-invalid",
        remedy: "Correct the fixture, or move it to those that must pass. If a warning should refuse it, add --strict.",
        source: ASKED,
    },
    Rule {
        code: Some(Code::UnmetExpectation),
        level: Level::Error,
        layer: Layer::Expectation,
        summary: "the manifest expects a finding that was not raised, or a file that was not judged",
        why: "--expect FILE asks for exactly the findings that the manifest lists for each file. The finding \
            stands at the manifest's own line.",
        example: "echo '{\"delivery.json\": [\"syntax\"]}' >manifest.json; echo '{}' >delivery.json; \
            assoclens validate --expect manifest.json delivery.json",
        remedy: "Correct the manifest's entry or the fixture. Findings that the manifest does not list are shown as \
            errors under their own codes.",
        source: ASKED,
    },
    Rule {
        code: Some(Code::UnlistedPayload),
        level: Level::Error,
        layer: Layer::Expectation,
        summary: "--expect is given, and the manifest does not list this file",
        why: "A fixture that nobody wrote an expectation for would pass for ever.",
        example: "echo '{}' >manifest.json; echo '{}' | assoclens validate --expect manifest.json",
        remedy: "Add the file to the manifest: an empty list expects no findings.",
        source: ASKED,
    },
];
