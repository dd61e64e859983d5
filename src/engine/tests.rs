use super::*;
use crate::check::Level;
use crate::read::decoded;
use std::io::Write as _;
use std::sync::LazyLock;

static JUDGE: LazyLock<Arc<Judge>> = LazyLock::new(Arc::default);

/// Yields its bytes in steps, and fails at the end.
struct FailingReader {
    rest: Vec<u8>,
    step: usize,
}

impl Read for FailingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(self.rest.len()).min(buffer.len());
        if count == 0 {
            return Err(io::Error::other("gone"));
        }
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest.drain(..count);
        Ok(count)
    }
}

/// The observed payloads, whether each is valid, and the errors.
#[derive(Default)]
struct SeenRun {
    payloads: Vec<(Vec<u8>, bool)>,
    errors: Vec<String>,
}

impl Sink for SeenRun {
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        assert!(self.errors.is_empty(), "a payload is reported after the trouble that came behind it");
        self.payloads.extend(block.all().map(|payload| {
            let is_valid = payload.findings.iter().all(|finding| finding.level != Level::Error);
            (payload.frame.bytes.to_vec(), is_valid)
        }));
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        panic!("there is nothing to skip: {skipped:?}");
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.errors.push(format!("{error:#}"));
    }
}

/// The reports about a reader that fails after `bytes`.
fn seen(bytes: &[u8], step: usize, format: InputFormat, jobs: usize) -> SeenRun {
    let options = Options { format, unwrap: Unwrap::Never, all_events: false, jobs };
    let (source, limit) = (Source::STDIN, JUDGE.limit());
    let mut feed = Feed { sources: Box::new(std::iter::empty()), waiting: None, open: None, options, limit };
    match decoded(Box::new(FailingReader { rest: bytes.to_vec(), step })) {
        Ok((reader, _)) => {
            let blocks = Blocks::new(&source, reader, format, limit);
            feed.open = Some(Open { blocks, is_begun: false, is_done: false });
        }
        Err(error) => feed.waiting = Some(Err(error.into())),
    }
    let mut seen = SeenRun::default();
    work_off(feed, &JUDGE, &mut seen).unwrap();
    seen
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Fails after every byte of a stream of these parts, each of which holds one payload up to its end. The payloads
/// before the failure must be reported as in the whole stream, then the failure, and nothing else.
fn fails_everywhere(parts: &[Vec<u8>], format: InputFormat, payloads: &[(&[u8], bool)]) {
    let stream = parts.concat();
    for end in 0..=stream.len() {
        let lengths = parts.iter().scan(0, |length, part| {
            *length += part.len();
            Some(*length)
        });
        let complete = lengths.take_while(|length| *length <= end).count();
        for (step, jobs) in [(1, 1), (5, 1), (usize::MAX, 1), (1, 3), (usize::MAX, 3)] {
            let seen = seen(&stream[..end], step, format, jobs);
            let about = format!("after {end} of {} bytes in steps of {step}, {jobs} jobs", stream.len());
            assert_eq!(seen.errors.len(), 1, "{about}: {:?}", seen.errors);
            assert!(seen.payloads.len() >= complete, "{about}: {:?}", seen.payloads);
            let expected = payloads.iter().map(|(bytes, is_valid)| (bytes.to_vec(), *is_valid));
            let expected: Vec<_> = expected.take(seen.payloads.len()).collect();
            assert_eq!(seen.payloads, expected, "{about}");
        }
    }
}

#[test]
fn a_reader_that_fails_at_any_byte_is_an_error_after_every_payload_before_it() {
    let lines = [r#"{"id":"a"}"#, r#"{"id":1}"#, "[]"].map(|text| format!("{text}\n").into_bytes());
    let texts = lines.iter().map(|line| line.trim_ascii_end());
    let payloads: Vec<_> = texts.zip([true, false, false]).collect();
    let members = lines.each_ref().map(|line| gzip(line));
    let documents = lines.each_ref().map(|line| line.trim_ascii_end().to_vec());
    fails_everywhere(&lines, InputFormat::Auto, &payloads);
    fails_everywhere(&lines, InputFormat::Ndjson, &payloads);
    fails_everywhere(&documents, InputFormat::Json, &payloads);
    fails_everywhere(&members, InputFormat::Ndjson, &payloads);
}

#[test]
fn a_long_complete_document_is_reported_before_the_failure_after_it() {
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(100_000));
    for step in [1_000, 7_000, 60_000] {
        let seen = seen(long.as_bytes(), step, InputFormat::Json, 1);
        assert_eq!((seen.payloads.len(), seen.errors.len()), (1, 1), "in steps of {step}");
    }
}
