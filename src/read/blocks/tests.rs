use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Yields at most this many bytes per read, and is interrupted before each.
struct Slow<'a> {
    rest: &'a [u8],
    step: usize,
    is_interrupted: bool,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_interrupted = !self.is_interrupted;
        if self.is_interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.step.min(self.rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

type Payloads = Vec<(Vec<u8>, Position)>;

fn payloads(input: &[u8], format: InputFormat, step: usize, limit: usize) -> anyhow::Result<Payloads> {
    let reader = Slow { rest: input, step, is_interrupted: false };
    let mut blocks = Blocks::new(&Source::STDIN, reader, format, limit);
    let mut found = Vec::new();
    while let Some(block) = blocks.next_block()? {
        found.extend(block.frames().map(|frame| (frame.bytes.to_vec(), frame.start)));
    }
    Ok(found)
}

fn texts(input: &str, format: InputFormat) -> Vec<String> {
    let found = payloads(input.as_bytes(), format, usize::MAX, crate::payload::MAX_BYTES).unwrap();
    found
        .into_iter()
        .map(|(bytes, at)| format!("{}:{} {}", at.line, at.column, String::from_utf8_lossy(&bytes)))
        .collect()
}

fn any_stream() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{\"id\":1}",
        "{\n  \"id\": 1\n}",
        "[1,\n2]",
        "{\"id\":",
        "{\"a\":\"b",
        "garbage",
        "\n",
        "\r\n",
        "\n\n",
        " ",
        "}",
        "\"a\"",
        "12",
        "\u{feff}",
        "\u{e9}",
        "\u{2028}",
        "\u{c}",
        "<p>",
        "{",
        "[",
        ",\n",
        "\t{}",
    ]);
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

fn any_format() -> impl Strategy<Value = InputFormat> {
    prop::sample::select(vec![InputFormat::Auto, InputFormat::Json, InputFormat::Ndjson])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn where_reads_fall_changes_nothing(stream in any_stream(), format in any_format(), step in 1usize..40) {
        let whole = payloads(stream.as_bytes(), format, usize::MAX, crate::payload::MAX_BYTES).unwrap();
        prop_assert_eq!(payloads(stream.as_bytes(), format, step, crate::payload::MAX_BYTES).unwrap(), whole);
    }

    #[test]
    fn only_white_space_is_dropped_and_places_are_exact(stream in any_stream(), format in any_format()) {
        let mut at = 0;
        for (bytes, start) in payloads(stream.as_bytes(), format, 7, crate::payload::MAX_BYTES).unwrap() {
            let offset = usize::try_from(start.offset).unwrap();
            prop_assert!(stream.as_bytes()[at..offset].iter().all(u8::is_ascii_whitespace));
            prop_assert!(!stream.as_bytes()[at..offset].contains(&0x0c));
            prop_assert_eq!(&stream.as_bytes()[offset..offset + bytes.len()], &bytes[..]);
            prop_assert_eq!(Cursor::new(stream.as_bytes(), Position::START).advance_to(offset), start);
            at = offset + bytes.len();
        }
        prop_assert!(stream.as_bytes()[at..].iter().all(u8::is_ascii_whitespace));
    }
}

#[test]
fn a_stream_is_lines_if_its_first_line_is_a_value_by_itself() {
    assert_eq!(texts("{\"a\":1}\n{\"b\":\n", InputFormat::Auto), ["1:1 {\"a\":1}", "2:1 {\"b\":"]);
    assert_eq!(texts("\n  {}  \r\n{}", InputFormat::Auto), ["2:1   {}  \r", "3:1 {}"]);
    assert_eq!(texts("{\n}{}\n {}", InputFormat::Auto), ["1:1 {\n}", "2:2 {}", "3:2 {}"]);
}

#[test]
fn a_broken_first_line_does_not_lose_the_rest() {
    assert_eq!(
        texts("{\"a\":\n{\"b\":1}\n{\"c\":1}\n", InputFormat::Auto),
        ["1:1 {\"a\":", "2:1 {\"b\":1}", "3:1 {\"c\":1}"]
    );
    assert_eq!(texts("oops\n{\"b\":1}\n", InputFormat::Auto), ["1:1 oops", "2:1 {\"b\":1}"]);
}

#[test]
fn a_broken_document_ends_where_the_next_begins() {
    let found = texts("{\n  \"a\" 1,\n  \"b\": 2\n}\n{\n  \"c\": 3\n}\n", InputFormat::Json);
    assert_eq!(found, ["1:1 {\n  \"a\" 1,\n  \"b\": 2\n}", "5:1 {\n  \"c\": 3\n}"]);
}

#[test]
fn utf16_is_not_split() {
    let bytes: Vec<u8> = "{\n}\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(payloads(&bytes, InputFormat::Auto, 1, 100).unwrap(), [(bytes.clone(), Position::START)]);
}

#[test]
fn a_payload_beyond_the_limit_is_skipped_and_the_stream_goes_on() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(900_000));
    for (format, step) in
        [(InputFormat::Ndjson, 10_000), (InputFormat::Json, 10_000), (InputFormat::Auto, usize::MAX)]
    {
        let found = payloads(format!("{{}}\n{long}\n{{}}\n").as_bytes(), format, step, 100_000).unwrap();
        let lines: Vec<_> = found.iter().map(|(bytes, at)| (at.line, bytes.len() > 100_000)).collect();
        assert_eq!(lines, [(1, false), (2, true), (3, false)], "{format:?}");
    }
}

#[test]
fn a_payload_without_an_end_is_given_up() {
    // With an end, so that a limit that does not work fails here rather than never.
    let zeros = io::repeat(0).take(64 << 20);
    let mut blocks = Blocks::new(&Source::STDIN, zeros, InputFormat::Auto, 1 << 20);
    let first = blocks.next_block().unwrap().unwrap();
    assert!(first.frames().next().unwrap().bytes.len() > 1 << 20);
    let error = blocks.next_block().unwrap_err().to_string();
    assert!(
        error.starts_with("stopped reading <stdin> at line 1: a payload there has no end in "),
        "{error}"
    );
    assert!(blocks.next_block().unwrap().is_none());
}

#[test]
fn a_reader_that_fails_is_an_error_after_what_came_before() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("gone"));
            }
            buffer[..3].copy_from_slice(b"{}\n");
            Ok(3)
        }
    }
    let mut blocks = Blocks::new(&Source::STDIN, Failing(false), InputFormat::Ndjson, 100);
    assert_eq!(blocks.next_block().unwrap().unwrap().frames().count(), 1);
    assert_eq!(format!("{:#}", blocks.next_block().unwrap_err()), "cannot read <stdin> further: gone");
}

#[test]
fn a_long_document_in_small_reads_costs_linear_time() {
    let long = format!("{{\"a\":[{}1]}}", "1,".repeat(2 << 20));
    let begun = Instant::now();
    let found = payloads(long.as_bytes(), InputFormat::Json, 500, crate::payload::MAX_BYTES).unwrap();
    assert_eq!(found, [(long.into_bytes(), Position::START)]);
    // Looking for its end after each read would take hours.
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}

#[test]
fn a_block_holds_no_more_payloads_than_it_may() {
    let input = "1\n".repeat(3 * PAYLOADS_AT_MOST);
    for (format, step) in
        [(InputFormat::Auto, usize::MAX), (InputFormat::Json, 4096), (InputFormat::Ndjson, 7)]
    {
        let reader = Slow { rest: input.as_bytes(), step, is_interrupted: false };
        let mut blocks = Blocks::new(&Source::STDIN, reader, format, 100);
        let mut lines = Vec::new();
        while let Some(block) = blocks.next_block().unwrap() {
            assert!(block.len() <= PAYLOADS_AT_MOST, "{format:?}");
            lines.extend(block.frames().map(|frame| frame.start.line));
        }
        assert_eq!(lines, (1..=3 * PAYLOADS_AT_MOST as u64).collect::<Vec<_>>(), "{format:?}");
    }
}
