//! The rules of schemas that a user brings.

use super::*;
use std::time::{Duration, Instant};

/// `code pointer start..end message` of each finding.
fn shown(judge: &Judge, text: &str) -> Vec<String> {
    let line = |finding: Finding| {
        let Finding { code, pointer, span, message, .. } = finding;
        format!("{code} {pointer} {}..{} {message}", span.start, span.end)
    };
    judge.judge(text.as_bytes()).into_iter().map(line).collect()
}

#[test]
fn each_violation_points_at_its_place() {
    let judge =
        own(r#"{"required": ["b"], "properties": {"a": {"maxLength": 1}}, "additionalProperties": false}"#);
    assert_eq!(
        shown(&judge, r#"{"a":"xy","x":1,"y":2}"#),
        [
            "schema/required  0..22 the payload lacks `b`",
            "schema/maxLength /a 5..9 `a` must have at most 1 character, not 2",
            "schema/additionalProperties /x 10..13 `x` is not among the properties that the schema allows here",
            "schema/additionalProperties /y 16..19 `y` is not among the properties that the schema allows here",
        ]
    );
    let judge = own(r#"{"items": {"propertyNames": {"pattern": "^[a-z]+$"}}}"#);
    assert_eq!(
        shown(&judge, r#"[{"ok":1},{"Not":1}]"#),
        ["schema/propertyNames /1/Not 11..16 `/1/Not` has a name that breaks `pattern`"]
    );
}

#[test]
fn numbers_are_compared_as_written() {
    let judge = own(r#"{"maximum": 123456789012345678901234567890}"#);
    assert!(shown(&judge, "123456789012345678901234567890").is_empty());
    assert_eq!(shown(&judge, "123456789012345678901234567891").len(), 1);
    assert!(shown(&own(r#"{"type": "integer"}"#), "1e400").is_empty());
    assert_eq!(shown(&own(r#"{"multipleOf": 0.01}"#), "4.35"), Vec::<String>::new());
}

#[test]
fn a_schema_of_ones_own_judges_127_levels_and_names_what_is_deeper() {
    let judge = own(r##"{"items": {"$ref": "#"}, "maxItems": 1}"##);
    let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(judge.judge(nest(127).as_bytes()).is_empty());
    assert_eq!(judge.judge(nest(128).as_bytes())[0].code, Code::TooDeep);
    assert_eq!(judge.judge(nest(100_000).as_bytes())[0].code, Code::TooDeep);
}

#[test]
fn schemas_that_cannot_be_used_say_why() {
    let why = |schema: &str| format!("{:#}", Schema::from_text(schema.as_bytes()).unwrap_err());
    assert!(
        why("{").starts_with("it is not JSON: the text ends inside an object (line 1, column 2)"),
        "{}",
        why("{")
    );
    assert_eq!(why(r#"{"type": 5}"#), "it is not a JSON Schema: /type breaks `anyOf` of the metaschema");
    assert_eq!(
        why(r#"{"$ref": "https://example.com/x.json"}"#),
        "it refers to https://example.com/x.json, and references outside the file are never fetched; \
         put what it needs under `$defs` in the same file"
    );
    assert!(why(r##"{"$ref": "#/$defs/missing"}"##).starts_with("a reference in it leads nowhere"));
    assert_eq!(
        why(r#"{"pattern": "(?<=a)b"}"#),
        "the pattern `(?<=a)b` cannot be matched in linear time: it looks ahead or behind"
    );
    assert_eq!(
        why(r#"{"pattern": "["}"#),
        "the pattern `[` is not a regular expression: unclosed character class"
    );
}

#[test]
fn many_errors_in_one_payload_cost_linear_time() {
    let judge = own(r#"{"additionalProperties": {"type": "string"}}"#);
    let members: Vec<String> = (0..20_000).map(|index| format!("\"name{index}\":{index}")).collect();
    let begun = Instant::now();
    let findings = judge.judge(format!("{{{}}}", members.join(",")).as_bytes());
    assert_eq!(findings[0].code, Code::TooCostly, "no more than 10,000 are looked for");
    assert!(findings[1..].iter().all(|finding| finding.code == Code::SchemaType));
    assert_eq!((findings.len(), findings[10_000].pointer.as_str()), (10_001, "/name9999"));
    // Quadratic time would take many minutes.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn findings_on_a_budget_are_true() {
    // If branches are nested, the outermost is known to fail; errors inside it are not reported.
    let branches = r##"{"$defs": {"n": {"oneOf": [{"type": "integer"}, {"type": "object", "required": ["a"], "$ref": "#/$defs/o"},
        {"type": "object", "required": ["b"], "$ref": "#/$defs/o"}]}, "o": {"properties": {"a": {"$ref": "#/$defs/n"}}}},
        "$ref": "#/$defs/n"}"##;
    let nested = |leaf: &str| "{\"a\":".repeat(60) + leaf + &"}".repeat(60);
    let codes = |text: &str| -> Vec<_> {
        own(branches).judge(text.as_bytes()).iter().map(|finding| finding.code.as_str()).collect()
    };
    assert_eq!(codes(&nested("\"x\"")), ["schema/oneOf", "too-costly"]);
    assert_eq!(codes(&nested("1")), Vec::<&str>::new());
    // Errors before the limit are reported, and no valid value is.
    let judge = own(
        r#"{"contains": {"const": 1}, "minItems": 3, "items": {"anyOf": [{"type": "string"}, {"const": 1}]}}"#,
    );
    let findings = judge.judge(format!("[{}\"a\",1]", "0,".repeat(50_000)).as_bytes());
    let (last, others) = findings.split_first().unwrap();
    assert_eq!(last.code, Code::TooCostly);
    assert!(others.iter().all(|finding| finding.code == Code::SchemaAnyOf));
    assert_eq!(others.last().unwrap().pointer.as_str(), format!("/{}", others.len() - 1));
}
