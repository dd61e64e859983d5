//! The `human` format, laid out the way rustc does it: what, where, the text around it, and what to do.

use super::chart::{chart, grouped};
use super::excerpt::Excerpt;
use super::naming::at_line_start;
use super::{Judged, Report, Summary};
use crate::check::{Finding, Level};
use crate::payload::Position;
use crate::terminal::write_styled;
use crate::visible::visible;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Renderer, Snippet};
use colored::Colorize as _;
use std::io::{self, Write};

/// The `human` format.
#[derive(Clone, Debug)]
pub struct Human {
    is_coloured: bool,
    width: usize,
    renderer: Renderer,
    /// How many findings are shown before the rest is left to the chart.
    most: u64,
    shown: u64,
}

impl Human {
    /// Reports in at most `width` columns, in colour or not: the first `most` findings in full, and if there are
    /// more, a chart of all.
    #[must_use]
    pub fn new(is_coloured: bool, width: usize, most: u64) -> Self {
        // What is styled here is stripped again where colour is not wanted, for each stream on its own.
        colored::control::set_override(true);
        // Excerpts are cut to the width already; the renderer must not cut them again.
        let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(width * 8);
        Self { is_coloured, width, renderer, most, shown: 0 }
    }

    fn finding(&self, judged: &Judged<'_>, finding: &Finding, start: Position) -> String {
        let level = match finding.level {
            Level::Error => annotate_snippets::Level::ERROR,
            Level::Warning => annotate_snippets::Level::WARNING,
            Level::Note => annotate_snippets::Level::NOTE,
        };
        let title = level.clone().primary_title(finding.message.as_str()).id(finding.code);
        let number_width = start.line.to_string().len();
        let arrow = format!("{}-->", " ".repeat(number_width)).bright_blue().bold();
        let gutter = number_width + 3;
        let label = finding.label.as_deref().filter(|label| label.len() < self.width / 3);
        let room = self.width.saturating_sub(gutter + label.map_or(0, |label| label.len() + 1)).max(10);
        let excerpt = Excerpt::cut(judged.frame.bytes, &finding.span, room);
        let snippet = Snippet::source(excerpt.text)
            .line_start(usize::try_from(start.line).unwrap_or(usize::MAX))
            .annotation(AnnotationKind::Primary.span(excerpt.mark).label(label));
        let help = finding.help.as_deref().map(|help| annotate_snippets::Level::HELP.message(help));
        format!(
            "{}\n{arrow} {}:{}:{}\n{}\n\n",
            self.renderer.render(&[Group::with_title(title)]),
            judged.source,
            start.line,
            start.column,
            self.renderer.render(&[Group::with_level(level).element(snippet).elements(help)]),
        )
    }
}

impl Report for Human {
    fn payload(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.shown >= self.most {
            return Ok(());
        }
        let left = usize::try_from(self.most - self.shown).unwrap_or(usize::MAX);
        for (finding, start, _) in judged.located().take(left) {
            self.shown += 1;
            write_styled(out, &self.finding(judged, finding, start), self.is_coloured)?;
        }
        let omitted: Vec<String> =
            judged.omitted().iter().map(|(code, count)| format!("{count} {}", visible(code))).collect();
        if omitted.is_empty() || self.shown >= self.most {
            return Ok(());
        }
        let line = judged.frame.start.line;
        let name = at_line_start(judged.source);
        writeln!(out, "{name}:{line}: not shown of this payload: {}\n", omitted.join(", "))
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if summary.findings() > self.most {
            if self.shown > 0 {
                writeln!(
                    out,
                    "These are the first {}. All {} at a glance:\n",
                    self.shown,
                    grouped(summary.findings())
                )?;
            }
            write_styled(out, &(chart(&summary.tally, self.width) + "\n"), self.is_coloured)?;
        }
        SummaryLine { is_coloured: self.is_coloured }.finish(summary, out)
    }
}

/// The last line of the `human` format alone: what standard output says when reports go to files.
#[derive(Clone, Copy, Debug)]
pub struct SummaryLine {
    /// Whether in colour.
    pub is_coloured: bool,
}

impl Report for SummaryLine {
    fn payload(&mut self, _: &Judged<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        // As in `Human::new`: styled here, stripped below where colour is not wanted.
        colored::control::set_override(true);
        let Summary { payloads, valid, invalid, errors, warnings, notes, unreadable, .. } = *summary;
        let counts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| plural(count, noun))
            .collect();
        let counts = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
        let red = |count: u64, text: String| if count == 0 { text.normal() } else { text.red().bold() };
        let invalid = red(invalid, format!("{} invalid", grouped(invalid)));
        let mut line =
            format!("{}: {} valid, {invalid}; {counts}", plural(payloads, "payload"), grouped(valid));
        if unreadable > 0 {
            line += &format!("; {}", red(unreadable, format!("{} unreadable", plural(unreadable, "input"))));
        }
        write_styled(out, &(line + "\n"), self.is_coloured)
    }
}

pub(super) fn plural(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}
