//! The `human` format of live deliveries: a line for each, its findings, and conclusions from its answer.
//!
//! Places are those in the body, not in its recorded line, because the body is what the user has.

use super::layout::Page;
use super::{Human, Judged, Report, Summary, SummaryLine, Verdicts};
use crate::check::{Code, Level, Share};
use crate::count::{amount, grouped_amount};
use crate::engine::{Forward, Receipt};
use crate::escape::{at_line_start, quoted, visible};
use crate::http::hint_of_status;
use crate::payload::{Document, Position};
use crate::read::Frame;
use crate::report::send::time;
use crate::signature::{Outcome, Verdict};
use crate::terminal::write_styled;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The part of an event's name that is shown, in columns.
const NAME_AT_MOST: usize = 40;
/// The part of an answer that is shown on the line, in characters.
const ANSWER_AT_MOST: usize = 80;

/// The `human` format of a run that listens.
#[derive(Clone, Debug)]
pub struct Live {
    page: Page,
    human: Human,
    last_line: SummaryLine,
}

impl Live {
    /// Reports on the page, with as many findings as `room` allows.
    pub fn new(page: Page, last_line: SummaryLine, room: Share) -> Self {
        Self { page, human: Human::new(page, last_line).showing(room), last_line }
    }

    fn line(&self, line: &str, out: &mut dyn Write) -> io::Result<()> {
        write_styled(out, &(at_line_start(line.trim_end()) + "\n"), self.page.is_coloured)
    }
}

impl Report<Verdicts> for Live {
    fn wants_clean(&self) -> bool {
        true
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some(receipt) = judged.receipt else { return self.human.item(judged, out) };
        self.line(&first_line(judged, receipt, &self.page), out)?;
        let hint = hint(judged, receipt);
        if let Some(answered) = receipt.forward.as_ref().and_then(|forward| forward.answered.as_ref().ok())
            && answered.status >= 500
        {
            answered.shown.lines().try_for_each(|line| self.line(&format!("  | {line}"), out))?;
        }
        if let Some(hint) = hint {
            self.line(&self.page.sentence(&format!("  {} {hint}", self.page.glyphs.arrow)), out)?;
        }
        let source = format!("#{}", receipt.number);
        let frame = Frame::bare(judged.frame.bytes, Position::START);
        self.human.item(&Judged { source: &source, frame, ..*judged }, out)
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        // All of it was received live, which needs no mention.
        let summary = Summary { unwrapped: BTreeMap::new(), ..summary.clone() };
        self.last_line.finish(&summary, out)
    }
}

/// `#2 17:59:04Z  AssociationCreate  1 error  signature does not match  281 bytes  → 401 in 23 ms`
fn first_line(judged: &Judged<'_>, receipt: &Receipt, page: &Page) -> String {
    let document = Document::parse(judged.frame.bytes).ok();
    let kind = document.as_ref().and_then(|document| document.root().member("type")?.as_str());
    let kind = kind.map_or_else(|| "no type".to_owned(), |kind| page.fit(&kind, NAME_AT_MOST));
    let mut parts = vec![
        format!("#{} {:.8}Z", receipt.number, &format!("{:.0}", receipt.received)[11..]),
        kind,
        verdict(judged),
    ];
    parts.extend(receipt.signature.as_ref().map(signature));
    parts.push(grouped_amount(receipt.bytes as u64, "byte"));
    parts.extend(receipt.forward.as_ref().map(|forward| answer(forward, page.glyphs.arrow)));
    parts.join("  ")
}

fn verdict(judged: &Judged<'_>) -> String {
    let count = |level| judged.findings.iter().filter(|finding| finding.level == level).count() as u64;
    match (count(Level::Error), count(Level::Warning)) {
        (0, 0) => "valid".to_owned(),
        (0, warnings) => format!("valid, {}", amount(warnings, "warning")),
        (errors, _) => amount(errors, "error"),
    }
}

fn signature(verdict: &Verdict) -> String {
    match (&verdict.outcome, &verdict.key) {
        (Outcome::Verified(_), Some(key)) if verdict.is_verified() => format!("signed by {}", key.name()),
        (Outcome::Verified(_), _) => "signed, but not as these bytes".to_owned(),
        (Outcome::Mismatch { .. }, _) => "signature does not match".to_owned(),
        (Outcome::Malformed(_), _) => "signature cannot be read".to_owned(),
        (Outcome::Unsigned | Outcome::NoSignature, _) => "not signed".to_owned(),
        (Outcome::OtherScheme, _) => "signature not tried: no key for it".to_owned(),
    }
}

fn answer(forward: &Forward, arrow: &str) -> String {
    match &forward.answered {
        Ok(answered) => {
            let said = answered.shown.lines().find(|line| !line.trim().is_empty());
            let said = said.filter(|_| answered.status >= 300);
            let said = said.map(|line| format!("  {}", quoted(line, ANSWER_AT_MOST))).unwrap_or_default();
            format!("{arrow} {} in {}{said}", answered.status, time(forward.elapsed))
        }
        Err(unanswered) => format!("{arrow} {}", visible(&unanswered.why)),
    }
}

/// The conclusion about the handler from the verdict, the signature and the answer.
fn hint(judged: &Judged<'_>, receipt: &Receipt) -> Option<&'static str> {
    let answered = match &receipt.forward.as_ref()?.answered {
        Ok(answered) => answered,
        Err(unanswered) => return Some(unanswered.help),
    };
    let outcome = receipt.signature.as_ref().map(|verdict| (verdict.is_verified(), &verdict.outcome));
    let is_refused = matches!(answered.status, 400 | 401 | 403);
    Some(match outcome {
        Some((true, _)) if is_refused && judged.is_valid() => {
            "the handler is wrong: this body verifies as it arrived. Most likely the handler parsed and \
             rewrote it, or uses another key or header"
        }
        Some((_, Outcome::Mismatch { .. } | Outcome::Malformed(_))) if is_refused => {
            "the handler is right to refuse it: the body is not what was signed (see: assoclens verify)"
        }
        Some((_, Outcome::Mismatch { .. } | Outcome::Malformed(_))) if answered.status < 300 => {
            "the handler accepted a delivery whose signature does not match"
        }
        Some((_, Outcome::Unsigned | Outcome::NoSignature)) if is_refused => {
            "it is not signed, so a handler that verifies is right to refuse it"
        }
        _ if is_refused && !judged.is_valid() => {
            "the handler refuses what breaks the schema; HighLevel sends it again, up to 12 times"
        }
        _ if answered.status < 300
            && judged.findings.iter().any(|finding| finding.code == Code::DuplicateDelivery) =>
        {
            "it was delivered before: only the handler knows whether it has acted twice"
        }
        _ => return hint_of_status(answered.status),
    })
}
