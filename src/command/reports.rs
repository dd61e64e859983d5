//! From requested reports to open ones, before any work begins.

use super::Streams;
use super::clash::Paths;
use crate::check::Share;
use crate::cli::{ReportRequest, Validate};
use crate::report::layout::Page;
use crate::report::{
    Format, Human, JobSummary, Output, Report, ReportOptions, Silent, SummaryLine, Tee, Verdicts,
};
use crate::terminal;
use anyhow::Context as _;
use std::env;
use std::path::PathBuf;

/// The number of errors that are shown in full before the chart takes over.
const SHOWN_IN_FULL: usize = 20;

/// Makes the report for people, given a page and a last line.
pub(super) type MakeHuman<'m> = &'m dyn Fn(Page, SummaryLine) -> Box<dyn Report<Verdicts>>;

/// Opens every report.
///
/// # Errors
/// A file cannot be written, or has another role, too; nothing has been written then.
pub(super) fn open(arguments: &Validate, streams: &Streams<'_>) -> anyhow::Result<Box<dyn Report<Verdicts>>> {
    open_with(arguments, streams, &|page, last_line| {
        let human = Human::new(page, last_line);
        Box::new(match arguments.max_findings {
            _ if arguments.summary => human.showing(Share::NONE),
            Some(most) => human.showing(Share::of_stream(most)),
            None => human.showing(Share::of_stream(SHOWN_IN_FULL)).saying_once(),
        })
    })
}

/// The same with another report for people.
pub(super) fn open_with(
    arguments: &Validate,
    streams: &Streams<'_>,
    human: MakeHuman<'_>,
) -> anyhow::Result<Box<dyn Report<Verdicts>>> {
    let requests = &arguments.reports.0;
    let summary_path = arguments.github_summary.then(job_summary_path).transpose()?;
    let outputs = requests.iter().filter_map(|request| request.output.as_deref());
    Paths {
        outputs: outputs.chain(summary_path.as_deref()).collect(),
        inputs: &arguments.reading.paths,
        schema: arguments.judging.schema.as_deref(),
        manifest: arguments.expecting.expect.as_deref().or(arguments.expecting.expect_write.as_deref()),
    }
    .check()?;
    let mut stdout: Box<dyn Report<Verdicts>> = Box::new(summary_line(arguments, streams.is_coloured));
    let mut files: Vec<(Box<dyn Report<Verdicts>>, Output)> = Vec::new();
    let report = |format: &Format, is_coloured| {
        let page = || Page::new(streams.width, is_coloured, terminal::draws_unicode());
        let human = || human(page(), summary_line(arguments, is_coloured));
        let (is_summary, only_findings) = (arguments.summary, arguments.only_findings);
        format.report(&ReportOptions { is_summary, only_findings, human: &human })
    };
    for ReportRequest { format, output } in requests {
        match output {
            Some(path) => files.push((report(format, false)?, Output::create(path)?)),
            None => stdout = report(format, streams.is_coloured)?,
        }
    }
    if let Some(path) = &summary_path {
        files.push((Box::new(JobSummary::default()), Output::append(path)?));
    }
    if arguments.quiet {
        stdout = Box::new(Silent);
    }
    Ok(if files.is_empty() { stdout } else { Box::new(Tee::new(stdout, files)) })
}

fn summary_line(arguments: &Validate, is_coloured: bool) -> SummaryLine {
    let line = SummaryLine::new(is_coloured);
    let expects = arguments.expecting.expect_invalid
        || arguments.expecting.expect.is_some()
        || arguments.expecting.expect_write.is_some();
    if expects { line.counting_expectations() } else { line }
}

fn job_summary_path() -> anyhow::Result<PathBuf> {
    env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from).context(
        "--github-summary appends to the file named by GITHUB_STEP_SUMMARY, which is not set; \
         outside of GitHub Actions, leave the option out or name a file: GITHUB_STEP_SUMMARY=summary.md",
    )
}
