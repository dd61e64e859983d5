//! From byte offsets to lines and columns.
//!
//! Invariants: lines end at LF only; a column counts characters (Unicode scalar values, or single bytes if the text is
//! not UTF-8), including a byte order mark; offsets only go forward, so any number of places in one text costs one
//! pass.

/// A place in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The number of bytes before it, from the start of the input.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
    /// Its column in characters, from 1.
    pub column: u64,
}

impl Position {
    /// The start of every input.
    pub const START: Self = Self { offset: 0, line: 1, column: 1 };
}

/// Walks forward through a text and keeps the position.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    at: Position,
    start: Position,
}

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `bytes`, whose place in their input is `start`.
    pub fn new(bytes: &'a [u8], start: Position) -> Self {
        Self { whole: bytes, rest: bytes, at: start, start }
    }

    /// Goes to the byte `offset` of the text, in either direction, and returns its place. Going back starts over.
    pub(crate) fn go_to(&mut self, offset: usize) -> Position {
        if self.at.offset - self.start.offset > offset as u64 {
            *self = Self::new(self.whole, self.start);
        }
        self.advance_to(offset)
    }

    /// Goes forward to the byte `offset` of the text, which must not be before the last one, and returns its place. An
    /// offset past the end is taken as the end.
    pub fn advance_to(&mut self, offset: usize) -> Position {
        let passed = usize::try_from(self.at.offset - self.start.offset)
            .expect("internal error: a payload fits memory");
        let step = offset.saturating_sub(passed).min(self.rest.len());
        let (over, rest) = self.rest.split_at(step);
        let mut last_line = over;
        if let Some(first) = memchr::memchr(b'\n', over) {
            // In a stream of lines it is the only line end, and nothing follows.
            let behind = &over[first + 1..];
            self.at.line += 1 + memchr::memchr_iter(b'\n', behind).count() as u64;
            self.at.column = 1;
            last_line = memchr::memrchr(b'\n', behind).map_or(behind, |newline| &behind[newline + 1..]);
        }
        self.at.column += characters(last_line);
        self.at.offset += step as u64;
        self.rest = rest;
        self.at
    }
}

/// The number of characters in `bytes`: all bytes except UTF-8's continuation bytes.
fn characters(bytes: &[u8]) -> u64 {
    // As many at once as one byte can count, so that the processor counts many in one step.
    const AT_ONCE: usize = 192;
    let count =
        |chunk: &[u8]| chunk.iter().fold(0_u8, |sum, byte| sum.wrapping_add((byte & 0xc0 != 0x80).into()));
    bytes.chunks(AT_ONCE).map(|chunk| u64::from(count(chunk))).sum()
}
