//! What a person can choose for an option, as the command line has it, so that a new format is tried as soon as it is
//! there.

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
