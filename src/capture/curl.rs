//! The output of `curl --trace`: each byte that curl sent, in rows of hex digits.
//!
//! Invariants: only sent bytes are taken; the place of a byte is that of its digits; nothing is taken from
//! `--trace-ascii`, which shows a dot for every other byte.

use super::http::lines;
use super::layer::Layer;
use super::shape::{CapturePart, Content, Shape, ShapeForm, Sign, Then};
use super::text::{holds_payload, may_hold_payload};
use super::unavailable::Unavailable;
use crate::split::Framing;
use std::borrow::Cow;
use std::ops::Range;

pub(super) const SHAPES: &[Shape] = &[Shape {
    name: "curl-trace",
    what: "a `curl --trace` file",
    signs: &[Sign::Text(is_trace, "a first line such as `== Info: ` or `=> Send header, `")],
    form: ShapeForm::Text(Framing::Whole, parts),
}];

/// The line before a block of sent bytes, and before any other block.
const SENT: [&[u8]; 2] = [b"=> Send header, ", b"=> Send data, "];
const OTHER: [&[u8]; 4] = [b"== Info: ", b"<= Recv ", b"=> Send SSL ", b"<= Recv SSL "];
/// The bytes that a row shows, and the columns of each: two digits and a space.
const ROW_BYTES: usize = 16;
pub(super) const BYTE_COLUMNS: usize = 3;

/// The text after the time and the ids that curl puts at the start of a line if asked to.
fn heading(line: &[u8]) -> Option<(&[u8], bool)> {
    let near = &line[..line.len().min(64)];
    let find = |marks: &[&[u8]]| {
        marks
            .iter()
            .find_map(|mark| memchr::memmem::find(near, mark))
            .filter(|at| *at == 0 || near[at - 1] == b' ')
    };
    let sent = find(&SENT).map(|at| (&line[at..], true));
    sent.or_else(|| find(&OTHER).map(|at| (&line[at..], false)))
}

pub(super) fn is_trace(text: &[u8]) -> bool {
    lines(text, 0).next().is_some_and(|line| heading(&text[line]).is_some())
}

/// Shows the text of each request to `look`; the shape of such texts takes it apart.
fn parts(text: &[u8], look: &mut dyn FnMut(CapturePart<'_>)) {
    let (mut requests, mut is_sent): (Vec<TracedRequest>, bool) = (Vec::new(), false);
    let mut answers = TracedRequest::default();
    for line in lines(text, 0) {
        let written = &text[line.clone()];
        let row = row(written);
        if row.is_none() && may_hold_payload(written) {
            look(CapturePart::text(text, line.clone(), "lines between requests"));
        }
        if let Some((heading, is_request)) = heading(written) {
            is_sent = is_request;
            if heading.starts_with(SENT[0]) {
                requests.push(TracedRequest { place: line, ..TracedRequest::default() });
            }
            continue;
        }
        let request = requests.last_mut().filter(|_| is_sent).unwrap_or(&mut answers);
        match row {
            Some((at, bytes)) => request.add(line.start + at, &bytes),
            None => request.is_ascii |= !written.trim_ascii().is_empty(),
        }
    }
    if holds_payload(&answers.bytes) {
        look(answers.text(text));
    }
    let several = requests.len() > 1;
    if requests.is_empty() {
        look(CapturePart::unavailable(0..text.len(), Unavailable::nothing()));
    }
    for (index, request) in requests.into_iter().enumerate() {
        look(CapturePart { number: if several { index + 1 } else { 0 }, ..request.part() });
    }
}

/// The sent bytes of one request.
#[derive(Default)]
struct TracedRequest {
    bytes: Vec<u8>,
    rows: Vec<(usize, usize)>,
    is_ascii: bool,
    /// The place that is reported for it.
    place: Range<usize>,
}

impl TracedRequest {
    fn add(&mut self, at: usize, bytes: &[u8]) {
        self.rows.push((self.bytes.len(), at));
        self.bytes.extend_from_slice(bytes);
    }

    /// The bytes as a text that is not a request.
    fn text(self, trace: &[u8]) -> CapturePart<'_> {
        let content = Content {
            bytes: Cow::Owned(self.bytes),
            layers: vec![Layer::Pieces(self.rows.into(), BYTE_COLUMNS)],
        };
        CapturePart { content: Ok(content), ..CapturePart::text(trace, 0..trace.len(), "answers") }
    }

    fn part(self) -> CapturePart<'static> {
        let unavailable = |unavailable| CapturePart::unavailable(self.place.clone(), unavailable);
        if self.is_ascii {
            return unavailable(Unavailable::not_recorded(
                "a `curl --trace-ascii` file: it shows a dot for every byte that is not printable ASCII",
                "run curl again with --trace FILE, and unwrap that file",
            ));
        }
        let layers = vec![Layer::Pieces(self.rows.into(), BYTE_COLUMNS)];
        let (bytes, place) = (Cow::Owned(self.bytes), self.place);
        let content = Ok(Content { bytes, layers });
        CapturePart {
            content,
            then: Then::Shape(&super::http::REQUEST),
            ..CapturePart::unavailable(place, Unavailable::empty())
        }
    }
}

/// The bytes of a row such as `0010: 7b 22 69 64  {"id`, and where in it the first is.
fn row(line: &[u8]) -> Option<(usize, Vec<u8>)> {
    let colon =
        memchr::memchr(b':', line).filter(|at| *at >= 4 && line[..*at].iter().all(u8::is_ascii_hexdigit))?;
    let digits = line.get(colon + 2..)?;
    let bytes: Vec<u8> = digits.chunks(BYTE_COLUMNS).take(ROW_BYTES).map_while(byte).collect();
    // A row of text may begin with something like digits; in a row of bytes, spaces follow up to the last column, and
    // behind it there are at most a space and a character for each column.
    let rest = digits.get(bytes.len() * BYTE_COLUMNS..).unwrap_or_default();
    let rest = rest.strip_suffix(b"\r").unwrap_or(rest);
    let padding = (ROW_BYTES - bytes.len()) * BYTE_COLUMNS;
    let is_as_long = (padding..=padding + 1 + ROW_BYTES).contains(&rest.len());
    let is_padded = is_as_long && rest[..padding].iter().all(|byte| *byte == b' ');
    (!bytes.is_empty() && is_padded).then_some((colon + 2, bytes))
}

fn byte(columns: &[u8]) -> Option<u8> {
    let [digits @ .., b' '] = columns else { return None };
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The bytes in the rows of a trace, for each request and each run of anything else, and their places.
pub(super) fn blocks(text: &[u8]) -> Vec<(Vec<u8>, Layer)> {
    let (mut sent, mut others, mut is_sent): (Vec<TracedRequest>, Vec<TracedRequest>, bool) =
        Default::default();
    for line in lines(text, 0) {
        let written = &text[line.clone()];
        if let Some((heading, is_request)) = heading(written) {
            let is_new = !is_request || heading.starts_with(SENT[0]) || sent.is_empty();
            is_sent = is_request;
            let blocks = if is_sent { &mut sent } else { &mut others };
            if is_new {
                blocks.push(TracedRequest::default());
            }
            continue;
        }
        let block = if is_sent { sent.last_mut() } else { others.last_mut() };
        if let (Some(block), Some((at, bytes))) = (block, row(written)) {
            block.add(line.start + at, &bytes);
        }
    }
    let all = sent.into_iter().chain(others).filter(|block| !block.rows.is_empty());
    all.map(|block| (block.bytes, Layer::Pieces(block.rows.into(), BYTE_COLUMNS))).collect()
}

/// Writes the character that a row shows after its digits, for the byte whose digits are at `place`.
pub(super) fn show(layer: &Layer, place: usize, old: u8, new: u8, out: &mut [u8], done: &mut [bool]) {
    let Layer::Pieces(rows, _) = layer else { return };
    let row = rows.partition_point(|(_, start)| *start <= place).checked_sub(1).map(|row| rows[row].1);
    let Some(row) = row else { return };
    // The counter in front of the digits stays.
    let line = memchr::memrchr(b'\n', &out[..row]).map_or(0, |end| end + 1);
    done[line..row].fill(true);
    let shown = row + ROW_BYTES * BYTE_COLUMNS + (place - row) / BYTE_COLUMNS;
    if let Some(byte) = out.get_mut(shown).filter(|byte| **byte == old) {
        *byte = new;
        done[shown] = true;
    }
}
