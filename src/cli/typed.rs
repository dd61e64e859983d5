//! From the words that were typed to a command line.
//!
//! In: the words, and which of them name something on the disk. Out: a [`Cli`], or an error that says what to type.
//! Invariant: a file's name is never taken for an option. Whoever gives names that others chose (a hook, a shell's
//! `*`) is safe with any of them.

use super::Cli;
use clap::error::{Error, ErrorKind};
use clap::{CommandFactory as _, Parser as _};
use std::ffi::{OsStr, OsString};
use std::path::Path;

impl Cli {
    /// Reads what was typed, the program's name first.
    ///
    /// # Errors
    /// It cannot be understood, or asks for the help or the version.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        refuse_names_of_files(&words, |word| Path::new(word).symlink_metadata().is_ok())?;
        Self::try_parse_from(words)
    }
}

/// Refuses a word that would be an option and is the name of a file: nobody but its author knows which was meant.
fn refuse_names_of_files(words: &[OsString], is_file: impl Fn(&OsStr) -> bool) -> Result<(), Error> {
    let before_names = words.iter().skip(1).take_while(|word| *word != "--");
    let mut options = before_names.filter(|word| is_option(word));
    options.find(|word| is_file(word)).map_or(Ok(()), |word| {
        let word = word.to_string_lossy();
        let message = format!(
            "'{word}' is an option, and also the name of a file here; for the file, write './{word}', \
             or put '--' before the names of files; for the option, rename the file"
        );
        Err(Error::raw(ErrorKind::ArgumentConflict, message).format(&mut Cli::command()))
    })
}

fn is_option(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"-") && word.len() > 1
}
