//! Messages that a container's runtime has cut into records of its log: at a maximal length, or at the line ends of a
//! message.
//!
//! In: a line. Out: the record in it, and whether the message continues in the next one.
//! Invariants: only lines as a runtime writes them are records; the messages of a container's two streams are separate;
//! at most [`JOINED_AT_MOST`] lines belong together.

use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::LazyLock;

/// The beginning of a record of Docker's, and the text after its message.
const DOCKER: &[u8] = b"{\"log\":\"";
static BEHIND: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b"\",\"stream\":\""));
/// The highest number of records of one message.
const JOINED_AT_MOST: usize = 1000;

/// One line that a runtime wrote.
pub(crate) struct LogRecord {
    /// The message, in Docker's log as a JSON string without its quotes.
    pub(crate) message: Range<usize>,
    pub(crate) is_json: bool,
    pub(crate) is_stderr: bool,
    /// Whether the runtime has cut the message, so that the next record continues it.
    pub(crate) is_cut: bool,
}

/// The record in a line, if it is one.
pub(crate) fn record(line: &[u8]) -> Option<LogRecord> {
    match line.first()? {
        b'{' => docker(line),
        b'0'..=b'9' => cri(line),
        _ => None,
    }
}

fn docker(line: &[u8]) -> Option<LogRecord> {
    let start = line.starts_with(DOCKER).then_some(DOCKER.len())?;
    let end = start + BEHIND.find(&line[start..])?;
    let (message, is_stderr) =
        (&line[start..end], line[end + BEHIND.needle().len()..].starts_with(b"stderr"));
    Some(LogRecord { message: start..end, is_json: true, is_stderr, is_cut: !message.ends_with(b"\\n") })
}

/// `TIME stdout F message`, the form of Kubernetes.
fn cri(line: &[u8]) -> Option<LogRecord> {
    let mut words = line.splitn(4, |byte| *byte == b' ');
    let (time, stream, tag) = (words.next()?, words.next()?, words.next()?);
    let is_line = is_time(time) && matches!(stream, b"stdout" | b"stderr") && matches!(tag, b"F" | b"P");
    let start = (time.len() + stream.len() + tag.len() + 3).min(line.len());
    is_line.then(|| LogRecord {
        message: start..line.len(),
        is_json: false,
        is_stderr: stream == b"stderr",
        is_cut: tag == b"P",
    })
}

/// Whether the word begins as an ISO 8601 time does.
pub(crate) fn is_time(word: &[u8]) -> bool {
    let is_digit = |index: usize| word.get(index).is_some_and(u8::is_ascii_digit);
    word.len() >= 19
        && [0, 1, 2, 3, 5, 6, 8, 9, 11, 12].into_iter().all(is_digit)
        && matches!((word[4], word[7], word[10]), (b'-', b'-', b'T'))
}

/// The start of the message in a line that a Lambda function's runtime wrote: `TIME<tab>REQUEST-ID<tab>LEVEL<tab>`.
pub(crate) fn function_message(line: &[u8]) -> Option<usize> {
    // Of most lines, the first byte shows that they are none.
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let mut columns = line.splitn(4, |byte| *byte == b'\t');
    let (time, request, level) = (columns.next()?, columns.next()?, columns.next()?);
    let is_level = level.len() <= 8 && level.iter().all(u8::is_ascii_uppercase);
    (is_time(time) && request.len() <= 36 && is_level)
        .then_some((time.len() + request.len() + level.len() + 3).min(line.len()))
}

/// Whether a line is the beginning of something in a function's log.
fn begins_in_function(line: &[u8]) -> bool {
    const REPORTS: [&[u8]; 3] = [b"START RequestId: ", b"END RequestId: ", b"REPORT RequestId: "];
    function_message(line).is_some() || REPORTS.iter().any(|report| line.starts_with(report))
}

/// Whether more lines follow one that an object or a list is spread over.
fn opens(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    line.ends_with(b"{") || line.ends_with(b"[")
}

fn closes(line: &[u8]) -> bool {
    line.starts_with(b"}") || line.starts_with(b"]")
}

/// The records of the current message.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Message {
    records: usize,
    is_function: bool,
    is_stderr: bool,
    is_laid_out: bool,
    is_cut: bool,
}

/// The role of a line in the current message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LineRole {
    /// A part of it, with more to come.
    Within,
    /// The end of it, or a line by itself.
    Last,
    /// Not a part of it.
    Behind,
}

impl Message {
    /// Takes the next line.
    pub(super) fn take(&mut self, line: &[u8]) -> LineRole {
        let Some(record) = record(line).filter(|_| !self.is_function) else {
            return self.take_plain(line);
        };
        let is_first = self.records == 0;
        self.records += 1;
        if is_first {
            self.is_stderr = record.is_stderr;
        }
        if record.is_stderr == self.is_stderr {
            let message = line[record.message].trim_ascii_end();
            let message = message.strip_suffix(b"\\n").filter(|_| record.is_json).unwrap_or(message);
            self.is_laid_out = !closes(message) && (self.is_laid_out || opens(message));
            self.is_cut = record.is_cut;
        }
        if (self.is_laid_out || self.is_cut) && self.records < JOINED_AT_MOST {
            return LineRole::Within;
        }
        *self = Self::default();
        LineRole::Last
    }

    /// Takes a line that is not a record of a container. A function's message may go on over lines without a head.
    fn take_plain(&mut self, line: &[u8]) -> LineRole {
        let is_first = self.records == 0;
        let begins = begins_in_function(line);
        if !is_first && (begins || !self.is_function) {
            *self = Self::default();
            return LineRole::Behind;
        }
        let goes_on = if is_first { begins && opens(line) } else { !closes(line) };
        if goes_on && self.records < JOINED_AT_MOST {
            self.records += 1;
            self.is_function = true;
            return LineRole::Within;
        }
        *self = Self::default();
        LineRole::Last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(lines: &[&str]) -> Vec<LineRole> {
        let mut message = Message::default();
        lines.iter().map(|line| message.take(line.as_bytes())).collect()
    }

    #[test]
    fn a_message_goes_on_where_it_was_cut_or_laid_out() {
        use LineRole::{Behind, Last, Within};
        let docker = |log: &str, stream: &str| format!(r#"{{"log":"{log}","stream":"{stream}","time":"t"}}"#);
        let lines = [
            docker("a {b}\\n", "stdout"),
            docker("webhook: {\\n", "stdout"),
            docker("}\\n", "stderr"),
            docker("  \\\"labels\\\": {\\n", "stdout"),
            docker("  }\\n", "stdout"),
            docker("}\\n", "stdout"),
            docker("{\\\"id\\\":", "stdout"),
            docker("1}\\n", "stdout"),
            docker("[\\n", "stdout"),
            "{}".to_owned(),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let expected = [Last, Within, Within, Within, Within, Last, Within, Last, Within, Behind];
        assert_eq!(places(&lines), expected);
        let time = "2026-02-13T12:36:13Z";
        let lines = [
            format!("{time} stdout P {{\"id"),
            format!("{time} stdout F \":1}}"),
            format!("{time} stdout F"),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(places(&lines), [Within, Last, Last]);
        let head = "2026-02-13T12:36:13Z\t3f2b8c1e\tINFO\t";
        let begun = format!("{head}got {{");
        let lines = [
            "x {",
            &begun,
            "  \"labels\": {",
            "  }",
            "}",
            "}",
            &begun,
            "  \"id\": 1",
            "END RequestId: 3f2b8c1e",
            &begun,
            &begun,
        ];
        let expected = [Last, Within, Within, Within, Last, Last, Within, Within, Behind, Within, Behind];
        assert_eq!(places(&lines), expected);
        let lines = [format!("{time} stdout P {{\"id"), String::new()];
        let endless = vec![lines[0].as_str(); JOINED_AT_MOST];
        assert_eq!(places(&endless).last(), Some(&Last));
    }
}
