//! The `human` format: a heading, the association as a picture, the fields, the delivery around them, and the findings.
//! Beyond [`IN_FULL`] payloads, each is only its heading.

use super::picture::picture;
use super::{IN_FULL, Shown, Standing, Views};
use crate::check::Level;
use crate::count::{amount, grouped};
use crate::escape::{at_line_start, visible};
use crate::event::{Delivery, DeliveryMember, Wanted};
use crate::payload::Kind;
use crate::report::Report;
use crate::report::layout::{Page, columns, pad, wrap};
use crate::report::pretty::compact;
use crate::terminal::write_styled;
use colored::{ColoredString, Colorize as _};
use std::io::{self, Write};

/// The number of members shown that are neither documented nor the envelope's.
const OTHER_AT_MOST: usize = 8;
/// The number of captured headers shown.
const HEADERS_AT_MOST: usize = 4;
/// Below this width, in columns, each value is below its name.
const ALIGNED_FROM: usize = 60;
/// The width of the longest documented name.
const NAME_COLUMNS: usize = 17;

/// The `human` format.
#[derive(Clone, Debug)]
pub struct HumanView {
    pub page: Page,
    /// Whether to explain what each field means.
    pub explain: bool,
    /// The wanted events.
    pub wanted: Wanted,
    /// The number of payloads shown before.
    pub shown: u64,
}

/// Whether a header describes the delivery itself.
fn is_notable(name: &str) -> bool {
    let notable = ["content-type", "user-agent", "date", "type", "timestamp", "webhookid"];
    notable.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// The class and the findings of a payload, in a few words.
fn verdict(standing: Standing, shown: &Shown<'_>, wanted: Wanted) -> String {
    let is_other = shown.is_other_event();
    let other = || match wanted {
        Wanted::Only(event) => format!("not {} {event}", article(event.name)),
        Wanted::Any => "another event".to_owned(),
    };
    let words = match standing {
        Standing::Valid | Standing::Warned => "valid".to_owned(),
        Standing::Other => other(),
        Standing::Invalid if is_other => other() + ", and invalid",
        Standing::Invalid => "invalid".to_owned(),
    };
    let counts = shown.counts();
    if counts.is_empty() { words } else { format!("{words}: {counts}") }
}

/// The indefinite article before `name`.
fn article(name: &str) -> &'static str {
    if name.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

fn painted(standing: Standing, text: &str) -> ColoredString {
    match standing {
        Standing::Valid => text.green(),
        Standing::Warned => text.yellow(),
        Standing::Other => text.blue(),
        Standing::Invalid => text.red(),
    }
}

impl Report<Views> for HumanView {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.shown += 1;
        if self.shown > IN_FULL {
            return self.in_short(shown, out);
        }
        let mut lines = Vec::new();
        if self.shown > 1 {
            lines.push(String::new());
        }
        lines.extend(self.heading(shown));
        lines.extend(self.origin(shown));
        if let Some((_, delivery)) = shown.read {
            let picture = picture(delivery, &self.page);
            if !picture.is_empty() {
                lines.push(String::new());
                lines.extend(picture);
            }
            if delivery.kind == Kind::Object {
                self.groups(shown, delivery, &mut lines);
            }
        }
        self.headers(shown, &mut lines);
        for line in lines {
            write_styled(out, &(line.trim_end().to_owned() + "\n"), self.page.is_coloured)?;
        }
        let findings = super::findings(&shown.judged, &self.page)?;
        if !findings.is_empty() {
            out.write_all(b"\n")?;
            out.write_all(&findings)?;
        }
        Ok(())
    }
}

impl HumanView {
    /// Only the heading; before the first such payload, a note about it.
    fn in_short(&self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.shown == IN_FULL + 1 {
            let all = format!("{} payloads are shown in full, the others in", grouped(IN_FULL));
            let note = all + " one line each; --format json shows everything";
            writeln!(out, "\n{}\n", self.page.sentence(&note))?;
        }
        write_styled(out, &(self.heading(shown).join("\n") + "\n"), self.page.is_coloured)
    }

    /// Event, place, verdict: on one line if there is room.
    fn heading(&self, shown: &Shown<'_>) -> Vec<String> {
        let is_unavailable =
            shown.judged.frame.enclosed.is_some_and(|enclosed| enclosed.unavailable.is_some());
        let none = if is_unavailable { "no payload" } else { "not JSON" };
        let event = shown.read.map_or_else(|| none.to_owned(), |(_, delivery)| delivery.event());
        let standing = shown.standing();
        let verdict = verdict(standing, shown, self.wanted);
        let place = shown.place();
        let event = self.page.fit(&event, 40.min(self.page.width - 2));
        let is_one_line = columns(&event) + columns(&place) + columns(&verdict) + 6 <= self.page.width;
        let glyphs = self.page.glyphs;
        let mark = match standing {
            Standing::Valid => glyphs.ok,
            Standing::Warned => '!',
            Standing::Other => glyphs.other,
            Standing::Invalid => glyphs.bad,
        };
        let mark = self.page.paint(mark.to_string(), |mark| painted(standing, mark));
        let event = self.page.paint(event, |event| event.bold());
        let verdict = self.page.paint(verdict, |verdict| painted(standing, verdict).bold());
        let place = self.page.fit_end(&place, self.page.width.saturating_sub(5));
        if is_one_line {
            vec![[&mark, " ", &event, "  ", &place, "  ", &verdict].concat()]
        } else {
            vec![format!("{mark} {event}"), format!("  in {place}"), format!("  {verdict}")]
        }
    }

    /// The capture around the payload, and its consequences.
    fn origin(&self, shown: &Shown<'_>) -> Vec<String> {
        let Some(enclosed) = shown.judged.frame.enclosed else { return Vec::new() };
        let origin = enclosed.origin;
        let from = format!("unwrapped: {} ({})", visible(&origin.to_string()), origin.fidelity.as_str());
        let room = self.page.width.saturating_sub(2);
        let loss = origin.fidelity.loss().into_iter().flat_map(|loss| wrap(loss, room));
        let lines = std::iter::once(self.page.fit_end(&from, room)).chain(loss);
        lines.map(|line| format!("  {}", line.dimmed())).collect()
    }

    /// The headers that describe a delivery, and the number of others.
    fn headers(&self, shown: &Shown<'_>, lines: &mut Vec<String>) {
        let Some(enclosed) = shown.judged.frame.enclosed else { return };
        let headers = &enclosed.origin.headers;
        let notable: Vec<_> =
            headers.iter().filter(|(name, _)| is_notable(name)).take(HEADERS_AT_MOST).collect();
        if headers.is_empty() {
            return;
        }
        lines.push("captured with it".dimmed().to_string());
        let width = notable.iter().map(|(name, _)| columns(name)).max().unwrap_or(0).clamp(NAME_COLUMNS, 24);
        for (name, value) in &notable {
            let name = pad(&self.page.fit(&at_line_start(name), width), width);
            let value = self.page.fit(&visible(value), self.page.width.saturating_sub(width + 4).max(8));
            lines.push(format!("  {}  {value}", name.bold()));
        }
        if let Some(says) = shown.signature() {
            let room = self.page.width.saturating_sub(width + 4).max(8);
            let mut says = wrap(&says, room).into_iter();
            lines.push(format!("  {}  {}", pad("signature", width).bold(), says.next().unwrap_or_default()));
            lines.extend(says.map(|line| format!("{}{line}", " ".repeat(width + 4))));
        }
        let others = headers.len() - notable.len();
        if others > 0 {
            let more = format!("and {}; see --format json", amount(others as u64, "more header"));
            lines.push(format!("  {}", self.page.fit(&more, self.page.width.saturating_sub(2))));
        }
    }

    fn groups(&self, shown: &Shown<'_>, delivery: &Delivery<'_>, lines: &mut Vec<String>) {
        let groups = delivery.fields.iter().chain(&delivery.envelope);
        let names = groups.chain(delivery.other.iter().take(OTHER_AT_MOST));
        let longest = names.map(|entry| columns(&self.name(entry))).max().unwrap_or(0);
        let width = longest.max(NAME_COLUMNS);
        let group = |title: &str, entries: &[DeliveryMember<'_>], lines: &mut Vec<String>| {
            lines.push(if title.is_empty() { String::new() } else { title.dimmed().to_string() });
            entries.iter().for_each(|entry| self.entry(shown, entry, width, lines));
        };
        group("", &delivery.fields, lines);
        if !delivery.envelope.is_empty() {
            group("delivery", &delivery.envelope, lines);
        }
        let (seen, rest) = delivery.other.split_at(delivery.other.len().min(OTHER_AT_MOST));
        if !seen.is_empty() {
            group("other fields", seen, lines);
        }
        if !rest.is_empty() {
            lines.push(format!(
                "  and {}; see them all with --format payload",
                amount(rest.len() as u64, "more field")
            ));
        }
    }

    /// Mark, name, value, and its meaning.
    fn entry(
        &self,
        shown: &Shown<'_>,
        entry: &DeliveryMember<'_>,
        name_columns: usize,
        lines: &mut Vec<String>,
    ) {
        let page = &self.page;
        let is_aligned = page.width >= ALIGNED_FROM;
        let name = self.name(entry);
        let (indent, head) = if is_aligned {
            let name = page.paint(pad(&name, name_columns), |name| name.bold());
            (name_columns + 4, [&self.mark(shown, entry), " ", &name, "  "].concat())
        } else {
            (4, [&self.mark(shown, entry), " ", &page.paint(name, |name| name.bold())].concat())
        };
        let room = page.width - indent;
        let (value, value_columns) = self.value(entry, room);
        let note = self.note(entry).map(|note| page.fit(&note, room));
        let blank = " ".repeat(indent);
        let mut below: Vec<String> = match note {
            Some(note) if value_columns + 2 + columns(&note) <= room => {
                vec![[&value, "  ", &page.paint(note, |note| note.dimmed())].concat()]
            }
            Some(note) => vec![value, page.paint(note, |note| note.dimmed())],
            None => vec![value],
        };
        if let Some(field) = entry.field.filter(|_| self.explain) {
            let meaning = wrap(&field.meaning, room).into_iter();
            below.extend(meaning.map(|line| page.paint(line, |line| line.italic())));
        }
        if is_aligned {
            lines.push(head + &below.remove(0));
        } else {
            lines.push(head);
        }
        lines.extend(below.into_iter().map(|line| blank.clone() + &line));
    }

    fn name(&self, entry: &DeliveryMember<'_>) -> String {
        let most = if entry.field.is_some() { self.page.width / 2 } else { 24 };
        self.page.fit(&at_line_start(&entry.name), most)
    }

    fn mark(&self, shown: &Shown<'_>, entry: &DeliveryMember<'_>) -> String {
        let glyphs = self.page.glyphs;
        let (mark, style): (_, fn(&str) -> ColoredString) = match (shown.level_of(&entry.name), entry.value) {
            (Some(Level::Error), _) => (glyphs.bad, |mark| mark.red().bold()),
            (Some(Level::Warning), _) => ('!', |mark| mark.yellow().bold()),
            (Some(Level::Note), _) => ('i', |mark| mark.cyan()),
            (None, None) => (glyphs.absent, |mark| mark.dimmed()),
            (None, Some(_)) if entry.field.is_none() => (' ', |mark| mark.normal()),
            (None, Some(_)) => (glyphs.ok, |mark| mark.green()),
        };
        self.page.paint(mark.to_string(), style)
    }

    /// The value as written, cut to the available room, and its width.
    fn value(&self, entry: &DeliveryMember<'_>, room: usize) -> (String, usize) {
        let Some(node) = entry.value else {
            return (self.page.paint("absent".to_owned(), |absent| absent.dimmed()), "absent".len());
        };
        let text = self.page.fit(&compact(node.text(), room * 4 + 16), room);
        let width = columns(&text);
        let styled = match text.as_bytes().first() {
            Some(b'"') => text,
            Some(b'n') => self.page.paint(text, |text| text.magenta()),
            _ => self.page.paint(text, |text| text.cyan()),
        };
        (styled, width)
    }

    fn note(&self, entry: &DeliveryMember<'_>) -> Option<String> {
        let repeated = (entry.times > 1).then(|| format!("occurs {} times, the last counts", entry.times));
        let notes: Vec<String> = entry.says().into_iter().chain(repeated).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
