//! Two streams, record by record.
//!
//! The smaller file is read first and indexed: fingerprints and places. The other side is read past it; a record
//! whose fingerprint differs is read again from the indexed file and compared closely. A side that cannot be read
//! twice, such as a pipe, is the one that is read past; if neither can, the first is kept in memory.
//!
//! What always holds: of several records of one key on one side the first is compared, and the others are told;
//! linear time; memory grows with one side's keys and with no record's text, unless both sides
//! are pipes; a record that is not JSON is told of and left out, and makes the exit code 2.

use super::side::{Input, Payload};
use super::{Exit, Streams, complain, scope, tell};
use crate::check::Judge;
use crate::cli::Diff;
use crate::command::WRITING;
use crate::diff::join::{Index, Indexed, Met, Ordinary, Print};
use crate::diff::{Comparison, Scope};
use crate::input::Frame;
use crate::payload::{Document, Position};
use crate::report::diff::{Compared, Duplicate, Side, Tell, Totals, Which};
use crate::visible::visible;
use anyhow::Context as _;

/// Where a record of the indexed side is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    offset: u64,
    number: u64,
    line: u64,
    column: u32,
    length: u32,
}

struct Join<'a, 's> {
    by: &'a str,
    scope: Scope,
    ordinary: Option<Ordinary>,
    judge: Judge,
    tell: Box<dyn Tell>,
    streams: &'a mut Streams<'s>,
    totals: Totals,
    index: Index<Place>,
    indexed: Input,
    /// The records of an indexed side that cannot be read again.
    kept: Vec<Box<[u8]>>,
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
    let (by, scope) = (arguments.by.as_deref().unwrap_or("id"), scope(arguments));
    let mut join = Join {
        by,
        ordinary: Ordinary::new(by, &scope),
        scope,
        judge: Judge::default(),
        tell: tell(arguments, true, streams),
        streams,
        totals: Totals::default(),
        index: Index::default(),
        indexed,
        kept: Vec::new(),
        which: if is_before { Which::Before } else { Which::After },
        is_different: false,
        has_key: false,
    };
    join.read_index()?;
    other.each(|payload| join.meet(payload))?;
    join.tell_left()?;
    let Totals { same, changed, added, removed, .. } = join.totals;
    if !join.has_key && same + changed + added + removed > 0 {
        // That this cannot be told changes nothing.
        let _ = writeln!(join.streams.err, "{}", keyless(join.by));
    }
    join.tell
        .finish(&join.totals, &join.scope, join.streams.out)
        .and_then(|()| join.streams.out.flush())
        .context(WRITING)?;
    Ok(match () {
        () if join.totals.left_out > 0 => Exit::Trouble,
        () if join.is_different => Exit::Findings,
        () => Exit::Clean,
    })
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

impl Join<'_, '_> {
    fn read_index(&mut self) -> anyhow::Result<()> {
        let nothing = Input::text("", "");
        let mut input = std::mem::replace(&mut self.indexed, nothing);
        let is_kept = input.length().is_none();
        input.each(|payload| self.index_one(payload, is_kept))?;
        self.indexed = input;
        Ok(())
    }

    fn index_one(&mut self, payload: Payload<'_>, is_kept: bool) -> anyhow::Result<()> {
        let Frame { bytes, start } = payload.frame;
        if is_kept {
            self.kept.push(bytes.into());
        }
        let Some(print) = self.print(payload) else { return Ok(()) };
        let place = Place {
            offset: start.offset,
            number: payload.number,
            line: start.line,
            column: u32::try_from(start.column).unwrap_or(u32::MAX),
            length: u32::try_from(bytes.len())
                .expect("internal error: a payload is no longer than the limit"),
        };
        if let Some(first) = self.index.add(print, place) {
            return self.duplicate(self.which, payload, print.is_same(&first.print));
        }
        Ok(())
    }

    /// A record of the side that is read past the index.
    fn meet(&mut self, payload: Payload<'_>) -> anyhow::Result<()> {
        let Some(print) = self.print(payload) else { return Ok(()) };
        let which = opposite(self.which);
        match self.index.join(&print) {
            Met::First(record) => self.compare(&record, &print, payload),
            Met::Nothing => self.single(which, payload, &payload.read(&self.judge)?),
            Met::Again(is_same) => self.duplicate(which, payload, is_same),
        }
    }

    /// What is compared of a payload first; if it is not JSON, that is told.
    fn print(&mut self, payload: Payload<'_>) -> Option<Print> {
        let bytes = payload.frame.bytes;
        let is_short = bytes.len() <= self.judge.limit();
        let ordinary = self.ordinary.as_ref().filter(|_| is_short).and_then(|ordinary| ordinary.print(bytes));
        self.has_key |= ordinary.is_some();
        ordinary.or_else(|| {
            let document = self.read(payload)?;
            self.has_key |= document.root().member(self.by).is_some();
            Some(Print::of(&document, self.by, &self.scope))
        })
    }

    /// The payload as JSON; if it is none, that is told.
    fn read<'p>(&mut self, payload: Payload<'p>) -> Option<Document<'p>> {
        payload
            .read(&self.judge)
            .inspect_err(|error| {
                self.totals.left_out += 1;
                complain(self.streams.err, error);
            })
            .ok()
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
        let bytes = self.text(&record.place)?;
        let name = self.indexed.name().to_owned();
        let other =
            Payload { source: &name, number: record.place.number, frame: frame(&bytes, &record.place) };
        let (other_document, document) = (other.read(&self.judge)?, payload.read(&self.judge)?);
        let (mut sides, mut documents) = ([other, payload], [&other_document, &document]);
        if self.which == Which::After {
            sides.reverse();
            documents.reverse();
        }
        let findings = sides.map(|side| self.judge.judge(side.frame.bytes));
        let [before, after] = [0, 1]
            .map(|side| Side { judged: sides[side].judged(&findings[side]), document: documents[side] });
        let comparison = Comparison::of(documents[0], documents[1], &self.scope);
        let compared = Compared { before, after, scope: &self.scope, comparison };
        // What is ignored deeper down is in the fingerprints.
        if compared.is_same() {
            self.totals.same += 1;
            self.totals.other_fields += u64::from(!compared.comparison.other.is_empty());
            return Ok(());
        }
        self.totals.changed += 1;
        self.is_different = true;
        let key = document.root().member(self.by);
        self.tell
            .pair(&compared, Some(key.unwrap_or(document.root())), self.streams.out, self.streams.err)
            .context(WRITING)
    }

    /// The text of an indexed record.
    fn text(&mut self, place: &Place) -> anyhow::Result<Vec<u8>> {
        if self.indexed.length().is_some() {
            self.indexed.again(place.offset, place.length as usize)
        } else {
            let index = usize::try_from(place.number - 1).expect("internal error: it is in memory");
            Ok(self.kept[index].to_vec())
        }
    }

    fn single(&mut self, which: Which, payload: Payload<'_>, document: &Document<'_>) -> anyhow::Result<()> {
        match which {
            Which::Before => self.totals.removed += 1,
            Which::After => self.totals.added += 1,
        }
        self.is_different = true;
        let side = Side { judged: payload.judged(&[]), document };
        let key = document.root().member(self.by);
        self.tell.single(which, &side, key, self.streams.out).context(WRITING)
    }

    fn duplicate(&mut self, which: Which, payload: Payload<'_>, is_same: bool) -> anyhow::Result<()> {
        self.totals.duplicates += 1;
        self.is_different |= !is_same;
        let (place, document) = (payload.place(), payload.read(&self.judge)?);
        let duplicate = Duplicate { which, place: &place, is_same };
        self.tell.duplicate(&duplicate, document.root().member(self.by), self.streams.out).context(WRITING)
    }

    /// The indexed records that nothing has met.
    fn tell_left(&mut self) -> anyhow::Result<()> {
        let name = self.indexed.name().to_owned();
        for place in self.index.left() {
            let bytes = self.text(&place)?;
            let payload = Payload { source: &name, number: place.number, frame: frame(&bytes, &place) };
            let document = payload.read(&self.judge)?;
            self.single(self.which, payload, &document)?;
        }
        Ok(())
    }
}

fn frame<'a>(bytes: &'a [u8], place: &Place) -> Frame<'a> {
    Frame {
        bytes,
        start: Position { offset: place.offset, line: place.line, column: u64::from(place.column) },
    }
}
