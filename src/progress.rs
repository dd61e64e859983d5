//! The progress of a long run, for a person who waits at a terminal.
//!
//! In: the work done so far, block by block. Out: one line on standard error.
//! Invariants: nothing is drawn in the first second, in a pipe, or if it is switched off; nothing is ever drawn on
//! standard output, and the line makes way for any output there; it is one line at every width.

use crate::count::grouped;
use crate::{interrupt, terminal};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(1);
/// The shortest time between two lines.
const PAUSE: Duration = Duration::from_millis(100);
const BAR_COLUMNS: u64 = 30;

/// The line, once there is one.
#[derive(Debug)]
pub struct Progress {
    is_wanted: bool,
    started: Instant,
    total_bytes: Option<u64>,
    done: WorkDone,
    /// The time when the line was last drawn.
    drawn: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default)]
struct WorkDone {
    bytes: u64,
    payloads: u64,
    invalid: u64,
}

impl Progress {
    /// Starts the clock. If the total number of bytes is known, the line shows how much is left.
    pub fn new(is_wanted: bool, total_bytes: Option<u64>) -> Self {
        Self { is_wanted, started: Instant::now(), total_bytes, done: WorkDone::default(), drawn: None }
    }

    /// Adds bytes to those judged; `payloads` and `invalid` are totals.
    pub fn update(&mut self, bytes: usize, payloads: u64, invalid: u64) {
        self.done = WorkDone { bytes: self.done.bytes + bytes as u64, payloads, invalid };
        let is_time =
            self.started.elapsed() >= PATIENCE && self.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE);
        if self.is_wanted && is_time {
            self.draw();
        }
    }

    /// Writes something else while the line is hidden.
    pub fn aside<T>(&mut self, write: impl FnOnce() -> T) -> T {
        interrupt::wipe();
        let written = write();
        if self.drawn.is_some() {
            self.draw();
        }
        written
    }

    /// Removes the line; returns the speed, if there was time for a line.
    pub fn finish(&mut self, payloads: u64) -> Option<String> {
        self.drawn.take()?;
        interrupt::wipe();
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = whole(payloads as f64 / seconds);
        Some(format!("{} payloads in {seconds:.1} s, {} a second", grouped(payloads), grouped(rate)))
    }

    fn draw(&mut self) {
        let seconds = self.started.elapsed().as_secs_f64();
        interrupt::draw(&line(self.done, self.total_bytes, seconds, terminal::error_width()));
        self.drawn = Some(Instant::now());
    }
}

/// The line after this many seconds, in fewer columns than `width`, so that no terminal breaks it. The least important
/// part is left out first.
fn line(done: WorkDone, total: Option<u64>, seconds: f64, width: usize) -> String {
    let counts = format!("{} payloads, {} invalid", grouped(done.payloads), grouped(done.invalid));
    let rate = format!("{}/s", size(done.bytes as f64 / seconds));
    // Each with its importance. A file may have grown since it was measured.
    let mut parts = match total.map(|total| total.max(done.bytes)) {
        Some(total @ 1..) => {
            let share = done.bytes as f64 / total as f64;
            let left = whole(seconds / share.max(1e-9) * (1.0 - share));
            vec![
                (5, bar(share)),
                (1, format!("{:>3} %", whole(share * 100.0))),
                (4, format!("{} of {}", size(done.bytes as f64), size(total as f64))),
                (3, rate),
                (0, counts),
                (2, if left < 120 { format!("{left} s left") } else { format!("{} min left", left / 60) }),
            ]
        }
        _ => vec![(1, size(done.bytes as f64)), (2, rate), (0, counts)],
    };
    let columns =
        |parts: &[(u8, String)]| parts.iter().map(|(_, text)| text.chars().count() + 2).sum::<usize>() - 2;
    while parts.len() > 1 && columns(&parts) >= width {
        let least = parts.iter().map(|(rank, _)| *rank).max();
        parts.retain(|(rank, _)| Some(*rank) != least);
    }
    let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
    texts.join("  ").chars().take(width.saturating_sub(1)).collect()
}

fn bar(share: f64) -> String {
    let full = whole(share * BAR_COLUMNS as f64).min(BAR_COLUMNS) as usize;
    let (done, left) = if terminal::draws_unicode() { ("█", "░") } else { ("#", "-") };
    done.repeat(full) + &left.repeat(BAR_COLUMNS as usize - full)
}

/// An amount of bytes in about three digits.
fn size(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let step = UNITS.iter().enumerate().find(|(step, _)| bytes < 999.5 * 1000_f64.powi(*step as i32));
    let (step, unit) = step.unwrap_or((4, &"TB"));
    let number = bytes / 1000_f64.powi(step as i32);
    if step > 0 && number < 9.95 { format!("{number:.1} {unit}") } else { format!("{number:.0} {unit}") }
}

/// A number without its fraction; none below zero.
fn whole(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: WorkDone = WorkDone { bytes: 1_234_567_890, payloads: 2_345_678, invalid: 12 };

    #[test]
    fn one_line_at_every_width_that_never_reaches_the_edge() {
        for total in [None, Some(0), Some(1), Some(3_000_000_000)] {
            for width in 0..200 {
                let line = line(DONE, total, 2.0, width);
                assert!(line.chars().count() < width.max(1), "{width}: {line}");
                assert!(!line.contains('\n'));
            }
        }
    }

    #[test]
    fn a_run_of_less_than_a_second_draws_nothing_and_has_no_rate() {
        // It starts later than now, so no time passes.
        let started = Instant::now() + Duration::from_secs(3600);
        let mut progress = Progress { started, ..Progress::new(true, Some(100)) };
        progress.update(50, 1, 0);
        assert!(progress.drawn.is_none());
        assert_eq!(progress.finish(1), None);
    }

    #[test]
    fn the_least_telling_part_is_left_out_first() {
        let at = |width| line(DONE, Some(3_000_000_000), 2.0, width);
        let (rest, counts) = (" 41 %  1.2 GB of 3.0 GB  617 MB/s", "2,345,678 payloads, 12 invalid");
        assert!(at(120).ends_with(&format!("{rest}  {counts}  2 s left")), "{}", at(120));
        assert_eq!(at(80), format!("{rest}  {counts}  2 s left"));
        assert_eq!(at(70), format!(" 41 %  617 MB/s  {counts}  2 s left"));
        assert_eq!(at(50), format!(" 41 %  {counts}  2 s left"));
        assert_eq!(at(40), format!(" 41 %  {counts}"));
        assert_eq!(at(33), counts);
        assert_eq!(at(10), "2,345,678");
        assert_eq!(line(DONE, None, 2.0, 80), format!("1.2 GB  617 MB/s  {counts}"));
    }

    #[test]
    fn sizes_have_three_digits_or_so() {
        let sizes = [0.0, 999.0, 999.6, 9_949.0, 9_951.0, 999_499.0, 1e6, 1.5e9, 1e12, 1e16].map(size);
        assert_eq!(
            sizes,
            ["0 B", "999 B", "1.0 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "1.5 GB", "1.0 TB", "10000 TB"]
        );
    }
}
