//! What a shell and an operating system do to a program: pipes that close, disks that are full, slow writers,
//! files that cannot be read.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

fn assoclens(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assoclens"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// (status, standard output, standard error)
fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn shell(line: &str) -> (i32, String, String) {
    let folder = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear().env("PATH", path);
    finish(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))
}

#[test]
fn a_reader_that_goes_away_is_never_a_pass_and_never_a_message() {
    let many = "for i in $(seq 2000); do cat fixtures/valid/documented-example.json; done";
    let (status, _, stderr) = shell(&format!(
        "({many}) | assoclens validate --format ndjson | head -1 >/dev/null; exit ${{PIPESTATUS[1]}}"
    ));
    assert_eq!((status, stderr.as_str()), (2, ""));
}

/// Writes a line to a running validator and waits for what it answers.
struct Live {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Live {
    fn start(arguments: &[&str]) -> Self {
        let mut child = assoclens(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    fn write(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn read(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(20)).expect("an answer while the pipe is open")
    }
}

#[test]
fn a_finding_appears_as_soon_as_its_line_is_complete() {
    let mut live = Live::start(&["validate", "--format", "ndjson"]);
    live.write("{\"id\":");
    live.write("67}\n{\"id\"");
    assert!(live.read().contains("\"valid\":false"));
    live.write(":\"x\"}\n");
    assert!(live.read().contains("\"line\":2"));
    let large = format!("{{\"id\":\"{}\"}}\n", "x".repeat(300_000));
    live.write(&large);
    assert!(live.read().contains("\"line\":3"));
    drop(live.child.stdin.take());
    assert_eq!(live.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_finding_appears_as_soon_as_its_document_is_complete() {
    let mut live = Live::start(&["validate", "--allow", "missing-field"]);
    live.write("{\n  \"id\": 67\n");
    live.write("}\n");
    assert_eq!(live.read(), "error[schema/type]: `id` must be a string, not the number 67");
    drop(live.child.stdin.take());
    assert_eq!(live.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_fifo_is_read_like_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (status, stdout, _) = shell(&format!(
        "cd {}; mkfifo pipe; (echo '{{\"id\":67}}' >pipe &) ; assoclens validate --format ndjson pipe; code=$?; \
         assoclens validate -q <(echo '{{}}') || exit 9; exit $code",
        folder.path().display()
    ));
    assert_eq!(status, 1);
    assert!(stdout.starts_with("{\"source\":\"pipe\","), "{stdout}");
}

#[test]
fn a_walk_takes_regular_files_follows_no_link_and_ends() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("b/.hidden")).unwrap();
    for name in ["z.json", "b/a.ndjson", "b/c.jsonl", "b/.hidden/x.json", ".x.json", "b/notes.txt", "B.json"]
    {
        fs::write(at(name), "{\"id\":1}").unwrap();
    }
    symlink(folder.path(), at("b/loop")).unwrap();
    symlink(at("z.json"), at("link.json")).unwrap();
    let (status, stdout, stderr) =
        finish(&mut assoclens(&["validate", "--format", "ndjson", folder.path().to_str().unwrap()]));
    let sources: Vec<String> = stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["source"].as_str().unwrap().to_owned()
        })
        .map(|source| source.strip_prefix(folder.path().to_str().unwrap()).unwrap().to_owned())
        .collect();
    assert_eq!(sources, ["/B.json", "/b/a.ndjson", "/b/c.jsonl", "/z.json"]);
    assert_eq!((status, stderr.as_str()), (1, ""));
    // A link that is named is followed.
    assert_eq!(finish(&mut assoclens(&["validate", "-q", at("link.json").to_str().unwrap()])).0, 1);
}

#[test]
fn a_file_that_may_not_be_read_is_named_and_the_rest_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked.json");
    fs::write(&locked, "{}").unwrap();
    fs::write(folder.path().join("open.json"), "{\"id\":1}").unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(&locked).is_ok() {
        return; // Nothing is locked to the superuser.
    }
    let (status, stdout, stderr) = finish(&mut assoclens(&["validate", folder.path().to_str().unwrap()]));
    assert_eq!(status, 2);
    assert!(stderr.contains("locked.json: Permission denied"), "{stderr}");
    assert!(stdout.ends_with("1 payload: 0 valid, 1 invalid; 1 error; 1 input unreadable\n"), "{stdout}");
}

#[test]
fn a_directory_given_as_a_schema_or_read_as_a_file_is_named() {
    let (status, _, stderr) = finish(&mut assoclens(&["validate", "--schema", "src", "fixtures/valid"]));
    assert_eq!(
        (status, stderr.as_str()),
        (2, "error: cannot use the schema src: Is a directory (os error 21)\n")
    );
}

#[test]
fn endless_input_ends_with_the_limit() {
    let (status, stdout, stderr) = shell("ulimit -v 2000000; assoclens validate --format ndjson /dev/zero");
    assert_eq!(status, 2, "{stderr}");
    assert!(stdout.contains("\"code\":\"too-long\""), "{stdout}");
    assert!(stderr.starts_with("error: stopped reading /dev/zero at line 1"), "{stderr}");
}

#[test]
fn standard_input_is_read_once_and_a_second_dash_is_empty() {
    let mut child =
        assoclens(&["validate", "--format", "ndjson", "-", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{}\n").unwrap();
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(stdout.lines().nth(1).unwrap().contains("\"code\":\"empty\""), "{stdout}");
}
