//! The values of an option, taken from the command line, so that a new format is tested as soon as it exists.

use assoclens::report::FORMATS;
use clap::ValueEnum;

/// The words for all values of an option.
pub(crate) fn choices<E: ValueEnum>() -> Vec<&'static str> {
    let word = |value: &E| value.to_possible_value().map(|word| word.get_name().to_owned());
    E::value_variants().iter().filter_map(word).map(|word| &*word.leak()).collect()
}

/// The words for all formats of `validate`.
pub(crate) fn validate_formats() -> Vec<&'static str> {
    FORMATS.iter().map(|format| format.name).collect()
}
