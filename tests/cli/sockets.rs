//! The system calls that open a socket, traced with strace, if it is installed.

use super::receivers::{Receiver, Reply};
use crate::skipped::{is_installed, skip};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The network calls of a run, one per line, without the process's number; `None` without strace.
fn calls(arguments: &[&str]) -> Option<Vec<String>> {
    if !is_installed("strace") {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let ran = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-e",
            "trace=network",
            "-o",
            trace.to_str().unwrap(),
            env!("CARGO_BIN_EXE_assoclens"),
        ])
        .args(arguments)
        .current_dir(ROOT)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let Ok(trace) = fs::read_to_string(trace) else {
        skip(&format!("strace may not trace here ({ran:?})"));
        return None;
    };
    let call =
        |line: &str| line.trim_start_matches(|character: char| character.is_ascii_digit()).trim().to_owned();
    let opens = ["socket", "connect", "bind", "listen", "accept"];
    Some(trace.lines().map(call).filter(|call| opens.iter().any(|open| call.starts_with(open))).collect())
}

#[test]
fn no_other_command_opens_a_socket() {
    let headers = fs::read_to_string(format!("{ROOT}/tests/signature/headers.txt")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    for arguments in [
        vec!["validate", "fixtures"],
        vec!["validate", "--jobs", "2", "--schema", "tests/cases/remote.schema.json", "fixtures/valid"],
        vec!["inspect", "fixtures/valid/flat-delivery.json"],
        vec!["diff", "tests/cases/diff/monday.ndjson", "tests/cases/diff/tuesday.ndjson"],
        vec!["filter", "fixtures/invalid"],
        vec!["verify", "--header", &headers, "tests/signature/delivery.json"],
        vec!["schema"],
        vec!["captures"],
        vec!["explain"],
        vec!["completions", "bash"],
        vec!["man"],
        vec!["send", "--list-cases"],
        vec!["send", "--write-cases", cases.to_str().unwrap()],
        vec!["send", "--dry-run", "http://127.0.0.1:1/"],
        vec!["send", "http://example.com/"],
        vec!["send", "http://127.0.0.1:1/", "no/such.json"],
    ] {
        let Some(calls) = calls(&arguments) else { return };
        assert!(calls.is_empty(), "{arguments:?}: {calls:#?}");
    }
}

#[test]
fn send_connects_to_the_receiver_and_to_nothing_else() {
    let receiver = Receiver::new(|_| Reply::of(200));
    let url = receiver.url("/");
    let port = url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let named = format!("http://localhost:{port}/");
    for (url, deliveries) in [(url.as_str(), 4), (named.as_str(), 4)] {
        let Some(calls) = calls(&["send", url, "fixtures/valid/deliveries.ndjson"]) else { return };
        let opened = calls.iter().filter(|call| call.starts_with("socket(")).count();
        assert_eq!(opened, deliveries, "{calls:#?}");
        for call in calls.iter().filter(|call| call.starts_with("connect(")) {
            assert!(call.contains("127.0.0.1") && call.contains(&format!("htons({port})")), "{call}");
        }
        assert!(calls.iter().all(|call| !call.starts_with("bind(")), "{calls:#?}");
    }
}

#[test]
fn an_answer_without_an_end_counts_and_is_not_read_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let receiver = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = BufReader::new(stream.try_clone().unwrap()).lines();
        while request.next().unwrap().unwrap() != "" {}
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        (0..1024).take_while(|_| stream.write_all(&[b'x'; 1 << 20]).is_ok()).count()
    });
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(["send", &url, "fixtures/valid/crlf.json", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["deliveries"][0]["status"], 200, "{report:#}");
    let taken = receiver.join().unwrap();
    assert!(taken < 64, "{taken} MiB were taken, more than any buffers hold");
}
