//! Cleans up when a signal ends the program.
//!
//! In: incomplete files, and the line of progress on the screen. Out: on SIGINT, SIGTERM and SIGHUP the files are
//! removed and the line is wiped; then the program ends by that same signal, so a shell sees 130 or 143.
//! Invariants: a signal that was ignored from the start (by nohup, or by a shell for its background jobs) stays
//! ignored; without anything to clean up, no signal is handled; a second signal ends the program at once.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

/// The signal that has come, if any.
static CAME: AtomicUsize = AtomicUsize::new(0);

/// The things to clean up.
static LEFT: Mutex<Leftovers> = Mutex::new(Leftovers { files: BTreeSet::new(), has_line: false });

struct Leftovers {
    files: BTreeSet<PathBuf>,
    has_line: bool,
}

impl Leftovers {
    fn lock() -> MutexGuard<'static, Self> {
        static WATCHED: Once = Once::new();
        // Best effort: without it, a signal leaves files behind, as it would for any program.
        WATCHED.call_once(|| drop(watch()));
        LEFT.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn undo(&mut self) {
        for file in &self.files {
            let _ = std::fs::remove_file(file);
        }
        self.wipe();
    }

    fn wipe(&mut self) {
        if self.has_line {
            let _ = io::stderr().write_all(b"\r\x1b[K");
            self.has_line = false;
        }
    }
}

/// A file that is removed if a signal comes while this value exists.
#[derive(Debug)]
pub struct Unfinished(PathBuf);

impl Unfinished {
    /// The file at `path`, which need not exist yet.
    pub fn new(path: &Path) -> Self {
        Leftovers::lock().files.insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        Leftovers::lock().files.remove(&self.0);
    }
}

/// Draws a line on standard error in place of the previous one; it must fit the screen. Best effort: a line that cannot
/// be drawn is not missed.
pub fn draw(line: &str) {
    let mut left = Leftovers::lock();
    left.has_line = true;
    let _ = io::stderr().write_all(format!("\r{line}\x1b[K").as_bytes());
}

/// Removes the line, if there is one.
pub fn wipe() {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner).wipe();
}

/// Lets a pending signal end the program, although its work has ended: the contents of a pipe may be cut, because the
/// writer was interrupted as well.
pub fn settle() {
    while CAME.load(Ordering::SeqCst) > 0 {
        std::thread::park();
    }
}

#[cfg(not(unix))]
fn watch() -> io::Result<()> {
    Ok(())
}

/// Starts a thread that waits for a signal, because a handler itself may do next to nothing.
#[cfg(unix)]
fn watch() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::{flag, low_level::pipe};
    use std::io::Read as _;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    let is_second = Arc::new(AtomicBool::new(false));
    let (mut woken, wake) = io::pipe()?;
    let ignored = ignored();
    for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0) {
        flag::register_conditional_default(signal, Arc::clone(&is_second))?;
        flag::register(signal, Arc::clone(&is_second))?;
        flag::register_usize(signal, &CAME, usize::try_from(signal).unwrap_or_default())?;
        pipe::register(signal, wake.try_clone()?)?;
    }
    let wait = move || {
        if woken.read_exact(&mut [0]).is_ok() {
            // Held until the end, so that nothing more is drawn or begun.
            let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
            left.undo();
            let signal = i32::try_from(CAME.load(Ordering::SeqCst)).unwrap_or_default();
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
}

/// The ignored signals, the first in the lowest bit. If the system does not say, SIGHUP counts as ignored: a program
/// under nohup must not end by it.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(1)
}
