//! The `human` format, laid out as in rustc: what, where, the text around it, and what to do.

use super::chart::chart;
use super::concise::line;
use super::excerpt::Excerpt;
use super::layout::Page;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::{Code, Finding, Level, Share, Unshown};
use crate::count::{grouped, grouped_amount};
use crate::payload::Position;
use crate::terminal::write_styled;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Renderer, Snippet};
use colored::Colorize as _;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The number of findings that are shown in full: nobody reads more, and a line takes a tenth of the time.
const IN_FULL: u64 = 1_000;

/// The `human` format.
#[derive(Clone, Debug)]
pub struct Human {
    page: Page,
    renderer: Renderer,
    /// The number of findings that may still be shown before the chart takes over.
    room: Share,
    shown: u64,
    /// The repeated notes, which are not shown again, by code; `None` if they are.
    repeated: Option<BTreeMap<Code, RepeatedNote>>,
    last_line: SummaryLine,
}

/// A note that was shown for one payload, and is then only counted.
#[derive(Clone, Debug, Default)]
struct RepeatedNote {
    times: u64,
    /// The last place, safe to print.
    last: String,
}

impl Human {
    pub fn new(page: Page, last_line: SummaryLine) -> Self {
        // Excerpts are cut to the width already; the renderer must not cut them again.
        let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(page.width * 8);
        let last_line = SummaryLine { page: Some(page), ..last_line };
        Self { page, renderer, room: Share::ALL, shown: 0, repeated: None, last_line }
    }

    /// Shows no more findings in full.
    pub fn showing(self, room: Share) -> Self {
        Self { room, ..self }
    }

    /// Shows the notes of one code for the first payload that has any; for later ones, only their number.
    pub fn saying_once(self) -> Self {
        Self { repeated: Some(BTreeMap::new()), ..self }
    }

    fn finding(&self, judged: &Judged<'_>, finding: &Finding, start: Position) -> String {
        let level = match finding.level {
            Level::Error => annotate_snippets::Level::ERROR,
            Level::Warning => annotate_snippets::Level::WARNING,
            Level::Note => annotate_snippets::Level::NOTE,
        };
        let label = format!("{}[{}]: ", finding.level.as_str(), finding.code);
        let mut message = self.page.behind(label.len(), &finding.message).into_iter();
        let first = message.next().unwrap_or_default();
        let title = level.clone().primary_title(first.as_str()).id(finding.code.as_str());
        let title = self.renderer.render(&[Group::with_title(title)]);
        let title = if first.is_empty() { title.replacen(": ", ":", 1) } else { title };
        let title = title.trim_end().to_owned()
            + &message.map(|line| format!("\n{}", line.bold())).collect::<String>();
        let number_width = start.line.to_string().len();
        let arrow = format!("{}-->", " ".repeat(number_width)).bright_blue().bold();
        let gutter = number_width + 3;
        let label = finding.label.as_deref().filter(|label| label.len() < self.page.width / 3);
        let room = self.page.width.saturating_sub(gutter + label.map_or(0, |label| label.len() + 1)).max(10);
        let excerpt = Excerpt::cut(judged.frame.bytes, &finding.span, room);
        let snippet = Snippet::source(excerpt.text)
            .line_start(usize::try_from(start.line).unwrap_or(usize::MAX))
            .annotation(AnnotationKind::Primary.span(excerpt.mark).label(label));
        let help = finding.help.as_deref().map(|help| {
            let label = gutter + "help: ".len();
            // The renderer adds its own indentation.
            annotate_snippets::Level::HELP.message(self.page.lines(help, label, label).join("\n"))
        });
        format!(
            "{title}\n{arrow} {}:{}:{}{}\n{}\n\n",
            judged.source,
            start.line,
            start.column,
            judged.within(),
            self.renderer.render(&[Group::with_level(level).element(snippet).elements(help)]),
        )
    }
}

impl Human {
    /// A line about a finding; before the first such line, a note about it.
    fn in_short(
        &self,
        judged: &Judged<'_>,
        finding: &Finding,
        start: Position,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        if self.shown == IN_FULL + 1 {
            let all = format!("{} findings are shown in full, the others in", grouped(IN_FULL));
            let note = all + " one line each; --format json shows everything";
            writeln!(out, "{}\n", self.page.sentence(&note))?;
        }
        writeln!(
            out,
            "{}",
            line(judged.source, finding, start, &(finding.message.clone() + &judged.within_brackets()))
        )
    }

    /// Whether it is a note, and an earlier payload had one with the same code.
    fn is_repeated(&self, finding: &Finding) -> bool {
        finding.level == Level::Note
            && self.repeated.as_ref().is_some_and(|repeated| repeated.contains_key(&finding.code))
    }

    fn count_repeated(&mut self, judged: &Judged<'_>) {
        let Some(repeated) = &mut self.repeated else { return };
        for finding in judged.findings.iter().filter(|finding| finding.level == Level::Note) {
            if let Some(repeated) = repeated.get_mut(&finding.code) {
                repeated.times += 1;
                judged.put_place(&mut repeated.last);
            }
        }
    }

    /// Prints how often each note was repeated, and returns the total.
    fn say_repeated(&self, out: &mut dyn Write) -> io::Result<u64> {
        let mut all = 0;
        let repeated = self.repeated.iter().flatten().filter(|(_, repeated)| repeated.times > 0);
        for (code, RepeatedNote { times, last }) in repeated {
            all += times;
            let note = format!("{}{}", "note".bright_green().bold(), format!("[{code}]").bold());
            let line = format!("{note}: and {} more, the last at {last}", grouped(*times));
            write_styled(out, &(self.page.sentence(&line) + "\n"), self.page.is_coloured)?;
        }
        if all > 0 {
            writeln!(out)?;
        }
        Ok(all)
    }
}

impl Report<Verdicts> for Human {
    fn unshown(&self) -> Unshown {
        let levels = [Level::Error, Level::Warning, Level::Note].into_iter();
        let shown = levels.filter(|level| !self.room.clone().take(*level));
        let repeated = self.repeated.iter().flat_map(BTreeMap::keys);
        repeated
            .fold(shown.fold(Unshown::NONE, Unshown::with_level), |unshown, code| unshown.with_code(*code))
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.count_repeated(judged);
        let mut room = self.room;
        let is_new = |finding: &Finding| !self.is_repeated(finding) && room.take(finding.level);
        if !judged.findings.iter().any(is_new) {
            return Ok(());
        }
        let mut located: Vec<_> =
            judged.located().filter(|(finding, ..)| !self.is_repeated(finding)).collect();
        located.sort_by_key(|(finding, ..)| Reverse(finding.level));
        for (finding, start, _) in located {
            if self.room.take(finding.level) {
                self.shown += 1;
                match self.shown {
                    ..=IN_FULL => {
                        write_styled(out, &self.finding(judged, finding, start), self.page.is_coloured)?;
                    }
                    _ => self.in_short(judged, finding, start, out)?,
                }
                if let Some(repeated) = self.repeated.as_mut().filter(|_| finding.level == Level::Note) {
                    repeated.entry(finding.code).or_default();
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        if self.shown > IN_FULL {
            writeln!(out)?;
        }
        let repeated = self.say_repeated(out)?;
        if summary.findings() > self.shown + repeated {
            if self.shown > 0 {
                let (shown, all) = (grouped(self.shown.min(IN_FULL)), grouped(summary.findings()));
                writeln!(out, "Shown in full: {shown} of {all}. An overview of all:\n")?;
            }
            let chart = chart(&summary.tally, &self.page) + "\n";
            write_styled(out, &chart, self.page.is_coloured)?;
        }
        self.last_line.finish(summary, out)
    }
}

/// The last line of the `human` format: the whole of standard output if reports go to files.
#[derive(Clone, Copy, Debug)]
pub struct SummaryLine {
    is_coloured: bool,
    /// The page to which it is wrapped, if any.
    page: Option<Page>,
    /// The words for payloads without and with an error.
    words: (&'static str, &'static str),
}

impl SummaryLine {
    /// A summary line, in colour or not.
    pub fn new(is_coloured: bool) -> Self {
        Self { is_coloured, page: None, words: ("valid", "invalid") }
    }

    /// Counts payloads by whether they are as expected.
    pub fn counting_expectations(self) -> Self {
        Self { words: ("as expected", "not as expected"), ..self }
    }
}

impl Report<Verdicts> for SummaryLine {
    fn unshown(&self) -> Unshown {
        Unshown::ALL
    }

    fn item(&mut self, _: &Judged<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        let Summary { payloads, valid, invalid, errors, warnings, notes, unreadable, .. } = *summary;
        let counts = [(errors, "error"), (warnings, "warning"), (notes, "note")];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| grouped_amount(count, noun))
            .collect();
        let counts = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
        let red = |count: u64, text: String| if count == 0 { text.normal() } else { text.red().bold() };
        let (good, bad) = self.words;
        let invalid = red(invalid, format!("{} {bad}", grouped(invalid)));
        let mut line = format!(
            "{}: {} {good}, {invalid}; {counts}",
            grouped_amount(payloads, "payload"),
            grouped(valid)
        );
        if unreadable > 0 {
            line += &format!(
                "; {}",
                red(unreadable, format!("{} unreadable", grouped_amount(unreadable, "input")))
            );
        }
        if let Some(skipped) = summary.skipped.words() {
            line += &format!("; {skipped}");
        }
        for line in summary.unwrapped_lines().chain([line]) {
            let line = self.page.map_or_else(|| line.clone(), |page| page.sentence(&line));
            write_styled(out, &(line + "\n"), self.is_coloured)?;
        }
        Ok(())
    }
}
