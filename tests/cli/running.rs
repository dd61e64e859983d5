//! Runs a command line as `main` does, but in this process, so that thousands of runs take seconds.

use crate::choices::{choices, validate_formats};
use assoclens::cli::{Cli, DiffFormat, InspectFormat};
use assoclens::command::{Exit, Streams, run_and_report};
use clap::Parser as _;
use std::fs;
use std::io::{BufWriter, Write};
use tempfile::TempDir;

/// The result of a run.
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

/// Runs a command line as `main` does; its reports go to `out`.
pub(crate) fn run_into(arguments: &[&str], out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let cli = Cli::try_parse_from([&["assoclens"], arguments].concat()).unwrap();
    let mut streams = Streams {
        out: &mut BufWriter::new(out),
        is_coloured: false,
        is_out_terminal: false,
        width: Some(100),
        err,
        shows_progress: false,
        is_stdin_terminal: true,
    };
    run_and_report(&cli, &mut streams)
}

pub(crate) fn run(arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = run_into(arguments, &mut out, &mut err);
    Ran { exit, out, err: String::from_utf8(err).unwrap() }
}

/// The files of one test, in a folder that is removed with it.
pub(crate) struct Files(pub(crate) TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Every command in every format over files of any content, without the paths.
pub(crate) fn commands() -> Vec<(&'static str, Vec<&'static str>)> {
    let formats = |command, formats: &[&'static str]| -> Vec<_> {
        formats.iter().map(|&format| (format, vec![command, "--format", format])).collect()
    };
    let mut commands = formats("validate", &validate_formats());
    commands.extend(formats("inspect", &choices::<InspectFormat>()));
    commands.extend(formats("diff", &choices::<DiffFormat>()));
    commands.push(("human", vec!["validate", "--summary"]));
    commands.push(("field", vec!["inspect", "--field", "id", "--field", "/data/x"]));
    commands.push(("filter", vec!["filter"]));
    commands.push(("filter", vec!["redact"]));
    commands.push(("filter", vec!["filter", "--code", "syntax"]));
    commands.push(("json", vec!["diff", "--all", "--by", "id", "--format", "json"]));
    commands
}
