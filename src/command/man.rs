//! `assoclens man`: the manual pages, made from the command line's own help.
//!
//! In: the name of a command, or none. Out: one page in roff, on standard output and nowhere else; it has no date,
//! so it is the same for the same version.

use super::{Exit, Streams, written};
use crate::cli::{self, Cli};
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use std::io;

const SOURCE: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

pub(super) fn run(arguments: &cli::Man, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let command = match &arguments.command {
        Some(name) => all.find_subcommand(name).expect("internal error: the name was checked").clone(),
        None => all,
    };
    let page = page(command).expect("internal error: writing to memory cannot fail");
    written(streams.out, |out| out.write_all(&page))
}

fn page(mut command: Command) -> io::Result<Vec<u8>> {
    let end = command.get_after_long_help().or_else(|| command.get_after_help());
    let end = end.map(ToString::to_string).unwrap_or_default();
    // The usage as --help has it tells what may be repeated.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let command = command.override_usage(usage).after_help(None).after_long_help(None);
    let mut page = Vec::new();
    // A date that is empty would make a date of the source; the version is in the source already.
    Man::new(command.version(None)).date(" ").source(SOURCE).render(&mut page)?;
    sections(&end).to_writer(&mut page)?;
    Ok(page)
}

/// The end of a help as sections: examples keep their lines, all else is filled.
fn sections(end: &str) -> Roff {
    let mut roff = Roff::default();
    for paragraph in end.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        if let Some(codes) = paragraph.strip_prefix("Exit codes: ") {
            roff.control("SH", ["EXIT STATUS"]).text([roman(codes)]);
        } else if let Some(first) = paragraph.strip_prefix("Examples:\n") {
            roff.control("SH", ["EXAMPLES"]);
            example(&mut roff, first);
        } else if paragraph.starts_with(' ') {
            roff.control("PP", []);
            example(&mut roff, paragraph);
        } else {
            roff.control("PP", []).text([roman(paragraph)]);
        }
    }
    roff
}

fn example(roff: &mut Roff, lines: &str) {
    roff.control("nf", []);
    for line in lines.lines() {
        roff.text([roman(line)]);
    }
    roff.control("fi", []);
}
