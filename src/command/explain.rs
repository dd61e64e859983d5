//! `assoclens explain`: the meaning of a finding's code, from the catalogue.

use super::{Exit, Streams, written};
use crate::check::Code;
use crate::check::catalogue::{SCHEMA_PREFIX, keywords, nearest, sections};
use crate::cli::Explain;
use crate::escape::visible;
use crate::report::layout::{USUAL_WIDTH, wrap};
use crate::terminal::write_styled;
use anyhow::anyhow;
use colored::Colorize as _;

pub(super) fn run(arguments: &Explain, streams: &mut Streams<'_>) -> anyhow::Result<Exit> {
    let width = streams.width.unwrap_or(USUAL_WIDTH);
    let text = match &arguments.code {
        Some(code) => explained(code, width)?,
        None => listed(width),
    };
    written(streams.out, |out| write_styled(out, &text, streams.is_coloured))
}

/// All codes, each with its level and summary.
fn listed(width: usize) -> String {
    let column = sections().map(|code| code.heading().chars().count()).max().unwrap_or(0) + 2;
    let left = column + "warning  ".len();
    let mut list = String::new();
    for code in sections() {
        let heading = format!("{:column$}", code.heading()).bold().to_string();
        let summary = wrap(code.entry().summary, width.saturating_sub(left).max(20));
        let summary = summary.join(&format!("\n{}", " ".repeat(left)));
        list += &format!("{heading}{:9}{summary}\n", code.level().as_str());
    }
    list + "\nTo read more about one: assoclens explain CODE\n"
}

fn explained(code: &str, width: usize) -> anyhow::Result<String> {
    let family = [SCHEMA_PREFIX, SCHEMA_PREFIX.trim_end_matches('/'), "schema/…"];
    if family.contains(&code) {
        return Ok(article(Code::SchemaType, true, width));
    }
    let code = Code::named(code).ok_or_else(|| unknown(code))?;
    Ok(article(code, false, width))
}

fn unknown(code: &str) -> anyhow::Error {
    let near = nearest(code, Code::names());
    let hint = match near {
        Some(near) => format!("did you mean `{near}`? Without a code, assoclens explain lists all of them"),
        None => "assoclens explain lists all of them".to_owned(),
    };
    anyhow!("no finding has the code `{}`; {hint}", visible(code))
}

/// The whole entry of a code, or of all of the schema's.
fn article(code: Code, is_family: bool, width: usize) -> String {
    let entry = code.entry();
    let keyword = keywords().iter().find(|(keyword, _)| *keyword == code && !is_family);
    let title =
        format!("{} ({})", if is_family { code.heading() } else { code.as_str() }, code.level().as_str());
    let summary = keyword.map_or(entry.summary, |(_, meaning)| *meaning);
    let mut text = format!("{}\n{}\n\n", title.bold(), paragraph(summary, width));
    text += &format!("{}\n\n", paragraph(entry.why, width));
    if is_family {
        let column = keywords().iter().map(|(code, _)| code.as_str().len()).max().unwrap_or(0) + 2;
        for (code, meaning) in keywords() {
            let meaning = wrap(meaning, width.saturating_sub(column + 2).max(20));
            let meaning = meaning.join(&format!("\n{}", " ".repeat(column + 2)));
            text += &format!("  {code:column$}{meaning}\n");
        }
        text.push('\n');
    }
    let heading = |name: &str| name.bold().to_string();
    if keyword.is_none_or(|(code, _)| *code == Code::SchemaType) {
        // A command is not wrapped, so that it can be copied.
        text += &format!("{}\n  {}\n\n", heading("Raised by"), entry.example);
    }
    text += &format!("{}\n{}\n\n", heading("What to do"), paragraph(entry.remedy, width));
    let source = format!("{}: {}", entry.certainty, entry.source);
    text + &format!("{}\n{}\n", heading("Source"), paragraph(&source, width))
}

fn paragraph(text: &str, width: usize) -> String {
    wrap(text, width.saturating_sub(2).max(20))
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
