//! Archives and live streams: the same report for any number of threads, byte-exact filters, compressed inputs,
//! constant memory.

use crate::skipped::{is_installed, is_there};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

fn assoclens(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    command.args(arguments).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end, which must come: if a piece of work were lost, the rest would wait for it forever.
fn run(arguments: &[&str]) -> Output {
    let child = assoclens(arguments).spawn().unwrap();
    let (id, (sender, output)) = (child.id().to_string(), mpsc::channel());
    std::thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    output.recv_timeout(Duration::from_secs(180)).unwrap_or_else(|_| {
        Command::new("kill").arg(id).status().unwrap();
        panic!("assoclens {arguments:?} does not end: a piece of work was lost, or nobody reports it")
    })
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Enough lines for several blocks, about one in fifty of them invalid in some way.
fn mixed_lines(count: u32, seed: u32) -> Vec<u8> {
    let mut lines = Vec::new();
    let mut state = seed | 1;
    for number in 0..count {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (id, key) = (format!("698f1a2b3c4d5e6f{number:08x}"), "k".repeat((state >> 24) as usize));
        let line = match state >> 8 & 0xff {
            0 => format!("{{\"id\":{number},\"key\":null}}"),
            1 => format!("{{\"id\":\"{id}\""),
            2 => "\u{feff}{}\r".to_owned(),
            3 => "  ".to_owned(),
            4 => format!("[\"{id}\"]"),
            _ => format!(
                "{{\"id\":\"{id}\",\"associationType\":\"USER_DEFINED\",\"firstObjectKey\":\"contact\",\
                 \"firstObjectLabel\":\"Tenant\",\"secondObjectKey\":\"custom_objects.apartments\",\
                 \"secondObjectLabel\":\"Apartment\",\"key\":\"k{key}\",\"locationId\":\"Zx81QpLm04RtVbNc77Ha\"}}"
            ),
        };
        lines.extend_from_slice(line.as_bytes());
        lines.push(b'\n');
    }
    lines
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = tempfile::tempdir().unwrap();
    let stream = write(folder.path(), "stream.ndjson", &mixed_lines(6_000, 7));
    let documents = write(folder.path(), "documents.json", &mixed_lines(1_500, 9));
    for number in 0..300 {
        write(folder.path(), &format!("small-{number:03}.json"), &mixed_lines(number % 7, number));
    }
    let folder = folder.path().to_str().unwrap();
    for arguments in [
        &["validate", "--format", "human"][..],
        &["validate", "--format", "json"],
        &["validate", "--format", "ndjson"],
        &["validate", "--summary"],
        &["validate", "--fail-fast"],
        &["filter", "--invalid"],
    ] {
        let with = |jobs: &str| {
            let output =
                run(&[arguments, &["--jobs", jobs, "no/such.json", &stream, &documents, folder]].concat());
            (output.status.code(), text(output.stdout), text(output.stderr))
        };
        let one = with("1");
        assert!(one.1.len() > 200, "{arguments:?}");
        for jobs in ["2", "3", "8"] {
            assert!(with(jobs) == one, "{arguments:?} --jobs {jobs}");
        }
    }
}

#[test]
fn payloads_are_numbered_and_placed_through_all_of_a_stream() {
    let folder = tempfile::tempdir().unwrap();
    let lines = mixed_lines(12_000, 5);
    let path = write(folder.path(), "stream.ndjson", &lines);
    let report = text(run(&["validate", "--format", "ndjson", "--jobs", "2", &path]).stdout);
    let (mut number, mut offset) = (0, 0);
    let mut records = report.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for (index, line) in lines.split_inclusive(|byte| *byte == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            number += 1;
            let record = records.next().unwrap();
            let found = ["number", "line", "offset"].map(|name| record[name].as_u64().unwrap());
            assert_eq!(found, [number, index as u64 + 1, offset], "{record}");
        }
        offset += line.len() as u64;
    }
    assert!(records.next().is_none() && number > 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_filter_parts_a_stream_without_changing_a_byte(count in 0u32..2_000, seed: u32) {
        let folder = tempfile::tempdir().unwrap();
        let lines = mixed_lines(count, seed);
        let path = write(folder.path(), "stream.ndjson", &lines);
        let part = |which| run(&["filter", "--quiet", which, &path]).stdout;
        let (valid, invalid) = (part("--valid"), part("--invalid"));
        let mut parts: Vec<&[u8]> = [&valid, &invalid].iter().flat_map(|part| part.split_inclusive(|byte| *byte == b'\n')).collect();
        let mut whole: Vec<&[u8]> = lines.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
        // Each part keeps the order of the stream.
        for part in [&valid, &invalid] {
            let mut rest = whole.iter();
            prop_assert!(part.split_inclusive(|byte| *byte == b'\n').all(|line| rest.any(|other| *other == line)));
        }
        parts.sort_unstable();
        whole.sort_unstable();
        prop_assert_eq!(parts, whole);
    }
}

#[test]
fn a_filter_keeps_the_lines_of_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, good) = ("{\r\n  \"id\": 67\r\n}", "{\n\t\"id\": \"x\"}");
    let path = write(folder.path(), "documents.json", format!("{good}{bad}\n\n{good}").as_bytes());
    assert_eq!(text(run(&["filter", &path]).stdout), format!("{bad}\n"));
    let output = run(&["filter", "--valid", &path]);
    assert_eq!(text(output.stdout), format!("{good}\n{good}\n"));
    assert_eq!(text(output.stderr), "2 of 3 payloads written\n");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(run(&["filter", "--code", "schema/", &path]).stdout), format!("{bad}\n"));
    assert_eq!(text(run(&["filter", "--code", "syntax,empty", &path]).stdout), "");
}

#[test]
fn a_payload_that_cannot_be_written_whole_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(
        folder.path(),
        "long.ndjson",
        format!("{{}}\n{{\"id\":\"{}\"}}\n{{}}\n", "x".repeat(2_000)).as_bytes(),
    );
    let output = run(&["filter", "--invalid", "--max-payload-bytes", "1000", &path]);
    assert_eq!((output.status.code(), text(output.stdout)), (Some(2), String::new()));
    let stderr = text(output.stderr);
    assert!(stderr.contains("long.ndjson:2 is longer than 1000 bytes and was not written"), "{stderr}");
    let output = run(&["validate", "--format", "ndjson", "--max-payload-bytes", "1000", &path]);
    assert!(text(output.stdout).lines().nth(1).unwrap().contains("\"code\":\"too-long\""));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

#[test]
fn compressed_input_gets_the_same_verdict_under_any_name_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let lines = mixed_lines(2_000, 3);
    let plain = write(folder.path(), "a.ndjson", &lines);
    let report = |path: &str| text(run(&["validate", "--format", "ndjson", path]).stdout).replace(path, "");
    for (name, bytes) in
        [("b.ndjson.gz", gzip(&lines)), ("c.jsonl.zst", zstandard(&lines)), ("d.ndjson", gzip(&lines))]
    {
        let path = write(folder.path(), name, &bytes);
        assert!(report(&path) == report(&plain), "{name}");
        let stdin = std::fs::File::open(&path).unwrap();
        let output = assoclens(&["validate", "--format", "ndjson", "--input-format", "ndjson"])
            .stdin(stdin)
            .output()
            .unwrap();
        assert!(text(output.stdout).replace("<stdin>", "") == report(&plain), "{name} from standard input");
    }
    let walked = text(run(&["validate", "--summary", folder.path().to_str().unwrap()]).stdout);
    let each = report(&plain).lines().count() * 4;
    assert!(walked.contains(&format!("{},{:03} payloads", each / 1000, each % 1000)), "{walked}");
}

#[test]
fn a_cut_archive_is_checked_up_to_the_cut_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let whole = gzip(&mixed_lines(20_000, 5));
    let path = write(folder.path(), "cut.ndjson.gz", &whole[..whole.len() / 2]);
    let output = run(&["validate", "--format", "ndjson", &path]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(output.stdout).lines().count() > 1_000);
    let stderr = text(output.stderr);
    assert!(stderr.contains("the gzip data is cut or broken after "), "{stderr}");
}

#[test]
fn a_bomb_inflates_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "bomb.json.gz", &gzip(&vec![b' '; 300 << 20]));
    let line = format!(
        "ulimit -v 400000; exec {} validate --format ndjson --max-payload-bytes 1000000 {path}",
        env!("CARGO_BIN_EXE_assoclens")
    );
    let output = Command::new("bash").args(["-c", &line]).output().unwrap();
    // It is found to be too long, and given up for that, not for lack of memory.
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(output.stdout).contains("\"code\":\"too-long\""));
    let stderr = text(output.stderr);
    assert!(stderr.starts_with("error: stopped reading ") && stderr.contains("has no end in "), "{stderr}");
}

#[test]
fn an_input_that_cannot_be_read_twice_is_compared_alike_and_held_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let filler = "x".repeat(1000);
    let side = |label: &str| -> String {
        let record = |index: u32| {
            let label = if index % 5_000 == 7 { label } else { "same" };
            let broken = if index % 1_000 == 9 { "{\"id\":" } else { "" };
            format!(
                "{broken}{{\"id\":\"{index}\",\"firstObjectLabel\":\"{label}\",\"extra\":\"{filler}\"}}\n"
            )
        };
        (0..30_000).map(record).collect()
    };
    let sides = [side("one"), side("two")];
    let write = |name: &str, bytes: &[u8]| write(folder.path(), name, bytes);
    let plain = [write("a", sides[0].as_bytes()), write("b", sides[1].as_bytes())];
    let compressed =
        [write("a.gz", &gzip(sides[0].as_bytes())), write("b.zst", &zstandard(sides[1].as_bytes()))];
    let diff = |sides: &[String; 2]| {
        let line = format!(
            "ulimit -v 50000; exec {} diff --input-format ndjson --format unified {} {}",
            env!("CARGO_BIN_EXE_assoclens"),
            sides[0],
            sides[1]
        );
        let output = Command::new("sh").args(["-c", &line]).env("TMPDIR", folder.path()).output().unwrap();
        let alike = |bytes| text(bytes).replace("a.gz", "a").replace("b.zst", "b");
        (output.status.code(), alike(output.stdout), text(output.stderr))
    };
    let (status, shown, complaints) = diff(&plain);
    assert_eq!((status, shown.matches("two").count()), (Some(2), 6), "{shown}{complaints}");
    let (compressed_status, compressed_shown, compressed_complaints) = diff(&compressed);
    assert_eq!((compressed_status, compressed_shown), (status, shown), "{compressed_complaints}");
    // Of 30 records per side that are not JSON, 20 in all are reported; which side comes first depends on their sizes.
    for complaints in [complaints, compressed_complaints] {
        let lines: Vec<&str> = complaints.lines().collect();
        assert_eq!((lines.len(), lines[20]), (21, "error: … and 40 more payloads cannot be compared"));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "the temporary file has no name");
}

/// The highest memory, in KiB, that a process was seen to hold until it ended.
fn peak_memory(child: &mut std::process::Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let held = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        peak = held.unwrap_or(0).max(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    peak
}

#[test]
fn memory_does_not_grow_with_the_stream() {
    if !is_there("/proc/self/status") {
        return;
    }
    let lines = mixed_lines(10_000, 11);
    let peak = |times: u32| {
        let mut child =
            assoclens(&["validate", "--summary", "--jobs", "4"]).stdin(Stdio::piped()).spawn().unwrap();
        let (mut stdin, lines) = (child.stdin.take().unwrap(), lines.clone());
        let writer = std::thread::spawn(move || (0..times).try_for_each(|_| stdin.write_all(&lines)));
        let peak = peak_memory(&mut child);
        writer.join().unwrap().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1));
        peak
    };
    let (short, long) = (peak(3), peak(40));
    assert!(
        short > 0 && long <= 32 << 10,
        "{short} KiB, then {long} KiB for a stream of thirteen times the length"
    );
}

#[test]
fn memory_does_not_grow_with_what_payloads_are_made_of() {
    if !is_there("/proc/self/status") {
        return;
    }
    // A finding is hundreds of times as long as such a payload: all of them together would take 300 MiB.
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "1\n".repeat(500_000)).unwrap();
    let path = file.path().to_str().unwrap();
    let mut child = assoclens(&["validate", "--summary", "--jobs", "64", path]).spawn().unwrap();
    let peak = peak_memory(&mut child);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(peak > 0 && peak <= 200 << 10, "{peak} KiB");
}

#[test]
fn memory_does_not_grow_with_the_levels_and_headers_of_a_capture() {
    if !is_there("/proc/self/status") {
        return;
    }
    let levels = 3_000_000;
    let nested = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let head = format!("POST / HTTP/1.1\n{}\n{{}}\n", "A: b\n".repeat(1_500_000));
    let file = tempfile::NamedTempFile::new().unwrap();
    for (capture, status) in [(nested, 1), (head, 0)] {
        std::fs::write(file.path(), capture).unwrap();
        let mut child = assoclens(&["validate", file.path().to_str().unwrap()]).spawn().unwrap();
        let peak = peak_memory(&mut child);
        assert_eq!(child.wait().unwrap().code(), Some(status));
        // Some 80 bytes for each of them, 16 times their length, would take 240 MiB and 180 MiB.
        assert!(peak > 0 && peak <= 150 << 10, "{peak} KiB");
    }
}

#[test]
fn a_comparison_and_a_list_of_members_have_a_limit() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    // With the object and the list, that is one more than are compared.
    std::fs::write(file.path(), format!("{{\"id\":[{}1]}}", "1,".repeat((1 << 20) - 2))).unwrap();
    let output = run(&["diff", path, "fixtures/valid/flat-delivery.json"]);
    let says = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && says.contains("it has more than 1048576 values"), "{says}");

    let members: Vec<String> = (0..100_002).map(|index| format!("\"x{index}\":1")).collect();
    let payload = format!("{{\"firstObjectKey\":\"contact\",{}}}", members.join(","));
    std::fs::write(file.path(), payload).unwrap();
    let report: Value = serde_json::from_slice(&run(&["inspect", "--format", "json", path]).stdout).unwrap();
    let shown = &report["payloads"][0];
    assert_eq!(shown["other"].as_array().unwrap().len(), 100_000);
    assert_eq!(shown["other_left_out"], 2);
}

/// Adds up two summaries as `docs/formats.md` says.
fn add(one: &Value, two: &Value) -> Value {
    let mut sum = one.clone();
    for name in ["payloads", "valid", "invalid", "errors", "warnings", "notes", "unreadable"] {
        sum[name] = json!(one[name].as_u64().unwrap() + two[name].as_u64().unwrap());
    }
    let mut rows: BTreeMap<(String, String), Value> = BTreeMap::new();
    for row in one["found"].as_array().unwrap().iter().chain(two["found"].as_array().unwrap()) {
        let key = (row["code"].to_string(), row["pointer"].to_string());
        match rows.get_mut(&key) {
            None => drop(rows.insert(key, row.clone())),
            Some(known) => {
                known["count"] = json!(known["count"].as_u64().unwrap() + row["count"].as_u64().unwrap());
                known["last"] = row["last"].clone();
            }
        }
    }
    sum["found"] = rows.into_values().collect();
    sum
}

#[test]
fn the_summaries_of_two_parts_add_up_to_that_of_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [1, 2].map(|part| write(folder.path(), &format!("{part}.ndjson"), &mixed_lines(3_000, part)));
    let summary = |paths: &[&str]| {
        let output = run(&[&["validate", "--summary", "--format", "json"], paths].concat());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["summary"].clone()
    };
    let whole = summary(&[&paths[0], &paths[1]]);
    assert_eq!(add(&summary(&[&paths[0]]), &summary(&[&paths[1]])), whole);
    assert!(whole["found"].as_array().unwrap().len() >= 4);
}

#[test]
fn fail_fast_ends_while_the_writer_goes_on() {
    let mut child =
        assoclens(&["validate", "--fail-fast", "--jobs", "2"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{}\n").unwrap();
    std::thread::sleep(Duration::from_millis(200));
    stdin.write_all(b"{\"id\":1}\n{\"id\":2}\n").unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "it waits for the end of its input");
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(output.stdout).ends_with("2 payloads: 1 valid, 1 invalid; 1 error, 2 warnings\n"));
    drop(stdin);
}

#[test]
fn a_bar_is_drawn_on_a_terminal_only_and_never_on_standard_output() {
    if !is_installed("script") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_assoclens");
    let slow = "for i in 1 2 3 4 5 6 7; do echo '{\"id\":1}'; sleep 0.3; done";
    let drawn = |options: &str| {
        let out: PathBuf = folder.path().join("out");
        let line = format!("({slow}) | {program} validate --format ndjson {options} > {}", out.display());
        let output =
            Command::new("script").args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), std::fs::read_to_string(out).unwrap())
    };
    let (terminal, report) = drawn("");
    assert!(terminal.contains("payloads, ") && terminal.contains(" invalid"), "{terminal}");
    assert!(terminal.contains("7 payloads in 2."), "{terminal}");
    assert_eq!(report.lines().filter(|line| line.starts_with("{\"source\"")).count(), 7);
    assert!(!report.contains('\u{1b}'));
    let (terminal, _) = drawn("--no-progress");
    assert_eq!(terminal, "");
    let piped =
        Command::new("bash").args(["-c", &format!("({slow}) | {program} validate -q")]).output().unwrap();
    assert!(piped.stderr.is_empty() && piped.stdout.is_empty());
}
