//! The way git calls an external diff.
//!
//! In: the arguments of git: `path old-file old-hex old-mode new-file new-hex new-mode`, and for a rename two more; or
//! an unmerged path alone. Out: the two sides under the names that git's own diff uses.
//! Invariants: the exit code is 0 unless the report cannot be written, because git stops at any other.

use crate::command::{Exit, Streams, Writing, complain, written};
use crate::engine::compare::Given;
use crate::escape::visible_path;
use std::path::{Path, PathBuf};

/// The task that git gives.
pub(super) enum Call {
    /// To compare two versions.
    Compare(Box<[Given; 2]>),
    /// To report that a path is unmerged.
    Unmerged(PathBuf),
}

/// The task, if these are arguments that git gives.
pub(super) fn sides(arguments: &[PathBuf]) -> Option<Call> {
    match arguments {
        [path, old, _, _, new, _, _] => Some(compare(path, old, path, new)),
        [path, old, _, _, new, _, _, new_path, _] => Some(compare(path, old, new_path, new)),
        [path] if std::env::var_os("GIT_DIFF_PATH_COUNTER").is_some() => Some(Call::Unmerged(path.clone())),
        _ => None,
    }
}

fn compare(old_path: &Path, old: &Path, new_path: &Path, new: &Path) -> Call {
    let named = |prefix: &str, path: &Path, file: &Path| {
        let given = Given::new(file);
        if given.is_nothing() { given } else { given.named(format!("{prefix}/{}", visible_path(path))) }
    };
    Call::Compare(Box::new([named("a", old_path, old), named("b", new_path, new)]))
}

/// The exit code that git expects. An error is printed, and git goes on with the next file.
pub(super) fn exit(outcome: anyhow::Result<Exit>, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    match outcome {
        Err(error) if error.is::<Writing>() => Err(error),
        Err(error) => {
            complain(streams.err, &error);
            Ok(Exit::Clean)
        }
        Ok(_) => Ok(Exit::Clean),
    }
}

pub(super) fn unmerged(path: &Path, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    written(streams.out, |out| writeln!(out, "unmerged: {}", visible_path(path)))
}
