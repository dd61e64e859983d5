//! The README's blocks without output to compare: each command of a shell runs, each YAML file names existing things,
//! and the Rust compiles. tests/cases.rs runs the console blocks.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use yaml_rust2::{Yaml, YamlLoader};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn blocks(language: &str) -> Vec<String> {
    let readme = fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let fence = format!("\n```{language}\n");
    readme.split(&fence).skip(1).map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// Functions that print a payload, as a clipboard does; not programs, because one that was just written may be busy.
const PRINT: &str = "for name in pbpaste wl-paste xclip Get-Clipboard kubectl; do eval \"$name() { cat delivery.json; }\"; done\n";

/// A folder with the files in the README's commands.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, fixture) in [
        ("delivery.json", "valid/flat-delivery.json"),
        ("good.json", "valid/flat-delivery.json"),
        ("failed.json", "invalid/id-wrong-type.json"),
        ("monday.ndjson", "valid/deliveries.ndjson"),
        ("tuesday.ndjson", "valid/deliveries.ndjson"),
        ("part-1.ndjson", "valid/deliveries.ndjson"),
        ("captures.ndjson.gz", "valid/deliveries.ndjson"),
        ("capture.har", "capture/har.har"),
        ("body.json", "../tests/signature/delivery.json"),
        ("headers.txt", "../tests/signature/headers.txt"),
    ] {
        fs::copy(Path::new(ROOT).join("fixtures").join(fixture), folder.path().join(name)).unwrap();
    }
    // The part from another machine.
    bash(folder.path(), "assoclens validate --format json --summary good.json > 2.json");
    folder
}

fn bash(folder: &Path, line: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-c", &format!("{PRINT}{line}")]).current_dir(folder);
    command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", program.display())).output().unwrap()
}

#[test]
fn every_command_of_a_shell_does_its_job() {
    let folder = folder();
    let mut count = 0;
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let command = line.split("  #").next().unwrap().trim_end();
        let name = command.split(' ').nth(1).unwrap();
        let ended = match name {
            // These two would wait for each other.
            "listen" => format!("{command} --port 0 --timeout 10ms"),
            "send" => format!("{command} --dry-run"),
            _ => command.to_owned(),
        };
        let output = bash(folder.path(), &ended);
        // The two sides differ, and the published key has not signed the test's delivery.
        let ends_with_1 = ["diff", "verify"].contains(&name) && output.status.code() == Some(1);
        assert!(output.status.success() || ends_with_1, "{command}: {output:?}");
        count += 1;
    }
    assert!(count > 15);
}

fn yaml(of: &str) -> Yaml {
    let block = blocks("yaml").into_iter().find(|block| block.contains(of)).unwrap();
    YamlLoader::load_from_str(&block).unwrap().remove(0)
}

#[test]
fn every_file_of_a_ci_names_what_there_is() {
    let read = |name: &str| fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    let action = YamlLoader::load_from_str(&read("action.yml")).unwrap().remove(0);
    let step = &yaml("steps:")["steps"][1]["with"];
    for input in step.as_hash().unwrap().keys() {
        assert!(!action["inputs"][input.as_str().unwrap()].is_badvalue(), "{input:?}");
    }
    let hooks = YamlLoader::load_from_str(&read(".pre-commit-hooks.yaml")).unwrap().remove(0);
    assert_eq!(yaml("repos:")["repos"][0]["hooks"][0]["id"], hooks[0]["id"]);

    let job = &yaml("artifacts:")["assoclens"];
    let command = job["script"].as_vec().unwrap().last().unwrap().as_str().unwrap();
    let folder = folder();
    fs::create_dir_all(folder.path().join("fixtures/valid")).unwrap();
    fs::copy(folder.path().join("failed.json"), folder.path().join("fixtures/valid/a.json")).unwrap();
    assert_eq!(bash(folder.path(), command).status.code(), Some(1), "{command}");
    let report = folder.path().join(job["artifacts"]["reports"]["codequality"].as_str().unwrap());
    assert!(fs::read_to_string(report).unwrap().contains("schema/type"));
}

#[test]
fn the_rust_is_compiled_here() {
    let judge = assoclens::check::Judge::default(); // reads the schema once; threads can share it
    let findings = judge.judge(br#"{"id": 67}"#);
    let errors = findings.iter().filter(|finding| finding.level == assoclens::check::Level::Error);
    assert_eq!(errors.count(), 1);
    let own: Vec<&str> = include_str!("readme.rs").lines().map(str::trim).collect();
    let block = blocks("rust").concat();
    assert!(block.lines().all(|line| own.contains(&line.trim())), "{block}");
}
