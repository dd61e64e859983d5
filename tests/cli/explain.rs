//! `docs/findings.md` is what `assoclens explain` prints, and every example in it raises what it explains.

use assoclens::check::catalogue::sections;
use std::path::Path;
use std::process::Command;

#[test]
fn every_example_raises_what_it_explains() {
    let program = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    for code in sections() {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new("sh")
            .args(["-c", code.entry().example])
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", program.display()))
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let head = format!("{}[{}", code.level().as_str(), code.heading().trim_end_matches('…'));
        assert!(stdout.contains(&head), "{}\n{stdout}{:?}", code.entry().example, output.stderr);
    }
}
