//! `assoclens explain`: what a finding's code means, from the catalogue.

use super::{Exit, Streams, written};
use crate::check::Code;
use crate::check::catalogue::{KEYWORDS, RULES, Rule, SCHEMA_PREFIX, codes, nearest};
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
    let column = RULES.iter().map(|rule| rule.name().chars().count()).max().unwrap_or(0) + 2;
    let left = column + "warning  ".len();
    let mut list = String::new();
    for rule in RULES {
        let code = format!("{:column$}", rule.name()).bold().to_string();
        let summary = wrap(rule.summary, width.saturating_sub(left).max(20));
        let summary = summary.join(&format!("\n{}", " ".repeat(left)));
        list += &format!("{code}{:9}{summary}\n", rule.level.as_str());
    }
    list + "\nassoclens explain CODE tells more of one.\n"
}

fn explained(code: &str, width: usize) -> anyhow::Result<String> {
    let family = [SCHEMA_PREFIX, SCHEMA_PREFIX.trim_end_matches('/'), "schema/…"];
    if family.contains(&code) {
        return Ok(article(Code::SchemaType.rule(), None, width));
    }
    let code = Code::named(code).ok_or_else(|| unknown(code))?;
    Ok(article(code.rule(), Some(code), width))
}

fn unknown(code: &str) -> anyhow::Error {
    let near = nearest(code, codes().map(Code::as_str));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`? Without a code, assoclens explain lists all of them"),
        None => "assoclens explain lists all of them".to_owned(),
    };
    anyhow!("no finding has the code `{}`; {hint}", visible(code))
}

/// Everything there is to say about a rule; of the schema's family, about one keyword if it is named.
fn article(rule: &Rule, code: Option<Code>, width: usize) -> String {
    let keyword = KEYWORDS.iter().find(|keyword| Some(keyword.code) == code);
    let title = format!("{} ({})", code.map_or(rule.name(), Code::as_str), rule.level.as_str());
    let summary = keyword.map_or(rule.summary, |keyword| keyword.meaning);
    let mut text = format!("{}\n{}\n\n", title.bold(), paragraph(summary, width));
    text += &format!("{}\n\n", paragraph(rule.why, width));
    if rule.code.is_none() && keyword.is_none() {
        let column = KEYWORDS.iter().map(|keyword| keyword.code.as_str().len()).max().unwrap_or(0) + 2;
        for keyword in KEYWORDS {
            let meaning = wrap(keyword.meaning, width.saturating_sub(column + 2).max(20));
            let meaning = meaning.join(&format!("\n{}", " ".repeat(column + 2)));
            text += &format!("  {:column$}{meaning}\n", keyword.code);
        }
        text.push('\n');
    }
    let heading = |name: &str| name.bold().to_string();
    if keyword.is_none_or(|keyword| keyword.code == Code::SchemaType) {
        // A command is not wrapped: it is there to be copied.
        text += &format!("{}\n  {}\n\n", heading("Raised by"), rule.example);
    }
    text += &format!("{}\n{}\n\n", heading("What to do"), paragraph(rule.remedy, width));
    let source = format!("{}: {}", rule.source.kind.as_str(), rule.source.text);
    text + &format!("{}\n{}\n", heading("Source"), paragraph(&source, width))
}

fn paragraph(text: &str, width: usize) -> String {
    wrap(text, width.saturating_sub(2).max(20))
        .iter()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
