//! Times: kept, or all shifted by one number of seconds.
//!
//! In: the value of a member. Out: the same time or a shifted one of the same length; nothing if it is not a time.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// The smallest and the largest shift of times, in seconds: a day, and a year.
const NEAREST: i64 = 86_400;
const FARTHEST: i64 = 365 * 86_400;
/// The length of a date and a time of day, to the second.
const TO_THE_SECOND: usize = "2026-11-27T01:06:29".len();

/// Members that hold the time of a delivery.
const NAMES: [&str; 7] =
    ["timestamp", "Timestamp", "time", "startedDateTime", "received", "loggedDate", "eventTime"];

/// The shift for a number from the key, never forwards: a redacted time is in the past.
pub(super) fn shift(drawn: u64) -> i64 {
    let span = (FARTHEST - NEAREST).unsigned_abs();
    -(NEAREST + i64::try_from(drawn % span).expect("internal error: it is less than a year"))
}

/// The value of a member that holds the time of a delivery, shifted by this many seconds, if it is one.
pub(super) fn of(name: &str, value: &str, shift: i64) -> Option<String> {
    if !NAMES.contains(&name) || value.parse::<Timestamp>().is_err() {
        return None;
    }
    shifted(value, shift)
}

/// A text that begins with a time to the second, shifted by this many seconds.
pub(super) fn shifted(value: &str, shift: i64) -> Option<String> {
    let (front, rest) = value.split_at_checked(TO_THE_SECOND)?;
    let time: DateTime = front.parse().ok()?;
    if shift == 0 {
        return Some(value.to_owned());
    }
    let shifted = time.checked_add(jiff::SignedDuration::from_secs(shift)).ok()?;
    let written = shifted.to_string();
    (written.len() == front.len()).then(|| written + rest)
}
