//! Which inputs a command line names: files as given, directories walked, `-` for standard input.
//!
//! In: paths. Out: sources in path order, or for what cannot be used an error that names it.
//! What always holds: an explicit path is read whatever its name or kind; a walk takes regular files only,
//! follows no symbolic link, and skips hidden entries; each file is opened once, and no file is a silent pass.

use super::decode::decoded;
use anyhow::anyhow;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The endings that a walk of a directory takes, each also with `.gz` or `.zst` after it.
const EXTENSIONS: [&str; 3] = ["json", "ndjson", "jsonl"];

/// One input: a file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: Option<PathBuf>,
    /// What it is called, if not by its path.
    called: Option<String>,
}

impl Source {
    /// Standard input.
    pub const STDIN: Self = Self { path: None, called: None };

    /// What standard input is called, and no file is.
    pub const STDIN_NAME: &str = "<stdin>";

    /// The file at `path`.
    #[must_use]
    pub fn file(path: PathBuf) -> Self {
        Self { path: Some(path), called: None }
    }

    /// The same under another name, which must be safe to print: git has files of its own for what it compares.
    #[must_use]
    pub fn called(self, name: String) -> Self {
        Self { called: Some(name), ..self }
    }

    /// The name that every output uses, safe to print: the path as given, or [`Self::STDIN_NAME`].
    #[must_use]
    pub fn name(&self) -> String {
        match (&self.called, &self.path) {
            (Some(name), _) => name.clone(),
            (None, None) => Self::STDIN_NAME.to_owned(),
            (None, Some(path)) => match crate::visible::visible_path(path) {
                // A file may be called so, too.
                name if name == Self::STDIN_NAME => format!("./{name}"),
                name => name,
            },
        }
    }

    /// Whether the name says that the source holds one payload a line.
    #[must_use]
    pub fn is_named_ndjson(&self) -> bool {
        let extension = self.path.as_deref().and_then(text_extension);
        extension.is_some_and(|extension| extension == "ndjson" || extension == "jsonl")
    }

    /// Whether the name says that the source is compressed. Its bytes decide when it is opened.
    #[must_use]
    pub fn is_named_compressed(&self) -> bool {
        self.path.as_deref().and_then(Path::extension).is_some_and(is_compression)
    }

    /// How many bytes its entry says it has, if this is a regular file.
    #[must_use]
    pub fn file_length(&self) -> Option<u64> {
        let entry = self.path.as_deref().and_then(|path| path.metadata().ok());
        entry.filter(std::fs::Metadata::is_file).map(|entry| entry.len())
    }

    /// Opens the source for reading, once, and decompresses what is gzip or Zstandard.
    ///
    /// # Errors
    /// What the system says, such as a missing file or a refused permission.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let (reader, _) = decoded(match &self.path {
            Some(path) => Box::new(File::open(path)?),
            None => {
                crate::standard::check_stdin()?;
                Box::new(io::stdin())
            }
        })?;
        Ok(reader)
    }
}

/// The sources that `paths` name, in order, each directory's files sorted by path.
///
/// An item is an error, with the path in it, for what cannot be read or a directory with nothing to judge.
pub fn sources(paths: Vec<PathBuf>) -> impl Iterator<Item = anyhow::Result<Source>> + Send {
    paths.into_iter().flat_map(|path| -> Box<dyn Iterator<Item = anyhow::Result<Source>> + Send> {
        if path.as_os_str().is_empty() {
            Box::new(std::iter::once(Err(no_name())))
        } else if path.as_os_str() == OsStr::new("-") {
            Box::new(std::iter::once(Ok(Source::STDIN)))
        } else if path.is_dir() {
            Box::new(walk(path))
        } else {
            Box::new(std::iter::once(Ok(Source::file(path))))
        }
    })
}

/// What is said to an empty path.
pub(crate) fn no_name() -> anyhow::Error {
    anyhow!("cannot read \"\": an empty path names no file; is a variable of the shell not set?")
}

fn walk(folder: PathBuf) -> impl Iterator<Item = anyhow::Result<Source>> + Send {
    let mut found = false;
    let mut entries = WalkDir::new(&folder)
        // What is compared is in one directory; its names are cheaper to compare in whole paths than to be cut out.
        .sort_by(|one, other| one.path().as_os_str().cmp(other.path().as_os_str()))
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    let mut done = false;
    std::iter::from_fn(move || {
        let next = entries.by_ref().find_map(|entry| taken(entry).transpose());
        if next.is_none() && !found && !done {
            done = true;
            return Some(Err(no_match(&folder)));
        }
        found |= next.is_some();
        next
    })
}

fn no_match(folder: &Path) -> anyhow::Error {
    anyhow!(
        "no *.json, *.ndjson or *.jsonl file (or one of these with .gz or .zst) in directory {}; name the files if they end otherwise",
        crate::visible::visible_path(folder)
    )
}

/// The ending of a file's name, without that of its compression.
fn text_extension(path: &Path) -> Option<&OsStr> {
    let extension = path.extension()?;
    if is_compression(extension) { Path::new(path.file_stem()?).extension() } else { Some(extension) }
}

fn is_compression(extension: &OsStr) -> bool {
    extension == "gz" || extension == "zst"
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn taken(entry: walkdir::Result<DirEntry>) -> anyhow::Result<Option<Source>> {
    let entry = entry.map_err(|error| {
        let path = error.path().map_or_else(String::new, crate::visible::visible_path);
        anyhow!(io::Error::from(error)).context(format!("cannot read {path}"))
    })?;
    let is_taken = entry.file_type().is_file()
        && text_extension(entry.path())
            .is_some_and(|found| EXTENSIONS.iter().any(|&extension| found == extension));
    Ok(is_taken.then(|| Source::file(entry.into_path())))
}
