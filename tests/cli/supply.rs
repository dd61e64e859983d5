//! The parts of the program: network crates in one feature only, no unsafe code of our own, checked arithmetic, and
//! rules for cargo-deny.

use crate::skipped::{is_there, skip};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The crates in `Cargo.lock`.
fn crates() -> Vec<String> {
    let name = |line: &str| Some(line.strip_prefix("name = \"")?.strip_suffix('"')?.to_owned());
    read("Cargo.lock").lines().filter_map(name).collect()
}

/// The crates that the package depends on, without those of its feature `http`.
fn crates_without_http() -> BTreeSet<String> {
    let (lock, manifest) = (read("Cargo.lock"), read("Cargo.toml"));
    let feature = manifest.split("\nhttp = [").nth(1).unwrap().split(']').next().unwrap();
    let optional: Vec<&str> = feature.split('"').filter_map(|part| part.strip_prefix("dep:")).collect();
    assert!(optional.contains(&"ureq"));
    let depends: BTreeMap<&str, Vec<&str>> = lock
        .split("[[package]]")
        .skip(1)
        .map(|package| {
            let name = package.split("name = \"").nth(1).unwrap().split('"').next().unwrap();
            let list = package.split_once("dependencies = [").map_or("", |(_, list)| list);
            // Two versions of a crate are distinguished by a number after the name.
            let names = list.split('"').skip(1).step_by(2).map(|name| name.split(' ').next().unwrap());
            (name, names.collect())
        })
        .collect();
    let (mut reached, mut waiting) = (BTreeSet::new(), vec!["assoclens"]);
    while let Some(name) = waiting.pop() {
        if reached.insert(name.to_owned()) {
            let ours = |other: &&&str| name != "assoclens" || !optional.contains(*other);
            waiting.extend(depends[name].iter().filter(ours));
        }
    }
    reached
}

#[test]
fn no_crate_maps_memory_and_none_reaches_a_network_but_for_the_feature_http() {
    let crates = crates();
    assert!(crates.len() > 50 && crates.iter().any(|name| name == "jsonschema"));
    let never = [
        "reqwest",
        "curl",
        "isahc",
        "attohttpc",
        "minreq",
        "h2",
        "native-tls",
        "openssl",
        "aws-lc-rs",
        "async-std",
        "smol",
        "futures",
        "memmap",
        "memmap2",
    ];
    let found: Vec<&String> = crates.iter().filter(|name| never.contains(&name.as_str())).collect();
    assert!(found.is_empty(), "{found:?}");
    let http = ["hyper", "ureq", "rustls", "tokio", "mio", "socket2"];
    let without = crates_without_http();
    assert!(without.len() > 50 && without.contains("jsonschema"));
    assert!(http.iter().all(|name| !without.contains(*name)), "{without:?}");
    assert!(crates.iter().any(|name| name == "ureq"));
    for name in ["jsonschema", "jsonschema-value"] {
        let manifest = read("Cargo.toml");
        let line = manifest.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
        assert!(line.contains("default-features = false"), "{line}");
    }
}

#[test]
fn only_one_room_names_what_opens_a_socket() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("src/http") {
                look(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let words = [
                    "ureq",
                    "hyper::",
                    "hyper_util",
                    "tokio",
                    "TcpStream",
                    "TcpListener",
                    "UdpSocket",
                    "UnixStream",
                ];
                found.extend(
                    words.iter().filter(|word| text.contains(**word)).map(|word| format!("{path:?}: {word}")),
                );
            }
        }
    }
    let mut found = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn no_unsafe_code_is_ours_and_arithmetic_is_checked_in_a_release() {
    let manifest = read("Cargo.toml");
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n"));
    assert!(manifest.split("[profile.release]").nth(1).unwrap().contains("overflow-checks = true"));
    assert!(read("src/lib.rs").contains("\n#![forbid(unsafe_code)]\n"));
    // Outside of the library, the word only means that code runs before `main`.
    let main = read("src/main.rs");
    let words = main.split(|character: char| !character.is_alphanumeric() && character != '_');
    assert_eq!(words.filter(|word| *word == "unsafe").count(), 1);
    assert!(main.contains("#[ctor(unsafe)]"));
}

/// PyO3's macros expand to unsafe code, so the module is a crate of its own, built separately from the library.
#[test]
fn the_python_module_has_the_version_of_the_library_and_no_unsafe_code() {
    if !is_there(concat!(env!("CARGO_MANIFEST_DIR"), "/python/Cargo.toml")) {
        return;
    }
    let manifest = read("python/Cargo.toml");
    assert!(manifest.contains("assoclens = { path = \"..\", default-features = false }"));
    assert!(manifest.contains("\nunsafe_code = \"deny\"\n") && manifest.contains("\n[workspace]\n"));
    assert!(manifest.contains("\noverflow-checks = true\n"));
    let version = format!("version = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    assert!(manifest.contains(&version) && read("python/Cargo.lock").contains(&version));
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("python/src")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!text.contains("unsafe"), "{text}");
    }
    assert!(!read("Cargo.lock").contains("name = \"pyo3\""));
}

/// `cargo test` doesn't compile the module for Python: this notices a name that the library no longer has.
#[test]
fn the_module_for_python_imports_only_names_that_the_library_has() {
    if !is_there(concat!(env!("CARGO_MANIFEST_DIR"), "/python/Cargo.toml")) {
        return;
    }
    let mut seen = 0;
    for file in ["lib.rs", "column.rs", "verdict.rs"] {
        let text = read(&format!("python/src/{file}"));
        for import in text.lines().filter_map(|line| line.strip_prefix("use assoclens::")) {
            let (room, names) = import.trim_end_matches(';').split_once("::").unwrap();
            let public = read(&format!("src/{room}/mod.rs"));
            let public: Vec<&str> =
                public.lines().filter(|line| line.trim_start().starts_with("pub ")).collect();
            for name in names.trim_matches(['{', '}']).split(", ") {
                let is_word = |word: &str| word == name;
                let mut words = public.iter().flat_map(|line| {
                    line.split(|character: char| !character.is_alphanumeric() && character != '_')
                });
                assert!(
                    words.any(is_word),
                    "python/src/{file} imports {name}, which src/{room} does not have"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn advisories_licences_and_sources_are_checked_by_rule() {
    if !has_rules() {
        return;
    }
    let rules = read(".cargo/deny.toml");
    for rule in
        ["[advisories]", "[licenses]", "allow = [", "unknown-registry = \"deny\"", "unknown-git = \"deny\""]
    {
        assert!(rules.contains(rule), "{rule}");
    }
    let steps = read(".ci/run");
    for line in steps.lines().filter(|line| line.contains("cargo ") && !line.contains("cargo fmt")) {
        assert!(line.contains("--locked"), "{line}");
    }
    let mut checks = steps.lines().filter(|line| line.trim_start().starts_with("cargo deny "));
    let checks = checks.next().unwrap();
    assert!(checks.contains("--config .cargo/deny.toml") && checks.ends_with(" check licenses bans sources"));
}

/// Not in a package, which has nothing of the repository.
fn has_rules() -> bool {
    is_there(concat!(env!("CARGO_MANIFEST_DIR"), "/.cargo/deny.toml"))
}

/// The texts in quotes on a line that begins like this.
fn quoted<'a>(text: &'a str, beginning: &str) -> Vec<&'a str> {
    let line = text.lines().find(|line| line.starts_with(beginning)).unwrap();
    line.split('"').skip(1).step_by(2).collect()
}

#[test]
fn every_licence_in_the_tree_is_allowed() {
    if !has_rules() {
        return;
    }
    let cargo = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output
            .ok()
            .filter(|output| output.status.success())
            .map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let version = cargo(&["-vV"]).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let format = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let Some(metadata) = cargo(&format) else { return skip("cargo has not all crates here") };
    let rules = read(".cargo/deny.toml");
    let (allowed, exceptions) = (quoted(&rules, "allow = ["), quoted(&rules, "exceptions = ["));
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50 && allowed.contains(&"MIT") && exceptions.contains(&"colored"));
    for package in packages {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str().unwrap());
        // Without brackets, `A AND B OR C` is read as `A AND (B OR C)`, which requires more.
        let licence = licence.replace(['(', ')'], "").replace('/', " OR ");
        let is_allowed =
            |part: &str| part.split(" OR ").any(|one| allowed.contains(&one) || exceptions.contains(&one));
        assert!(licence.split(" AND ").all(is_allowed), "{name}: {licence}");
    }
}

#[test]
fn every_property_names_a_test_that_is_there() {
    let page = read("docs/security.md");
    let mut found = 0;
    for row in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| property")) {
        let tests: Vec<&str> = row.split('`').filter(|part| part.contains(".rs::")).collect();
        assert!(!tests.is_empty(), "{row}");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            let text = read(file);
            let at = text.find(&format!("fn {name}(")).unwrap_or_else(|| panic!("{test} is not there"));
            // A test by itself, or one in a list of properties.
            let before = text[..at].trim_end();
            assert!(before.ends_with("#[test]"), "{test} is not a test");
            found += 1;
        }
    }
    assert!(found > 50);
    let named = |property: &str| page.contains(&format!("\n| {property}"));
    let numbered = [('V', 6), ('N', 4), ('O', 8), ('R', 7), ('F', 5)];
    for property in
        numbered.iter().flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number} ")))
    {
        assert!(named(&property), "{property}");
    }
    assert!(named("Colour ") && named("Supply"));
}
