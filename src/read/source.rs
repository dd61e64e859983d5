//! The inputs that a command line names: files as given, files in directories, `-` for standard input.
//!
//! In: paths. Out: sources in path order, or an error that names an unusable path; and after the sources of a
//! directory, the entries that were skipped in it.
//! Invariants: an explicit path is read whatever its name or kind; a walk takes regular files only, follows no symbolic
//! link, and skips hidden entries; skipped entries are counted; each file is opened once, and no file passes silently.

use super::decompress::decoded;
use crate::capture::Skipped;
use anyhow::{anyhow, bail};
use std::ffi::OsStr;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use walkdir::{DirEntry, WalkDir};

/// The extensions that a walk of a directory takes, in capitals too, each also with `.gz` or `.zst` after it.
const EXTENSIONS: [&str; 4] = ["json", "ndjson", "jsonl", "har"];

/// The prefix of the names of unfinished reports.
pub(crate) const UNFINISHED: &str = ".assoclens-";

/// One input: a file, or standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    path: Option<PathBuf>,
    /// Its name, if not its path.
    called: Option<String>,
    /// Whether a walk found it, so that nobody named it.
    is_walked: bool,
    /// The reader, if it is read as it comes.
    live: Option<LiveReader>,
}

/// A reader that can be taken once.
#[derive(Clone)]
struct LiveReader(Arc<Mutex<Option<Box<dyn Read + Send>>>>);

impl fmt::Debug for LiveReader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Live")
    }
}

impl PartialEq for LiveReader {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for LiveReader {}

impl Source {
    /// Standard input.
    pub const STDIN: Self = Self { path: None, called: None, is_walked: false, live: None };

    /// The name of standard input; no file has it.
    pub const STDIN_NAME: &str = "<stdin>";

    pub fn file(path: PathBuf) -> Self {
        Self { path: Some(path), called: None, is_walked: false, live: None }
    }

    /// The input from `reader`, under a name that must be safe to print.
    #[cfg(feature = "http")]
    pub(crate) fn live(name: String, reader: Box<dyn Read + Send>) -> Self {
        let live = Some(LiveReader(Arc::new(Mutex::new(Some(reader)))));
        Self { called: Some(name), live, ..Self::STDIN }
    }

    /// The regular file that a walk found at `path`; a replacement of another kind is refused.
    fn walked(path: PathBuf) -> Self {
        Self { is_walked: true, ..Self::file(path) }
    }

    /// The same under another name, which must be safe to print: git uses temporary files for the versions it compares.
    pub fn called(self, name: String) -> Self {
        Self { called: Some(name), ..self }
    }

    /// The name that every output uses, safe to print: the path as given, or [`Self::STDIN_NAME`].
    pub fn name(&self) -> String {
        match (&self.called, &self.path) {
            (Some(name), _) => name.clone(),
            (None, None) => Self::STDIN_NAME.to_owned(),
            (None, Some(path)) => match crate::escape::visible_path(path) {
                // A file may have that name, too.
                name if name == Self::STDIN_NAME => format!("./{name}"),
                name => name,
            },
        }
    }

    /// Its path on disk; none for standard input.
    #[cfg(feature = "http")]
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether the name says that the source holds one payload per line.
    pub fn is_named_ndjson(&self) -> bool {
        let extension = self.path.as_deref().and_then(text_extension);
        extension.is_some_and(|extension| {
            ["ndjson", "jsonl"].iter().any(|named| extension.eq_ignore_ascii_case(named))
        })
    }

    /// Whether the name says that the source is compressed. The bytes decide when it is opened.
    pub fn is_named_compressed(&self) -> bool {
        self.path.as_deref().and_then(Path::extension).is_some_and(is_compression)
    }

    /// The length in bytes, from its directory entry, if this is a regular file.
    pub fn file_length(&self) -> Option<u64> {
        let entry = self.path.as_deref().and_then(|path| path.metadata().ok());
        entry.filter(std::fs::Metadata::is_file).map(|entry| entry.len())
    }

    /// Opens the source for reading, once, and decompresses what is gzip or Zstandard.
    ///
    /// # Errors
    /// The error of the system, such as a missing file or a refused permission.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        if let Some(LiveReader(reader)) = &self.live {
            let reader = reader.lock().expect("internal error: no thread panics while it holds it").take();
            return reader.ok_or_else(|| io::Error::other("it can be read only once"));
        }
        let (reader, _) = decoded(match &self.path {
            Some(path) if self.is_walked => Box::new(open_regular(path)?),
            Some(path) => Box::new(File::open(path)?),
            None => {
                crate::stdio::check_stdin()?;
                Box::new(io::stdin())
            }
        })?;
        Ok(reader)
    }
}

/// The result of looking up paths.
#[derive(Clone, Debug)]
pub enum PathItem {
    /// An input.
    Source(Source),
    /// The entries that a walk skipped, counted by reason, once the walk has ended.
    Skipped(Skipped),
}

/// The inputs at `paths`, in order, each directory's files sorted by path.
///
/// An item is an error, with the path in it, for an unreadable path or a directory with nothing to judge.
pub fn sources(paths: Vec<PathBuf>) -> impl Iterator<Item = anyhow::Result<PathItem>> + Send {
    paths.into_iter().flat_map(|path| -> Box<dyn Iterator<Item = anyhow::Result<PathItem>> + Send> {
        if path.as_os_str().is_empty() {
            Box::new(std::iter::once(Err(no_name())))
        } else if path.as_os_str() == OsStr::new("-") {
            Box::new(std::iter::once(Ok(PathItem::Source(Source::STDIN))))
        } else if path.is_dir() {
            Box::new(Walk::new(path))
        } else {
            Box::new(std::iter::once(Ok(PathItem::Source(Source::file(path)))))
        }
    })
}

/// The content of the file at `path`, which is not a payload and has at most `most` bytes.
///
/// # Errors
/// The error of the system, or the file is longer.
pub(crate) fn read_whole(path: &Path, most: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        bail!("it is longer than {most} bytes; is it the right file?");
    }
    Ok(bytes)
}

/// The error for an empty path.
pub(crate) fn no_name() -> anyhow::Error {
    anyhow!("cannot read \"\": an empty path names no file; is a variable of the shell not set?")
}

/// A directory being walked.
struct Walk {
    folder: PathBuf,
    entries: walkdir::IntoIter,
    has_source: bool,
    skipped: Skipped,
    /// The results that follow the last entry, in reverse order.
    end: Vec<anyhow::Result<PathItem>>,
    is_ended: bool,
}

impl Walk {
    fn new(folder: PathBuf) -> Self {
        let entries = WalkDir::new(&folder)
            // The compared entries are in one directory; comparing whole paths is cheaper than cutting out their names.
            .sort_by(|one, other| one.path().as_os_str().cmp(other.path().as_os_str()))
            .into_iter();
        let skipped = Skipped::default();
        Self { folder, entries, has_source: false, skipped, end: Vec::new(), is_ended: false }
    }

    fn next_source(&mut self) -> Option<anyhow::Result<Source>> {
        loop {
            let entry = match self.entries.next()? {
                Ok(entry) => entry,
                Err(error) => return Some(Err(unreadable(error))),
            };
            if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes()) {
                continue;
            }
            match why_skipped(&entry) {
                None if entry.file_type().is_file() => return Some(Ok(Source::walked(entry.into_path()))),
                None => {}
                Some(why) => {
                    self.skipped.add(why);
                    if entry.file_type().is_dir() {
                        self.entries.skip_current_dir();
                    }
                }
            }
        }
    }

    fn end(&self) -> Vec<anyhow::Result<PathItem>> {
        let skipped = self.skipped.list().map(|_| Ok(PathItem::Skipped(self.skipped.clone())));
        let error = (!self.has_source).then(|| Err(no_match(&self.folder, &self.skipped)));
        error.into_iter().chain(skipped).collect()
    }
}

impl Iterator for Walk {
    type Item = anyhow::Result<PathItem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return self.end.pop();
        }
        let Some(source) = self.next_source() else {
            self.is_ended = true;
            self.end = self.end();
            return self.end.pop();
        };
        self.has_source = true;
        Some(source.map(PathItem::Source))
    }
}

/// The reason why a walk skips an entry; `None` for a file that it takes, and for a directory that it enters.
fn why_skipped(entry: &DirEntry) -> Option<&'static str> {
    let kind = entry.file_type();
    match () {
        () if entry.depth() == 0 => None,
        () if is_hidden(entry.file_name()) => Some("hidden"),
        () if kind.is_symlink() => Some("symbolic link"),
        () if kind.is_dir() => None,
        () if !kind.is_file() => Some("not a regular file"),
        () => (!has_taken_name(entry.path())).then_some("other extension"),
    }
}

/// Opens a file that a walk found to be a regular one. Anything that replaced it is refused: a link is not followed,
/// and a FIFO is not waited for.
fn open_regular(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let replaced =
        || io::Error::other("it was a regular file when its directory was listed, and no longer is");
    match options.open(path) {
        Ok(file) if file.metadata()?.is_file() => Ok(file),
        Ok(_) => Err(replaced()),
        Err(_) if path.symlink_metadata().is_ok_and(|found| !found.is_file()) => Err(replaced()),
        Err(error) => Err(error),
    }
}

fn no_match(folder: &Path, skipped: &Skipped) -> anyhow::Error {
    let what = skipped.list().map(|list| format!("which has only: {list}; name the files to read them"));
    anyhow!(
        "no *.json, *.ndjson, *.jsonl or *.har file (or one of these with .gz or .zst) in directory {}, {}",
        crate::escape::visible_path(folder),
        what.as_deref().unwrap_or("which is empty")
    )
}

/// The extension of a file's name, without that of its compression.
fn text_extension(path: &Path) -> Option<&OsStr> {
    let extension = path.extension()?;
    if is_compression(extension) { Path::new(path.file_stem()?).extension() } else { Some(extension) }
}

fn is_compression(extension: &OsStr) -> bool {
    extension.eq_ignore_ascii_case("gz") || extension.eq_ignore_ascii_case("zst")
}

fn unreadable(error: walkdir::Error) -> anyhow::Error {
    let path = error.path().map_or_else(String::new, crate::escape::visible_path);
    // The walk's own message names the path a second time.
    let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("it leads to itself"));
    anyhow!(cause).context(format!("cannot read {path}"))
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Whether a walk of `folder` would take the file at `path`.
pub(crate) fn is_walked(folder: &Path, path: &Path) -> bool {
    let (Ok(folder), Ok(path)) = (folder.canonicalize(), path.canonicalize()) else { return false };
    let below = path.strip_prefix(folder).ok().filter(|below| below.components().next().is_some());
    below.is_some_and(|below| has_taken_name(below) && !below.iter().any(is_hidden))
}

fn has_taken_name(path: &Path) -> bool {
    text_extension(path)
        .is_some_and(|found| EXTENSIONS.iter().any(|extension| found.eq_ignore_ascii_case(extension)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    #[test]
    fn a_replacement_of_a_walked_file_is_refused_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "{}").unwrap();
        let mut text = String::new();
        Source::walked(at("file")).open().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "{}");

        symlink("file", at("link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        fs::create_dir(at("directory")).unwrap();
        assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
        for name in ["link", "dangling", "directory", "fifo"] {
            let error = Source::walked(at(name)).open().err().unwrap();
            let expected = "it was a regular file when its directory was listed, and no longer is";
            assert_eq!(error.to_string(), expected, "{name}");
        }
        let error = Source::walked(at("gone")).open().err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        // A named path is opened whatever it is.
        assert!(Source::file(at("link")).open().is_ok());
    }
}
