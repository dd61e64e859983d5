//! The `human` format: a heading, then the signature, key and bytes that matched, or the likely causes and advice.

use super::{Checked, Signatures, help};
use crate::escape::at_line_start;
use crate::report::Report;
use crate::report::layout::{Page, chop, columns, wrap};
use crate::signature::{Cause, Form, Outcome, Sending};
use crate::terminal::write_styled;
use colored::{ColoredString, Colorize as _};
use std::io::{self, Write};

/// The width of the column of labels.
const LABEL_COLUMNS: usize = 11;
/// The part of an invalid `timestamp` that is shown, in columns.
const SHOWN_OF_TIMESTAMP: usize = 40;

/// The `human` format.
#[derive(Clone, Debug)]
pub struct HumanSignatures {
    page: Page,
    is_begun: bool,
}

impl HumanSignatures {
    pub fn new(page: Page) -> Self {
        Self { page, is_begun: false }
    }

    fn heading(&self, checked: &Checked) -> Vec<String> {
        let glyphs = self.page.glyphs;
        let (mark, says): (ColoredString, ColoredString) = match checked.fault_of_age() {
            _ if !checked.verdict.is_tried() => ("?".yellow(), "not tried".yellow()),
            _ if !checked.is_verified() => (glyphs.bad.to_string().red(), "not verified".red()),
            Some(fault) => (glyphs.bad.to_string().red(), format!("verified, but {fault}").red()),
            None => (glyphs.ok.to_string().green(), "verified".green()),
        };
        let room = self.page.width.saturating_sub(columns(&says) + 4);
        let is_one_line = columns(&checked.source) <= room;
        let says = says.bold();
        if is_one_line {
            vec![format!("{mark} {says}  {}", checked.source)]
        } else {
            let place = self.page.fit_end(&checked.source, self.page.width.saturating_sub(5));
            vec![format!("{mark} {says}"), format!("  in {place}")]
        }
    }

    /// A label and its text, wrapped.
    fn row(&self, label: &str, text: &str) -> Vec<String> {
        let room = self.page.width.saturating_sub(LABEL_COLUMNS + 2).max(16);
        let mut lines = broken(text, room).into_iter();
        let first = lines.next().unwrap_or_default();
        let head = format!("  {}{first}", format!("{label:LABEL_COLUMNS$}").dimmed());
        std::iter::once(head).chain(lines.map(|line| " ".repeat(LABEL_COLUMNS + 2) + &line)).collect()
    }

    /// A paragraph below the rows.
    fn paragraph(&self, first: &str, text: &str) -> Vec<String> {
        let indent = " ".repeat(columns(first));
        let room = self.page.width.saturating_sub(indent.len()).max(16);
        let lines = broken(text, room).into_iter().enumerate();
        lines
            .map(|(index, line)| if index == 0 { first.to_owned() + &line } else { indent.clone() + &line })
            .collect()
    }

    fn signature(&self, checked: &Checked) -> Vec<String> {
        let verdict = &checked.verdict;
        let Some(sent) = &verdict.sent else {
            return self.row("signature", "missing");
        };
        let title = sent.title();
        let says = match &verdict.outcome {
            Outcome::Malformed(why) => format!("{title}, but its value is {why}"),
            Outcome::Unsigned => format!("{title}: N/A, which says that the sender did not sign"),
            _ => format!("{title}, {}", sent.scheme.title()),
        };
        self.row("signature", &says)
    }

    fn key(&self, checked: &Checked) -> Vec<String> {
        let Some(key) = &checked.verdict.key else { return Vec::new() };
        let mut lines = self.row("key", &key.name().to_string());
        let room = self.page.width.saturating_sub(4).max(16);
        lines.extend(
            chop(key.fingerprint(), room).iter().map(|line| format!("    {line}").dimmed().to_string()),
        );
        lines
    }

    fn bytes(&self, checked: &Checked) -> Vec<String> {
        match &checked.verdict.outcome {
            Outcome::Verified(how) => self.row("matched", matched(how.form)),
            Outcome::Mismatch { tried, .. } => {
                let titles: Vec<&str> = tried.iter().map(|form| form.title()).collect();
                self.row("tried", &titles.join("; "))
            }
            _ => Vec::new(),
        }
    }

    fn sending(&self, checked: &Checked) -> Vec<String> {
        let limit = checked.max_age.filter(|_| checked.fault_of_age().is_some());
        let limit = limit.map(|limit| format!("; --max-age allows {limit}")).unwrap_or_default();
        match &checked.sending {
            Sending::At(age) => self.row("sent", &format!("{age}{limit}")),
            Sending::Unreadable(text) => {
                let text = self.page.fit(text, SHOWN_OF_TIMESTAMP);
                self.row(
                    "sent",
                    &format!("unknown: `timestamp` is not a time with its offset from UTC: {text}{limit}"),
                )
            }
            Sending::Unknown if limit.is_empty() => Vec::new(),
            Sending::Unknown => self.row("sent", &format!("unknown: there is no `timestamp`{limit}")),
        }
    }

    fn notes(&self, checked: &Checked) -> Vec<String> {
        checked.notes().into_iter().flat_map(|note| self.row("note", note.message())).collect()
    }

    fn advice(&self, checked: &Checked) -> Vec<String> {
        let arrow = format!("  {} ", self.page.glyphs.arrow);
        let help = match &checked.verdict.outcome {
            Outcome::Mismatch { causes, .. } => return self.causes(causes),
            Outcome::Verified(how) => {
                let refused = if how.undone.is_empty() { REFUSED } else { RESPELT };
                help_with_age(checked).unwrap_or(refused).to_owned()
            }
            Outcome::Malformed(why) => why.help(),
            Outcome::Unsigned => UNSIGNED.to_owned(),
            Outcome::NoSignature => NO_SIGNATURE.to_owned(),
            Outcome::OtherScheme => {
                let scheme = checked.verdict.sent.as_ref().map_or("", |sent| sent.scheme.title());
                format!(
                    "the key in --public-key is not for {scheme} signatures: give one that is, leave it \
                     out, or choose \
                     the other signature with --scheme"
                )
            }
        };
        self.paragraph(&arrow, &help)
    }

    fn causes(&self, causes: &[Cause]) -> Vec<String> {
        let arrow = format!("    {} ", self.page.glyphs.arrow);
        let is_certain = causes.iter().all(Cause::is_certain);
        let mut lines = vec![if is_certain { "  why:" } else { "  likely causes:" }.to_owned()];
        for cause in causes {
            lines.extend(self.paragraph("  - ", &cause.message()));
            lines.extend(self.paragraph(&arrow, help(cause)));
        }
        lines
    }
}

const REFUSED: &str = "if a receiver refuses this delivery, the fault is the receiver's: it uses other \
                       bytes, another header or another key";
const RESPELT: &str = "compare it with the header as it arrived: if that is the same, look at what \
                       forwarded it; if not, only this copy differs";
const UNSIGNED: &str = "nothing shows who sent it, or whether it is whole";
const NO_SIGNATURE: &str =
    "give the headers (--header 'X-GHL-Signature: BASE64'), or the value alone (--signature BASE64)";

/// The advice about a body whose age is not within the limit.
fn help_with_age(checked: &Checked) -> Option<&'static str> {
    checked.fault_of_age().map(|_| match &checked.sending {
        Sending::At(age) if age.age.is_negative() => {
            "compare this machine's clock with another, or check --now"
        }
        Sending::At(_) => {
            "a retry sends the original body again, so an old one may be genuine; --max-age refuses it"
        }
        Sending::Unreadable(_) | Sending::Unknown => {
            "the payload does not say when it was sent; leave --max-age out"
        }
    })
}

fn matched(form: Form) -> &'static str {
    match form {
        Form::Raw => "raw bytes",
        Form::WithoutLineEnd => "bytes without the last line end, which was added to this copy",
        Form::Compact => "compact JSON: the sender wrote no white space between values",
    }
}

/// The text in lines of at most `room` columns; a longer word is broken, too.
fn broken(text: &str, room: usize) -> Vec<String> {
    wrap(text, room).iter().flat_map(|line| chop(line, room)).collect()
}

impl Report<Signatures> for HumanSignatures {
    fn item(&mut self, checked: &Checked, out: &mut dyn Write) -> io::Result<()> {
        let mut lines = Vec::new();
        if std::mem::replace(&mut self.is_begun, true) {
            lines.push(String::new());
        }
        lines.extend(self.heading(checked));
        for rows in [Self::signature, Self::key, Self::bytes, Self::sending, Self::notes] {
            lines.extend(rows(self, checked));
        }
        lines.push(String::new());
        lines.extend(self.advice(checked));
        for line in lines {
            write_styled(out, &(at_line_start(line.trim_end()) + "\n"), self.page.is_coloured)?;
        }
        Ok(())
    }
}
