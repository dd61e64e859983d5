//! The program and its surroundings: closed streams, full disks, readers that leave, hostile names, vanishing files, a
//! stack of 256 KiB; and the traces that the program leaves.

use crate::choices::{choices, validate_formats};
use crate::skipped::{is_there, skip};
use assoclens::cli::{DiffFormat, InspectFormat};
use assoclens::escape::is_unsafe;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const INVALID: &str = "fixtures/invalid/id-wrong-type.json";
const VALID: &str = "fixtures/valid/flat-delivery.json";

/// (status, standard output, standard error) of a line of bash in `folder`.
fn shell_in(folder: &Path, line: &str) -> (i32, String, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

fn shell(line: &str) -> (i32, String, String) {
    shell_in(Path::new(ROOT), line)
}

/// Every command in every format, each with some output on standard output.
fn commands() -> Vec<String> {
    let formats = |command: &str, formats: &[&str], paths: &str| -> Vec<String> {
        formats.iter().map(|format| format!("{command} --format {format} {paths}")).collect()
    };
    let mut commands = formats("validate", &validate_formats(), INVALID);
    commands.extend(formats("inspect", &choices::<InspectFormat>(), VALID));
    commands.extend(formats("diff", &choices::<DiffFormat>(), &format!("{VALID} {INVALID}")));
    let others = [
        "validate --summary fixtures",
        "inspect --field id fixtures/valid/flat-delivery.json",
        "filter fixtures/invalid/id-wrong-type.json",
        "verify --public-key tests/signature/ed25519.pem --header \"$(cat tests/signature/headers.txt)\" tests/signature/delivery.json",
        "verify --format json --public-key tests/signature/ed25519.pem --header \"$(cat tests/signature/headers.txt)\" tests/signature/delivery.json",
        "captures",
        "completions bash",
        "man",
        "schema",
        "schema --fields",
        "schema --example",
        "explain",
        "explain syntax",
        "--help",
        "--version",
        "validate --help",
    ];
    commands.extend(others.map(str::to_owned));
    commands
}

#[test]
fn a_closed_standard_output_is_an_error_in_every_command_and_format() {
    const CLOSED: &str = "error: cannot write the report: standard output is closed; \
                          let it go to a file, a pipe or a terminal\n";
    for command in commands() {
        let (status, _, stderr) = shell(&format!("assoclens {command} >&-"));
        assert_eq!((status, stderr == CLOSED), (2, true), "{command}: {stderr}");
        // If nothing can report it, the exit code does.
        assert_eq!(shell(&format!("assoclens {command} >&- 2>&-")).0, 2, "{command}");
    }
    // If there is nothing to write, nothing is lost.
    assert_eq!(shell(&format!("assoclens validate -q {INVALID} >&-")), (1, String::new(), String::new()));
}

#[test]
fn a_null_device_is_not_a_closed_stream_however_it_was_opened() {
    for redirection in [">/dev/null", "1<>/dev/null", "</dev/null >/dev/null"] {
        let (status, _, stderr) = shell(&format!("assoclens validate {VALID} {redirection}"));
        assert_eq!((status, stderr.as_str()), (0, ""), "{redirection}");
    }
}

#[test]
fn a_closed_standard_input_is_not_an_empty_payload() {
    for command in [
        "validate",
        "inspect",
        "filter",
        "redact",
        "diff -",
        "diff fixtures/valid/crlf.json -",
        "validate -",
        "",
    ] {
        let path = if command == "diff -" { VALID } else { "" };
        let (status, _, stderr) = shell(&format!("assoclens {command} {path} <&-"));
        assert_eq!(status, 2, "{command}");
        assert!(
            stderr.contains(
                "cannot read <stdin>: standard input is closed; name a file, or pipe payloads in\n"
            ),
            "{command}: {stderr}"
        );
    }
    assert_eq!(shell(&format!("assoclens validate -q {VALID} <&-")).0, 0);
}

#[test]
fn a_closed_or_full_standard_error_changes_no_exit_code_and_no_report() {
    let has_full = is_there("/dev/full");
    for (command, status) in [
        (format!("validate {INVALID}"), 1),
        (format!("validate {VALID}"), 0),
        ("validate no/such.json".to_owned(), 2),
        (format!("filter {INVALID}"), 0),
        ("explain nothing-of-the-kind".to_owned(), 2),
        ("--no-such-option".to_owned(), 2),
        (format!("diff {VALID} no/such.json"), 2),
    ] {
        let plain = shell(&format!("assoclens {command}"));
        assert_eq!(plain.0, status, "{command}");
        for redirection in ["2>&-", "2>/dev/full"].into_iter().take(if has_full { 2 } else { 1 }) {
            let found = shell(&format!("assoclens {command} {redirection}"));
            assert_eq!(found, (status, plain.1.clone(), String::new()), "{command} {redirection}");
        }
    }
}

#[test]
fn a_full_disk_is_an_error_in_every_command_and_format() {
    const FULL: &str = "error: cannot write the report: No space left on device (os error 28)\n";
    if !is_there("/dev/full") {
        return;
    }
    for command in commands() {
        let (status, _, stderr) = shell(&format!("assoclens {command} >/dev/full"));
        assert_eq!((status, stderr.as_str()), (2, FULL), "{command}");
    }
    assert_eq!(shell("assoclens validate no/such.json 2>/dev/full").0, 2);
}

#[test]
fn a_reader_that_leaves_ends_every_command_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let line = fs::read_to_string(Path::new(ROOT).join("tests/cases/diff/monday.ndjson")).unwrap();
    let line = line.lines().next().unwrap();
    // More than any pipe holds, and different on both sides.
    let many = |id: &str| format!("{}\n", line.replace("698f", id)).repeat(3000);
    fs::write(folder.path().join("one.ndjson"), many("0001").replace("\"key\":\"", "\"key\":5,\"x\":\""))
        .unwrap();
    let mut keyed = String::new();
    (0..3000).for_each(|index| writeln!(keyed, "{{\"id\":\"{index}\",\"key\":1}}").unwrap());
    fs::write(folder.path().join("two.ndjson"), keyed).unwrap();
    // The report about one signature is shorter than a pipe's buffer.
    let is_long = |command: &String| command.contains("--format") && !command.starts_with("verify");
    let runs = commands().into_iter().filter(|command| !command.contains("patch") && is_long(command));
    for run in runs.chain(["filter one.ndjson".to_owned(), "inspect --field id one.ndjson".to_owned()]) {
        let options = run.replace(INVALID, "").replace(VALID, "");
        let paths = match () {
            () if run.starts_with("diff") => "one.ndjson two.ndjson",
            () if run.contains("one.ndjson") => "",
            () => "two.ndjson one.ndjson",
        };
        let line = format!(
            "set -o pipefail; assoclens {options} {paths} | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
        );
        let (status, _, stderr) = shell_in(folder.path(), &line);
        let is_short = run.contains("human") && run.starts_with("validate");
        assert!(status == 2 || is_short, "{run}: {status}");
        assert_eq!(stderr, "", "{run}");
    }
}

/// Names that a walk takes, each of which would do harm if it were printed as it is.
fn hostile_names() -> Vec<OsString> {
    let texts = [
        "-rf.json",
        "--format=json.json",
        "a\nb.json",
        "a\r\n::error::b.json",
        "\u{1b}[31mred\u{1b}]0;title\u{7}.json",
        "::error::x.json",
        " ::error::x.json",
        "##[error]x.json",
        "##vso[task.setvariable]x.json",
        "\u{202e}nosj.json",
        "zero\u{200b}width.json",
        "\u{85}next.json",
        "%0A::error::x.json",
        "file=x,line=1::y.json",
        "<script>&\"'.json",
        "]]>.json",
        "`$(touch harmed)`.json",
        "*?[a].json",
        "{\"a\":1}.json",
        "é.json",
    ];
    let mut names: Vec<OsString> = texts.into_iter().map(OsString::from).collect();
    names.push(OsString::from_vec(b"latin-1-\xe9\xff.json".to_vec()));
    names.push(OsString::from("x".repeat(245) + ".json"));
    names.sort();
    names
}

#[test]
fn any_file_name_is_judged_and_none_harms_an_output() {
    let folder = tempfile::tempdir().unwrap();
    let names = hostile_names();
    for name in &names {
        fs::write(folder.path().join(name), "{\"id\":1}").unwrap();
    }
    let formats = ["human", "json", "ndjson", "concise", "github", "gitlab", "junit", "sarif"];
    let mut runs: Vec<String> = formats.iter().map(|format| format!("validate --format {format}")).collect();
    let rest = [
        "validate --summary",
        "validate --summary --format json",
        "inspect",
        "inspect --format table",
        "inspect --format json",
    ];
    runs.extend(rest.map(str::to_owned));
    for run in runs {
        // First found by a walk, then named one by one, then as names that do not exist.
        for paths in [".", "-- *", "-- \"${names[@]/%/.gone}\""] {
            let line = format!("names=(*); set {paths}; assoclens {run} -- \"$@\"");
            let (status, stdout, stderr) = shell_in(folder.path(), &line);
            let expected = match () {
                () if paths.contains("gone") => 2,
                () if run.starts_with("inspect") => 0,
                () => 1,
            };
            assert_eq!(status, expected, "{run} {paths}: {stderr}");
            assert_harmless(&stdout, &run);
            assert_harmless(&stderr, &run);
        }
    }
    // For lack of room, a place is below the line that it belongs to.
    for width in [24, 30, 40] {
        let line = format!(
            "for name in *; do COLUMNS={width} assoclens diff --by id -- \"$name\" <(echo '{{\"id\":1,\"key\":2}}'); done"
        );
        let (status, stdout, stderr) = shell_in(folder.path(), &line);
        assert_eq!((status, stderr.as_str()), (1, ""), "{width}");
        assert_harmless(&stdout, "diff");
    }
    let (_, stdout, _) = shell_in(folder.path(), "assoclens validate --format ndjson .");
    assert_eq!(stdout.lines().count(), names.len());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), names.len(), "no name was run");
}

/// No character that acts, and no command of a CI runner except our own annotations.
fn assert_harmless(text: &str, about: &str) {
    for line in text.split('\n') {
        assert!(!line.chars().any(is_unsafe) && !line.contains("##"), "{about}: {line:?}");
        let is_ours = about.contains("github")
            && ["::error file=", "::warning file=", "::notice file=", "::error title=unreadable::"]
                .iter()
                .any(|start| line.starts_with(start));
        assert!(is_ours || !line.trim_start().starts_with("::"), "{about}: {line:?}");
    }
}

#[test]
fn a_missing_path_or_a_loop_is_reported_and_the_rest_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let line = "ln -s loop loop; ln -s nothing dangling; mkdir inner; ln -s .. inner/up; echo '{\"id\":1}' >inner/a.json
                assoclens validate --format concise loop dangling inner";
    let (status, stdout, stderr) = shell_in(folder.path(), line);
    assert_eq!(status, 2);
    assert!(stderr.contains("error: cannot read loop: Too many levels of symbolic links"), "{stderr}");
    assert!(stderr.contains("error: cannot read dangling: No such file or directory"), "{stderr}");
    assert!(stdout.lines().all(|line| line.starts_with("inner/a.json:1:")) && stdout.contains("schema/type"));
}

#[test]
fn a_file_that_vanishes_before_its_turn_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gone.json"), "{}").unwrap();
    let line = "mkfifo pipe; (sleep 0.3; rm gone.json; echo '{\"id\":1}' >pipe) &
                assoclens validate --format concise --jobs 1 pipe gone.json";
    let (status, stdout, stderr) = shell_in(folder.path(), line);
    assert_eq!(
        (status, stderr.as_str()),
        (2, "error: cannot read gone.json: No such file or directory (os error 2)\n")
    );
    assert!(stdout.contains("pipe:1:7: error[schema/type]"), "{stdout}");
}

#[test]
fn a_file_that_is_cut_while_it_is_read_ends_there() {
    let folder = tempfile::tempdir().unwrap();
    // Enough to be read in many pieces, through a pipe that accepts the report slowly.
    fs::write(folder.path().join("long.ndjson"), "{\"id\":1}\n".repeat(200_000)).unwrap();
    let line =
        "assoclens validate --format ndjson --jobs 1 long.ndjson | (sleep 0.3; : >long.ndjson; cat) | wc -l
                exit ${PIPESTATUS[0]}";
    let (status, stdout, stderr) = shell_in(folder.path(), line);
    assert_eq!((status, stderr.as_str()), (1, ""));
    let lines: u64 = stdout.trim().parse().unwrap();
    assert!(lines > 0 && lines < 200_000, "{lines}");
}

#[test]
fn a_stack_of_256_kib_is_enough_for_a_million_levels() {
    // Without optimisation, declaring the command line takes a quarter of a mebibyte by itself.
    let kib = if cfg!(debug_assertions) { 384 } else { 256 };
    let folder = tempfile::tempdir().unwrap();
    let levels = 1_000_000;
    let nested = |open: &str, inner: &str, close: &str| {
        format!("{{\"id\":{}{inner}{}}}", open.repeat(levels), close.repeat(levels))
    };
    fs::write(folder.path().join("arrays.json"), nested("[", "1", "]")).unwrap();
    fs::write(folder.path().join("objects.json"), nested("{\"a\":", "1", "}")).unwrap();
    fs::write(folder.path().join("open.json"), nested("[", "", "")).unwrap();
    fs::write(folder.path().join("schema.json"), "{\"properties\":{\"id\":{\"$ref\":\"#\"}}}").unwrap();
    for (command, expected) in [
        ("validate arrays.json", 1),
        ("validate open.json", 1),
        ("validate --schema schema.json objects.json", 1),
        ("validate --format sarif objects.json", 1),
        ("filter objects.json", 0),
        ("inspect objects.json", 0),
        ("inspect --format payload objects.json", 0),
        ("inspect --field id objects.json", 0),
        ("diff --all arrays.json objects.json", 1),
        ("diff --format json-patch arrays.json objects.json", 1),
        ("--help", 0),
    ] {
        let (status, _, stderr) =
            shell_in(folder.path(), &format!("ulimit -s {kib}; assoclens {command} >/dev/null"));
        assert_eq!(status, expected, "{command}: {stderr}");
    }
}

#[test]
fn a_directory_of_thousands_of_files_is_judged_file_by_file() {
    // A hundred thousand were tried by hand; they take too long for a test.
    let folder = tempfile::tempdir().unwrap();
    let count = 5_000;
    for index in 0..count {
        fs::write(folder.path().join(format!("{index:06}.json")), format!("{{\"id\":{index}}}")).unwrap();
    }
    // With few open files and little memory allowed.
    let line = "ulimit -n 40; ulimit -v 500000; assoclens validate --format ndjson --jobs 4 .";
    let (status, stdout, stderr) = shell_in(folder.path(), line);
    assert_eq!((status, stderr.as_str()), (1, ""));
    let is_in_order =
        stdout.lines().enumerate().all(|(index, line)| line.contains(&format!("/{index:06}.json")));
    assert!(is_in_order && stdout.lines().count() == count);
}

#[test]
fn an_odd_environment_changes_nothing_but_looks() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(Path::new(ROOT).join(INVALID), folder.path().join("a.json")).unwrap();
    let report = |prefix: &str, format: &str| {
        shell_in(folder.path(), &format!("{prefix} assoclens validate --format {format} a.json"))
    };
    for format in ["human", "json", "concise", "junit"] {
        let plain = report("", format);
        assert_eq!(plain.0, 1);
        for prefix in [
            "COLUMNS=0",
            "COLUMNS=-5",
            "COLUMNS=x",
            "LC_ALL=C",
            "TERM=",
            "HOME=/nothing",
            "RUST_BACKTRACE=1",
            "TMPDIR=/nothing",
        ] {
            assert_eq!(report(prefix, format), plain, "{prefix} {format}");
        }
        let narrow = report("COLUMNS=20", format);
        // Output for people is broken between words there, and loses none.
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let is_whole = |line: &&str| !line.contains('|');
        let reported = |text: &str| words(&text.lines().filter(is_whole).collect::<Vec<_>>().join(" "));
        assert_eq!((narrow.0, reported(&narrow.1)), (1, reported(&plain.1)), "{format}");
    }
    // From a directory that no longer exists, by an absolute path and from a pipe.
    let path = folder.path().join("a.json");
    let line = format!(
        "mkdir gone; cd gone; rmdir ../gone; assoclens validate -q {0} || assoclens validate -q <{0}",
        path.display()
    );
    assert_eq!(shell_in(folder.path(), &line), (1, String::new(), String::new()));
}

/// The system calls by which a program reaches a network, starts another, or changes what is on a disk.
const TRACED: &str = "network,execve,execveat,fork,vfork,clone,clone3,open,openat,openat2,creat,rename,renameat,renameat2,\
                      unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,ftruncate,chmod,fchmodat";

/// The calls that `strace` saw of a command after it was started, except reading and its threads.
fn traced(folder: &Path, command: &str) -> Vec<String> {
    let line = format!(
        "strace -f -qq -e trace={TRACED} -e signal=none -o trace assoclens {command} >/dev/null 2>&1"
    );
    shell_in(folder, &line);
    let trace = fs::read_to_string(folder.join("trace")).unwrap();
    let calls =
        trace.lines().map(|line| line.split_once(' ').map_or(line, |(_, call)| call.trim_start()).to_owned());
    let harmless = |call: &String| {
        call.contains("O_RDONLY") && !call.contains("O_CREAT")
            || call.contains("CLONE_THREAD")
            // A program that writes to a pipe may ask whether it is a socket.
            || call.starts_with("sendto(") && call.contains("ENOTSOCK")
            || call.starts_with("<...")
            // A thread that ends while strace looks at it: its call can no longer be identified.
            || call.starts_with("???(")
            || call.starts_with("+++")
    };
    calls.skip(1).filter(|call| !harmless(call)).collect()
}

#[test]
fn nothing_is_fetched_started_or_written_that_was_not_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    if Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .status()
        .is_ok_and(|status| status.success())
    {
        let schema =
            r#"{"$ref":"http://127.0.0.1:1/x.json","properties":{"id":{"$ref":"file:///etc/passwd"}}}"#;
        fs::write(folder.path().join("schema.json"), schema).unwrap();
        fs::copy(Path::new(ROOT).join(INVALID), folder.path().join("a.json")).unwrap();
        fs::copy(Path::new(ROOT).join(VALID), folder.path().join("b.json")).unwrap();
        let quiet = [
            "validate .",
            "validate --format sarif a.json b.json",
            "validate --schema schema.json a.json",
            "validate --jobs 4 a.json b.json /dev/null",
            "inspect --explain a.json",
            "diff a.json b.json",
            "filter .",
            "schema",
            "explain syntax",
        ];
        for command in quiet {
            assert_eq!(traced(folder.path(), command), [""; 0], "{command}");
        }
        let written = traced(folder.path(), "validate --format json --output out.json a.json");
        let is_asked_for = |call: &&String| !call.contains(".assoclens-");
        assert_eq!(written.iter().filter(is_asked_for).collect::<Vec<_>>(), [""; 0]);
        assert!(written.iter().any(|call| call.contains("out.json")), "{written:?}");
    } else {
        // Nothing else can show this; where changes are tested, strace is installed.
        assert!(std::env::var_os("CI").is_none(), "strace is missing, or may trace nothing here");
        skip("strace is missing, or may trace nothing here");
    }
}
