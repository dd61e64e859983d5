//! Two streams, record by record.
//!
//! The smaller file is read first and indexed: fingerprints and places. The other side is then read and matched; a
//! record whose fingerprint differs is read again from the indexed file and compared closely. A side that cannot be
//! read twice, such as a pipe, is not indexed; if neither can, the first is kept in a temporary file.
//!
//! Invariants: of several records with one key on one side the first is compared, and the others are reported; linear
//! time; memory grows with one side's keys, not with the text of records; a record that is not JSON is left out and
//! makes the exit code 2, and the first few of these are reported.

use super::side::{document, look, read};
use super::spool::Spool;
use super::{CompareOutcome, Compared, Comparer, Duplicate, Joined, Opened, Side, Which};
use crate::capture::{Enclosed, Origin, stands_for_itself};
use crate::diff::join::{Index, Indexed, Met, Print, Prints};
use crate::diff::{Comparison, Scope};
use crate::engine::Judged;
use crate::event::{self, Wanted};
use crate::payload::{Document, Position, Reader};
use crate::read::Frame;
use std::collections::HashMap;

/// The number of records after which their total is estimated from the length of the file.
const EXPECTED_FROM: u64 = 1000;
/// The number of records for which room is made at most, because the rest may differ from the beginning.
const EXPECTED_AT_MOST: u64 = 1 << 20;

/// The place of a record of the indexed side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RecordPlace {
    offset: u64,
    number: u64,
    line: u64,
    column: u32,
    length: u32,
}

/// The number of records that cannot be compared and are reported one by one.
pub const LEFT_OUT_SHOWN: u64 = 20;

/// The place of a record's text in the spool, and the capture around it.
struct Kept {
    place: u64,
    origin: Option<Box<Origin>>,
}

/// A record that was read again.
struct Reread {
    text: Vec<u8>,
    origin: Option<Box<Origin>>,
}

/// The result of a look at a record.
enum FirstLook {
    Taken(Print),
    /// It is not JSON, which was reported.
    LeftOut,
    /// It may be a capture.
    NotYet,
}

struct Join<'a> {
    by: &'a str,
    scope: &'a Scope,
    prints: Prints,
    reader: Reader,
    comparer: &'a mut dyn Comparer,
    outcome: CompareOutcome,
    index: Index<RecordPlace>,
    indexed: Opened,
    /// The records of an indexed side that cannot be read again, or were in captures, by their numbers.
    kept: HashMap<u64, Kept>,
    spool: Spool,
    /// The indexed side.
    which: Which,
}

/// Compares two streams. Their records are joined `by` a field, and judged as the `wanted` events.
///
/// # Errors
/// Errors of `comparer`, or a side that cannot be read.
pub fn join(
    [before, after]: [Opened; 2],
    by: &str,
    scope: &Scope,
    wanted: Wanted,
    comparer: &mut dyn Comparer,
) -> anyhow::Result<CompareOutcome> {
    let is_before = match (before.length(), after.length()) {
        (Some(before), Some(after)) => before < after,
        (None, Some(_)) => false,
        (_, None) => true,
    };
    let (indexed, mut other) = if is_before { (before, after) } else { (after, before) };
    let mut join = Join {
        by,
        scope,
        prints: Prints::new(by, scope, wanted),
        reader: event::reader(),
        comparer,
        outcome: CompareOutcome::default(),
        index: Index::default(),
        indexed,
        kept: HashMap::new(),
        spool: Spool::default(),
        which: if is_before { Which::Before } else { Which::After },
    };
    join.read_index()?;
    other.each(|payload, is_last| join.meet(payload, is_last))?;
    join.report_left()?;
    [&join.indexed, &other].iter().for_each(|side| join.comparer.skipped(side.name(), side.skipped()));
    Ok(join.outcome)
}

fn opposite(which: Which) -> Which {
    match which {
        Which::Before => Which::After,
        Which::After => Which::Before,
    }
}

impl Join<'_> {
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
        payload: Judged<'_>,
        expected: Option<u64>,
        is_last: bool,
    ) -> anyhow::Result<bool> {
        let Frame { bytes, start, enclosed } = payload.frame;
        let print = match self.print(payload, is_last) {
            FirstLook::Taken(print) => print,
            FirstLook::LeftOut => return Ok(true),
            FirstLook::NotYet => return Ok(false),
        };
        if expected.is_none() || enclosed.is_some() {
            let origin = enclosed.map(|enclosed| Box::new(enclosed.origin.clone()));
            self.kept.insert(payload.number, Kept { place: self.spool.add(bytes)?, origin });
        }
        let place = RecordPlace {
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
            // Room for all at once; a wrong estimate costs a little memory, or another growth.
            let records = length.saturating_mul(payload.number) / start.offset;
            self.index.expect(usize::try_from(records.min(EXPECTED_AT_MOST)).unwrap_or(0));
        }
        if let Some(first) = self.index.add(print, place) {
            self.duplicate(self.which, payload, print.is_same(&first.print))?;
        }
        Ok(true)
    }

    /// Matches a record of the other side with the index.
    fn meet(&mut self, payload: Judged<'_>, is_last: bool) -> anyhow::Result<bool> {
        let print = match self.print(payload, is_last) {
            FirstLook::Taken(print) => print,
            FirstLook::LeftOut => return Ok(true),
            FirstLook::NotYet => return Ok(false),
        };
        let which = opposite(self.which);
        match self.index.join(&print) {
            Met::First(record) => self.compare(&record, &print, payload)?,
            Met::Nothing => self.single(which, payload, &read(&payload, self.indexed.judge())?)?,
            Met::Again(is_same) => self.duplicate(which, payload, is_same)?,
        }
        Ok(true)
    }

    /// The fingerprints of a payload; if it is not JSON, that is reported.
    fn print(&mut self, payload: Judged<'_>, is_last: bool) -> FirstLook {
        let Some(document) = document(&payload, self.indexed.judge(), &mut self.reader) else {
            if !is_last {
                return FirstLook::NotYet;
            }
            self.outcome.totals.left_out += 1;
            // Finding the reason takes much longer than reading, and so does an error with a backtrace.
            if self.outcome.totals.left_out <= LEFT_OUT_SHOWN {
                let error = read(&payload, self.indexed.judge());
                self.comparer.unavailable(&error.expect_err("internal error: it was not read before"));
            }
            return FirstLook::LeftOut;
        };
        let look = if !is_last && !stands_for_itself(&document) {
            FirstLook::NotYet
        } else {
            let (print, has_key) = self.prints.of(&document);
            self.outcome.has_key |= has_key;
            FirstLook::Taken(print)
        };
        self.reader.reuse(document);
        look
    }

    fn compare(
        &mut self,
        record: &Indexed<RecordPlace>,
        print: &Print,
        payload: Judged<'_>,
    ) -> anyhow::Result<()> {
        if print.is_same(&record.print) {
            self.outcome.totals.same += 1;
            self.outcome.totals.other_fields += u64::from(!print.is_same_elsewhere(&record.print));
            return Ok(());
        }
        let kept = self.text(&record.place)?;
        let name = self.indexed.name().to_owned();
        let other = Judged::new(&name, record.place.number, kept.frame(&record.place), &[]);
        let (other_document, document) =
            (read(&other, self.indexed.judge())?, read(&payload, self.indexed.judge())?);
        let (mut sides, mut documents) = ([other, payload], [&other_document, &document]);
        if self.which == Which::After {
            sides.reverse();
            documents.reverse();
        }
        let looks = sides.map(|side| look(&side, self.indexed.judge()));
        let [before, after] =
            [0, 1].map(|side| Side { judged: sides[side].found(&looks[side]), document: documents[side] });
        let scope = self.scope.of_events([looks[0].event, looks[1].event]);
        let comparison = Comparison::of(documents[0], documents[1], &scope);
        let compared = Compared { before, after, scope: &scope, comparison };
        // Fields ignored at a deeper level are part of the fingerprints.
        if compared.is_same() {
            self.outcome.totals.same += 1;
            self.outcome.totals.other_fields += u64::from(!compared.comparison.other.is_empty());
            return Ok(());
        }
        self.outcome.totals.changed += 1;
        self.outcome.is_different = true;
        let key = document.root().member(self.by);
        let key = Some(key.unwrap_or(document.root()));
        self.comparer.joined(&Joined::Pair { compared: &compared, key })
    }

    /// The text of an indexed record.
    fn text(&mut self, place: &RecordPlace) -> anyhow::Result<Reread> {
        let length = place.length as usize;
        Ok(match self.kept.get(&place.number) {
            Some(kept) => Reread { text: self.spool.text(kept.place, length)?, origin: kept.origin.clone() },
            None => Reread { text: self.indexed.again(place.offset, length)?, origin: None },
        })
    }

    fn single(&mut self, which: Which, payload: Judged<'_>, document: &Document<'_>) -> anyhow::Result<()> {
        match which {
            Which::Before => self.outcome.totals.removed += 1,
            Which::After => self.outcome.totals.added += 1,
        }
        self.outcome.is_different = true;
        let event = look(&payload, self.indexed.judge()).event;
        let side = Side { judged: payload.as_event(event), document };
        let key = document.root().member(self.by);
        self.comparer.joined(&Joined::Single { which, side: &side, key })
    }

    fn duplicate(&mut self, which: Which, payload: Judged<'_>, is_same: bool) -> anyhow::Result<()> {
        self.outcome.totals.duplicates += 1;
        self.outcome.is_different |= !is_same;
        let (place, document) = (payload.place(), read(&payload, self.indexed.judge())?);
        let duplicate = Duplicate { which, place: &place, is_same };
        let key = document.root().member(self.by);
        self.comparer.joined(&Joined::Duplicate { duplicate, key })
    }

    /// Reports the indexed records without a match.
    fn report_left(&mut self) -> anyhow::Result<()> {
        let name = self.indexed.name().to_owned();
        for place in self.index.left() {
            let kept = self.text(&place)?;
            let payload = Judged::new(&name, place.number, kept.frame(&place), &[]);
            let document = read(&payload, self.indexed.judge())?;
            self.single(self.which, payload, &document)?;
        }
        Ok(())
    }
}

impl Reread {
    fn frame(&self, place: &RecordPlace) -> Frame<'_> {
        let column = u64::from(place.column);
        let start = Position { offset: place.offset, line: place.line, column };
        let enclosed = self.origin.as_deref().map(|origin| Enclosed {
            origin,
            written: &[],
            places: &[],
            unavailable: None,
            is_behind_mark: false,
        });
        Frame { enclosed, ..Frame::bare(&self.text, start) }
    }
}
