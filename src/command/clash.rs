//! Refuses a report that would take the place of another report, or of what the run reads.
//!
//! In: the paths of the command line. Out: nothing, or the file that has two roles.
//! Invariants: nothing is opened or written; files are compared by the system's identity, so another spelling, a link
//! or another letter case hides none; something that cannot be replaced (a pipe, a device) never clashes.

use crate::escape::visible_path;
use crate::read::is_walked;
use anyhow::bail;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization as _;

/// The files that a run reads and writes.
pub(super) struct Paths<'a> {
    /// The destinations of reports.
    pub(super) outputs: Vec<&'a Path>,
    /// Files and directories that are validated.
    pub(super) inputs: &'a [PathBuf],
    pub(super) schema: Option<&'a Path>,
    pub(super) manifest: Option<&'a Path>,
}

impl Paths<'_> {
    /// # Errors
    /// A report would replace one of the other files.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let inputs = self.inputs.iter().map(|path| (path.as_path(), "an input"));
        let schema = self.schema.map(|path| (path, "the schema"));
        let manifest = self.manifest.map(|path| (path, "the manifest"));
        let read: Vec<(Identity, &str)> = inputs
            .chain(schema)
            .chain(manifest)
            .filter_map(|(path, role)| Some((Identity::of(path)?, role)))
            .collect();
        let mut written: Vec<(Identity, &Path)> = Vec::new();
        for &output in &self.outputs {
            let Some(identity) = Identity::of(output) else { continue };
            let name = visible_path(output);
            if let Some((_, role)) = read.iter().find(|(file, _)| *file == identity) {
                bail!("{name} is {role} and cannot be the report too; name another file");
            }
            if let Some((_, other)) = written.iter().find(|(file, _)| *file == identity) {
                let other = visible_path(other);
                bail!("the reports {other} and {name} would overwrite each other; name another file");
            }
            if let Some(folder) = self.inputs.iter().find(|folder| is_walked(folder, output)) {
                let folder = visible_path(folder);
                bail!("{name} is in the directory {folder}, so it is an input too; put the report elsewhere");
            }
            written.push((identity, output));
        }
        Ok(())
    }
}

/// The identity of a file, whatever its name.
#[derive(PartialEq, Eq)]
enum Identity {
    /// A file that exists.
    There(There),
    /// A file that does not: its directory, and its name without letter case or Unicode form, as some file systems
    /// compare names.
    Absent(PathBuf, String),
}

#[cfg(unix)]
type There = (u64, u64);
#[cfg(not(unix))]
type There = PathBuf;

#[cfg(unix)]
fn there(_: &Path, found: &Metadata) -> Option<There> {
    use std::os::unix::fs::MetadataExt as _;
    Some((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn there(path: &Path, _: &Metadata) -> Option<There> {
    path.canonicalize().ok()
}

impl Identity {
    /// `None` for something that a report cannot replace.
    fn of(path: &Path) -> Option<Self> {
        match path.metadata() {
            Ok(found) if found.is_file() => there(path, &found).map(Self::There),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = path.file_name()?.to_string_lossy().nfc().collect::<String>().to_lowercase();
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                Some(Self::Absent(folder.unwrap_or(Path::new(".")).canonicalize().ok()?, name))
            }
            _ => None,
        }
    }
}
