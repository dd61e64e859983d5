//! `assoclens man`: the manual pages, made from the command line's own help.
//!
//! In: the name of a command, or none. Out: one page in roff, on standard output and nowhere else; it has no date, so
//! it is the same for the same version.

use super::{Exit, Streams, written};
use crate::cli::{self, Cli, ENVIRONMENT};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;

const SOURCE: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

pub(super) fn run(arguments: &cli::Man, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let names = all.get_subcommands().map(|command| format!("{}-{}", all.get_name(), command.get_name()));
    let names: Vec<String> = std::iter::once(all.get_name().to_owned()).chain(names).collect();
    let command = match &arguments.command {
        Some(name) => all.find_subcommand(name).expect("internal error: the name was checked").clone(),
        None => all,
    };
    let page = page(command, &names).expect("internal error: writing to memory cannot fail");
    written(streams.out, |out| out.write_all(&page))
}

/// A file that a run leaves behind only if it is killed.
const FILES: &str = "\
Files:
  .assoclens-*.tmp
      A report or a manifest, until it is complete and moved to its place";

/// The page of a command, which names the other pages.
fn page(mut command: Command, pages: &[String]) -> io::Result<Vec<u8>> {
    let own = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let others: Vec<String> =
        pages.iter().filter(|page| **page != own).map(|page| format!("{page}(1)")).collect();
    let end = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let end = end.replace(ENVIRONMENT, "");
    // The usage in `--help` shows which arguments can be repeated.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let command = command.override_usage(usage).after_help(None).after_long_help(None);
    let mut page = Vec::new();
    // With an empty date, the source's would be used; the version is already given as the source.
    Man::new(command.version(None)).date(" ").source(SOURCE).render(&mut page)?;
    for end in [end.as_str(), ENVIRONMENT, FILES] {
        sections(end).to_writer(&mut page)?;
    }
    Roff::default().control("SH", ["SEE ALSO"]).text([roman(others.join(", "))]).to_writer(&mut page)?;
    Ok(page)
}

/// The end of a help text as sections: examples keep their lines, everything else is filled.
fn sections(end: &str) -> Roff {
    let mut roff = Roff::default();
    for paragraph in end.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        if let Some(codes) = paragraph.strip_prefix("Exit codes: ") {
            roff.control("SH", ["EXIT STATUS"]).text([roman(codes)]);
        } else if let Some(first) = paragraph.strip_prefix("Examples:\n") {
            roff.control("SH", ["EXAMPLES"]);
            example(&mut roff, first);
        } else if let Some(variables) = paragraph.strip_prefix("Environment (--color wins over all of it):\n")
        {
            roff.control("SH", ["ENVIRONMENT"]).text([roman("--color wins over all of it.")]);
            described(&mut roff, variables);
        } else if let Some(files) = paragraph.strip_prefix("Files:\n") {
            roff.control("SH", ["FILES"]);
            described(&mut roff, files);
        } else if paragraph.starts_with(' ') {
            roff.control("PP", []);
            example(&mut roff, paragraph);
        } else {
            roff.control("PP", []).text([roman(paragraph)]);
        }
    }
    roff
}

/// Names, each followed by a line of description.
fn described(roff: &mut Roff, lines: &str) {
    let mut lines = lines.lines().map(str::trim);
    while let (Some(name), Some(about)) = (lines.next(), lines.next()) {
        roff.control("TP", []).text([bold(name)]).text([roman(about)]);
    }
}

fn example(roff: &mut Roff, lines: &str) {
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}
