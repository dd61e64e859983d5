//! The program in the hands of its users: command lines, files, streams, shells, and promises that hold for any input.
//!
//! All of it is one binary, because linking takes most of the time that building a test does.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

#[path = "../promises/mod.rs"]
mod promises;

mod captures;
mod choices;
mod explain;
mod failing;
mod finding;
mod fixtures;
mod format_page;
mod format_properties;
mod formats;
#[cfg(unix)]
mod git;
mod help;
#[cfg(feature = "http")]
mod listen;
#[cfg(unix)]
mod outputs;
#[cfg(unix)]
mod packaging;
#[cfg(unix)]
mod pasted;
mod patches;
#[cfg(unix)]
mod pictures;
#[cfg(unix)]
mod process;
mod properties;
#[cfg(all(feature = "http", unix))]
mod readme;
#[cfg(feature = "http")]
mod receivers;
mod redact;
mod redact_damaged;
mod reports;
mod running;
#[cfg(unix)]
mod schemas;
#[cfg(feature = "http")]
mod send;
#[cfg(unix)]
mod shell;
#[cfg(unix)]
mod shells;
mod skipped;
#[cfg(all(feature = "http", target_os = "linux"))]
mod sockets;
#[cfg(unix)]
mod streams;
mod supply;
mod unwrapping;
mod verdicts;
mod verify;
mod views;

#[test]
fn every_file_here_is_part_of_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").expect("a module is a file");
        assert!(
            module == "main" || include_str!("main.rs").contains(&format!("\nmod {module};\n")),
            "{name}"
        );
    }
}
