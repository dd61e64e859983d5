//! The brackets of one object or array, as they open and close.
//!
//! In: text, as it arrives. Out: the place where the outermost bracket closes, or where another document begins
//! instead. Only brackets, strings, commas and colons are looked at; whether the rest is JSON is checked elsewhere.
//! Invariants: each byte is looked at once; a string ends at a line end, which breaks it; a bracket that starts a line
//! is inside wherever JSON has a place for one, so that no well-formed document is split.

use super::super::look_at;
use super::{Beginning, LOOK_AHEAD, TEXT_AT_MOST, beginning};
use crate::payload::BYTE_ORDER_MARK;
use std::ops::Range;

/// The number of open containers at the start of a line that are remembered.
const LINES_AT_MOST: usize = 1000;

/// The open brackets, and the tokens that may follow.
#[derive(Debug, Default)]
pub(super) struct Nest {
    levels: LevelBits,
    is_in_string: bool,
    is_escaped: bool,
    /// Whether a value may come here.
    takes_value: bool,
    /// Whether a fault was found, so that the last bracket is not the end.
    is_broken: bool,
    /// The start of text outside of any document, if there is some; it is passed on in pieces.
    text: Option<usize>,
    /// Whether any brace at the start of a line begins a document if no bracket is open.
    takes_any: bool,
    /// The start of the line, if it is in the buffer.
    line: Option<usize>,
    /// The starts of the open containers that start a line, each with the number of levels around it.
    lines: Vec<(usize, usize)>,
    /// The number of containers that started a line.
    started: usize,
    /// The container that started a line, if it is the last thing so far.
    last: Option<Range<usize>>,
}

/// The result of a scan.
#[derive(Debug)]
pub(super) enum Scan {
    /// More bytes are needed.
    Wait,
    /// The outermost bracket is closed.
    Closed,
    /// Another document begins at `line`, and before it perhaps yet another: the text between may have been taken for a
    /// value of the document that was cut before it.
    Another { line: usize, before: Option<Range<usize>> },
}

impl Nest {
    /// The brackets in text that is not JSON.
    pub(super) fn of_text() -> Self {
        Self { is_broken: true, text: Some(0), ..Self::default() }
    }

    pub(super) fn of_array() -> Self {
        Self { takes_value: true, ..Self::default() }
    }

    pub(super) fn of_object() -> Self {
        Self { takes_value: true, takes_any: true, ..Self::default() }
    }

    /// More text follows the last bracket, from `at` on.
    pub(super) fn go_beyond(&mut self, at: usize) {
        (self.is_broken, self.text) = (true, Some(at));
    }

    /// Continues from `at`, and returns where it stopped.
    pub(super) fn scan(&mut self, text: &[u8], at: &mut usize, is_end: bool) -> Scan {
        let start = *at;
        let stop = self.go_on(text, at, is_end);
        look_at(*at - start);
        stop
    }

    fn go_on(&mut self, text: &[u8], at: &mut usize, is_end: bool) -> Scan {
        while let Some(&byte) = text.get(*at) {
            if self.is_in_string {
                self.string(text, at);
                continue;
            }
            match byte {
                b'\n' => {
                    let line = *at + 1;
                    self.line = Some(line);
                    if self.text.is_some_and(|from| *at - from >= TEXT_AT_MOST) {
                        return Scan::Another { line, before: None };
                    }
                }
                b' ' | b'\t' | b'\r' => {}
                b'{' | b'[' => {
                    if let Some(stop) = self.open(text, *at, is_end) {
                        return stop;
                    }
                }
                b'}' | b']' => {
                    if self.close(text, *at) {
                        *at += 1;
                        return Scan::Closed;
                    }
                }
                _ => self.other(text, *at),
            }
            *at += 1;
        }
        Scan::Wait
    }

    /// Goes to the end of the string, or to the line end that breaks it.
    fn string(&mut self, text: &[u8], at: &mut usize) {
        if std::mem::take(&mut self.is_escaped) && text[*at] != b'\n' {
            *at += 1;
            return;
        }
        let Some(step) = memchr::memchr3(b'"', b'\\', b'\n', &text[*at..]) else {
            *at = text.len();
            return;
        };
        *at += step;
        self.is_escaped = text[*at] == b'\\';
        self.is_in_string = self.is_escaped;
        if text[*at] == b'\n' {
            self.break_string(&text[..*at]);
        } else {
            *at += 1;
        }
    }

    /// A line end breaks the string. If an extra quote opened it, the line ends as lines of JSON do.
    fn break_string(&mut self, before: &[u8]) {
        self.is_broken = true;
        let near = &before[before.len().saturating_sub(LOOK_AHEAD)..];
        look_at(near.len());
        match near.trim_ascii_end().last() {
            Some(b'{') => self.push(false),
            Some(b'[') => self.push(true),
            Some(b':') => self.takes_value = true,
            Some(b',') => self.takes_value = true,
            _ => {}
        }
    }

    fn push(&mut self, is_array: bool) {
        self.takes_value = is_array;
        self.levels.push(is_array);
    }

    /// A bracket opens, unless it begins another document.
    fn open(&mut self, text: &[u8], at: usize, is_end: bool) -> Option<Scan> {
        if let Some(line) = self.line_of(text, at) {
            let is_outside = self.levels.len() == 0;
            match beginning(&text[line..], is_end) {
                Beginning::Unknown => return Some(Scan::Wait),
                Beginning::Plain if is_outside || !self.takes_value => return Some(self.another(line)),
                Beginning::Brace if is_outside && self.takes_any => return Some(self.another(line)),
                Beginning::Plain => self.start(line),
                _ => {}
            }
        }
        self.is_broken |= !self.takes_value;
        self.push(text[at] == b'[');
        self.last = None;
        None
    }

    fn another(&mut self, line: usize) -> Scan {
        Scan::Another { line, before: self.last.take() }
    }

    /// The start of the line of the bracket, if only a byte order mark precedes the bracket on it.
    fn line_of(&self, text: &[u8], at: usize) -> Option<usize> {
        self.line.filter(|line| at == *line || &text[*line..at] == BYTE_ORDER_MARK)
    }

    fn start(&mut self, line: usize) {
        self.started += 1;
        if self.lines.len() < LINES_AT_MOST {
            self.lines.push((line, self.levels.len()));
        }
    }

    /// A bracket closes; true if that ends the document.
    fn close(&mut self, text: &[u8], at: usize) -> bool {
        if self.levels.len() == 0 {
            return false;
        }
        self.is_broken |= self.levels.pop() != (text[at] == b']');
        self.takes_value = false;
        let around = self.levels.len();
        self.last = self.lines.pop_if(|(_, level)| *level == around).map(|(line, _)| line..at + 1);
        if around == 0 && self.is_broken {
            self.text.get_or_insert(at + 1);
        }
        around == 0 && !self.is_broken
    }

    fn other(&mut self, text: &[u8], at: usize) {
        let byte = text[at];
        self.is_in_string = byte == b'"';
        self.is_broken |= match byte {
            b'"' | b',' | b'.' | b'0'..=b'9' => false,
            b':' => self.levels.is_array(),
            // A date has a minus after digits, and a number does not.
            b'-' | b'+' => at > 0 && text[at - 1].is_ascii_digit(),
            _ => !is_of_literals(byte),
        };
        self.takes_value = match byte {
            b':' => true,
            // If a fault was found already, a bracket may be missing.
            b',' => self.levels.is_array() || self.is_broken,
            _ => false,
        };
        self.last = None;
    }

    /// For the end of a cut document: its last lines, if they may be another document.
    pub(super) fn last_line(&mut self, text: &[u8]) -> Option<Range<usize>> {
        self.last.take().filter(|_| self.started == 1).map(|last| last.start..text.len())
    }

    /// The text up to `done` is dropped.
    pub(super) fn forget(&mut self, done: usize) {
        self.line = self.line.filter(|line| *line == done).map(|_| 0);
        self.text = self.text.map(|_| 0);
        self.lines.clear();
        self.last = None;
    }
}

/// Whether that stands in JSON's literals and numbers: any other letter outside of a string is one too many.
pub(crate) fn is_of_literals(byte: u8) -> bool {
    b"truefalsnE".contains(&byte)
}

/// For each open container, whether it is an array: a bit each, because there may be a million.
#[derive(Debug, Default)]
struct LevelBits {
    bits: Vec<u64>,
    count: usize,
}

impl LevelBits {
    fn len(&self) -> usize {
        self.count
    }

    fn push(&mut self, is_array: bool) {
        let (word, bit) = (self.count / 64, self.count % 64);
        if word == self.bits.len() {
            self.bits.push(0);
        }
        self.bits[word] = self.bits[word] & !(1 << bit) | u64::from(is_array) << bit;
        self.count += 1;
    }

    fn pop(&mut self) -> bool {
        let is_array = self.is_array();
        self.count = self.count.saturating_sub(1);
        is_array
    }

    /// Whether the innermost is an array.
    fn is_array(&self) -> bool {
        let last = self.count.saturating_sub(1);
        self.bits.get(last / 64).is_some_and(|word| word >> (last % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_containers_that_start_a_line_a_bounded_number_is_remembered() {
        let text = "[\n".repeat(3 * LINES_AT_MOST);
        let (mut nest, mut at) = (Nest::of_array(), 0);
        assert!(matches!(nest.scan(text.as_bytes(), &mut at, true), Scan::Wait));
        assert_eq!((nest.levels.len(), nest.lines.len()), (3 * LINES_AT_MOST, LINES_AT_MOST));
    }
}
