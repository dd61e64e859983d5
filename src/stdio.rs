//! Detects standard streams that were closed when the program was started.
//!
//! Rust's runtime opens `/dev/null` in place of a closed stream before `main` runs, so a report would vanish and the
//! run would look like a success. In: the descriptors before that. Out: errors when a stream that never existed is
//! written to or read from.
//! Invariants: a stream that was opened, even to `/dev/null`, is left alone.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_STDIN_CLOSED: AtomicBool = AtomicBool::new(false);
static IS_STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Checks the descriptors. It must be called before `main`, and uses nothing that the runtime sets up.
#[cfg(unix)]
pub fn look() {
    let is_closed = |descriptor: rustix::fd::BorrowedFd<'_>| rustix::io::fcntl_getfd(descriptor).is_err();
    IS_STDIN_CLOSED.store(is_closed(rustix::stdio::stdin()), Ordering::Relaxed);
    IS_STDOUT_CLOSED.store(is_closed(rustix::stdio::stdout()), Ordering::Relaxed);
}

/// Whether there is a standard input.
pub fn check_stdin() -> io::Result<()> {
    check(&IS_STDIN_CLOSED, "standard input is closed; name a file, or pipe payloads in")
}

/// Whether there is a standard output.
pub fn check_stdout() -> io::Result<()> {
    check(&IS_STDOUT_CLOSED, "standard output is closed; let it go to a file, a pipe or a terminal")
}

/// Standard output, as the parent process left it.
#[derive(Debug)]
pub struct Stdout<W>(pub W);

impl<W: Write> Write for Stdout<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        check_stdout()?;
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn check(is_closed: &AtomicBool, message: &str) -> io::Result<()> {
    if is_closed.load(Ordering::Relaxed) { Err(io::Error::other(message)) } else { Ok(()) }
}
