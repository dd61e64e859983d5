//! The lists of the program, as terminals show them.

use std::process::Command;

/// The output of `assoclens` on a page of this many columns.
fn shown(arguments: &[&str], columns: usize) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_assoclens"))
        .args(arguments)
        .env("COLUMNS", columns.to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn lists_wrap_on_a_narrow_page() {
    for list in [&["captures"][..], &["events"], &["schema", "--fields"]] {
        for line in shown(list, 40).lines() {
            let has_long_word = line.split(' ').any(|word| word.chars().count() > 25);
            let is_command = line.starts_with("    assoclens ");
            assert!(line.chars().count() <= 40 || has_long_word || is_command, "{list:?}: {line}");
        }
    }
}
