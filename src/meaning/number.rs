//! The exact values of numbers.
//!
//! In: a JSON number as written. Out: the one spelling of its value.
//! Invariants: no rounding and no float; linear time; the output is a JSON number. `1`, `1.0` and `10e-1` are one
//! value, and so are `0` and `-0`. An exponent of more than thirty digits is left as written.

/// The number of zeros that are written out; beyond it there is an exponent.
const ZEROS_AT_MOST: i128 = 30;

/// The canonical spelling of a number.
pub(crate) fn canonical(lexeme: &str) -> String {
    let (sign, rest) = lexeme.strip_prefix('-').map_or(("", lexeme), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    let digits = all.trim_matches('0');
    if digits.is_empty() {
        return "0".to_owned();
    }
    let Some(exponent) = small(exponent) else { return lexeme.to_owned() };
    let trailing = all.len() - all.trim_end_matches('0').len();
    let exponent = exponent - length(fraction) + trailing as i128;
    format!("{sign}{}", spell(digits, exponent))
}

fn small(exponent: &str) -> Option<i128> {
    let (is_negative, digits) = exponent.strip_prefix('-').map_or((false, exponent), |digits| (true, digits));
    let digits = digits.trim_start_matches(['+', '0']);
    let value: i128 = if digits.is_empty() { 0 } else { digits.get(..30.min(digits.len()))?.parse().ok()? };
    (digits.len() <= 30).then_some(if is_negative { -value } else { value })
}

fn length(text: &str) -> i128 {
    text.len() as i128
}

/// `digits`, which neither begin nor end with a zero, times ten to the power of `exponent`.
fn spell(digits: &str, exponent: i128) -> String {
    let point = length(digits) + exponent;
    let zeros = |count: i128| "0".repeat(usize::try_from(count).unwrap_or(0));
    match exponent {
        0..=ZEROS_AT_MOST => format!("{digits}{}", zeros(exponent)),
        ..0 if point > 0 => {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
            format!("{whole}.{fraction}")
        }
        ..0 if point > -ZEROS_AT_MOST => format!("0.{}{digits}", zeros(-point)),
        _ => {
            let (first, rest) = digits.split_at(1);
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{first}{dot}{rest}e{}", point - 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_value_has_one_spelling() {
        for (lexemes, expected) in [
            (&["1", "1.0", "1e0", "10e-1", "0.1E+1", "1.000e00"][..], "1"),
            (&["0", "-0", "0.0", "0e99999999999999999999999999999999999999999", "-0.00e-3"], "0"),
            (&["-12.50", "-1.25e1", "-1250e-2"], "-12.5"),
            (&["100000000000000000000000", "1e23"], "100000000000000000000000"),
            (&["100000000000000000000001"], "100000000000000000000001"),
            (&["0.001", "1e-3"], "0.001"),
            (&["1e400", "10e399", "0.1e401"], "1e400"),
            (&["12e-400"], "1.2e-399"),
            (&["1e99999999999999999999999999999999999999999"], "1e99999999999999999999999999999999999999999"),
        ] {
            for lexeme in lexemes {
                assert_eq!(canonical(lexeme), expected, "{lexeme}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_spelling_is_a_number_of_the_same_value(lexeme in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,6})?([eE][+-]?[0-9]{1,2})?") {
            let spelled = canonical(&lexeme);
            prop_assert_eq!(canonical(&spelled), spelled.clone());
            let (one, two): (f64, f64) = (lexeme.parse().unwrap(), spelled.parse().unwrap());
            prop_assert_eq!(one, two, "{}", spelled);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&spelled).is_ok());
        }

        #[test]
        fn two_integers_are_the_same_only_if_they_are(one in any::<u128>(), step in 0u128..3) {
            let two = one.saturating_add(step);
            prop_assert_eq!(canonical(&one.to_string()) == canonical(&two.to_string()), one == two);
        }
    }
}
