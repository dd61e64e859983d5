//! `assoclens send` against receivers that are correct, wrong and gone: small servers, over real sockets.

use super::receivers::{Got, Receiver, Reply};
use crate::skipped::is_installed;
use assoclens::headers::{Fidelity, Headers};
use assoclens::payload::Document;
use assoclens::signature::{Body, Keys, PublicKey, Sent, Verdict};
use serde_json::Value;
use std::fs;
use std::process::{Command, Output};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const ED25519: &str = "tests/signature/ed25519-private-test-only.pem";
const RSA: &str = "tests/signature/rsa-private-test-only.pem";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .arg("send")
        .args(arguments)
        .current_dir(ROOT)
        .env_clear()
        .env("http_proxy", "http://127.0.0.1:1/")
        .env("HTTP_PROXY", "http://127.0.0.1:1/")
        .env("ALL_PROXY", "http://127.0.0.1:1/")
        .output()
        .unwrap()
}

/// The exit code and the findings: `error[post/accepted]` and the like.
fn findings(arguments: &[&str]) -> (i32, Vec<String>, Value) {
    let output = run(&[arguments, &["--format", "json"]].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let found = report["cases"].as_array().unwrap().iter().map(|case| &case["finding"]);
    let found = found.filter(|finding| !finding.is_null()).map(|finding| {
        format!("{}[{}]", finding["level"].as_str().unwrap(), finding["code"].as_str().unwrap())
    });
    (output.status.code().unwrap(), found.collect(), report)
}

fn keys() -> Keys {
    let read = |text| PublicKey::read_all(text, "key.pem").unwrap().remove(0);
    Keys::only(vec![
        read(include_str!("../signature/ed25519.pem")),
        read(include_str!("../signature/rsa.pem")),
    ])
}

/// Whether the request's signature matches `bytes`; header names are compared without case, as in HTTP.
fn is_signed(got: &Got, bytes: &[u8]) -> bool {
    let mut headers = Headers::default();
    got.headers.iter().for_each(|(name, value)| headers.push(name.clone(), value.clone()));
    let body = Body { bytes, headers: &headers, fidelity: Fidelity::Raw };
    Verdict::of(&body, Sent::of(&headers, None), &keys()).is_verified()
}

/// The result of `JSON.stringify(JSON.parse(body))`; `None` if it throws.
fn written_again(body: &[u8]) -> Option<Vec<u8>> {
    let document = Document::parse(body).ok().filter(|document| !document.has_byte_order_mark())?;
    let members = document.root().members()?;
    let kept = members.iter().filter(|member| !member.is_shadowed());
    let member = |member: assoclens::payload::Member<'_>| {
        let value = member.value();
        let text = value
            .as_str()
            .map_or_else(|| value.text().to_owned(), |text| serde_json::json!(text).to_string());
        format!("{}:{text}", serde_json::json!(member.name()))
    };
    Some(format!("{{{}}}", kept.map(member).collect::<Vec<_>>().join(",")).into_bytes())
}

fn correct(got: &Got) -> Reply {
    match got.method.as_str() {
        "POST" if is_signed(got, &got.body) => Reply::of(200),
        "POST" => Reply::of(401),
        _ => Reply::of(405),
    }
}

const SIGNED: [&str; 5] = ["--cases", "--sign-with", ED25519, "--sign-legacy", RSA];

#[test]
fn a_correct_receiver_has_no_finding() {
    let receiver = Receiver::new(correct);
    let url = receiver.url("/hook?tenant=a%20b&x=");
    let (code, found, report) = findings(&[&SIGNED[..], &["--strict", "--deny", "all", &url]].concat());
    assert_eq!((code, found), (0, vec![]), "{report:#}");
    let summary = &report["summary"];
    assert_eq!((summary["cases"].as_u64(), summary["hold"].as_u64()), (Some(36), Some(36)));
    for got in receiver.got() {
        assert_eq!(got.target, "/hook?tenant=a%20b&x=");
    }
}

#[test]
fn a_receiver_that_takes_anything_does_not_verify_and_takes_get() {
    let receiver = Receiver::new(|_| Reply::of(200));
    let (code, found, _) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    assert_eq!((code, found), (1, vec!["note[method/get]".to_owned(), "error[sign/]".to_owned()]));
    let (code, found, _) = findings(&[&SIGNED[..], &["--allow", "sign/", &receiver.url("/")]].concat());
    assert_eq!((code, found), (0, vec!["note[method/get]".to_owned()]));
    // Without a key nothing is known about its signatures, and nothing is reported.
    let (code, found, report) = findings(&["--cases", &receiver.url("/")]);
    assert_eq!((code, found), (0, vec!["note[method/get]".to_owned()]));
    let skipped = report["cases"].as_array().unwrap().iter().filter(|case| case["outcome"] == "skipped");
    assert!(skipped.clone().count() == 11 && skipped.clone().all(|case| case["skipped"] != ""));
}

#[test]
fn a_receiver_that_verifies_a_rewritten_body_is_found_by_the_changes() {
    let receiver = Receiver::new(|got| match written_again(&got.body) {
        _ if got.method != "POST" => Reply::of(405),
        Some(bytes) if is_signed(got, &bytes) => Reply::of(200),
        _ => Reply::of(401),
    });
    let (code, found, report) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    assert_eq!((code, found), (0, vec!["warning[event/unicode]".to_owned(), "note[sign/spaced]".to_owned()]));
    let unicode =
        report["cases"].as_array().unwrap().iter().find(|case| case["name"] == "event/unicode").unwrap();
    let message = unicode["finding"]["message"].as_str().unwrap();
    assert!(message.ends_with("(1 of 4: escaped)"), "{message}");
}

#[test]
fn a_receiver_that_accepts_only_get_has_one_finding() {
    let receiver = Receiver::new(|got| Reply::of(if got.method == "GET" { 200 } else { 405 }));
    let (code, found, report) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    assert_eq!((code, found), (1, vec!["error[post/accepted]".to_owned()]));
    let first = &report["cases"][0]["finding"];
    assert!(first["help"].as_str().unwrap().contains("deliveries are posted"), "{first}");
    assert_eq!(receiver.got().len(), 1);
}

#[test]
fn a_port_where_nothing_listens_gives_no_verdict() {
    let url = Receiver::dead();
    for arguments in [vec!["--cases", &url], vec!["--case", "sign/none", "--sign-with", ED25519, &url]] {
        let (code, found, report) = findings(&arguments);
        assert_eq!((code, found, report["cases"].as_array().unwrap().len()), (2, vec![], 0));
    }
    for format in ["human", "json", "junit"] {
        let output = run(&["--cases", "--format", format, &url]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("connection refused; is it running"), "{error}");
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(run(&["--format", format, &url]).status.code(), Some(2));
    }
}

#[test]
fn a_redirect_is_one_finding_and_is_not_followed() {
    let elsewhere = Receiver::new(|_| Reply::of(200));
    let target = elsewhere.url("/");
    for status in [301, 302, 303, 307, 308] {
        let location = target.clone();
        let receiver =
            Receiver::new(move |_| Reply { location: Some(location.clone()), ..Reply::of(status) });
        let (code, found, _) = findings(&["--cases", &receiver.url("/")]);
        assert_eq!((code, found), (1, vec!["error[post/no-redirect]".to_owned()]), "{status}");
        let output = run(&[&receiver.url("/")]);
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("Location: {target}")), "{text}");
    }
    assert_eq!(elsewhere.got().len(), 0);
}

#[test]
fn a_case_that_stops_a_receiver_is_named_and_an_unreached_case_is_not_a_refusal() {
    // It fails on one body, and recovers.
    let is_null = |got: &Got| got.body.windows(4).any(|part| part == b"null");
    let receiver = Receiver::new(move |got| if is_null(got) { Reply::of(500) } else { correct(got) });
    let (code, found, _) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    assert_eq!((code, found), (0, vec!["warning[event/null-label]".to_owned()]));
    let (code, ..) = findings(&[&SIGNED[..], &["--strict", &receiver.url("/")]].concat());
    assert_eq!(code, 1);
    // It closes the connection without an answer.
    let receiver = Receiver::new(move |got| if is_null(got) { Reply::none() } else { correct(got) });
    let (_, found, _) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    assert_eq!(found, ["warning[event/null-label]"]);
    // It is gone for good.
    let receiver = Receiver::new(move |got| if is_null(got) { Reply::last() } else { correct(got) });
    let (code, found, report) = findings(&[&SIGNED[..], &[&receiver.url("/")]].concat());
    // Another test that starts a program just then keeps the port open for a moment, so one more case may find nobody.
    let (first, last) = (found.first().map(String::as_str), found.last().map(String::as_str));
    assert_eq!((first, last), (Some("warning[event/null-label]"), Some("error[after/alive]")));
    assert!(found[1..found.len() - 1].iter().all(|one| one.starts_with("warning[event/")), "{found:?}");
    assert_eq!(code, 1);
    let reached =
        |case: &&Value| case["outcome"] == "holds" && case["name"].as_str().unwrap().starts_with("sign/");
    assert_eq!(report["cases"].as_array().unwrap().iter().filter(reached).count(), 0);
    // It never answers.
    let receiver = Receiver::new(|_| Reply::silence());
    let (code, found, _) = findings(&["--cases", "--timeout", "300ms", &receiver.url("/")]);
    assert_eq!((code, found), (1, vec!["error[post/accepted]".to_owned()]));
}

#[test]
fn an_answer_before_the_whole_body_was_taken_counts() {
    let receiver = Receiver::early(413);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.json");
    fs::write(&path, format!("{{\"key\":\"{}\"}}", "x".repeat(8 << 20))).unwrap();
    let output = run(&["--format", "json", &receiver.url("/"), path.to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["deliveries"][0]["status"], 413, "{report:#}");
}

#[test]
fn a_case_by_name_brings_the_first_and_no_other() {
    let receiver = Receiver::new(correct);
    let (code, found, report) = findings(&[
        "--case",
        "sign/wrong-key",
        "--case",
        "again/",
        "--sign-with",
        ED25519,
        &receiver.url("/"),
    ]);
    assert_eq!((code, found), (0, vec![]));
    let names: Vec<&str> =
        report["cases"].as_array().unwrap().iter().map(|case| case["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["post/accepted", "again/same", "again/old", "again/order", "sign/wrong-key"]);
}

#[test]
fn payloads_arrive_byte_for_byte_with_the_headers_that_were_asked_for() {
    let receiver = Receiver::new(|_| Reply::of(204));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let bodies: [&[u8]; 4] = [
        b"{\"id\" :  1.0,\t\"a\":\"\\u0041\xc3\xa4\"}",
        b"{\"data\":{\"associationType\":\"x\"}}",
        b"{\"a\":\xff}",
        b"[1, 2",
    ];
    for (index, body) in bodies.iter().enumerate() {
        fs::write(at(&format!("{index}.json")), body).unwrap();
    }
    let capture = "POST /hook HTTP/1.1\r\nHost: example.com\r\nCONTENT-type: application/json; charset=utf-8\r\nx-Custom: a\r\nX-Custom: b\r\nX-GHL-Signature: AAAA\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{ \r\n14\r\n\"type\":\"RecordCreate\"\r\n1\r\n}\r\n0\r\n\r\n";
    fs::write(at("c.txt"), capture.replace("14\r\n", "15\r\n")).unwrap();
    let url = receiver.url("/a?b");
    let output =
        run(&["--header", "X-Own: 1", &url, &at("0.json"), &at("1.json"), &at("2.json"), &at("3.json")]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let got = receiver.got();
    assert_eq!(got.iter().map(|got| got.body.as_slice()).collect::<Vec<_>>(), bodies);
    let names: Vec<&str> = got[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Host", "Content-Type", "User-Agent", "X-Own", "Content-Length", "Connection"]);
    assert_eq!(got[0].header("Content-Type"), "application/json");
    assert!(got[0].header("User-Agent").starts_with("assoclens/"));

    assert_eq!(run(&["--twice", &url, &at("c.txt")]).status.code(), Some(0));
    assert_eq!(run(&["--with-headers", &url, &at("c.txt")]).status.code(), Some(0));
    let got = &receiver.got()[4..];
    assert_eq!(got[0].body, b"{ \"type\":\"RecordCreate\"}");
    assert_eq!(got[0].body, got[1].body);
    assert_eq!(got[0].header("CONTENT-type"), "application/json; charset=utf-8");
    assert!(got[0].headers.iter().all(|(name, _)| name != "X-GHL-Signature"));
    let own: Vec<&str> = got[2].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        own,
        [
            "Host",
            "User-Agent",
            "CONTENT-type",
            "x-Custom",
            "X-Custom",
            "X-GHL-Signature",
            "Content-Length",
            "Connection"
        ]
    );
    // The signatures in the capture's headers would no longer match.
    let output = run(&["--with-headers", "--fresh", &url, &at("c.txt")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--fresh changes the body"));
    assert_eq!(
        run(&["--with-headers", "--fresh", "--sign-with", ED25519, &url, &at("c.txt")]).status.code(),
        Some(0)
    );
    let fresh = &receiver.got()[7];
    assert!(
        is_signed(fresh, &fresh.body)
            && fresh.body.starts_with(b"{ \"type\":\"RecordCreate\",\"webhookId\":")
    );
}

#[test]
fn more_than_was_agreed_on_is_not_sent() {
    let receiver = Receiver::new(|_| Reply::of(200));
    let output = run(&["--max", "3", &receiver.url("/"), "fixtures/valid/deliveries.ndjson"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(receiver.got().len(), 0);
    assert_eq!(
        run(&["--max", "4", &receiver.url("/"), "fixtures/valid/deliveries.ndjson"]).status.code(),
        Some(0)
    );
}

#[test]
fn a_dry_run_prints_requests_that_can_be_read_back() {
    let url = Receiver::dead();
    let printed = run(&["--dry-run", "--sign-with", ED25519, &url, "fixtures/valid/deliveries.ndjson"]);
    assert_eq!(printed.status.code(), Some(0));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("requests.txt");
    fs::write(&path, &printed.stdout).unwrap();
    let mut verify = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    let verify = verify.args(["verify", "--public-key", "tests/signature/ed25519.pem", "--format", "json"]);
    let verified = verify.arg(&path).current_dir(ROOT).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    let report: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(report["bodies"].as_array().unwrap().len(), 4);
    // A body that is a whole file is named, any other one is printed by the command itself.
    let exact = folder.path().join("it's.json");
    fs::write(&exact, "{\"id\":\"100% \\u00e4 'x'\"}").unwrap();
    let receiver = Receiver::new(|_| Reply::of(200));
    for (path, is_named) in [(exact.to_str().unwrap(), true), ("fixtures/valid/crlf.json", false)] {
        let command = run(&["--dry-run", "--format", "curl", &receiver.url("/"), path]);
        let command = String::from_utf8(command.stdout).unwrap();
        assert_eq!(command.contains("@-"), !is_named, "{command}");
        if !is_installed("curl") {
            continue;
        }
        let ran = Command::new("sh").args(["-c", &command]).current_dir(ROOT).output().unwrap();
        assert!(ran.status.success(), "{ran:?}");
        run(&[&receiver.url("/"), path]);
        let got = receiver.got();
        let [first, second] = &got[got.len() - 2..] else { panic!("{got:?}") };
        assert_eq!(first.body, second.body);
    }
}

#[test]
fn every_json_report_is_what_its_schema_says_and_every_junit_report_is_well_formed() {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/send.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let hostile =
        |_: &Got| Reply { body: "\u{1b}[2J##[error]\u{202e}\n::error::<&]]>".into(), ..Reply::of(500) };
    let (right, wrong) = (Receiver::new(correct), Receiver::new(hostile));
    let urls = [right.url("/"), wrong.url("/"), Receiver::dead()];
    for url in &urls {
        for arguments in
            [&SIGNED[..], &["fixtures/valid/deliveries.ndjson"], &["--case", "post/"], &["--twice"]]
        {
            let with = |format| [&[url.as_str()], arguments, &["--format", format]].concat();
            let [human, json, junit] = ["human", "json", "junit"].map(|format| run(&with(format)));
            assert_eq!(human.status, json.status);
            assert_eq!(human.status, junit.status);
            let report: Value = serde_json::from_slice(&json.stdout).unwrap();
            let errors: Vec<String> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?} {report:#}");
            roxmltree::Document::parse(std::str::from_utf8(&junit.stdout).unwrap()).unwrap();
            for output in [&human, &json, &junit] {
                let text = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
                let is_unsafe = |character| assoclens::escape::is_unsafe(character) && character != '\n';
                assert!(!text.chars().any(is_unsafe) && !text.contains("##"), "{text}");
                assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
            }
        }
    }
}

#[test]
fn the_cases_that_are_written_are_the_same_each_time_and_fulfil_their_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| folder.path().join(name).to_str().unwrap().to_owned());
    for folder in [&one, &two] {
        let output = run(&["--write-cases", folder]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let same = Command::new("diff").args(["-r", &one, &two]).output().unwrap();
    assert!(same.status.success(), "{same:?}");
    let manifest = format!("{one}/manifest.json");
    let mut validate = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    let validated = validate.args(["validate", "--expect", &manifest, &one]).output().unwrap();
    assert!(validated.status.success(), "{validated:?}");
    // Existing files are not replaced.
    assert_eq!(run(&["--write-cases", &one]).status.code(), Some(2));
}

#[test]
fn every_case_has_a_row_in_the_page_on_receivers() {
    let mut table = "| case | sent | expected: level | why |\n|---|---|---|---|\n".to_owned();
    for case in assoclens::trial::cases() {
        let expected =
            case.expects.iter().map(|(expected, level)| format!("{}: {}", expected.words(), level.as_str()));
        let expected: Vec<String> = expected.collect();
        table += &format!("| `{}` | {} | {} | {} |\n", case.name, case.sends, expected.join("; "), case.why);
    }
    let path = std::path::Path::new(ROOT).join("docs/receiver.md");
    let page = fs::read_to_string(&path).unwrap();
    let (prose, written) = page.split_once("-->\n").unwrap();
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, format!("{prose}-->\n\n{table}")).unwrap();
    } else {
        assert_eq!(written.trim_start(), table, "docs/receiver.md; UPDATE_CASES=1 writes it anew");
    }
}
