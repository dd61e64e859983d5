//! The ways in which others run this program: the GitHub Action and the pre-commit hook, read as YAML, with the steps
//! of the action run as a runner would; and the package, with a list of its files.

use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};
use yaml_rust2::{Yaml, YamlLoader};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn yaml(name: &str) -> Yaml {
    let text = fs::read_to_string(Path::new(ROOT).join(name)).unwrap();
    YamlLoader::load_from_str(&text).unwrap().remove(0)
}

fn names(hash: &Yaml) -> BTreeSet<String> {
    hash.as_hash().unwrap().keys().map(|name| name.as_str().unwrap().to_owned()).collect()
}

fn bash(script: &str, options: &[&str]) -> Command {
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail"]).args(options).args(["-c", script]);
    command.current_dir(ROOT).env_clear().env("PATH", "/usr/bin:/bin");
    command
}

#[test]
fn the_action_s_steps_are_valid_and_take_inputs_through_the_environment_only() {
    let action = yaml("action.yml");
    let input = Regex::new(r"\$\{\{ *inputs\.([a-z-]+) *\}\}").unwrap();
    let mut used = BTreeSet::new();
    for step in action["runs"]["steps"].as_vec().unwrap() {
        let script = step["run"].as_str().unwrap();
        assert_eq!(step["shell"].as_str(), Some("bash"));
        assert!(!script.contains("${{"), "an input could be a command: {script}");
        assert!(bash(script, &["-n"]).status().unwrap().success(), "{script}");
        let values = step["env"].as_hash().unwrap().values();
        values.for_each(|value| {
            used.extend(input.captures_iter(value.as_str().unwrap()).map(|found| found[1].to_owned()));
        });
    }
    assert_eq!(used, names(&action["inputs"]));
}

/// Runs the step that validates, with this program in the place where the previous step would put it.
fn judge(folder: &Path, variables: &[(&str, &str)]) -> Output {
    let action = yaml("action.yml");
    let script = action["runs"]["steps"][1]["run"].as_str().unwrap();
    let program = folder.join("bin");
    fs::create_dir_all(&program).unwrap();
    let _ = symlink(env!("CARGO_BIN_EXE_assoclens"), program.join("assoclens"));
    let mut step = bash(script, &[]);
    step.env("ROOT", folder).env("GITHUB_STEP_SUMMARY", folder.join("summary.md"));
    step.envs([("OPTIONS", ""), ("SARIF", ""), ("SUMMARY", "false")]).envs(variables.iter().copied());
    step.output().unwrap()
}

#[test]
fn the_action_judges_annotates_and_keeps_what_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let valid = judge(folder.path(), &[("PATHS", "fixtures/valid\n")]);
    assert_eq!(valid.status.code(), Some(0), "{valid:?}");
    assert!(!folder.path().join("summary.md").exists());

    let sarif = folder.path().join("log.sarif");
    let variables = [
        ("PATHS", "fixtures/valid\n\nfixtures/invalid/id-wrong-type.json\n"),
        ("OPTIONS", "--input-format\nauto\n"),
        ("SARIF", sarif.to_str().unwrap()),
        ("SUMMARY", "true"),
    ];
    let invalid = judge(folder.path(), &variables);
    let stdout = String::from_utf8(invalid.stdout).unwrap();
    assert_eq!(invalid.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("::error file=fixtures/invalid/id-wrong-type.json,line=2,"), "{stdout}");
    assert!(fs::read_to_string(folder.path().join("summary.md")).unwrap().starts_with("\nassoclens: 1 of "));
    assert!(fs::read_to_string(sarif).unwrap().contains("\"2.1.0\""));

    let missing = judge(folder.path(), &[("PATHS", "no/such path.json")]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn the_action_takes_globs_and_options_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let globs =
        [("PATHS", "fixtures/invalid/*-wrong-type.json\n"), ("OPTIONS", "--allow schema/ --strict\n")];
    let output = judge(folder.path(), &globs);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stdout}");
    assert!(stdout.contains("8 payloads: 8 valid"), "{stdout}");
    let nothing = judge(folder.path(), &[("PATHS", "fixtures/valid/*.none")]);
    assert_eq!(nothing.status.code(), Some(2), "a glob that finds nothing is an error");
}

/// Runs the step that gets the program, with a release in that folder.
fn get(folder: &Path, version: &str) -> Output {
    let action = yaml("action.yml");
    let mut step = bash(action["runs"]["steps"][0]["run"].as_str().unwrap(), &[]);
    step.env("VERSION", version).env("ROOT", folder.join("root")).env("REPOSITORY", "releases");
    step.env("SERVER", format!("file://{}", folder.display()));
    step.output().unwrap()
}

/// A release is accepted only if its digest is correct.
#[test]
fn the_action_takes_a_release_whose_digest_is_right_and_no_other() {
    let is_known = cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")));
    if !is_known || !Path::new("/usr/bin/curl").exists() {
        return crate::skipped::skip("no release is made for this machine, or curl is missing");
    }
    let folder = tempfile::tempdir().unwrap();
    let releases = folder.path().join("releases/releases/download/v1.2.3");
    fs::create_dir_all(&releases).unwrap();
    let archive = format!("assoclens-1.2.3-{}-unknown-linux-musl.tar.gz", std::env::consts::ARCH);
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let pack = format!(
        "tar -czf {archive} -C '{}' assoclens && sha256sum {archive} >{archive}.sha256",
        program.display()
    );
    assert!(bash(&pack, &[]).current_dir(&releases).status().unwrap().success());
    let output = get(folder.path(), "1.2.3");
    assert!(output.status.success(), "{output:?}");
    assert!(folder.path().join("root/bin/assoclens").exists());

    fs::remove_dir_all(folder.path().join("root")).unwrap();
    fs::write(releases.join(format!("{archive}.sha256")), format!("{:064} *{archive}\n", 0)).unwrap();
    assert!(!get(folder.path(), "1.2.3").status.success(), "another digest");
    assert!(!folder.path().join("root/bin/assoclens").exists());
    assert!(!get(folder.path(), "9.9.9").status.success(), "no such release");
}

#[test]
fn no_path_of_the_action_is_an_option() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["--schema=lenient.json", "--expect-invalid", "-h", "--", "-q"] {
        let output = judge(folder.path(), &[("PATHS", &format!("{path}\nfixtures/valid"))]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{path}");
        assert!(stderr.contains(&format!("cannot read {path}: No such file")), "{path}: {stderr}");
    }
}

/// Runs the hook as pre-commit does: the words of the entry, then `arguments` (or those of the hook), then the names of
/// the files.
fn hook(folder: &Path, arguments: Option<&[&str]>, names: &[&str]) -> Output {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let entry = hooks[0]["entry"].as_str().unwrap();
    assert!(!entry.contains(['"', '\'', '\\']), "the entry is more than words between spaces: {entry}");
    let (program, words) = entry.split_once(' ').unwrap();
    assert_eq!(program, env!("CARGO_PKG_NAME"));
    let of_the_hook = hooks[0]["args"].as_vec().unwrap().iter().map(|word| word.as_str().unwrap());
    let arguments = arguments.map_or_else(|| of_the_hook.collect(), <[&str]>::to_vec);
    Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(words.split_whitespace().chain(arguments).chain(names.iter().copied()))
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn the_hook_runs_a_command_there_is_on_the_files_that_a_walk_takes() {
    let root = Path::new(ROOT);
    assert!(hook(root, None, &["fixtures/valid/deliveries.ndjson"]).status.success());
    assert!(hook(root, Some(&["--strict"]), &["fixtures/valid/deliveries.ndjson"]).status.success());
    let hooks = yaml(".pre-commit-hooks.yaml");
    let files = Regex::new(hooks[0]["files"].as_str().unwrap()).unwrap();
    for (name, is_taken) in [
        ("a.json", true),
        ("b/c.ndjson.zst", true),
        ("d.jsonl.gz", true),
        ("f.har", true),
        ("LOUD.JSON", true),
        ("e.json5", false),
    ] {
        assert_eq!(files.is_match(name), is_taken, "{name}");
    }
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains(&format!("- id: {}\n", hooks[0]["id"].as_str().unwrap())));
}

#[test]
fn no_file_s_name_is_an_option_of_the_hook_whatever_its_arguments() {
    let names = [
        "--schema=lenient.json",
        "--output=kept.json",
        "--expect-invalid.json",
        "--format=json.json",
        "--allow=all.json",
        "-qx.json",
        "-h.json",
        "-o.json",
        "-okept.json",
        "--.json",
    ];
    for name in names {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("lenient.json", "true");
        write("kept.json", "{}");
        write("invalid.json", "{\"id\":67}");
        write(name, "{\"id\":67}");
        for (arguments, status) in [
            (None, 1),
            (Some(&["--strict", "--"][..]), 1),
            // Without the `--` that protects them, the name may be refused; it is never taken as an option.
            (Some(&["--strict"][..]), 2),
            (Some(&[][..]), 2),
        ] {
            let output = hook(folder.path(), arguments, &[name, "invalid.json"]);
            assert_eq!(output.status.code(), Some(status), "{arguments:?} {name}: {output:?}");
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(
                stderr.contains("is an option, and also the name of a file here"),
                status == 2,
                "{stderr}"
            );
            assert_eq!(fs::read_to_string(folder.path().join("kept.json")).unwrap(), "{}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "{name}");
        }
    }
}

#[test]
fn the_package_holds_what_a_build_and_its_tests_need_and_nothing_of_the_repository() {
    if Path::new(ROOT).join("Cargo.toml.orig").exists() {
        return; // This is the package, which cannot be packed again.
    }
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(ROOT)
        .output()
        .unwrap();
    // Nor a warning about the manifest; another cargo may have to be waited for.
    let stderr = String::from_utf8(output.stderr).unwrap();
    let warnings: Vec<&str> = stderr.lines().filter(|line| !line.trim().starts_with("Blocking ")).collect();
    assert_eq!((output.status.code(), warnings), (Some(0), vec![]));
    let list = String::from_utf8(output.stdout).unwrap();
    let files: BTreeSet<&str> = list.lines().collect();
    for name in ["Cargo.lock", "README.md", "LICENSE", "CHANGELOG.md", "action.yml", ".pre-commit-hooks.yaml"]
    {
        assert!(files.contains(name), "{name}");
    }
    for folder in ["src", "schemas", "fixtures", "docs", "tests"] {
        let walk = walkdir::WalkDir::new(Path::new(ROOT).join(folder)).into_iter().map(Result::unwrap);
        for entry in walk.filter(|entry| entry.file_type().is_file()) {
            let name = entry.path().strip_prefix(ROOT).unwrap().to_str().unwrap();
            assert!(files.contains(name), "{name}");
        }
    }
    // Cargo itself adds the file with the commit.
    let mut hidden = files.iter().filter(|name| name.starts_with('.') && **name != ".cargo_vcs_info.json");
    assert_eq!((hidden.next(), hidden.next()), (Some(&".pre-commit-hooks.yaml"), None));
    assert!(!files.iter().any(|name| name.starts_with("fuzz/") || name.starts_with("target/")));
}
