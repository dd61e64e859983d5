//! Every machine report over every fixture and hostile input conforms to `schemas/report.schema.json`.

use serde_json::Value;
use std::process::Command;

fn report(format: &str, paths: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(["validate", "--format", format])
        .args(paths)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap()
}

fn assert_valid(schema: &Value, instance: &str) {
    let instance: Value = serde_json::from_str(instance).unwrap();
    let validator = jsonschema::options().offline().build(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

const RUNS: [&[&str]; 3] = [
    &["fixtures", "no/such.json"],
    &["--schema", "tests/cases/strings.schema.json", "tests/cases/53-numbers.json", "fixtures/valid"],
    &["no/such.json"],
];

#[test]
fn the_json_report_is_what_its_schema_says() {
    RUNS.iter().for_each(|paths| assert_valid(&schema(), &report("json", paths)));
}

#[test]
fn every_ndjson_record_is_what_its_schema_says() {
    let mut record = schema();
    record["$ref"] = "#/$defs/record".into();
    ["type", "required", "properties", "additionalProperties"]
        .iter()
        .for_each(|name| drop(record.as_object_mut().unwrap().remove(*name)));
    let lines = RUNS.map(|paths| report("ndjson", paths));
    assert!(lines[0].lines().count() > 50);
    lines.iter().flat_map(|lines| lines.lines()).for_each(|line| assert_valid(&record, line));
}

#[test]
fn the_ndjson_records_are_the_json_report_s_payloads() {
    let whole: Value = serde_json::from_str(&report("json", RUNS[0])).unwrap();
    let records: Vec<Value> =
        report("ndjson", RUNS[0]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(whole["payloads"], Value::from(records));
}
