//! Two streams, record by record.
//!
//! The smaller file is read first and indexed: fingerprints and places. The other side is read past it; a record
//! whose fingerprint differs is read again from the indexed file and compared closely. A side that cannot be read
//! twice, such as a pipe, is the one that is read past; if neither can, the first is kept in a temporary file.
//!
//! What always holds: of several records of one key on one side the first is compared, and the others are told;
//! linear time; memory grows with one side's keys and with no record's text; a record that is not JSON
//! is left out and makes the exit code 2, and the first few of them are reported.

use super::side::{Input, Payload};
use super::spool::Spool;
use super::{Exit, Streams, complain, report, scope};
use crate::capture::{Enclosed, Origin, stands_for_itself};
use crate::cli::Diff;
use crate::command::Writing;
use crate::count::amount;
use crate::diff::join::{Index, Indexed, Met, Print, Prints};
use crate::diff::{Comparison, Scope};
use crate::escape::visible;
use crate::event;
use crate::payload::{Document, Position, Reader};
use crate::read::Frame;
use crate::report::Report;
use crate::report::diff::{Compared, Differences, Duplicate, Joined, Side, Totals, Which};
use anyhow::{Context as _, anyhow};
use std::collections::HashMap;

/// After how many records their number is guessed from the length of their file.
const EXPECTED_FROM: u64 = 1000;
/// How many records room is made for at most, since what follows may be other than what began.
const EXPECTED_AT_MOST: u64 = 1 << 20;

/// Where a record of the indexed side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    offset: u64,
    number: u64,
    line: u64,
    column: u32,
    length: u32,
}

/// How many records that cannot be compared are reported one by one.
const LEFT_OUT_SHOWN: u64 = 20;

/// Where in the spool a record's text is, and the capture that it was in.
struct Kept {
    place: u64,
    origin: Option<Box<Origin>>,
}

/// A record that was read again.
struct Again {
    text: Vec<u8>,
    origin: Option<Box<Origin>>,
}

/// What comes of a look at a record.
enum Look {
    Taken(Print),
    /// It is not JSON, which was told.
    LeftOut,
    /// It may be a capture.
    NotYet,
}

struct Join<'a, 's> {
    by: &'a str,
    scope: Scope,
    prints: Prints,
    reader: Reader,
    report: Box<dyn Report<Differences>>,
    streams: &'a mut Streams<'s>,
    totals: Totals,
    index: Index<Place>,
    indexed: Input,
    /// The records of an indexed side that cannot be read again, or that were in captures, by their numbers.
    kept: HashMap<u64, Kept>,
    spool: Spool,
    /// Which side is indexed.
    which: Which,
    is_different: bool,
    /// Whether any record has the field that records are joined by.
    has_key: bool,
}

/// Compares two streams.
pub(super) fn compare(
    arguments: &Diff,
    before: Input,
    after: Input,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let is_before = match (before.length(), after.length()) {
        (Some(before), Some(after)) => before < after,
        (None, Some(_)) => false,
        (_, None) => true,
    };
    let (indexed, mut other) = if is_before { (before, after) } else { (after, before) };
    let which = if is_before { Which::Before } else { Which::After };
    let mut join = Join::new(arguments, indexed, which, streams);
    join.read_index()?;
    other.each(|payload, is_last| join.meet(payload, is_last))?;
    join.tell_left()?;
    join.finish(&other)
}

/// What is said where no record of either side has the field `by`.
fn keyless(by: &str) -> String {
    format!(
        "warning: no record has the field `{}`, so records were joined by all that counts; \
         name another: --by FIELD",
        visible(by)
    )
}

fn opposite(which: Which) -> Which {
    match which {
        Which::Before => Which::After,
        Which::After => Which::Before,
    }
}

impl<'a, 's> Join<'a, 's> {
    fn new(arguments: &'a Diff, indexed: Input, which: Which, streams: &'a mut Streams<'s>) -> Self {
        let (by, scope) = (arguments.by.as_deref().unwrap_or("id"), scope(arguments));
        Self {
            by,
            prints: Prints::new(by, &scope, arguments.event),
            reader: event::reader(),
            scope,
            report: report(arguments, true, streams),
            streams,
            totals: Totals::default(),
            index: Index::default(),
            indexed,
            kept: HashMap::new(),
            spool: Spool::default(),
            which,
            is_different: false,
            has_key: false,
        }
    }

    fn read_index(&mut self) -> anyhow::Result<()> {
        let nothing = self.indexed.nothing();
        let mut input = std::mem::replace(&mut self.indexed, nothing);
        let expected = input.length();
        input.each(|payload, is_last| self.index_one(payload, expected, is_last))?;
        self.indexed = input;
        Ok(())
    }

    /// Adds a record of the indexed side, which has `expected` bytes in all if it can be read again.
    ///
    /// Whether the record is taken; unless `is_last`, only an ordinary one is.
    fn index_one(
        &mut self,
        payload: Payload<'_>,
        expected: Option<u64>,
        is_last: bool,
    ) -> anyhow::Result<bool> {
        let Frame { bytes, start, enclosed } = payload.frame;
        let print = match self.print(payload, is_last) {
            Look::Taken(print) => print,
            Look::LeftOut => return Ok(true),
            Look::NotYet => return Ok(false),
        };
        if expected.is_none() || enclosed.is_some() {
            let origin = enclosed.map(|enclosed| Box::new(enclosed.origin.clone()));
            self.kept.insert(payload.number, Kept { place: self.spool.add(bytes)?, origin });
        }
        let place = Place {
            offset: start.offset,
            number: payload.number,
            line: start.line,
            column: u32::try_from(start.column).unwrap_or(u32::MAX),
            length: u32::try_from(bytes.len())
                .expect("internal error: a payload is no longer than the limit"),
        };
        if payload.number == EXPECTED_FROM
            && let Some(length) = expected.filter(|_| start.offset > 0)
        {
            // Room for all at once; a guess that is wrong costs a little memory, or another growth.
            let records = length.saturating_mul(payload.number) / start.offset;
            self.index.expect(usize::try_from(records.min(EXPECTED_AT_MOST)).unwrap_or(0));
        }
        if let Some(first) = self.index.add(print, place) {
            self.duplicate(self.which, payload, print.is_same(&first.print))?;
        }
        Ok(true)
    }

    /// A record of the side that is read past the index.
    fn meet(&mut self, payload: Payload<'_>, is_last: bool) -> anyhow::Result<bool> {
        let print = match self.print(payload, is_last) {
            Look::Taken(print) => print,
            Look::LeftOut => return Ok(true),
            Look::NotYet => return Ok(false),
        };
        let which = opposite(self.which);
        match self.index.join(&print) {
            Met::First(record) => self.compare(&record, &print, payload)?,
            Met::Nothing => self.single(which, payload, &payload.read(self.indexed.judge())?)?,
            Met::Again(is_same) => self.duplicate(which, payload, is_same)?,
        }
        Ok(true)
    }

    /// What is compared of a payload first; if it is not JSON, that is told.
    fn print(&mut self, payload: Payload<'_>, is_last: bool) -> Look {
        let Some(document) = payload.document(self.indexed.judge(), &mut self.reader) else {
            if !is_last {
                return Look::NotYet;
            }
            let error =
                payload.read(self.indexed.judge()).expect_err("internal error: it was not read before");
            self.totals.left_out += 1;
            if self.totals.left_out <= LEFT_OUT_SHOWN {
                complain(self.streams.err, &error);
            }
            return Look::LeftOut;
        };
        let look = if !is_last && !stands_for_itself(&document) {
            Look::NotYet
        } else {
            let (print, has_key) = self.prints.of(&document);
            self.has_key |= has_key;
            Look::Taken(print)
        };
        self.reader.reuse(document);
        look
    }

    fn compare(
        &mut self,
        record: &Indexed<Place>,
        print: &Print,
        payload: Payload<'_>,
    ) -> anyhow::Result<()> {
        if print.is_same(&record.print) {
            self.totals.same += 1;
            self.totals.other_fields += u64::from(!print.is_same_elsewhere(&record.print));
            return Ok(());
        }
        let kept = self.text(&record.place)?;
        let name = self.indexed.name().to_owned();
        let other = Payload { number: record.place.number, ..Payload::of(&name, kept.frame(&record.place)) };
        let (other_document, document) =
            (other.read(self.indexed.judge())?, payload.read(self.indexed.judge())?);
        let (mut sides, mut documents) = ([other, payload], [&other_document, &document]);
        if self.which == Which::After {
            sides.reverse();
            documents.reverse();
        }
        let looks = sides.map(|side| side.look(self.indexed.judge()));
        let [before, after] =
            [0, 1].map(|side| Side { judged: sides[side].judged(&looks[side]), document: documents[side] });
        let scope = self.scope.of_events([looks[0].event, looks[1].event]);
        let comparison = Comparison::of(documents[0], documents[1], &scope);
        let compared = Compared { before, after, scope: &scope, comparison };
        // What is ignored deeper down is in the fingerprints.
        if compared.is_same() {
            self.totals.same += 1;
            self.totals.other_fields += u64::from(!compared.comparison.other.is_empty());
            return Ok(());
        }
        self.totals.changed += 1;
        self.is_different = true;
        let key = document.root().member(self.by);
        let key = Some(key.unwrap_or(document.root()));
        self.report.item(&Joined::Pair { compared: &compared, key }, self.streams.out).context(Writing)
    }

    /// The text of an indexed record.
    fn text(&mut self, place: &Place) -> anyhow::Result<Again> {
        let length = place.length as usize;
        Ok(match self.kept.get(&place.number) {
            Some(kept) => Again { text: self.spool.text(kept.place, length)?, origin: kept.origin.clone() },
            None => Again { text: self.indexed.again(place.offset, length)?, origin: None },
        })
    }

    fn single(&mut self, which: Which, payload: Payload<'_>, document: &Document<'_>) -> anyhow::Result<()> {
        match which {
            Which::Before => self.totals.removed += 1,
            Which::After => self.totals.added += 1,
        }
        self.is_different = true;
        let look = crate::check::Look { findings: Vec::new(), ..payload.look(self.indexed.judge()) };
        let side = Side { judged: payload.judged(&look), document };
        let key = document.root().member(self.by);
        self.report.item(&Joined::Single { which, side: &side, key }, self.streams.out).context(Writing)
    }

    fn duplicate(&mut self, which: Which, payload: Payload<'_>, is_same: bool) -> anyhow::Result<()> {
        self.totals.duplicates += 1;
        self.is_different |= !is_same;
        let (place, document) = (payload.place(), payload.read(self.indexed.judge())?);
        let duplicate = Duplicate { which, place: &place, is_same };
        let key = document.root().member(self.by);
        self.report.item(&Joined::Duplicate { duplicate, key }, self.streams.out).context(Writing)
    }

    /// The indexed records that nothing has met.
    fn tell_left(&mut self) -> anyhow::Result<()> {
        let name = self.indexed.name().to_owned();
        for place in self.index.left() {
            let kept = self.text(&place)?;
            let payload = Payload { number: place.number, ..Payload::of(&name, kept.frame(&place)) };
            let document = payload.read(self.indexed.judge())?;
            self.single(self.which, payload, &document)?;
        }
        Ok(())
    }

    /// Tells how the indexed side and the `other` compare.
    fn finish(&mut self, other: &Input) -> anyhow::Result<Exit> {
        [&self.indexed, other].into_iter().for_each(|side| side.tell_skipped(self.streams.err));
        let Totals { same, changed, added, removed, left_out, .. } = self.totals;
        if left_out > LEFT_OUT_SHOWN {
            let more = amount(left_out - LEFT_OUT_SHOWN, "more payload");
            complain(self.streams.err, &anyhow!("… and {more} cannot be compared"));
        }
        if !self.has_key && same + changed + added + removed > 0 {
            // That this cannot be told changes nothing.
            let _ = writeln!(self.streams.err, "{}", keyless(self.by));
        }
        self.report
            .finish(&(self.totals, &self.scope), self.streams.out)
            .and_then(|()| self.streams.out.flush())
            .context(Writing)?;
        Ok(match () {
            () if self.totals.left_out > 0 => Exit::Unavailable,
            () if self.is_different => Exit::Findings,
            () => Exit::Clean,
        })
    }
}

impl Again {
    fn frame(&self, place: &Place) -> Frame<'_> {
        let column = u64::from(place.column);
        let start = Position { offset: place.offset, line: place.line, column };
        let enclosed = self.origin.as_deref().map(|origin| Enclosed {
            origin,
            written: &[],
            places: &[],
            lost: None,
            is_behind_mark: false,
        });
        Frame { enclosed, ..Frame::bare(&self.text, start) }
    }
}
