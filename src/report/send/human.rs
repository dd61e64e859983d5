//! The answers of a receiver, for people.

use super::{Answers, Delivered, Exchange, Posted, Receiver, Sum, time};
use crate::check::Level;
use crate::count::{grouped, grouped_amount};
use crate::escape::{at_line_start, visible};
use crate::report::Report;
use crate::report::layout::Page;
use crate::terminal::write_styled;
use crate::trial::{CaseOutcome, SentRequest, Tried};
use colored::Colorize as _;
use std::io::{self, Write};

/// The width of the names of cases, in columns.
const NAMES: usize = 20;

/// The number of cases named that were not tried.
const NAMED_AT_MOST: usize = 4;

/// The `human` format.
#[derive(Clone, Debug)]
pub struct HumanAnswers {
    page: Page,
    /// The reasons why cases were not tried, with their names.
    skipped: Vec<(&'static str, Vec<&'static str>)>,
}

impl HumanAnswers {
    pub fn new(page: Page) -> Self {
        Self { page, skipped: Vec::new() }
    }

    fn line(&self, line: &str, out: &mut dyn Write) -> io::Result<()> {
        write_styled(out, &(at_line_start(line.trim_end()) + "\n"), self.page.is_coloured)
    }

    fn sentence(&self, line: &str, out: &mut dyn Write) -> io::Result<()> {
        self.line(&self.page.sentence(line), out)
    }

    fn mark(&self, is_good: bool) -> colored::ColoredString {
        let mark = if is_good { self.page.glyphs.ok } else { self.page.glyphs.bad };
        if is_good { mark.to_string().green() } else { mark.to_string().red() }
    }

    /// The answer, below a delivery that failed.
    fn answer(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        text.lines().try_for_each(|line| self.line(&format!("  | {}", visible(line)), out))
    }
}

/// The answers to one request or several, and the longest time.
fn answers(sent: &[SentRequest]) -> String {
    let mut words: Vec<String> = Vec::new();
    for sent in sent {
        let word = sent
            .answered
            .as_ref()
            .map_or_else(|_| "no answer".to_owned(), |answer| answer.status.to_string());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let slowest =
        sent.iter().filter_map(|sent| sent.answered.as_ref().ok()).map(|answer| answer.elapsed).max();
    let slowest = slowest.map(|elapsed| format!(" in {}", time(elapsed))).unwrap_or_default();
    let times = if sent.len() > 1 { format!("{} × ", sent.len()) } else { String::new() };
    format!("{times}{}{slowest}", words.join(", "))
}

/// The names, or if there are many, the number in each family.
fn listed(names: &[&str]) -> String {
    if names.len() <= NAMED_AT_MOST {
        return names.join(", ");
    }
    let mut families: Vec<&str> =
        names.iter().map(|name| &name[..name.find('/').map_or(0, |end| end + 1)]).collect();
    families.dedup();
    format!("{} of {}", grouped_amount(names.len() as u64, "case"), families.join(", "))
}

fn styled(level: Level) -> colored::ColoredString {
    match level {
        Level::Error => level.as_str().bright_red().bold(),
        Level::Warning => level.as_str().yellow().bold(),
        Level::Note => level.as_str().bright_green().bold(),
    }
}

impl HumanAnswers {
    fn delivered(&mut self, delivered: &Delivered, out: &mut dyn Write) -> io::Result<()> {
        let Delivered { number, event, webhook_id, answered, .. } = delivered;
        let is_good = answered.as_ref().is_ok_and(crate::http::Answer::is_success);
        let what = match answered {
            Ok(answer) => format!("{} in {}", answer.status, time(answer.elapsed)),
            Err(failure) => failure.to_string(),
        };
        let names: Vec<String> =
            [event, webhook_id].into_iter().flatten().map(|text| self.page.fit(text, 40)).collect();
        let names = if names.is_empty() { delivered.source.clone() } else { names.join(" ") };
        self.line(&format!("{} #{number} {}  {names}", self.mark(is_good), visible(&what)), out)?;
        if is_good {
            return Ok(());
        }
        if let Ok(answer) = answered {
            if let Some(location) = &answer.location {
                self.line(&format!("  | Location: {}", self.page.fit(location, 200)), out)?;
            }
            self.answer(&answer.shown(), out)?;
        }
        delivered
            .hint()
            .map_or(Ok(()), |hint| self.sentence(&format!("  {} {hint}", self.page.glyphs.arrow), out))
    }

    fn tried(&mut self, tried: &Tried, out: &mut dyn Write) -> io::Result<()> {
        if let CaseOutcome::Skipped(why) = tried.outcome {
            match self.skipped.iter_mut().find(|(known, _)| *known == why) {
                Some((_, names)) => names.push(tried.case.name),
                None => self.skipped.push((why, vec![tried.case.name])),
            }
            return Ok(());
        }
        let is_good = matches!(tried.outcome, CaseOutcome::Holds);
        let (name, answers) = (format!("{:NAMES$}", tried.case.name), answers(&tried.sent));
        self.line(&format!("{} {name} {answers}", self.mark(is_good)), out)?;
        if let CaseOutcome::Fails(Some(finding)) = &tried.outcome {
            let code = format!("[{}]", finding.code).bold();
            self.sentence(&format!("{}{code}: {}", styled(finding.level), visible(&finding.message)), out)?;
            self.sentence(&format!("  = help: {}", finding.help), out)?;
        }
        Ok(())
    }
}

impl Report<Answers> for HumanAnswers {
    fn begin(&mut self, receiver: &Receiver, out: &mut dyn Write) -> io::Result<()> {
        self.line(&format!("receiver {}", receiver.url), out)?;
        for (header, fingerprint) in &receiver.signed {
            self.line(&format!("  {header} by {fingerprint}"), out)?;
        }
        match receiver.cases {
            Some(count) => self.sentence(
                &format!(
                    "{} reach its handler and may leave records behind: use a test instance",
                    grouped_amount(count as u64, "case")
                ),
                out,
            ),
            None => Ok(()),
        }
    }

    fn item(&mut self, exchange: &Exchange<'_>, out: &mut dyn Write) -> io::Result<()> {
        match exchange {
            Exchange::Delivery(delivered) => self.delivered(delivered, out),
            Exchange::Case(tried) => self.tried(tried, out),
        }
    }

    fn finish(&mut self, sum: &Sum, out: &mut dyn Write) -> io::Result<()> {
        for (why, names) in std::mem::take(&mut self.skipped) {
            self.sentence(&format!("not tried, {why}: {}", listed(&names)), out)?;
        }
        if matches!(sum, Sum::Tried(count) if count.cases == 0) {
            return Ok(());
        }
        self.sentence(&summed_up(sum), out)
    }
}

/// The result, on one line.
fn summed_up(sum: &Sum) -> String {
    let nonzero = |counts: &[(u64, &str)], join: fn(u64, &str) -> String| -> Vec<String> {
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| join(*count, noun)).collect()
    };
    let plain = |count: u64, words: &str| format!("{} {words}", grouped(count));
    match sum {
        Sum::Posted(Posted { accepted, refused, not_reached }) => {
            let rest = nonzero(&[(*refused, "not accepted"), (*not_reached, "without a connection")], plain);
            let all = grouped_amount(accepted + refused + not_reached, "delivery");
            format!("{all}: {}", [vec![plain(*accepted, "accepted")], rest].concat().join(", "))
        }
        Sum::Tried(count) => {
            let tried = [vec![plain(count.hold, "hold")], nonzero(&[(count.skipped, "not tried")], plain)];
            let found = [(count.errors, "error"), (count.warnings, "warning"), (count.notes, "note")];
            let found = nonzero(&found, grouped_amount);
            let end = if found.is_empty() { String::new() } else { format!("; {}", found.join(", ")) };
            format!("{}: {}{end}", grouped_amount(count.cases, "case"), tried.concat().join(", "))
        }
    }
}
