//! How far a long run has come, for a person who waits at a terminal.
//!
//! In: what was judged so far, block by block. Out: a bar on standard error, or a spinner where the size of the
//! input is not known.
//! What always holds: nothing is drawn before a second has passed, in a pipe, or when told not to; nothing is
//! ever drawn on standard output, and the bar makes way for whatever is written there.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);
const WITH_END: &str =
    "{bar:30} {percent:>3} %  {bytes} of {total_bytes}  {bytes_per_sec}  {msg}  {eta} left";
const WITHOUT_END: &str = "{spinner} {bytes}  {bytes_per_sec}  {msg}";

/// The bar, once there is one.
#[derive(Debug)]
pub struct Progress {
    is_wanted: bool,
    started: Instant,
    total_bytes: Option<u64>,
    bytes: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Starts the clock. The bar needs to know how many bytes there are; without, it is a spinner.
    #[must_use]
    pub fn new(is_wanted: bool, total_bytes: Option<u64>) -> Self {
        Self { is_wanted, started: Instant::now(), total_bytes, bytes: 0, bar: None }
    }

    /// So many more bytes are judged, and so many payloads are judged and invalid in all.
    pub fn update(&mut self, bytes: usize, payloads: u64, invalid: u64) {
        self.bytes += bytes as u64;
        if self.is_wanted && self.bar.is_none() && self.started.elapsed() >= PATIENCE {
            self.bar = Some(self.start());
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.bytes);
            bar.set_message(format!("{} payloads, {} invalid", HumanCount(payloads), HumanCount(invalid)));
        }
    }

    /// Writes something else while the bar is out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the bar away; tells how fast it went, if there was time for a bar.
    pub fn finish(&mut self, payloads: u64) -> Option<String> {
        self.bar.take()?.finish_and_clear();
        let seconds = self.started.elapsed().as_secs_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let rate = (payloads as f64 / seconds) as u64;
        Some(format!("{} payloads in {seconds:.1} s, {} a second", HumanCount(payloads), HumanCount(rate)))
    }

    fn start(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(self.total_bytes, ProgressDrawTarget::stderr());
        let template = if self.total_bytes.is_some() { WITH_END } else { WITHOUT_END };
        let style =
            ProgressStyle::with_template(template).expect("internal error: the template is a valid one");
        bar.set_style(style);
        bar
    }
}
