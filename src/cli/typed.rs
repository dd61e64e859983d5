//! Parses the words typed into a command line.
//!
//! In: the words, and the files that exist. Out: a [`Cli`], or an error with advice.
//! Invariants: a file's name is never taken for an option, so any file names are safe to pass (from a hook, or a
//! shell's `*`); a command beats a file with its name; a possible misspelling of a command is never taken for a file.

use super::{Cli, guesses};
use crate::escape::visible_path;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Command, CommandFactory as _, Parser as _};
use std::ffi::{OsStr, OsString};
use std::path::Path;

impl Cli {
    /// Parses the words typed, the program's name first.
    ///
    /// # Errors
    /// The words are not understood, or ask for the help or the version.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, Error> {
        let words: Vec<OsString> = words.into_iter().collect();
        refuse_names_of_files(&words)?;
        Self::try_parse_from(&words).or_else(|error| read_again(&words, error))
    }
}

/// Whether a file with this name exists, readable or not.
fn is_there(word: &OsStr) -> bool {
    Path::new(word).symlink_metadata().is_ok()
}

fn is_option(word: &OsStr) -> bool {
    word.as_encoded_bytes().starts_with(b"-") && word.len() > 1
}

/// Refuses a word that would be an option and is also the name of a file: only its author knows which was meant.
fn refuse_names_of_files(words: &[OsString]) -> Result<(), Error> {
    let before_names = words.iter().skip(1).take_while(|word| *word != "--");
    let mut options = before_names.filter(|word| is_option(word));
    options.find(|word| is_there(word)).map_or(Ok(()), |word| {
        let word = visible_path(Path::new(word));
        Err(refusal(format!(
            "'{word}' is an option, and also the name of a file here; for the file, write './{word}', \
             or put '--' before the names of files; for the option, rename the file"
        )))
    })
}

fn refusal(message: String) -> Error {
    Error::raw(ErrorKind::ArgumentConflict, message).format(&mut Cli::command())
}

/// Parses words without a command as those of `inspect`; adds advice to any remaining error.
fn read_again(words: &[OsString], error: Error) -> Result<Cli, Error> {
    let all = Cli::command();
    let command = words.iter().skip(1).find_map(|word| all.find_subcommand(word));
    match error.kind() {
        ErrorKind::InvalidSubcommand => read_name(words, error),
        ErrorKind::UnknownArgument if command.is_none() => match inspect(words, 1) {
            // Neither knows the option, and the first error names the program rather than one command.
            Err(again) if again.kind() == ErrorKind::UnknownArgument => Err(advised(error, &all, None)),
            read => read,
        },
        ErrorKind::UnknownArgument => Err(advised(error, &all, command)),
        _ => Err(error),
    }
}

/// Parses words whose first one, options aside, is not a command.
fn read_name(words: &[OsString], mut error: Error) -> Result<Cli, Error> {
    let named = text(&error, ContextKind::InvalidSubcommand);
    let is_value = |at: usize| words[at - 1] == "--color";
    let at = (1..words.len()).find(|&at| words[at].to_string_lossy() == named && !is_value(at)).unwrap_or(1);
    let Some(name) = words.get(at) else { return Err(error) };
    let is_word = !named.contains(['.', '/', std::path::MAIN_SEPARATOR]);
    let guessed = guesses::command(&named).filter(|_| is_word);
    let may_be_misspelled = is_word && error.get(ContextKind::SuggestedSubcommand).is_some();
    match guessed {
        None if name == "-" || is_there(name) && !may_be_misspelled => return inspect(words, at),
        None if !may_be_misspelled => return Err(neither(name)),
        None => {}
        Some(command) => {
            error.remove(ContextKind::SuggestedSubcommand);
            advise(&mut error, format!("did you mean 'assoclens {command}'?"));
        }
    }
    if is_there(name) {
        advise(
            &mut error,
            format!("for the file of this name: assoclens ./{}", visible_path(Path::new(name))),
        );
    }
    Err(error)
}

/// Parses the words with `inspect` inserted.
fn inspect(words: &[OsString], at: usize) -> Result<Cli, Error> {
    let (before, rest) = words.split_at(at.min(words.len()));
    let words: Vec<OsString> = [before, &[OsString::from("inspect")], rest].concat();
    Cli::try_parse_from(&words).map_err(|error| {
        let all = Cli::command();
        match error.kind() {
            ErrorKind::UnknownArgument => advised(error, &all, all.find_subcommand("inspect")),
            _ => error,
        }
    })
}

fn neither(name: &OsStr) -> Error {
    refusal(format!(
        "'{}' is not a command, and there is no file of this name\n\n  \
         tip: to look at a payload: assoclens FILE\n  \
         tip: to check files and directories: assoclens validate PATH\n  \
         tip: to compare two payloads: assoclens diff A B",
        visible_path(Path::new(name))
    ))
}

/// The error about an option that `command` lacks, with advice.
fn advised(mut error: Error, all: &Command, command: Option<&Command>) -> Error {
    let option = text(&error, ContextKind::InvalidArg);
    if let Some(advice) = guesses::option(&option, all, command) {
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Suggested);
        advise(&mut error, advice);
    }
    error
}

fn advise(error: &mut Error, advice: String) {
    let mut all = match error.remove(ContextKind::Suggested) {
        Some(ContextValue::StyledStrs(all)) => all,
        _ => Vec::new(),
    };
    all.push(advice.into());
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(all));
}

fn text(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    }
}
