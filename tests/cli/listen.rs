//! `assoclens listen` over real sockets: the requests that are accepted, those that are refused and how, and that no
//! delivery answered 2xx is lost.

use super::receivers::{Receiver, Reply};
use crate::skipped::{is_installed, skip};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver as Lines, channel};
use std::thread;
use std::time::{Duration, Instant};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BODY: &str = include_str!("../signature/delivery.json");
const KEY: [&str; 2] = ["--public-key", "tests/signature/ed25519.pem"];

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    command.current_dir(ROOT).env_clear().env("LC_ALL", "C.UTF-8");
    command
}

/// A run that listens on a free port. It is killed if it has not ended.
struct Listening {
    child: Child,
    address: String,
    errors: Lines<String>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Listening {
    fn new(arguments: &[&str]) -> Self {
        let mut command = program();
        command.args(["listen", "--port", "0"]).args(arguments);
        Self::start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, errors) = channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let ready =
            errors.iter().find_map(|line| line.strip_prefix("listening on http://").map(str::to_owned));
        Self { child, address: ready.expect("it says that it listens"), errors }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
        stream
    }

    /// The whole answer to these bytes, until the connection is closed.
    fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // It may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    fn post(&self, headers: &str, body: &[u8]) -> u16 {
        status(&self.exchange(&request(headers, body)))
    }

    fn stdout(&mut self) -> BufReader<ChildStdout> {
        BufReader::new(self.child.stdout.take().unwrap())
    }

    /// Waits for its end: the exit code and the output.
    fn end(mut self) -> (i32, String, Vec<String>) {
        let mut out = String::new();
        self.stdout().read_to_string(&mut out).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        (code, out, self.errors.iter().collect())
    }
}

fn request(headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("POST /hook?a=b HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// The status of the only answer.
fn status(answer: &str) -> u16 {
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    answer["HTTP/1.1 ".len()..][..3].parse().unwrap()
}

fn validate(arguments: &[&str]) -> Output {
    program().arg("validate").args(arguments).output().unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "a line has no end");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn name(&self, name: &str) -> String {
        self.at(name).to_str().unwrap().to_owned()
    }
}

/// A description, the status in the answer, and the bytes.
type Trick = (&'static str, u16, String);

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

fn post(headers: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}")
}

fn fields(count: usize) -> String {
    "a: b\r\n".repeat(count)
}

fn tricks_of_lengths() -> Vec<Trick> {
    vec![
        ("both lengths", 400, post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        (
            "both lengths, the other way round",
            400,
            post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        ),
        ("two lengths", 400, post("Content-Length: 2\r\nContent-Length: 4\r\n", "{}{}")),
        ("one length twice", 400, post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}")),
        ("a list of lengths", 400, post("Content-Length: 2, 2\r\n", "{}")),
        ("a length with a sign", 400, post("Content-Length: +2\r\n", "{}")),
        ("a negative length", 400, post("Content-Length: -1\r\n", "")),
        ("a hexadecimal length", 400, post("Content-Length: 0x2\r\n", "{}")),
        ("no length", 400, post("Content-Length: \r\n", "{}")),
        ("a length beyond all", 400, post("Content-Length: 99999999999999999999\r\n", "{}")),
    ]
}

fn tricks_of_fields() -> Vec<Trick> {
    vec![
        ("a folded field", 400, post("A: b\r\n c\r\nContent-Length: 2\r\n", "{}")),
        ("a folded length", 400, post("Content-Length:\r\n 2\r\n", "{}")),
        ("a blank before the colon", 400, post("Content-Length : 2\r\n", "{}")),
        ("a blank before the first name", 400, post(" A: b\r\nContent-Length: 2\r\n", "{}")),
        ("no colon", 400, post("Content-Length\r\n", "{}")),
        ("no name", 400, post(": b\r\n", "{}")),
        ("a bare LF after a field", 400, post("A: b\nContent-Length: 2\r\n", "{}")),
        (
            "a bare LF after the first line",
            400,
            "POST / HTTP/1.1\nHost: x\r\nContent-Length: 2\r\n\r\n{}".to_owned(),
        ),
        ("a bare LF for the blank line", 400, "POST / HTTP/1.1\r\nHost: x\r\n\n".to_owned()),
        (
            "a bare CR in a value",
            400,
            post("A: b\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n", "{}"),
        ),
        ("a NUL in a value", 400, post("A: b\0c\r\nContent-Length: 2\r\n", "{}")),
        ("a blank line first", 400, format!("\r\n{}", post("Content-Length: 2\r\n", "{}"))),
        ("no Host", 400, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}".to_owned()),
        ("two Hosts", 400, post("Host: y\r\nContent-Length: 2\r\n", "{}")),
        (
            "two codings",
            400,
            post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ),
        ("another coding", 501, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        ("a coding that looks like it", 501, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")),
        (
            "a coding in HTTP/1.0",
            400,
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
    ]
}

fn tricks_of_chunks() -> Vec<Trick> {
    vec![
        ("a chunk without a size", 400, post(CHUNKED, "\r\n{}\r\n0\r\n\r\n")),
        ("a chunk whose size is none", 400, post(CHUNKED, "zz\r\n{}\r\n0\r\n\r\n")),
        ("a chunk whose size has a sign", 400, post(CHUNKED, "+2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk whose size is hexadecimal twice", 400, post(CHUNKED, "0x2\r\n{}\r\n0\r\n\r\n")),
        ("a chunk whose size overflows", 400, post(CHUNKED, "ffffffffffffffff1\r\n{}\r\n0\r\n\r\n")),
        ("a chunk that is longer than it says", 400, post(CHUNKED, "1\r\n{}\r\n0\r\n\r\n")),
        ("a bare LF after a size", 400, post(CHUNKED, "2\n{}\r\n0\r\n\r\n")),
        ("a bare LF after a chunk", 400, post(CHUNKED, "2\r\n{}\n0\r\n\r\n")),
        ("a bare LF in an extension", 400, post(CHUNKED, "2;a\nb\r\n{}\r\n0\r\n\r\n")),
        (
            "an endless extension",
            400,
            post(CHUNKED, &format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "a".repeat(20_000))),
        ),
        (
            "endless trailers",
            400,
            post(CHUNKED, &format!("2\r\n{{}}\r\n0\r\n{}\r\n", "a: b\r\n".repeat(5_000))),
        ),
    ]
}

fn tricks_of_first_lines_and_sizes() -> Vec<Trick> {
    vec![
        ("the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
        ("HTTP/2.0", 505, "POST / HTTP/2.0\r\nHost: x\r\n\r\n".to_owned()),
        ("HTTP/0.9", 400, "GET /\r\n\r\n".to_owned()),
        ("no HTTP", 400, "hello\r\n\r\n".to_owned()),
        ("TLS", 400, "\u{16}\u{3}\u{1}\n\r\n".to_owned()),
        ("two blanks", 400, "POST  / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("a tab", 400, "POST\t/\tHTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("a target elsewhere", 400, "POST http://example.com/ HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("CONNECT", 405, "CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("OPTIONS", 405, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("TRACE", 405, "TRACE / HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n".to_owned()),
        ("a method that does not exist", 405, "post / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned()),
        ("101 fields", 431, post(&(fields(99) + "Content-Length: 2\r\n"), "{}")),
        ("a head of 16 KiB and more", 431, post(&format!("A: {}\r\n", "b".repeat(16 << 10)), "")),
        ("a first line of 16 KiB", 431, format!("POST /{} HTTP/1.1\r\n", "a".repeat(16 << 10))),
        ("a second request behind the first", 405, format!("GET / HTTP/1.1\r\nHost: x\r\n\r\n{SMUGGLED}")),
    ]
}

#[test]
fn every_framing_trick_gets_its_status_and_nothing_else() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let listening = Listening::new(&["--record", &record]);
    let tricks =
        [tricks_of_lengths(), tricks_of_fields(), tricks_of_chunks(), tricks_of_first_lines_and_sizes()]
            .concat();
    for (name, expected, bytes) in &tricks {
        let answer = listening.exchange(bytes.as_bytes());
        assert_eq!(status(&answer), *expected, "{name}: {answer}");
        let (head, _) = answer.split_once("\r\n\r\n").unwrap();
        for header in
            ["connection: close", "x-content-type-options: nosniff", "content-type: text/plain", "date: "]
        {
            assert!(head.contains(header), "{name}: {head}");
        }
        assert_eq!(head.contains("allow: POST"), *expected == 405, "{head}");
        assert!(!answer.to_lowercase().contains("access-control") && !answer.contains("secret"), "{answer}");
    }
    assert_eq!(lines(Path::new(&record)), Vec::<Value>::new());
    // None of that has harmed it, and 100 fields are accepted; bytes after a request are not another one.
    let whole =
        format!("POST / HTTP/1.1\r\nHost: x\r\n{}Content-Length: 2\r\n\r\n{{}}{SMUGGLED}", fields(98));
    assert_eq!(status(&listening.exchange(whole.as_bytes())), 200);
    let chunks = post(CHUNKED, "1;a=b\r\n{\r\n1\r\n}\r\n0\r\nTrailer: a\r\n\r\n");
    assert_eq!(status(&listening.exchange(chunks.as_bytes())), 200);
    let recorded = lines(Path::new(&record));
    assert_eq!(recorded.iter().map(|line| line["body"].as_str().unwrap()).collect::<Vec<_>>(), ["{}", "{}"]);
}

#[test]
fn a_request_that_is_cut_at_any_byte_is_not_a_delivery() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let listening = Listening::new(&["--record", &record]);
    let whole = request("X-A: b\r\n", b"{\"id\":\"a\"}");
    let chunked = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n".to_vec();
    for bytes in [&whole, &chunked] {
        for cut in 0..bytes.len() {
            let mut stream = listening.connect();
            stream.write_all(&bytes[..cut]).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
            assert!(cut == 0 || status(&answer) == 400, "cut at {cut}: {answer}");
        }
    }
    assert_eq!(lines(Path::new(&record)).len(), 0);
    // One byte at a time, without waiting for the end of the connection.
    for bytes in [&whole, &chunked] {
        let mut stream = listening.connect();
        stream.set_nodelay(true).unwrap();
        for byte in bytes {
            stream.write_all(&[*byte]).unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(status(&answer), 200);
    }
    assert_eq!(lines(Path::new(&record)).len(), 2);
}

#[test]
fn a_body_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let listening = Listening::new(&["--record", &record]);
    let limit = 1 << 20;
    assert_eq!(listening.post("", &vec![b' '; limit]), 200);
    assert_eq!(listening.post("", &vec![b' '; limit + 1]), 413);
    // By the length alone, without asking for the body.
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n";
    let answer = listening.exchange(head);
    assert!(status(&answer) == 413 && !answer.contains("100 Continue"), "{answer}");
    let chunks = |length: usize| {
        let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "a".repeat(1 << 16));
        let rest = length - (length / (1 << 16)) * (1 << 16);
        let rest = if rest > 0 { format!("{rest:x}\r\n{}\r\n", "a".repeat(rest)) } else { String::new() };
        format!(
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{}{rest}0\r\n\r\n",
            chunk.repeat(length / (1 << 16))
        )
    };
    assert_eq!(status(&listening.exchange(chunks(limit).as_bytes())), 200);
    assert_eq!(status(&listening.exchange(chunks(limit + 1).as_bytes())), 413);
    assert_eq!(status(&listening.exchange(chunks(limit * 3).as_bytes())), 413);
    let asked = b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}";
    let answer = listening.exchange(asked);
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(listening.post("", b""), 200);
    let recorded = lines(Path::new(&record));
    assert_eq!(recorded.len(), 4);
    assert_eq!(recorded[0]["body"].as_str().unwrap().len(), limit);
    let found = validate(&["--format", "ndjson", &record]);
    let last = String::from_utf8(found.stdout).unwrap().lines().last().unwrap().to_owned();
    assert!(last.contains("\"code\":\"capture/empty\""), "{last}");

    let small = Listening::new(&["--max-payload-bytes", "10"]);
    assert_eq!((small.post("", b"0123456789"), small.post("", b"0123456789a")), (200, 413));
}

#[test]
fn slow_senders_and_too_many_of_them_get_an_answer() {
    let listening = Listening::new(&[]);
    let start = Instant::now();
    // Each is answered in time: an idle one, a slow one, and one whose body never ends.
    let mut idle = listening.connect();
    let mut dripping = listening.connect();
    let mut endless = listening.connect();
    endless.write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n").unwrap();
    let mut others: Vec<TcpStream> = (0..29).map(|_| listening.connect()).collect();
    thread::sleep(Duration::from_millis(300));
    let answer = listening.exchange(b"");
    assert!(status(&answer) == 503 && answer.contains("retry-after: 1"), "{answer}");
    assert_eq!(listening.post("", b"{}"), 503);
    others.truncate(20);
    thread::sleep(Duration::from_millis(300));
    assert_eq!(listening.post("", b"{}"), 200);
    drop(others);
    for byte in b"POST / HT" {
        dripping.write_all(&[*byte]).unwrap();
        thread::sleep(Duration::from_millis(500));
    }
    for (stream, seconds) in [(&mut idle, 10), (&mut dripping, 10), (&mut endless, 30)] {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert_eq!(status(&answer), 408);
        let elapsed = start.elapsed().as_secs_f64();
        let expected = f64::from(seconds)..f64::from(seconds + 10);
        assert!(expected.contains(&elapsed), "{elapsed} s for {seconds} s");
    }
}

#[test]
fn a_request_from_a_web_page_is_refused_before_its_body_is_read() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let handler = Receiver::new(|_| Reply::of(200));
    let listening = Listening::new(&["--record", &record, "--forward-to", &handler.url("/")]);
    let pages = [
        "Origin: http://127.0.0.1:4011\r\n",
        "origin: null\r\n",
        "ORIGIN:\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n",
    ];
    for headers in pages {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: x\r\n{headers}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        );
        let answer = listening.exchange(head.as_bytes());
        assert_eq!(status(&answer), 403, "{headers}");
        let line = listening.errors.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(line.starts_with("refused a request with 403: it comes from a web page"), "{line}");
    }
    assert_eq!((lines(Path::new(&record)).len(), handler.got().len()), (0, 0));
    // A person who types the address is not a page, and a tunnel keeps its own host.
    let typed = "Sec-Fetch-Site: none\r\n";
    assert_eq!(listening.post(typed, b"{}"), 200);
    let tunnel = b"POST / HTTP/1.1\r\nHost: abc.tunnel.example\r\nX-Forwarded-For: 1.2.3.4\r\nContent-Length: 2\r\n\r\n{}";
    assert_eq!(status(&listening.exchange(tunnel)), 200);
}

#[test]
fn headers_keep_their_order_case_and_repeats_and_secrets_are_not_written_down() {
    let folder = Folder::new();
    let headers = "x-a: 1\r\nX-B:2\r\nX-a:  3 \r\nAuthorization: Bearer s3cret\r\nX-Api-Key: s3cret\r\nCookie: s3cret\r\nX-GHL-Signature: AAAA\r\nX-Latin: caf\u{e9}\r\n";
    let names = |line: &Value| -> Vec<String> {
        line["headers"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap().to_owned()).collect()
    };
    for (name, arguments, is_kept) in [("a", vec![], false), ("b", vec!["--all-headers"], true)] {
        let record = folder.name(name);
        let listening = Listening::new(&[&["--record", &record][..], &arguments].concat());
        assert_eq!(listening.post(headers, b"{}"), 200);
        let line = &lines(Path::new(&record))[0];
        assert_eq!(
            names(line),
            [
                "Host",
                "x-a",
                "X-B",
                "X-a",
                "Authorization",
                "X-Api-Key",
                "Cookie",
                "X-GHL-Signature",
                "X-Latin",
                "Content-Length"
            ]
        );
        assert_eq!((&line["headers"][1][1], &line["headers"][3][1]), (&"1".into(), &"3".into()));
        assert_eq!(fs::read_to_string(&record).unwrap().contains("s3cret"), is_kept);
        assert_eq!((line["target"].as_str(), line["method"].as_str()), (Some("/hook?a=b"), Some("POST")));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.at("a")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn every_delivery_answered_2xx_is_in_the_record_of_a_killed_process_in_whole_lines() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    for round in 0..5 {
        let listening = Listening::new(&["--record", &record]);
        let before = if round == 0 { 0 } else { lines(Path::new(&record)).len() };
        let address = listening.address.clone();
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let address = address.clone();
                thread::spawn(move || {
                    let mut taken = Vec::new();
                    for number in 0.. {
                        let id = format!("{round}-{sender}-{number}");
                        let body = format!("{{\"webhookId\":\"{id}\",\"x\":\"{}\"}}", "y".repeat(9_000));
                        let Ok(mut stream) = TcpStream::connect(&address) else { break };
                        let mut answer = String::new();
                        let _ = stream.write_all(&request("", body.as_bytes()));
                        let _ = stream.read_to_string(&mut answer);
                        if answer.starts_with("HTTP/1.1 200") {
                            taken.push(id);
                        }
                    }
                    taken
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(200 + 50 * round));
        drop(listening);
        let taken: Vec<String> = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
        let recorded: BTreeSet<String> = lines(Path::new(&record))
            .iter()
            .map(|line| {
                let body: Value = serde_json::from_str(line["body"].as_str().unwrap()).unwrap();
                body["webhookId"].as_str().unwrap().to_owned()
            })
            .collect();
        assert!(
            !taken.is_empty() && taken.iter().all(|id| recorded.contains(id)),
            "{} of {}",
            recorded.len() - before,
            taken.len()
        );
    }
}

/// The fixtures that are payloads, and not captures.
fn fixtures() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["valid", "invalid", "findings/raises", "findings/nearly"] {
        let entries = fs::read_dir(Path::new(ROOT).join("fixtures").join(folder)).unwrap();
        all.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    all.sort();
    all
}

/// The findings about each payload of a report: levels, codes and pointers.
fn verdicts(report: &[u8]) -> Vec<(bool, Vec<String>)> {
    let text = std::str::from_utf8(report).unwrap();
    let verdict = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let findings = record["findings"].as_array().unwrap().iter();
        let findings = findings
            .map(|finding| format!("{} {} {}", finding["level"], finding["code"], finding["pointer"]));
        (record["valid"].as_bool().unwrap(), findings.collect())
    };
    text.lines().map(verdict).collect()
}

#[test]
fn a_sent_delivery_has_the_same_verdict_when_received_and_recorded() {
    let folder = Folder::new();
    let mut sent = 0;
    for path in fixtures() {
        let (record, live) = (folder.name("record.ndjson"), folder.name("live.ndjson"));
        let _ = fs::remove_file(&record);
        let name = path.to_str().unwrap();
        // Payloads that span several lines are sent one by one, because a line of a record is one delivery.
        let mut before = verdicts(&validate(&["--unwrap", "never", "--format", "ndjson", name]).stdout);
        let count = before.len().to_string();
        let listening = Listening::new(&[
            "--record",
            &record,
            "--format",
            "ndjson",
            "--count",
            &count,
            "--timeout",
            "60s",
            "--no-verify",
        ]);
        let posted = program().args(["send", "--max", "1000", &listening.url(), name]).output().unwrap();
        if String::from_utf8_lossy(&posted.stderr).contains("is empty, so there is nothing to send") {
            continue;
        }
        assert_eq!(posted.status.code(), Some(0), "{name}: {posted:?}");
        let (_, report, _) = listening.end();
        let after = validate(&["--format", "ndjson", &record]).stdout;
        let mut found = verdicts(&after);
        // Something like a capture inside a body is not opened, which is a warning by itself.
        for (_, findings) in before.iter_mut().chain(&mut found) {
            findings.sort();
        }
        for ((_, found), (_, before)) in found.iter_mut().zip(&before) {
            // Data that is not JSON at all has another code if it was captured as a body.
            let is_kind = |findings: &[String], kind: &[&str]| {
                findings.len() == 1 && kind.iter().any(|code| findings[0].contains(code))
            };
            let in_capture = ["capture/not-json", "capture/empty", "capture/compressed"];
            if is_kind(found, &in_capture) && is_kind(before, &["\"syntax\"", "\"empty\"", "\"encoding\""]) {
                found.clone_from(before);
            }
        }
        assert_eq!(found, before, "{name}");
        sent += found.len();
        // The live report equals that of the record, except for facts that only the receiver knows.
        let plain = |text: &str, source: &str| -> Vec<Value> {
            let record = |line: &str| {
                let mut record: Value = serde_json::from_str(line).unwrap();
                let record = record.as_object_mut().unwrap();
                assert_eq!(record.remove("source").unwrap(), source);
                assert_eq!(record.remove("receipt").is_some(), source == "<deliveries>");
                Value::Object(record.clone())
            };
            text.lines().map(record).collect()
        };
        fs::write(&live, &report).unwrap();
        assert_eq!(
            plain(&report, "<deliveries>"),
            plain(std::str::from_utf8(&after).unwrap(), &record),
            "{name}"
        );
    }
    assert!(sent > 50, "{sent}");
}

#[test]
fn a_record_is_read_by_every_command() {
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let listening = Listening::new(&["--record", &record, "--count", "2"]);
    let headers = include_str!("../signature/headers.txt").replace('\n', "\r\n");
    let headers: String =
        headers.lines().filter(|line| line.starts_with("X-")).map(|line| format!("{line}\r\n")).collect();
    assert_eq!(listening.post(&headers, BODY.as_bytes()), 200);
    assert_eq!(listening.post(&headers, &[BODY.as_bytes(), b"\xff"].concat()), 200);
    assert_eq!(listening.end().0, 1);
    let verified = program().args(["verify", "--format", "json"]).args(KEY).arg(&record).output().unwrap();
    let report: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(report["bodies"][0]["outcome"], "verified");
    assert_eq!(report["bodies"][1]["outcome"], "mismatch");
    let shown = program().args(["inspect", "--format", "json", &record]).output().unwrap();
    assert!(String::from_utf8(shown.stdout).unwrap().contains("698f1a2b3c4d5e6f70819203"));
    let filtered = program().args(["filter", "--valid", "--unwrap", "auto", &record]).output().unwrap();
    assert_eq!(String::from_utf8(filtered.stdout).unwrap().trim_end(), BODY.trim_end());
    let same = program().args(["diff", &record, &record]).output().unwrap();
    assert_eq!(same.status.code(), Some(2), "the second body is not JSON");
    let schema: Value = serde_json::from_str(include_str!("../../schemas/delivery.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for line in lines(Path::new(&record)) {
        let errors: Vec<String> = schema.iter_errors(&line).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?} {line}");
    }
    // Replayed with its headers, it is verified again.
    let again = Listening::new(&["--count", "2", "--format", "ndjson", KEY[0], KEY[1]]);
    let sent = program().args(["send", "--with-headers", &again.url(), &record]).output().unwrap();
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    let (_, report, _) = again.end();
    assert!(report.lines().next().unwrap().contains("\"signature\":\"verified\""), "{report}");
}

#[test]
fn a_handler_is_answered_for_and_the_hint_says_who_is_wrong() {
    let signature =
        include_str!("../signature/headers.txt").lines().find(|line| line.starts_with("X-GHL")).unwrap();
    let signed = format!("{signature}\r\nX-Custom: a\r\nx-custom: b\r\nConnection: keep-alive\r\n");
    let folder = Folder::new();
    for (status, expected, hint) in [
        (200, 200, ""),
        (204, 204, ""),
        (301, 301, "a redirect is not followed"),
        (400, 400, "the handler is wrong: this body verifies as it arrived"),
        (404, 404, "check the route"),
        (500, 500, "it failed: see its answer and its log"),
    ] {
        let handler = Receiver::new(move |_| Reply {
            location: Some("http://127.0.0.1:1/".to_owned()),
            ..Reply::of(status)
        });
        let listening = Listening::new(
            &[&["--count", "1", "--forward-to", &handler.url("/in?x"), "--header", "X-Extra: 1"][..], &KEY]
                .concat(),
        );
        let answer = listening.exchange(&request(&signed, BODY.as_bytes()));
        assert_eq!(super::listen::status(&answer), expected);
        assert!(!answer.to_lowercase().contains("location"), "{answer}");
        let (_, out, _) = listening.end();
        assert!(
            out.contains(&format!(
                "signed by the key in tests/signature/ed25519.pem  486 bytes  → {status} in "
            )),
            "{out}"
        );
        assert!(out.contains(&format!("→ {hint}")), "{status}: {out}");
        let got = &handler.got()[0];
        assert_eq!((got.body.as_slice(), got.target.as_str()), (BODY.as_bytes(), "/in?x"));
        let names: Vec<&str> = got.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["Host", "X-GHL-Signature", "X-Custom", "x-custom", "X-Extra", "Content-Length", "Connection"]
        );
    }
    // Unsigned deliveries are refused correctly.
    let handler = Receiver::new(|_| Reply::of(401));
    let listening =
        Listening::new(&[&["--count", "1", "--forward-to", &handler.url("/")][..], &KEY].concat());
    assert_eq!(
        listening.post(&format!("{signature}\r\n"), &BODY.replace("Tenant", "Tenent").into_bytes()),
        401
    );
    assert!(
        listening.end().1.contains("→ the handler is right to refuse it: the body is not what was signed")
    );
    // A failure is never answered 200, but is recorded all the same.
    let gone = Receiver::new(|_| Reply::none());
    for (url, why) in
        [(Receiver::dead(), "connection refused"), (gone.url("/"), "the connection ended without an answer")]
    {
        let record = folder.name("record.ndjson");
        let _ = fs::remove_file(&record);
        let listening = Listening::new(&["--count", "1", "--forward-to", &url, "--record", &record]);
        assert_eq!(listening.post("", b"{}"), 502);
        let (_, out, _) = listening.end();
        assert!(out.contains(why), "{out}");
        assert_eq!(lines(Path::new(&record))[0]["forward"]["status"], Value::Null);
    }
}

#[test]
fn a_slow_handler_holds_up_no_other_delivery_s_answer_longer_than_itself_and_order_is_kept() {
    let handler = Receiver::new(|got| {
        let is_slow = got.body.starts_with(b"{\"slow");
        thread::sleep(Duration::from_millis(if is_slow { 800 } else { 0 }));
        Reply::of(200)
    });
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let listening = Listening::new(&["--count", "3", "--record", &record, "--forward-to", &handler.url("/")]);
    let slow = {
        let mut stream = listening.connect();
        stream.write_all(&request("", b"{\"slow\":1}")).unwrap();
        stream
    };
    thread::sleep(Duration::from_millis(200));
    assert_eq!((listening.post("", b"{\"a\":1}"), listening.post("", b"{\"b\":1}")), (200, 200));
    drop(slow);
    assert_eq!(listening.end().0, 0);
    let recorded = lines(Path::new(&record));
    let bodies: Vec<&str> = recorded.iter().map(|line| line["body"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["{\"slow\":1}", "{\"a\":1}", "{\"b\":1}"]);
}

#[test]
fn it_ends_as_it_was_asked_to() {
    // Ended by count, and by time; fewer deliveries than requested exit with 1.
    let listening = Listening::new(&["--count", "1"]);
    assert_eq!(listening.post("", BODY.as_bytes()), 200);
    assert_eq!(listening.end().0, 0);
    assert_eq!(Listening::new(&["--timeout", "200ms"]).end().0, 0);
    assert_eq!(Listening::new(&["--timeout", "200ms", "--count", "1"]).end().0, 1);
    let listening = Listening::new(&["--count", "1", "--strict"]);
    assert_eq!(listening.post("", b"{}"), 200);
    assert_eq!(listening.end().0, 1);
    // Refused requests do not count.
    let listening = Listening::new(&["--count", "1", "--timeout", "500ms", "--path", "/hook"]);
    assert_eq!(status(&listening.exchange(b"POST /other HTTP/1.1\r\nHost: x\r\n\r\n")), 404);
    assert_eq!(listening.post("", b"{}"), 200);
    assert_eq!(listening.end().0, 0);
    // The requested status.
    let listening = Listening::new(&["--respond", "503", "--count", "1"]);
    assert_eq!(listening.post("", b"{}"), 503);
    assert_eq!(listening.end().0, 0);
    // A port in use, and files that cannot be the record.
    let taken = Listening::new(&[]);
    let port = taken.address.rsplit(':').next().unwrap();
    let folder = Folder::new();
    fs::write(folder.at("other.json"), "{\"id\":1}").unwrap();
    for (arguments, why) in [
        (vec!["--port", port], "is in use; --port 0 takes a free one".to_owned()),
        (vec!["--port", "0", "--record", "/no/such/file"], "cannot record to /no/such/file".to_owned()),
        (vec!["--port", "0", "--record", &folder.name("other.json")], "it holds something else".to_owned()),
        (vec!["--port", "0", "--forward-to", "http://example.com/"], "is not this machine".to_owned()),
        (vec!["--port", "0", "--public-key", "no/such.pem"], "cannot use the public key".to_owned()),
        (
            vec!["--port", "0", "--forward-to", "http://127.0.0.1:1/", "--header", "X-GHL-Signature: a"],
            "cannot replace X-GHL-Signature".to_owned(),
        ),
    ] {
        let output = program().arg("listen").args(&arguments).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && error.contains(&why), "{arguments:?}: {error}");
    }
    assert_eq!(fs::read_to_string(folder.at("other.json")).unwrap(), "{\"id\":1}");
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_record_accepts_nothing_more() {
    let listening = Listening::new(&["--record", "/dev/full"]);
    assert_eq!(listening.post("", b"{}"), 503);
    let (code, _, errors) = listening.end();
    assert!(code == 2 && errors.iter().any(|line| line.contains("cannot record to /dev/full")), "{errors:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn it_listens_on_one_socket_of_this_machine_and_connects_to_none() {
    if !is_installed("strace") {
        return;
    }
    let folder = Folder::new();
    let trace = folder.name("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=network", "-o", &trace, env!("CARGO_BIN_EXE_assoclens")]);
    command.args(["listen", "--port", "0", "--count", "2"]).current_dir(ROOT).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let listening = Listening::start(&mut command);
    assert_eq!((listening.post("", b"{}"), listening.post("", b"{}")), (200, 200));
    listening.end();
    let Ok(trace) = fs::read_to_string(trace) else { return skip("strace may not trace here") };
    let calls = |call: &str| trace.lines().filter(|line| line.contains(call)).collect::<Vec<_>>();
    let sockets = calls(" socket(AF_INET");
    assert_eq!((sockets.len(), calls(" listen(").len(), calls(" connect(").len()), (1, 1, 0), "{trace}");
    let bound = calls(" bind(");
    assert!(bound.len() == 1 && bound[0].contains("inet_addr(\"127.0.0.1\")"), "{bound:?}");
}

#[test]
fn ten_thousand_deliveries_are_taken_recorded_and_judged_once_each() {
    const ALL: usize = 10_000;
    let folder = Folder::new();
    let record = folder.name("record.ndjson");
    let count = ALL.to_string();
    let listening = Listening::new(&["--record", &record, "--count", &count, "--format", "ndjson"]);
    let start = Instant::now();
    let address = listening.address.clone();
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let address = address.clone();
            thread::spawn(move || {
                for number in (sender..ALL).step_by(8) {
                    let body = BODY.replace(
                        "3f2b8c1e-5a6d-4e7f-9b0a-1c2d3e4f5a6b",
                        &format!("3f2b8c1e-5a6d-4e7f-9b0a-{number:012}"),
                    );
                    let mut stream = TcpStream::connect(&address).unwrap();
                    stream.write_all(&request("", body.as_bytes())).unwrap();
                    let mut answer = String::new();
                    stream.read_to_string(&mut answer).unwrap();
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                }
            })
        })
        .collect();
    let (code, report, _) = listening.end();
    let elapsed = start.elapsed();
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    assert_eq!((code, report.lines().count()), (0, ALL));
    let recorded = lines(Path::new(&record));
    let numbers: Vec<u64> = recorded.iter().map(|line| line["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=ALL as u64).collect::<Vec<_>>());
    let bodies: BTreeSet<&str> = recorded.iter().map(|line| line["body"].as_str().unwrap()).collect();
    assert_eq!(bodies.len(), ALL);
    assert!(
        report.lines().all(|line| line.contains("\"valid\":true,") && !line.contains("duplicate-delivery"))
    );
    let rate = ALL as f64 / elapsed.as_secs_f64();
    assert!(rate > 20.0, "{rate:.0} deliveries a second");
}
