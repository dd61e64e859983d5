//! The destination file of a report.
//!
//! Invariants: a report in a regular file exists whole or not at all, because it is written next to its place and moved
//! there at the end; until then an existing file stays; a signal leaves nothing behind; a FIFO or a device is written
//! as the run goes on.

use crate::escape::visible_path;
use crate::interrupt::Unfinished;
use crate::read::UNFINISHED;
use anyhow::{Context as _, bail};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, BufWriter, LineWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An open file for a report.
#[derive(Debug)]
pub struct Output {
    name: String,
    target: OutputTarget,
}

#[derive(Debug)]
enum OutputTarget {
    /// A file that will be moved to this path.
    Whole(BufWriter<NamedTempFile>, PathBuf, Unfinished),
    /// A target that cannot be replaced, written line by line.
    AsItGoes(LineWriter<File>),
}

impl Output {
    /// Prepares to write a whole file to `path`. A symbolic link is followed.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let name = visible_path(path);
        let target = match path.metadata() {
            Ok(found) if found.is_dir() => bail!("cannot write {name}: it is a directory; name a file in it"),
            Ok(found) if found.is_file() && !is_stream(path) => path
                .canonicalize()
                .and_then(|path| whole(path, Some(&found)))
                .with_context(|| format!("cannot replace {name}"))?,
            Ok(_) => as_it_goes(path).with_context(|| format!("cannot write {name}"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => whole(path.to_owned(), None)
                .with_context(|| {
                    format!("cannot write {name}; its directory must be there, and be writable")
                })?,
            Err(error) => return Err(error).with_context(|| format!("cannot write {name}")),
        };
        Ok(Self { name, target })
    }

    /// Prepares to append to the file at `path`, which may be missing.
    pub fn append(path: &Path) -> anyhow::Result<Self> {
        let name = visible_path(path);
        let file = OpenOptions::new().append(true).create(true).open(path);
        let file = file.with_context(|| format!("cannot write {name}"))?;
        Ok(Self { name, target: OutputTarget::AsItGoes(LineWriter::new(file)) })
    }

    /// Moves the file to its place.
    ///
    /// # Errors
    /// The error of writing or moving, with the file's name.
    pub fn close(self) -> io::Result<()> {
        let Self { name, target } = self;
        match target {
            OutputTarget::Whole(writer, path, _unfinished) => writer
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.persist(path).map_err(|error| error.error))
                .map(drop),
            OutputTarget::AsItGoes(mut writer) => writer.flush(),
        }
        .map_err(|error| named(&name, &error))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            OutputTarget::Whole(writer, ..) => writer.write(bytes),
            OutputTarget::AsItGoes(writer) => writer.write(bytes),
        }
        .map_err(|error| named(&self.name, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            OutputTarget::Whole(writer, ..) => writer.flush(),
            OutputTarget::AsItGoes(writer) => writer.flush(),
        }
        .map_err(|error| named(&self.name, &error))
    }
}

/// An error that names its file. It is never a broken pipe, which would be ignored: if a requested file is missing,
/// that must be reported. An interruption stays one, so that writing continues.
fn named(name: &str, error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => io::ErrorKind::Interrupted.into(),
        _ => io::Error::other(format!("{name}: {error}")),
    }
}

/// Whether a path names an open stream, which may be a regular file.
fn is_stream(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

fn as_it_goes(path: &Path) -> io::Result<OutputTarget> {
    let file = OpenOptions::new().append(true).open(path)?;
    Ok(OutputTarget::AsItGoes(LineWriter::new(file)))
}

fn whole(path: PathBuf, replaced: Option<&Metadata>) -> io::Result<OutputTarget> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut unfinished = None;
    let file = tempfile::Builder::new().prefix(UNFINISHED).suffix(".tmp").make_in(folder, |path| {
        unfinished = Some(Unfinished::new(path));
        OpenOptions::new().write(true).create_new(true).open(path)
    })?;
    if let Some(replaced) = replaced {
        file.as_file().set_permissions(replaced.permissions())?;
    }
    let unfinished = unfinished.expect("internal error: the file was named before it was made");
    Ok(OutputTarget::Whole(BufWriter::new(file), path, unfinished))
}
