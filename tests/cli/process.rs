//! A program and its operating system: pipes that close, full disks, slow writers, unreadable files.

use crate::skipped::{is_installed, skip};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
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

/// Writes a line to a running validator and waits for its answer.
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
    // No shorter payload is valid, and a short line is not waited for longer than any other.
    live.write("{}\n");
    assert!(live.read().contains("\"line\":1"));
    live.write("{\"id\":");
    live.write("67}\n{\"id\"");
    assert!(live.read().contains("\"valid\":false"));
    live.write(":\"x\"}\n");
    assert!(live.read().contains("\"line\":3"));
    // The end of a long line is seen, too, even if little has arrived since the last search.
    live.write(&format!("{{\"id\":\"{}", "x".repeat(300_000)));
    std::thread::sleep(Duration::from_millis(200));
    live.write("\"}\n");
    assert!(live.read().contains("\"line\":4"));
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
    for name in [
        "z.json",
        "b/a.ndjson",
        "b/c.jsonl",
        "b/.hidden/x.json",
        ".x.json",
        "b/notes.txt",
        "B.json",
        "LOUD.JSON",
        "d.Har",
        "e.NDJSON.GZ",
        "json",
        "f.json.txt",
    ] {
        fs::write(at(name), "{\"id\":1}").unwrap();
    }
    symlink(folder.path(), at("b/loop")).unwrap();
    symlink(at("z.json"), at("link.json")).unwrap();
    assert!(Command::new("mkfifo").arg(at("fifo.json")).status().unwrap().success());
    // Whoever opened it would be reported, rather than wait forever; nobody does, so this waits for the test's end.
    let fifo = at("fifo.json");
    std::thread::spawn(move || fs::write(fifo, "{\"id\":1}"));
    let (status, stdout, stderr) =
        finish(&mut assoclens(&["validate", "--format", "ndjson", folder.path().to_str().unwrap()]));
    let sources: Vec<String> = stdout
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["source"].as_str().unwrap().to_owned()
        })
        .map(|source| source.strip_prefix(folder.path().to_str().unwrap()).unwrap().to_owned())
        .collect();
    assert_eq!(
        sources,
        ["/B.json", "/LOUD.JSON", "/b/a.ndjson", "/b/c.jsonl", "/d.Har", "/e.NDJSON.GZ", "/z.json"]
    );
    assert_eq!((status, stderr.as_str()), (1, ""));
    // Each of the others is counted once, however many threads look.
    for jobs in ["1", "4"] {
        let (_, stdout, _) =
            finish(&mut assoclens(&["validate", "--jobs", jobs, folder.path().to_str().unwrap()]));
        let rest = "hidden (2), not a regular file (1), other extension (3), symbolic link (2)\n";
        assert!(stdout.ends_with(&format!("; skipped: {rest}")), "{stdout}");
    }
    // A link that is named is followed.
    assert_eq!(finish(&mut assoclens(&["validate", "-q", at("link.json").to_str().unwrap()])).0, 1);
}

#[test]
fn a_file_that_may_not_be_read_is_named_and_the_rest_is_judged() {
    const NOBODY: u32 = 65534;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mode = |name: &str, mode| fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
    fs::create_dir(at("inner")).unwrap();
    for name in ["inner/x.json", "locked.json", "open.json"] {
        fs::write(at(name), "{\"id\":1}").unwrap();
    }
    [("inner", 0), ("locked.json", 0), ("", 0o755)].into_iter().for_each(|(name, bits)| mode(name, bits));
    let mut command = assoclens(&["validate", folder.path().to_str().unwrap()]);
    if fs::File::open(at("locked.json")).is_ok() {
        // No file is closed to the superuser. The test can run as somebody else, if the superuser may start the
        // program.
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
    }
    let output = command.output();
    mode("inner", 0o755);
    let Ok(output) = output else {
        return skip("nothing is locked to the superuser, and nobody else may start the program");
    };
    let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_eq!(output.status.code(), Some(2));
    for name in ["inner", "locked.json"] {
        let reported =
            format!("error: cannot read {}: Permission denied (os error 13)\n", at(name).display());
        assert!(stderr.contains(&reported), "{stderr}");
    }
    assert!(
        stdout.ends_with("1 payload: 0 valid, 1 invalid; 1 error, 1 warning; 2 inputs unreadable\n"),
        "{stdout}"
    );
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
    let (status, stdout, stderr) =
        shell("ulimit -v 2000000 -t 240; assoclens validate --format ndjson /dev/zero");
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

/// The text on a terminal after a line of shell was run on it, with `typed` typed some time later; and how the line
/// ended.
fn on_terminal(line: &str, typed: Option<(Duration, &str)>) -> (String, Option<i32>) {
    let folder = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let mut command = Command::new("script");
    command.args(["-qec", line, "/dev/null"]).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("TERM", "xterm")
        .env("SHELL", "/bin/sh");
    let stdin = if typed.is_some() { Stdio::piped() } else { Stdio::null() };
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if let Some((after, typed)) = typed {
        std::thread::sleep(after);
        child.stdin.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
    }
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// Payloads that arrive so slowly that there is time for a line of progress.
const SLOWLY: &str = "(echo '{}'; sleep 1.2; echo '{\"id\":1}'; sleep 0.3; echo '{}'; sleep 0.3)";

/// The final screen of a terminal that only knows how to return to the start of a line and clear the rest.
fn screen(output: &str) -> String {
    let line = |line: &str| line.rsplit("\r\u{1b}[K").next().unwrap().trim_end_matches('\r').to_owned();
    output.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn progress_is_one_line_at_every_width_and_gone_in_the_end() {
    if !is_installed("script") {
        return;
    }
    for columns in [200, 30, 12] {
        let line = format!(
            "stty rows 24 cols {columns}; {SLOWLY} | assoclens validate --allow missing-field -f concise"
        );
        let (output, code) = on_terminal(&line, None);
        let drawn: Vec<&str> = output.split('\r').filter_map(|line| line.strip_suffix("\u{1b}[K")).collect();
        assert!(drawn.iter().filter(|line| !line.is_empty()).count() >= 2, "{output:?}");
        assert!(drawn.iter().all(|line| line.chars().count() < columns && !line.contains('\n')), "{drawn:?}");
        let shown = screen(&output);
        let (finding, rest) = shown.split_once('\n').unwrap();
        assert_eq!(finding, "<stdin>:2:7: error[schema/type] `id` must be a string, not the number 1");
        assert!(rest.starts_with("3 payloads in ") && rest.ends_with(" a second\n"), "{rest}");
        assert_eq!(code, Some(1), "{output:?}");
    }
}

#[test]
fn no_progress_is_drawn_where_another_program_shows_the_report() {
    if !is_installed("script") {
        return;
    }
    let plain = "<stdin>:2:7: error[schema/type] `id` must be a string, not the number 1\r\n";
    for (reader, expected) in
        [("| cat", plain), ("2>/dev/null | cat", plain), ("--no-progress", plain), ("-q", "")]
    {
        let line = format!("{SLOWLY} | assoclens validate --allow missing-field -f concise {reader}");
        let (output, _) = on_terminal(&line, None);
        assert_eq!(output, expected, "{reader}");
    }
    let line = format!("{SLOWLY} | TERM=dumb assoclens validate --allow missing-field -f concise");
    assert_eq!(on_terminal(&line, None).0, plain);
}

#[test]
fn progress_is_gone_after_ctrl_c() {
    if !is_installed("script") || !is_interruptible() {
        return;
    }
    let line = format!("({SLOWLY}; sleep 20) | assoclens validate --allow missing-field -f concise");
    let typed = Some((Duration::from_secs(3), "\u{3}"));
    let (output, code) = on_terminal(&line, typed);
    assert!(output.contains(" payloads, 1 invalid\u{1b}[K"), "{output:?}");
    assert!(screen(&output).ends_with("the number 1\n"), "{output:?}");
    assert_eq!(code, Some(130), "{output:?}");
}

/// Sends a signal to a run that is writing a report. Returns the names in the report's folder at that time, the exit
/// code, and the signal.
fn interrupted(signal: &str, ignored: &str) -> (Vec<String>, Option<i32>, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("trap '' {ignored}; exec \"$0\" validate --format ndjson --output report.ndjson");
    let mut command = Command::new("sh");
    command.args(["-c", &line, env!("CARGO_BIN_EXE_assoclens")]).current_dir(folder.path());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"{}\n").unwrap();
    let names = || -> Vec<String> {
        let entries = fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    while names().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(names()[0].starts_with(".assoclens-"), "{:?}", names());
    let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let stdin = child.stdin.take();
    if signal == ignored {
        std::thread::sleep(Duration::from_millis(200));
        drop(stdin);
    } else {
        // The process that writes to the pipe may be interrupted as well.
        std::thread::spawn(|| drop(stdin));
    }
    let status = child.wait().unwrap();
    (names(), status.code(), status.signal())
}

/// Whether processes started by the tests can be interrupted: in the background of a script, or under nohup, they
/// ignore signals from the start. If the system does not say, it is assumed.
fn is_interruptible() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let is_interruptible = [1, 2, 15].iter().all(|signal| ignored >> (signal - 1) & 1 == 0);
    if !is_interruptible {
        skip("this run of the tests ignores signals, and so does what it starts");
    }
    is_interruptible
}

#[test]
fn a_signal_leaves_no_unfinished_report_and_ends_the_program_by_itself() {
    if !is_interruptible() {
        return;
    }
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        assert_eq!(interrupted(signal, "USR1"), (Vec::new(), None, Some(number)), "{signal}");
    }
}

#[test]
fn a_signal_that_is_ignored_from_the_start_stays_so() {
    for signal in ["INT", "TERM", "HUP"] {
        assert_eq!(
            interrupted(signal, signal),
            (vec!["report.ndjson".to_owned()], Some(0), None),
            "{signal}"
        );
    }
}

#[test]
fn the_environment_decides_about_colour_as_the_help_says() {
    if !is_installed("script") {
        return;
    }
    for program in ["validate --no-progress fixtures/invalid/id-wrong-type.json", "--help", "explain syntax"]
    {
        for variable in ["NO_COLOR=1", "CLICOLOR=0", "FORCE_COLOR=0", "TERM=dumb", "NO_COLOR=1 FORCE_COLOR=1"]
        {
            let (output, _) = on_terminal(&format!("{variable} assoclens {program}"), None);
            assert!(!output.contains('\u{1b}'), "{variable} {program}: {output}");
        }
        for variable in ["", "CLICOLOR=1", "CLICOLOR_FORCE=0", "NO_COLOR="] {
            let (output, _) = on_terminal(&format!("{variable} assoclens {program}"), None);
            assert!(output.contains('\u{1b}'), "{variable} {program}: {output}");
        }
        for (variable, is_coloured) in
            [("FORCE_COLOR=1", true), ("CLICOLOR_FORCE=1", true), ("FORCE_COLOR=0", false), ("", false)]
        {
            let (_, output, _) = shell(&format!("{variable} assoclens {program}"));
            assert_eq!(output.contains('\u{1b}'), is_coloured, "{variable} {program}: {output}");
        }
    }
}

#[test]
fn each_stream_takes_colour_or_not_by_itself() {
    if !is_installed("script") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = env!("CARGO_BIN_EXE_assoclens");
    // The text on the terminal, and in the file, of a report that goes to one or the other.
    let shown = |redirection: &str| {
        let out = folder.path().join("out");
        fs::write(&out, "").unwrap();
        let invalid = "fixtures/invalid/id-wrong-type.json";
        let line = format!("{program} validate --no-progress {invalid} {redirection}{}", out.display());
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
        let output = command.env("PATH", "/usr/bin:/bin").env("TERM", "xterm").stdin(Stdio::null()).output();
        (String::from_utf8(output.unwrap().stdout).unwrap(), fs::read_to_string(out).unwrap())
    };
    let (terminal, file) = shown(">");
    assert!(file.contains("schema/type") && !file.contains('\u{1b}'), "{file}{terminal}");
    let (terminal, _) = shown("2>");
    assert!(terminal.contains("schema/type") && terminal.contains("\u{1b}["), "{terminal}");
}
