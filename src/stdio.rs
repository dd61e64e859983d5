//! Which of the standard streams were closed when the program was started.
//!
//! Rust's runtime opens `/dev/null` in the place of a closed one before `main` runs, so that a report would vanish
//! and the verdict with it would look like success. In: the descriptors as they were before that. Out: errors, where
//! a stream that was never there is written to or read from.
//! Invariants: a stream that somebody did open, `/dev/null` included, is left alone.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_STDIN_CLOSED: AtomicBool = AtomicBool::new(false);
static IS_STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks at the descriptors. It must be called before `main`, and touches nothing that the runtime sets up.
#[cfg(unix)]
pub fn look() {
    let is_closed = |descriptor: rustix::fd::BorrowedFd<'_>| rustix::io::fcntl_getfd(descriptor).is_err();
    IS_STDIN_CLOSED.store(is_closed(rustix::stdio::stdin()), Ordering::Relaxed);
    IS_STDOUT_CLOSED.store(is_closed(rustix::stdio::stdout()), Ordering::Relaxed);
}

/// Whether there is a standard input.
///
/// # Errors
/// It was closed.
pub fn check_stdin() -> io::Result<()> {
    check(&IS_STDIN_CLOSED, "standard input is closed; name a file, or pipe payloads in")
}

/// Whether there is a standard output.
///
/// # Errors
/// It was closed.
pub fn check_stdout() -> io::Result<()> {
    check(&IS_STDOUT_CLOSED, "standard output is closed; let it go to a file, a pipe or a terminal")
}

/// Standard output, as whoever started the program left it.
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
