//! `assoclens send --write-cases`: the bodies of the cases as fixtures, with a manifest.
//!
//! Invariants: the same version writes the same bytes; nothing is overwritten.

use crate::cli::{Cli, Command};
use crate::command::{Exit, Streams, Writing, validate};
use crate::count::amount;
use crate::escape::visible_path;
use crate::headers::Headers;
use crate::http::{Answer, Method, Request};
use crate::trial::{self, Ids, Kit, Tried, cases};
use anyhow::{Context as _, bail};
use clap::Parser as _;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The manifest's name.
const MANIFEST: &str = "manifest.json";

pub(super) fn run(folder: &Path, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let name = visible_path(folder);
    let about = || format!("cannot write the cases to {name}");
    fs::create_dir_all(folder).with_context(about)?;
    if fs::read_dir(folder).with_context(about)?.next().is_some() {
        bail!("cannot write the cases to {name}: it is not empty; name a new directory");
    }
    let bodies = bodies();
    for (file, body) in &bodies {
        let path = folder.join(file);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, body))
            .with_context(about)?;
    }
    let manifest = folder.join(MANIFEST);
    let words = ["assoclens", "validate", "--quiet", "--expect-write"].map(OsStr::new);
    let words = words.into_iter().chain([manifest.as_os_str(), OsStr::new("--"), folder.as_os_str()]);
    let cli = Cli::try_parse_from(words).expect("internal error: this is a command line");
    let Some(Command::Validate(validation)) = &cli.command else { return Ok(Exit::Unavailable) };
    validate::run(validation, streams)?;
    let count = amount(bodies.len() as u64, "body");
    writeln!(streams.out, "{count} and {MANIFEST} written to {name}")
        .and_then(|()| streams.out.flush())
        .context(Writing)?;
    Ok(Exit::Clean)
}

/// The bodies that are posted without a key, each with the name of its file.
fn bodies() -> Vec<(String, Vec<u8>)> {
    let (headers, mut sent) = (Headers::default(), Vec::new());
    let mut kit = Kit::new([None, None], &headers, false, Ids::fixed());
    let mut keep = |request: &Request<'_>| {
        sent.push((request.method, request.body.to_vec()));
        Ok(Answer::ok())
    };
    let chosen: Vec<_> = cases().collect();
    let mut names = Vec::new();
    let mut look = |tried: &Tried| {
        let of = |variant: &str| if variant.is_empty() { String::new() } else { format!("-{variant}") };
        if tried.makes_requests() {
            names.extend(
                tried.sent.iter().map(|sent| format!("{}{}.json", tried.case.name, of(&sent.variant))),
            );
        }
        Ok(())
    };
    let _ = trial::run(&chosen, &mut kit, &[], &mut keep, &mut look);
    let posts = names.into_iter().zip(sent).filter(|(_, (method, _))| *method == Method::Post);
    posts.map(|(name, (_, body))| (name, body)).collect()
}
