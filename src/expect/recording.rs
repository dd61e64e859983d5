//! Writes the manifest of a suite: the findings that each file yields now.
//!
//! In: the findings, payload by payload, in input order. Out: the text of a manifest, piece by piece.
//! Invariants: [`Manifest::read`] of the text expects exactly the recorded findings; each file is listed once; memory
//! grows with the names of files, not with payloads.

use super::Manifest;
use super::manifest::without_dots;
use crate::check::Finding;
use crate::escape::visible_path;
use crate::read::{Frame, Source};
use anyhow::{Context as _, bail};
use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// A manifest in the making.
#[derive(Debug)]
pub struct Recording {
    /// The manifest's directory, as given and as resolved.
    folder: PathBuf,
    real_folder: PathBuf,
    /// The manifest that will be replaced, which may be among its fixtures.
    replaced: Option<PathBuf>,
    /// The text since it was last taken.
    text: String,
    names: HashSet<String>,
    current: Current,
    findings: u64,
    /// The first source that no manifest can list.
    unlisted: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Current {
    /// One that is listed; whether it has an entry yet.
    Listed {
        has_entry: bool,
    },
    /// One that was listed before, and must yield the same again.
    Again,
    Manifest,
}

impl Recording {
    /// Begins the manifest for `path`.
    ///
    /// # Errors
    /// Its directory does not exist, or a file that is not a manifest is in its place.
    pub fn new(path: &Path) -> anyhow::Result<Self> {
        if path.is_file() {
            Manifest::read(path)
                .context("a file that is not a manifest is there; remove it, or name another")?;
        }
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        let real_folder = here.canonicalize().context("its directory must be there")?;
        Ok(Self {
            folder,
            real_folder,
            replaced: fs::canonicalize(path).ok(),
            text: String::from("{"),
            names: HashSet::new(),
            current: Current::Manifest,
            findings: 0,
            unlisted: None,
        })
    }

    /// Records a payload's findings. `false` if the payload is the manifest itself.
    pub(super) fn add(&mut self, frame: Frame<'_>, findings: &[Finding]) -> bool {
        let Current::Listed { mut has_entry } = self.current else { return self.current == Current::Again };
        let mut cursor = frame.cursor();
        for finding in findings {
            let at = cursor.advance_to(frame.place(&finding.span).start);
            let comma = if has_entry { ", " } else { "" };
            self.text += &format!("{comma}\"{} {}:{}\"", finding.code, at.line, at.column);
            self.findings += 1;
            has_entry = true;
        }
        self.current = Current::Listed { has_entry };
        true
    }

    pub(super) fn begin(&mut self, source: &str) {
        let real = fs::canonicalize(source).ok();
        self.end_list();
        if real.is_some() && real == self.replaced {
            self.current = Current::Manifest;
            return;
        }
        let Some(name) = self.name(source, real) else {
            self.unlisted.get_or_insert_with(|| source.to_owned());
            self.current = Current::Again;
            return;
        };
        if !self.names.insert(name.clone()) {
            self.current = Current::Again;
            return;
        }
        let comma = if self.names.len() > 1 { "," } else { "" };
        self.text += &format!("{comma}\n  {}: [", serde_json::Value::from(name));
        self.current = Current::Listed { has_entry: false };
    }

    fn end_list(&mut self) {
        if let Current::Listed { .. } = self.current {
            self.text += "]";
        }
    }

    /// The name of a source in the manifest: its path from the manifest's directory.
    fn name(&self, source: &str, real: Option<PathBuf>) -> Option<String> {
        let path = without_dots(source);
        let is_below = |path: &Path| {
            path.is_relative() && path.components().all(|part| matches!(part, Component::Normal(_)))
        };
        match Path::new(&path).strip_prefix(without_dots(&visible_path(&self.folder))) {
            _ if source == Source::STDIN_NAME => None,
            Ok(below) if is_below(below) => Some(below.to_str()?.to_owned()),
            _ => relative(&real?, &self.real_folder)?.to_str().map(str::to_owned),
        }
    }

    /// Takes the text written so far.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// The end of the manifest, and the numbers of files and findings in it.
    pub fn finish(mut self) -> anyhow::Result<(String, u64, u64)> {
        if let Some(source) = &self.unlisted {
            bail!("a manifest lists files by their paths, and {source} has none");
        }
        self.end_list();
        self.text += "\n}\n";
        Ok((self.text, self.names.len() as u64, self.findings))
    }
}

/// The path from a directory to a file, both without links.
fn relative(file: &Path, folder: &Path) -> Option<PathBuf> {
    let shared = file.components().zip(folder.components()).take_while(|(one, other)| one == other).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    // If not even the root is shared, there is no path.
    (shared > 0).then(|| up.chain(file.components().skip(shared)).collect())
}
