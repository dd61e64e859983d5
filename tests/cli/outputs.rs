//! The destinations of reports: files that exist whole or not at all, pipes, and the summary of a CI job.

use crate::choices::validate_formats;
use crate::skipped::is_there;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const INVALID: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/invalid/id-wrong-type.json");

/// (status, standard output, standard error) of a line of shell in `folder`.
fn shell(folder: &Path, line: &str) -> (i32, String, String) {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
        .env("INVALID", INVALID)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().expect("no signal"), text(output.stdout), text(output.stderr))
}

/// The names in a folder, sorted; leftovers of a run would show here.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn one_run_writes_several_reports_each_as_if_alone() {
    let folder = tempfile::tempdir().unwrap();
    let formats = validate_formats();
    let pairs: Vec<String> =
        formats.iter().map(|format| format!("--format {format} --output {format}")).collect();
    let (status, stdout, stderr) =
        shell(folder.path(), &format!("assoclens validate {} \"$INVALID\"", pairs.join(" ")));
    assert_eq!((status, stderr.as_str()), (1, ""));
    assert!(stdout.starts_with("1 payload: 0 valid, 1 invalid; 1 error") && stdout.lines().count() == 1);
    assert_eq!(names(folder.path()).len(), formats.len());
    for format in formats {
        let alone = shell(folder.path(), &format!("assoclens validate --format {format} \"$INVALID\"")).1;
        assert_eq!(read(folder.path(), format), alone, "{format}");
    }
}

#[test]
fn a_failed_report_leaves_the_old_file_and_nothing_else() {
    if !is_there("/dev/full") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.json"), "old").unwrap();
    let line = "assoclens validate --format json --output old.json --format ndjson --output new.ndjson \
                --format sarif --output /dev/full \"$INVALID\"";
    let (status, _, stderr) = shell(folder.path(), line);
    assert_eq!(status, 2);
    assert_eq!(stderr, "error: cannot write the report: /dev/full: No space left on device (os error 28)\n");
    assert_eq!(
        (names(folder.path()), read(folder.path(), "old.json").as_str()),
        (vec!["old.json".into()], "old")
    );
}

#[test]
fn a_report_takes_the_place_of_a_file_with_its_permissions_and_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("old"), "old").unwrap();
    fs::set_permissions(at("old"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("old", at("link")).unwrap();
    let line = "umask 027; assoclens validate --format concise --output link --format ndjson --output new \"$INVALID\"";
    assert_eq!(shell(folder.path(), line).0, 1);
    assert_eq!(names(folder.path()), ["link", "new", "old"]);
    assert!(at("link").symlink_metadata().unwrap().is_symlink());
    assert!(read(folder.path(), "old").contains("error[schema/type]"));
    let mode = |name: &str| at(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("old"), mode("new")), (0o640, 0o640));
}

#[test]
fn a_target_that_cannot_be_replaced_is_written_as_the_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = "mkfifo pipe; cat pipe >copy & assoclens validate --format concise --output pipe \"$INVALID\"; \
                code=$?; wait; exit $code";
    assert_eq!(shell(folder.path(), fifo).0, 1);
    assert!(read(folder.path(), "copy").contains("not the number 67\n"));
    assert_eq!(names(folder.path()), ["copy", "pipe"]);
    let substitution = "assoclens validate -q --format concise --output >(cat >copy2) \"$INVALID\"; wait $!";
    shell(folder.path(), substitution);
    assert!(read(folder.path(), "copy2").contains("not the number 67\n"));
    // Standard output by a name, even if it is a file that must not be replaced.
    for name in ["-", "/dev/stdout"] {
        let line = format!("assoclens validate --format concise --output {name} \"$INVALID\" >out; cat out");
        assert!(shell(folder.path(), &line).1.contains("not the number 67\n"), "{name}");
    }
}

#[test]
fn an_unwritable_report_is_an_error_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("input.json"), "{}").unwrap();
    let cases = [
        (
            "--output no/such/r.json",
            "cannot write no/such/r.json; its directory must be there, and be writable: ",
        ),
        ("--output .", "cannot write .: it is a directory; name a file in it\n"),
        (
            "--output ./input.json",
            "./input.json is an input and cannot be the report too; name another file\n",
        ),
        (
            "--github-summary",
            "--github-summary appends to the file named by GITHUB_STEP_SUMMARY, which is not ",
        ),
    ];
    for (options, message) in cases {
        let (status, stdout, stderr) =
            shell(folder.path(), &format!("assoclens validate --format json {options} input.json"));
        assert_eq!((status, stdout.as_str()), (2, ""));
        assert!(stderr.starts_with(&format!("error: {message}")), "{stderr}");
    }
    assert_eq!(
        (names(folder.path()), read(folder.path(), "input.json").as_str()),
        (vec!["input.json".into()], "{}")
    );
}

#[test]
fn no_report_takes_the_place_of_another_file_of_the_run_under_any_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("in/.hidden")).unwrap();
    for name in ["in/a.json", "in/.hidden/a.json", "in/a.txt", "schema.json", "manifest.json", "old"] {
        fs::write(at(name), "{}").unwrap();
    }
    fs::hard_link(at("schema.json"), at("hard.json")).unwrap();
    fs::hard_link(at("old"), at("old-too")).unwrap();
    symlink("manifest.json", at("soft.json")).unwrap();
    symlink("in", at("way")).unwrap();
    let before = names(folder.path());
    let one = |first: &str, second: &str| {
        format!("the reports {first} and {second} would overwrite each other; name another file")
    };
    let role =
        |name: &str, role: &str| format!("{name} is {role} and cannot be the report too; name another file");
    let cases = [
        ("--format json --output new --format sarif --output ./new", one("new", "./new")),
        ("--format json --output way/new --format sarif --output in/new", one("way/new", "in/new")),
        ("--format json --output new --format sarif --output NEW", one("new", "NEW")),
        ("--format json --output old --format sarif --output old-too", one("old", "old-too")),
        ("--format json --output sum --github-summary", one("sum", "sum")),
        ("--schema schema.json --output hard.json", role("hard.json", "the schema")),
        ("--expect manifest.json --output soft.json", role("soft.json", "the manifest")),
        ("--output way/a.txt in/a.txt", role("way/a.txt", "an input")),
        (
            "--output way/a.json",
            "way/a.json is in the directory in, so it is an input too; put the report elsewhere".into(),
        ),
    ];
    for (options, message) in cases {
        let line = format!("GITHUB_STEP_SUMMARY=sum assoclens validate {options} in");
        assert_eq!(shell(folder.path(), &line), (2, String::new(), format!("error: {message}\n")));
    }
    assert_eq!((names(folder.path()), read(folder.path(), "old").as_str()), (before, "{}"));
    // Different files, and targets that are written as the run goes on.
    for options in [
        "--format json --output new --format sarif --output in/new",
        "--output in/.hidden/a.json",
        "--output in/a.txt",
    ] {
        assert_eq!(shell(folder.path(), &format!("assoclens validate {options} in")).0, 0, "{options}");
    }
}

#[test]
fn the_job_summary_is_appended_and_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let payload = format!("{{\"id\":1,\"{}\":2}}\n", "|".repeat(50)).repeat(5000);
    fs::write(folder.path().join("many.ndjson"), payload).unwrap();
    fs::write(folder.path().join("summary.md"), "before\n").unwrap();
    let line = "GITHUB_STEP_SUMMARY=summary.md assoclens validate -q --github-summary many.ndjson";
    assert_eq!(shell(folder.path(), line), (1, String::new(), String::new()));
    let summary = read(folder.path(), "summary.md");
    assert!(summary.starts_with("before\n\nassoclens: 5,000 of 5,000 payloads invalid\n---\n"), "{summary}");
    let rows: Vec<&str> = summary.lines().filter(|line| line.starts_with("| <code>")).collect();
    assert_eq!(rows.len(), 100);
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "four cells each");
    assert!(summary.contains("\nNot listed here: ") && summary.len() < 1 << 20);
}
