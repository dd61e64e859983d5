//! Amounts as people read them, with nouns that agree.
//!
//! In: a number and a noun in the singular. Out: a few words.

use std::fmt::Write as _;

/// A number and its noun: `1 payload`, `1200 properties`.
pub(crate) fn amount(number: u64, noun: &str) -> String {
    let (stem, ending) = agreeing(number, noun);
    [&number.to_string(), " ", stem, ending].concat()
}

/// The same, with the number's digits in groups: `1,200 payloads`.
pub(crate) fn grouped_amount(number: u64, noun: &str) -> String {
    let (stem, ending) = agreeing(number, noun);
    [&grouped(number), " ", stem, ending].concat()
}

/// The noun in the number's form, in two parts.
fn agreeing(number: u64, noun: &str) -> (&str, &'static str) {
    match noun.strip_suffix('y') {
        _ if number == 1 => (noun, ""),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => (stem, "ies"),
        _ => (noun, "s"),
    }
}

/// A number with a comma between each three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Adds a number as a place in a row: `1st`, `12th`.
pub(crate) fn push_ordinal(text: &mut String, number: usize) {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    write!(text, "{number}{suffix}").expect("internal error: writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_agree_and_digits_are_grouped() {
        assert_eq!(amount(1, "property"), "1 property");
        assert_eq!(amount(0, "property"), "0 properties");
        assert_eq!(amount(1000, "day"), "1000 days");
        assert_eq!(grouped_amount(1_234_567, "payload"), "1,234,567 payloads");
        assert_eq!(grouped(12), "12");
        assert_eq!(grouped(123_456), "123,456");
    }
}
