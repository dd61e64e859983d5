//! `assoclens diff` as git's external diff, difftool and textconv partner, in a real repository, with the exact lines
//! of `docs/git.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.run("git init --quiet --initial-branch=main");
        fs::create_dir(repository.path("payloads")).unwrap();
        let documentation = include_str!("../../docs/git.md");
        let attributes: Vec<&str> =
            documentation.lines().filter(|line| line.starts_with("payloads/")).collect();
        assert_eq!(attributes.len(), 2);
        fs::write(repository.path(".gitattributes"), attributes.join("\n") + "\n").unwrap();
        repository.write("one.json", "{\"id\": \"1\",\n \"key\": \"k\"}\n");
        repository.write("many.ndjson", "{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
        repository.run("git add . && git commit --quiet -m first");
        repository
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path("payloads").join(name), text).unwrap();
    }

    /// Runs the line of the documentation that begins like this.
    fn configure(&self, beginning: &str) {
        let documentation = include_str!("../../docs/git.md");
        self.run(documentation.lines().find(|line| line.starts_with(beginning)).expect("it is documented"));
    }

    /// (standard output, standard error) of a command that must succeed.
    fn run(&self, command: &str) -> (String, String) {
        let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(self.folder.path())
            .env_clear()
            .envs([
                ("PATH", format!("{}:/usr/bin:/bin", program.display())),
                ("HOME", self.folder.path().display().to_string()),
                ("GIT_CONFIG_NOSYSTEM", "1".to_owned()),
                ("GIT_AUTHOR_NAME", "a".to_owned()),
                ("GIT_AUTHOR_EMAIL", "a@example.com".to_owned()),
                ("GIT_COMMITTER_NAME", "a".to_owned()),
                ("GIT_COMMITTER_EMAIL", "a@example.com".to_owned()),
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}: {output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn git_diff_shows_fields() {
    let repository = Repository::new();
    repository.configure("git config diff.assoclens.command");
    repository.write("one.json", "{\"key\": \"k\", \"id\": 1}\n");
    repository.write("many.ndjson", "{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
    let (shown, _) = repository.run("git diff");
    let expected = "\
- \"1\"  a/payloads/many.ndjson:1\n";
    assert!(shown.contains(expected) && shown.contains("+ \"3\"  b/payloads/many.ndjson:2\n"), "{shown}");
    let expected =
        "- a/payloads/one.json:1\n+ b/payloads/one.json:1\n\n~ id  type changed: string -> number\n";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn git_goes_on_after_files_that_are_not_json_new_removed_or_renamed() {
    let repository = Repository::new();
    repository.configure("git config diff.assoclens.command");
    repository.write("broken.json", "{");
    repository.write("new.json", "{\"id\": \"9\"}");
    repository.run(
        "git mv payloads/one.json payloads/two.json && git add . && git rm --quiet payloads/many.ndjson",
    );
    repository.write("two.json", "{\"id\": \"1\",\n \"key\": \"l\"}\n");
    repository.run("git add .");
    let (shown, errors) = repository.run("git diff --cached --find-renames=20%");
    assert!(shown.contains("- /dev/null:1\n+ b/payloads/new.json:1\n\n+ id  added\n"), "{shown}");
    assert!(
        shown.contains("- a/payloads/one.json:1\n+ b/payloads/two.json:1\n\n~ key  changed\n"),
        "{shown}"
    );
    assert!(errors.contains("error: cannot compare b/payloads/broken.json:1:2: the text ends"), "{errors}");
}

#[test]
fn unified_text_is_what_git_shows_and_the_same_payload_is_nothing() {
    let repository = Repository::new();
    repository.run("git config diff.assoclens.command 'assoclens diff --format unified'");
    repository.write("one.json", "{ \"key\":\"k\", \"id\":\"\\u0031\" }");
    assert_eq!(repository.run("git diff").0, "");
    repository.write("one.json", "{ \"key\":\"k\", \"id\":\"2\" }");
    let expected = "--- a/payloads/one.json\n+++ b/payloads/one.json\n@@ -1,4 +1,4 @@\n {\n-  \"id\": \"1\",\n+  \"id\": \"2\",\n   \"key\": \"k\"\n }\n";
    assert_eq!(repository.run("git diff").0, expected);
}

#[test]
fn a_textconv_partner_lays_payloads_out() {
    let repository = Repository::new();
    repository.configure("git config diff.assoclens.textconv");
    repository.write("one.json", "{\"id\":\"1\",\"key\":\"k\"}");
    assert_eq!(
        repository.run("git diff -U0").0.lines().filter(|line| line.starts_with(['-', '+'])).count(),
        0
    );
    repository.write("one.json", "{\"id\":\"1\",\"key\":\"other\"}");
    let (shown, _) = repository.run("git diff");
    assert!(
        shown.ends_with(" {\n   \"id\": \"1\",\n-  \"key\": \"k\"\n+  \"key\": \"other\"\n }\n"),
        "{shown}"
    );
}

#[test]
fn a_difftool_is_called_with_two_paths() {
    let repository = Repository::new();
    repository.configure("git config difftool.assoclens.cmd");
    repository.write("one.json", "{\"id\":\"1\",\"key\":\"other\"}");
    let (shown, _) = repository.run("git difftool --no-prompt --tool=assoclens");
    assert!(shown.contains("~ key  changed\n  - \"k\"\n  + \"other\"\n"), "{shown}");
}

#[test]
fn an_external_diff_for_once() {
    let repository = Repository::new();
    repository.write("one.json", "{\"id\":\"1\"}");
    let (shown, _) = repository.run("GIT_EXTERNAL_DIFF='assoclens diff' git diff");
    assert!(shown.contains("- key  removed\n  - \"k\"\n"), "{shown}");
}
