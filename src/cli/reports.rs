//! `--format` and `--output`, which are paired by their order on the line.
//!
//! In: clap's matches. Out: one [`ReportRequest`] per report.
//! Invariants: at most one report goes to standard output; no two go to the same file.

use super::Validate;
use super::offered::formats;
use crate::escape::visible_path;
use crate::report::{FORMATS, Format};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};
use std::path::{Path, PathBuf};

/// One requested report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    /// How to report.
    pub format: &'static Format,
    /// The file to report to; standard output if there is none.
    pub output: Option<PathBuf>,
}

/// All requested reports: at least one, in the order of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports(pub Vec<ReportRequest>);

/// Names of standard output.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

/// One occurrence of the two options.
enum ReportOption {
    Format(&'static Format),
    Output(PathBuf),
}

/// Pairs each file with the format before it, or else with the one after it.
fn pair(given: impl Iterator<Item = ReportOption>) -> Result<Vec<ReportRequest>, String> {
    let mut requests: Vec<ReportRequest> = Vec::new();
    let mut waiting = None;
    for given in given {
        match given {
            ReportOption::Format(format) => requests.push(ReportRequest { format, output: waiting.take() }),
            ReportOption::Output(path) => match requests.last_mut() {
                Some(request) if request.output.is_none() => request.output = Some(path),
                _ => no_format(waiting.replace(path))?,
            },
        }
    }
    if requests.is_empty() {
        requests.push(ReportRequest { format: &FORMATS[0], output: waiting.take() });
    }
    no_format(waiting)?;
    let is_stdout = |path: &PathBuf| STDOUT.iter().any(|name| path.as_os_str() == *name);
    for request in &mut requests {
        request.output = request.output.take().filter(|path| !is_stdout(path));
    }
    check(&requests).map(|()| requests)
}

fn no_format(path: Option<PathBuf>) -> Result<(), String> {
    path.map_or(Ok(()), |path| {
        let path = visible_path(&path);
        Err(format!("'--output {path}' has no format of its own; say which: --format FORMAT --output {path}"))
    })
}

fn check(requests: &[ReportRequest]) -> Result<(), String> {
    let mut on_stdout = requests.iter().filter(|request| request.output.is_none());
    if let (Some(first), Some(second)) = (on_stdout.next(), on_stdout.next()) {
        let (first, second) = (first.format.name, second.format.name);
        return Err(format!(
            "the reports '{first}' and '{second}' cannot both go to standard output; \
             give one of them a file: --format {second} --output FILE"
        ));
    }
    let files: Vec<&Path> = requests.iter().filter_map(|request| request.output.as_deref()).collect();
    match files.iter().enumerate().find(|(index, path)| files[..*index].contains(path)) {
        Some((_, path)) => {
            Err(format!("two reports cannot go to the same file '{}'; name another", visible_path(path)))
        }
        None => Ok(()),
    }
}

impl FromArgMatches for Reports {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let formats = matches.indices_of("format").into_iter().flatten().zip(
            matches
                .get_many::<&'static Format>("format")
                .into_iter()
                .flatten()
                .map(|format| ReportOption::Format(format)),
        );
        let outputs = matches.indices_of("output").into_iter().flatten().zip(
            matches
                .get_many("output")
                .into_iter()
                .flatten()
                .map(|path: &PathBuf| ReportOption::Output(path.clone())),
        );
        let mut given: Vec<(usize, ReportOption)> = formats.chain(outputs).collect();
        given.sort_by_key(|(index, _)| *index);
        pair(given.into_iter().map(|(_, given)| given)).map(Self).map_err(|message| {
            // Formatted now, because clap would later add the usage of the whole program.
            let mut command = Validate::augment_args(Command::new("assoclens validate"));
            Error::raw(ErrorKind::ArgumentConflict, message).format(&mut command)
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Reports {
    fn augment_args(command: Command) -> Command {
        let format = Arg::new("format")
            .short('f')
            .long("format")
            .value_name("FORMAT")
            .action(ArgAction::Append)
            .value_parser(formats())
            .help("How to report [default: human]");
        let output = Arg::new("output")
            .short('o')
            .long("output")
            .value_name("FILE")
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf))
            .help("Write the report to this file")
            .long_help(
                "Write the report to this file\n\n\
                 The file is written whole or not at all; a FIFO or a device is written as the run goes on. \
                 For several reports, repeat --format FORMAT --output FILE. One of them may do without a file \
                 and goes to standard output; if all have one, standard output gets a summary line.",
            );
        command.arg(format).arg(output)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    /// `format>file` of every report that a line requests, or the first line of the error.
    fn asked_for(line: &str) -> String {
        let words = ["assoclens", "validate", "x.json"].into_iter().chain(line.split_whitespace());
        match Cli::try_parse_from(words) {
            Ok(Cli { command: Some(Command::Validate(arguments)), .. }) => {
                let shown = arguments.reports.0.into_iter().map(|ReportRequest { format, output }| {
                    let output = output.map(|path| format!(">{}", path.display())).unwrap_or_default();
                    format.name.to_owned() + &output
                });
                shown.collect::<Vec<_>>().join(" ")
            }
            Ok(_) => unreachable!("the line begins with validate"),
            Err(error) => error.to_string().lines().next().unwrap().to_owned(),
        }
    }

    #[test]
    fn files_and_formats_are_paired_by_their_order() {
        let lines = [
            ("", "human"),
            ("--output a", "human>a"),
            ("--format json", "json"),
            ("--format json --output a", "json>a"),
            ("--output a --format json", "json>a"),
            ("-f json -o a -f sarif -ob", "json>a sarif>b"),
            ("--format github --format sarif --output b", "github sarif>b"),
            ("--format sarif --output b --format github", "sarif>b github"),
            ("--format sarif --output=b --format=junit --output=c", "sarif>b junit>c"),
            ("--output b --format sarif --output c --format junit", "sarif>b junit>c"),
            ("--format sarif --output b --format json --output -", "sarif>b json"),
            ("--format json --output a --format json --output b", "json>a json>b"),
        ];
        for (line, expected) in lines {
            assert_eq!(asked_for(line), expected, "{line}");
        }
    }

    #[test]
    fn an_unpaired_option_is_refused_with_advice() {
        let both = "error: the reports 'json' and 'sarif' cannot both go to standard output; give one of them a \
                    file: --format sarif --output FILE";
        let lines = [
            ("--format json --format sarif", both),
            ("--format json --output - --format sarif", both),
            (
                "--format json --output a --output b",
                "error: '--output b' has no format of its own; say which: --format FORMAT --output b",
            ),
            (
                "--output a --output b --format json",
                "error: '--output a' has no format of its own; say which: --format FORMAT --output a",
            ),
            (
                "--format json --output a --format sarif --output a",
                "error: two reports cannot go to the same file 'a'; name another",
            ),
        ];
        for (line, expected) in lines {
            assert_eq!(asked_for(line), expected, "{line}");
        }
    }
}
