//! The age of a delivery, by the `timestamp` in its payload.
//!
//! In: a body, and the current time. Out: the time when it says that it was sent, and its age.
//! Invariants: age is information unless someone sets a limit; a time without an offset from UTC is not a time; retries
//! send the original body again, so an old one is not necessarily bad.

use crate::count::amount;
use crate::payload::Document;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The member with the time of sending. Documented for all events.
const TIMESTAMP: &str = "timestamp";

/// The time when a delivery says that it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sending {
    /// At this time.
    At(Age),
    /// Its `timestamp` is not a time: the value as written.
    Unreadable(String),
    /// It has no `timestamp`.
    Unknown,
}

/// A time and its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// The time.
    pub time: Timestamp,
    /// The age; negative if the time is in the future.
    pub age: SignedDuration,
}

impl Sending {
    /// Reads the `timestamp` of a body.
    pub fn of(body: &[u8], now: Timestamp) -> Self {
        let Ok(document) = Document::parse(body) else { return Self::Unknown };
        let Some(node) = document.root().member(TIMESTAMP) else { return Self::Unknown };
        match node.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
            Some(time) => Self::At(Age { time, age: now.duration_since(time) }),
            None => Self::Unreadable(node.text().to_owned()),
        }
    }

    /// Whether it is known to be within `limit` of now, before or after.
    pub fn is_within(&self, limit: MaxAge) -> bool {
        matches!(self, Self::At(Age { age, .. }) if age.abs() <= limit.0)
    }
}

impl fmt::Display for Age {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.age.as_secs() {
            0 => write!(formatter, "{}, just now", self.time),
            1.. => write!(formatter, "{}, {} ago", self.time, words(self.age)),
            _ => write!(formatter, "{}, {} from now", self.time, words(self.age)),
        }
    }
}

/// The highest age of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge(SignedDuration);

impl FromStr for MaxAge {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = text.parse::<Span>().ok();
        let duration = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
        duration
            .filter(|duration| !duration.is_negative())
            .map(Self)
            .ok_or_else(|| "a duration is written 90s, 5m, 2h or 1d".to_owned())
    }
}

impl fmt::Display for MaxAge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&words(self.0))
    }
}

/// A duration in the largest unit of which there are at least two, without its sign.
fn words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().unsigned_abs();
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let (length, noun) = units.into_iter().find(|(length, _)| seconds >= 2 * length).unwrap_or((1, "second"));
    let number = seconds / length;
    amount(number, noun)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> String {
        let now = "2026-02-13T12:41:13Z".parse().unwrap();
        match Sending::of(text.as_bytes(), now) {
            Sending::At(age) => age.to_string(),
            Sending::Unreadable(text) => format!("unreadable {text}"),
            Sending::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn age_is_written_in_the_largest_unit_of_which_there_are_two() {
        for (time, expected) in [
            ("2026-02-13T12:41:13.000Z", "2026-02-13T12:41:13Z, just now"),
            ("2026-02-13T12:41:12Z", "2026-02-13T12:41:12Z, 1 second ago"),
            ("2026-02-13T12:36:12.588Z", "2026-02-13T12:36:12.588Z, 5 minutes ago"),
            ("2026-02-13T11:41:13+01:00", "2026-02-13T10:41:13Z, 2 hours ago"),
            ("2026-02-11T12:41:13Z", "2026-02-11T12:41:13Z, 2 days ago"),
            ("2026-02-13T12:44:13Z", "2026-02-13T12:44:13Z, 3 minutes from now"),
        ] {
            assert_eq!(sent(&format!(r#"{{"timestamp":"{time}"}}"#)), expected);
        }
    }

    #[test]
    fn a_value_that_is_not_a_time_is_reported_as_such() {
        for text in ["", "{}", "[1]", r#"{"data":{"timestamp":"2026-02-13T12:41:13Z"}}"#] {
            assert_eq!(sent(text), "unknown");
        }
        for value in ["null", "1739450173", r#""2026-02-13""#, r#""2026-02-13T12:41:13""#, r#""yesterday""#] {
            assert_eq!(sent(&format!(r#"{{"timestamp":{value}}}"#)), format!("unreadable {value}"));
        }
    }

    #[test]
    fn a_limit_counts_both_ways() {
        let at = |seconds| {
            Sending::At(Age { time: Timestamp::UNIX_EPOCH, age: SignedDuration::from_secs(seconds) })
        };
        let limit: MaxAge = "5m".parse().unwrap();
        assert!(at(300).is_within(limit) && at(-300).is_within(limit));
        assert!(!at(301).is_within(limit) && !at(-301).is_within(limit));
        assert!(!Sending::Unknown.is_within(limit) && !Sending::Unreadable(String::new()).is_within(limit));
    }

    #[test]
    fn durations_are_written_with_a_unit() {
        for (text, expected) in [
            ("90s", "90 seconds"),
            ("5m", "5 minutes"),
            ("2h", "2 hours"),
            ("1d", "24 hours"),
            ("1h 30m", "90 minutes"),
            ("0s", "0 seconds"),
        ] {
            assert_eq!(text.parse::<MaxAge>().map(|limit| limit.to_string()).as_deref(), Ok(expected));
        }
        for text in ["", "5", "-5m", "5 parsecs", "1mo", "1y", "99999999999999999999d"] {
            assert!(text.parse::<MaxAge>().is_err(), "{text}");
        }
    }
}
