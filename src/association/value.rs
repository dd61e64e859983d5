//! What a value says beyond its text.
//!
//! In: a field's name and its decoded string. Out: a few words, or nothing where nothing is known.
//! What always holds: the words rest on forms that were observed, not on the published schema, and change no
//! verdict; they quote nothing of the payload that is not plain ASCII.

/// Object keys without a prefix that are known to exist.
const STANDARD_OBJECTS: [&str; 5] = ["contact", "opportunity", "business", "task", "note"];

/// What the string `value` of the field `name` says, in a few words.
#[must_use]
pub fn says(name: &str, value: &str) -> Option<String> {
    match name {
        "id" | "appId" | "versionId" => created(value).map(|time| format!("created {time}")),
        "associationType" => Some(origin(value).to_owned()),
        "firstObjectKey" | "secondObjectKey" => Some(object_kind(value)),
        _ => None,
    }
}

/// When an id of 24 hex digits was made, in UTC: its first eight are the seconds since 1970.
#[must_use]
pub fn created(id: &str) -> Option<String> {
    let is_object_id = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let seconds = id.get(..8).filter(|_| is_object_id)?;
    Some(time(u32::from_str_radix(seconds, 16).ok()?))
}

fn origin(association_type: &str) -> &'static str {
    match association_type {
        "USER_DEFINED" => "defined by a user",
        "SYSTEM_DEFINED" => "defined by the system",
        _ => "neither USER_DEFINED nor SYSTEM_DEFINED",
    }
}

fn object_kind(key: &str) -> String {
    let is_name = |name: &&str| {
        !name.is_empty()
            && name.len() <= 40
            && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    match key.strip_prefix("custom_objects.").filter(is_name) {
        Some(name) => format!("custom object `{name}`"),
        None if STANDARD_OBJECTS.contains(&key) => "standard object".to_owned(),
        None => "no known kind of object".to_owned(),
    }
}

/// `YYYY-MM-DDThh:mm:ssZ` of a Unix time.
fn time(seconds: u32) -> String {
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The Gregorian date `days` after 1970-01-01. Years are counted from 1 March, so that the leap day is the
/// last of its year.
fn date(days: u32) -> (u32, u32, u32) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u32::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        for (id, expected) in [
            ("67ade73d1119d2ac7ad0c475", Some("2025-02-13T12:36:13Z")),
            ("000000000000000000000000", Some("1970-01-01T00:00:00Z")),
            ("65e0c1ff0000000000000000", Some("2024-02-29T17:42:23Z")),
            ("FFFFFFFFffffffffffffffff", Some("2106-02-07T06:28:15Z")),
            ("67ade73d1119d2ac7ad0c47", None),
            ("67ade73d1119d2ac7ad0c47g", None),
            ("OPPORTUNITIES_CONTACTS_ASSOCIATION", None),
            ("ééééééééé", None),
        ] {
            assert_eq!(created(id).as_deref(), expected, "{id}");
        }
    }

    #[test]
    fn dates_go_on_day_by_day_through_every_leap_year() {
        let is_leap =
            |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let mut expected = (1970, 1, 1);
        for days in 0..=u32::MAX / 86_400 {
            assert_eq!(date(days), expected);
            let (year, month, day) = expected;
            let last = match month {
                2 => 28 + u32::from(is_leap(year)),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            expected = match (month, day) {
                (12, 31) => (year + 1, 1, 1),
                (_, day) if day == last => (year, month + 1, 1),
                _ => (year, month, day + 1),
            };
        }
    }

    #[test]
    fn keys_and_types_tell_what_they_are() {
        for (name, value, expected) in [
            ("firstObjectKey", "contact", Some("standard object")),
            ("secondObjectKey", "custom_objects.property", Some("custom object `property`")),
            ("secondObjectKey", "custom_objects.", Some("no known kind of object")),
            ("firstObjectKey", "contacts", Some("no known kind of object")),
            ("associationType", "SYSTEM_DEFINED", Some("defined by the system")),
            ("associationType", "user_defined", Some("neither USER_DEFINED nor SYSTEM_DEFINED")),
            ("key", "67ade73d1119d2ac7ad0c475", None),
        ] {
            assert_eq!(says(name, value).as_deref(), expected, "{name} {value}");
        }
    }
}
