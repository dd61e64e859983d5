//! Reports tests that cannot run here, on standard error: a test that passes silently is taken for one that was run.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// Once for each test and reason. `eprintln!` is not used, because the output of a passing test is captured. A test's
/// thread has the test's name.
pub(crate) fn skip(why: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let thread = std::thread::current();
    let line = format!("SKIPPED {}: {why}\n", thread.name().unwrap_or("a test"));
    if SAID.lock().unwrap().insert(line.clone()) {
        io::stderr().write_all(line.as_bytes()).unwrap();
    }
}

/// Whether a file of the system exists. A test that needs it is skipped otherwise.
pub(crate) fn is_there(path: &str) -> bool {
    let is_there = Path::new(path).exists();
    if !is_there {
        skip(&format!("there is no {path}"));
    }
    is_there
}

/// Whether a program is installed. A test that needs it is skipped otherwise.
pub(crate) fn is_installed(program: &str) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", "command -v \"$0\"", program]).stdout(Stdio::null());
    let is_installed = command.status().is_ok_and(|status| status.success());
    if !is_installed {
        skip(&format!("{program} is not installed"));
    }
    is_installed
}
