//! The members of one object, in a table that is filled in one pass and reused.
//!
//! In: the text of an object, and the known [`Names`]. Out: a [`Table`] of members as written, with notes about each;
//! known ones by slot.
//!
//! Invariants: of members with one name all but the last are marked; the text is JSON throughout, or there is no table;
//! a table keeps its memory, so that one payload after another costs no allocation.

use super::scan::{Seen, blank, expect, string, value};
use super::text::decode;
use crate::lanes::LANES;
use std::borrow::Cow;
use std::ops::Range;

/// The names that a table knows, each with its slot.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Name>,
    /// The slots of the names of each length.
    by_length: Vec<Vec<usize>>,
}

#[derive(Clone, Debug)]
struct Name {
    text: Box<[u8]>,
    /// Its first sixteen bytes, and zeros if it is shorter.
    head: NameHead,
    /// The usual beginning of a member with that name and a string value, from the name's quote to the value's; empty
    /// for a name that must be escaped or is not ASCII.
    opening: Box<[u8]>,
}

/// Sixteen bytes, in two halves that stay in registers.
type NameHead = (u64, u64);

/// The slot of an unknown name.
const UNKNOWN: usize = usize::MAX;
/// The same in an [`TableEntry`]; there are at most [`Names::MOST`] slots.
const NO_SLOT: u8 = u8::MAX;

impl Names {
    /// The highest number of names.
    pub const MOST: usize = 32;

    /// No known names.
    pub(super) const fn none() -> Self {
        Self { names: Vec::new(), by_length: Vec::new() }
    }

    /// Known names; their slots are their order.
    ///
    /// # Panics
    /// There are more than [`Names::MOST`].
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        let name = |text: &str| Name {
            text: text.as_bytes().into(),
            head: head(text.as_bytes(), 0..text.len()),
            opening: if text.bytes().all(is_plain) { format!("\"{text}\":\"") } else { String::new() }
                .into_bytes()
                .into(),
        };
        let names: Vec<Name> = names.into_iter().map(name).collect();
        assert!(names.len() <= Self::MOST, "internal error: there are more names than a table has slots");
        let longest = names.iter().map(|name| name.text.len()).max().unwrap_or(0);
        let mut by_length = vec![Vec::new(); longest + 1];
        names.iter().enumerate().for_each(|(slot, name)| by_length[name.text.len()].push(slot));
        Self { names, by_length }
    }

    /// The end of the name of the member at `start`, if the member has the `expected` name and a string, in the usual
    /// spelling: one comparison decides all of that.
    #[inline(always)]
    fn name_end(&self, text: &[u8], start: usize, expected: usize) -> Option<usize> {
        let Name { text: name, opening, .. } = self.names.get(expected)?;
        let is_it = !opening.is_empty() && text.get(start..)?.starts_with(opening);
        is_it.then_some(start + 1 + name.len())
    }

    /// The slot of the name at `range` of `text`, which is probably `expected`.
    #[inline(always)]
    fn slot(&self, text: &[u8], range: Range<usize>, expected: usize) -> usize {
        if self.names.is_empty() {
            return UNKNOWN;
        }
        let head = head(text, range.clone());
        if self.names.get(expected).is_some_and(|name| name.is(text, &range, head)) {
            return expected;
        }
        let same_length = self.by_length.get(range.len()).map_or(&[][..], Vec::as_slice);
        let is = |slot: &usize| self.names[*slot].is(text, &range, head);
        same_length.iter().copied().find(is).unwrap_or(UNKNOWN)
    }
}

impl Name {
    /// Whether this is the name at `range` of `text`, which has that head.
    #[inline(always)]
    fn is(&self, text: &[u8], range: &Range<usize>, head: NameHead) -> bool {
        self.head == head
            && self.text.len() == range.len()
            && (range.len() <= LANES || text[range.clone()] == *self.text)
    }
}

/// Masks that keep the first bytes of sixteen.
const FIRST: [NameHead; LANES + 1] = {
    let mut masks = [(u64::MAX, u64::MAX); LANES + 1];
    let mut length = 0;
    while length < LANES {
        let first = (1_u128 << (8 * length)) - 1;
        masks[length] = (first as u64, (first >> 64) as u64);
        length += 1;
    }
    masks
};

/// The first sixteen bytes at `range`, filled up with zeros.
#[inline(always)]
fn head(text: &[u8], range: Range<usize>) -> NameHead {
    let length = range.len().min(LANES);
    let whole = text[range.start..].first_chunk::<LANES>().copied().unwrap_or_else(|| {
        let mut bytes = [0; LANES];
        bytes[..length].copy_from_slice(&text[range.start..range.start + length]);
        bytes
    });
    let (low, high) = (half(&whole, 0), half(&whole, LANES / 2));
    (low & FIRST[length].0, high & FIRST[length].1)
}

#[inline(always)]
fn half(bytes: &[u8; LANES], from: usize) -> u64 {
    bytes[from..].first_chunk().map_or(0, |half| u64::from_le_bytes(*half))
}

/// One member: the places of its name and its value, including quotes, with notes about both.
#[derive(Clone, Copy, Debug)]
pub(super) struct TableEntry {
    pub(super) name: (usize, usize),
    pub(super) value: (usize, usize),
    pub(super) seen_in_name: Seen,
    pub(super) seen_in_value: Seen,
    /// The slot of its name; [`NO_SLOT`] for an unknown name.
    slot: u8,
    pub(super) is_shadowed: bool,
}

/// The highest number of members of a table that is kept for reuse.
const KEPT_AT_MOST: usize = 1 << 14;

/// The members of one object.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub(super) entries: Vec<TableEntry>,
    /// For each known name, the index in `entries` of its effective member, plus one; 0 if there is none.
    slots: [usize; Names::MOST],
    /// The number of known names.
    known_names: usize,
    /// The notes about the string values of known names.
    pub(super) seen: Seen,
    /// One bit for each slot: whether its member exists, is a string, and is a string that clearly begins with a
    /// letter.
    pub(super) present: u32,
    pub(super) strings: u32,
    pub(super) lettered: u32,
    /// The number of members with unknown names, including shadowed ones.
    unknown: usize,
    /// The number of shadowed members, and of those with unknown names among them.
    pub(super) duplicates: usize,
    unknown_duplicates: usize,
    /// The slot of each member of the previous object: objects are usually written like the one before.
    order: Vec<usize>,
    /// A buffer for open brackets.
    open: Vec<u8>,
}

impl Table {
    /// Whether its memory is too large to keep for the next payload.
    pub(super) fn is_large(&self) -> bool {
        self.entries.capacity() > KEPT_AT_MOST
    }

    /// Reads the object that begins at `start`. Returns its end, or `None` if it is not JSON.
    pub(super) fn read(&mut self, whole: &str, start: usize, names: &Names) -> Option<usize> {
        let text = whole.as_bytes();
        self.entries.clear();
        self.slots = [0; Names::MOST];
        (self.known_names, self.seen) = (names.names.len(), Seen::default());
        (self.present, self.strings, self.lettered) = (0, 0, 0);
        (self.unknown, self.duplicates, self.unknown_duplicates) = (0, 0, 0);
        let mut at = blank(text, expect(text, start, b'{')?);
        if text.get(at) == Some(&b'}') {
            return Some(at + 1);
        }
        loop {
            at = blank(text, self.member(whole, at, names)?);
            match *text.get(at)? {
                b',' => at = blank(text, at + 1),
                b'}' => break,
                _ => return None,
            }
        }
        if self.unknown > 1 {
            self.mark_unknown(whole);
        }
        Some(at + 1)
    }

    /// Reads the member that begins at `start`. Returns its end, or `None` if it is not JSON.
    #[inline(always)]
    fn member(&mut self, whole: &str, start: usize, names: &Names) -> Option<usize> {
        let text = whole.as_bytes();
        let index = self.entries.len();
        let expected = self.order.get(index).copied().unwrap_or(UNKNOWN);
        let opened = names.name_end(text, start, expected);
        let (quote, seen_in_name, from) = match opened {
            Some(quote) => (quote, Seen::default(), quote + 2),
            None => {
                let (quote, seen) = string(text, expect(text, start, b'"')?)?;
                (quote, seen, blank(text, expect(text, blank(text, quote + 1), b':')?))
            }
        };
        // Usually it is a string, and then no call is needed.
        let (to, seen_in_value) = match expect(text, from, b'"') {
            Some(inside) => string(text, inside).map(|(quote, seen)| (quote + 1, seen))?,
            None => value(text, from, &mut self.open)?,
        };
        let slot = if opened.is_some() {
            expected
        } else if seen_in_name.is_escaped() {
            let name = decode(&whole[start + 1..quote]);
            names.slot(name.as_bytes(), 0..name.len(), expected)
        } else {
            names.slot(text, start + 1..quote, expected)
        };
        let is_known = slot != UNKNOWN;
        self.entries.push(TableEntry {
            name: (start, quote + 1),
            value: (from, to),
            seen_in_name,
            seen_in_value,
            slot: if is_known { slot as u8 } else { NO_SLOT },
            is_shadowed: false,
        });
        if slot != expected {
            self.expect(index, slot);
        }
        if is_known {
            self.seen = self.seen.and(seen_in_value);
            self.mark_known(slot, &text[from..to], seen_in_value);
            let earlier = std::mem::replace(&mut self.slots[slot], index + 1);
            if earlier != 0 {
                self.shadow(earlier - 1);
            }
        } else {
            self.unknown += 1;
        }
        Some(to)
    }

    /// Notes the first byte of the value of a known name.
    #[inline(always)]
    fn mark_known(&mut self, slot: usize, value: &[u8], seen: Seen) {
        let bit = 1 << slot;
        let is_string = value[0] == b'"';
        // Every plain byte above the quote is visible.
        let has_letter = is_string && seen.is_plain() && value[1] > b'"';
        self.present |= bit;
        self.strings = if is_string { self.strings | bit } else { self.strings & !bit };
        self.lettered = if has_letter { self.lettered | bit } else { self.lettered & !bit };
    }

    /// Expects the name of `slot` at the member `index` of the next object, if that is among the first.
    #[cold]
    fn expect(&mut self, index: usize, slot: usize) {
        if self.order.len() < 2 * Names::MOST && self.order.len() == index {
            self.order.push(slot);
        } else if let Some(expected) = self.order.get_mut(index) {
            *expected = slot;
        }
    }

    fn shadow(&mut self, earlier: usize) {
        let entry = &mut self.entries[earlier];
        if !entry.is_shadowed {
            entry.is_shadowed = true;
            self.duplicates += 1;
            self.unknown_duplicates += usize::from(!entry.is_known());
        }
    }

    /// Marks the shadowed members among those with unknown names.
    fn mark_unknown(&mut self, text: &str) {
        const PAIRWISE_AT_MOST: usize = 16;
        if self.entries.len() <= PAIRWISE_AT_MOST {
            for later in 1..self.entries.len() {
                for earlier in 0..later {
                    if self.is_same_name(text, earlier, later) {
                        self.shadow(earlier);
                    }
                }
            }
            return;
        }
        // Sorting instead of a table: linearithmic, and equal names are neighbours.
        for pair in self.unknown_by_name(text).windows(2) {
            let (earlier, later) = (pair[0].1 as usize, pair[1].1 as usize);
            if self.is_same_name(text, earlier, later) {
                self.shadow(earlier);
            }
        }
    }

    /// A keyed hash of each unknown name with the member's index, sorted by name and then by index. A payload has fewer
    /// members than an index can count.
    fn unknown_by_name(&self, text: &str) -> Vec<(u64, u32)> {
        let keys = crate::seed::ahash();
        let unknown = (0..).zip(&self.entries).filter(|(_, entry)| !entry.is_known());
        let mut order: Vec<(u64, u32)> =
            unknown.map(|(index, entry)| (keys.hash_one(&*entry.name(text)), index)).collect();
        let name = |index: u32| self.entries[index as usize].name(text);
        order.sort_unstable_by(|one, two| {
            one.0.cmp(&two.0).then_with(|| name(one.1).cmp(&name(two.1))).then(one.1.cmp(&two.1))
        });
        order
    }

    /// Whether two members have the same unknown name.
    fn is_same_name(&self, text: &str, one: usize, two: usize) -> bool {
        let (one, two) = (&self.entries[one], &self.entries[two]);
        let is_escaped = one.seen_in_name.is_escaped() || two.seen_in_name.is_escaped();
        let length = |entry: &TableEntry| entry.name.1 - entry.name.0;
        !one.is_known()
            && !two.is_known()
            && (is_escaped || length(one) == length(two))
            && one.name(text) == two.name(text)
    }

    /// The effective member of that slot.
    #[inline]
    pub(super) fn known(&self, slot: usize) -> Option<&TableEntry> {
        assert!(slot < self.known_names, "internal error: a member is asked for that was not looked for");
        self.slots[slot].checked_sub(1).map(|index| &self.entries[index])
    }

    /// The number of effective members with unknown names.
    pub(super) fn unknown(&self) -> usize {
        self.unknown - self.unknown_duplicates
    }
}

impl TableEntry {
    /// The slot of its name, if it is known.
    pub(super) fn slot(&self) -> Option<usize> {
        (self.slot != NO_SLOT).then_some(self.slot.into())
    }

    pub(super) fn is_known(&self) -> bool {
        self.slot != NO_SLOT
    }

    /// Whether this is the decoded name.
    pub(super) fn is_named(&self, text: &str, name: &str) -> bool {
        let length = self.name.1 - self.name.0 - 2;
        (length == name.len() || self.seen_in_name.is_escaped()) && self.name(text) == name
    }

    /// The name, decoded.
    pub(super) fn name<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let name = &text[self.name.0 + 1..self.name.1 - 1];
        if self.seen_in_name.is_escaped() { decode(name) } else { Cow::Borrowed(name) }
    }
}
