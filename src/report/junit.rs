//! The `junit` format: one suite per source, one test case per payload.
//!
//! A suite's counts come before its cases, so the cases of one source are held back until it ends: in memory, and
//! beyond [`HELD_IN_MEMORY`] in an unnamed temporary file.
//!
//! Invariants: the document is well-formed XML 1.0, because characters that XML cannot hold are written as `\u....`
//! before they get here; a payload with an error is a failure, and warnings and notes never are.

use super::concise::line;
use super::{Judged, Report, Summary, Verdicts};
use crate::check::Level;
use crate::engine::Input;
use crate::escape::without_attachments;
use quick_xml::escape::escape;
use std::borrow::Cow;
use std::io::{self, BufWriter, Seek as _, Write};
use tempfile::SpooledTempFile;

/// The part of the cases of one source that is held in memory, in bytes.
const HELD_IN_MEMORY: usize = 64 << 20;

/// The `junit` format.
#[derive(Debug, Default)]
pub(super) struct Junit {
    is_begun: bool,
    suite: Option<Suite>,
}

#[derive(Debug)]
struct Suite {
    name: String,
    tests: u64,
    failures: u64,
    /// The cases, as XML.
    cases: BufWriter<SpooledTempFile>,
}

impl Junit {
    fn begin_document(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if self.is_begun {
            return Ok(());
        }
        self.is_begun = true;
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assoclens\">\n")
    }

    fn end_suite(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.begin_document(out)?;
        self.suite.take().map_or(Ok(()), |mut suite| suite.write(0, out))
    }
}

impl Suite {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            tests: 0,
            failures: 0,
            cases: BufWriter::new(SpooledTempFile::new(HELD_IN_MEMORY)),
        }
    }

    fn write(&mut self, errors: u64, out: &mut dyn Write) -> io::Result<()> {
        self.cases.rewind()?;
        let (name, tests, failures) = (escape(&self.name), self.tests, self.failures);
        writeln!(
            out,
            "<testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\">"
        )?;
        io::copy(self.cases.get_mut(), out)?;
        out.write_all(b"</testsuite>\n")
    }

    fn add(&mut self, judged: &Judged<'_>) -> io::Result<()> {
        self.tests += 1;
        self.failures += u64::from(!judged.is_valid());
        let (source, line) = (escape(judged.source), judged.frame.start.line);
        write!(
            self.cases,
            "<testcase name=\"payload {}\" classname=\"{source}\" file=\"{source}\" line=\"{line}\"",
            judged.number
        )?;
        if judged.findings.is_empty() {
            return self.cases.write_all(b"/>\n");
        }
        self.cases.write_all(b">")?;
        let CaseTexts { first, errors, others } = texts(judged);
        if let Some(error) = judged.findings.iter().find(|finding| finding.level == Level::Error) {
            let message = first.or_else(|| judged.omission()).unwrap_or_default();
            let (message, code) = (text(&message), escape(error.code.as_str()));
            let errors = text(&errors);
            write!(self.cases, "<failure message=\"{message}\" type=\"{code}\">{errors}</failure>")?;
        }
        if !others.is_empty() {
            write!(self.cases, "<system-out>{}</system-out>", text(&others))?;
        }
        self.cases.write_all(b"</testcase>\n")
    }
}

/// The texts of a case.
#[derive(Default)]
struct CaseTexts {
    /// The sentence about the first error that is shown.
    first: Option<String>,
    /// The lines about errors, and those about anything else. Omitted findings are reported with the errors, if any.
    errors: String,
    others: String,
}

fn texts(judged: &Judged<'_>) -> CaseTexts {
    let mut texts = CaseTexts::default();
    for (finding, start, _) in judged.located() {
        let sentence = judged.sentence(finding);
        let line = line(judged.source, finding, start, &sentence);
        if finding.level == Level::Error {
            texts.errors.extend([&line, "\n"]);
            texts.first.get_or_insert(sentence);
        } else {
            texts.others.extend([&line, "\n"]);
        }
    }
    if let Some(omission) = judged.omission() {
        let lines = if judged.is_valid() { &mut texts.others } else { &mut texts.errors };
        lines.extend([&omission, "\n"]);
    }
    texts
}

/// A text as XML.
fn text(lines: &str) -> Cow<'_, str> {
    let lines = without_attachments(lines);
    // Most have nothing to escape, and looking at all bytes at once shows it.
    let is_markup = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | b'\'' | b'"');
    if lines.bytes().fold(true, |is_plain, byte| is_plain & !is_markup(byte)) {
        lines
    } else {
        escape(lines.into_owned()).into_owned().into()
    }
}

impl Report<Verdicts> for Junit {
    fn wants_clean(&self) -> bool {
        true
    }

    fn begin(&mut self, _: &Input<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.end_suite(out)
    }

    fn item(&mut self, judged: &Judged<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin_document(out)?;
        self.suite.get_or_insert_with(|| Suite::new(judged.source)).add(judged)
    }

    fn finish(&mut self, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
        self.end_suite(out)?;
        if summary.unreadable > 0 {
            let case = "<testcase name=\"every input can be read\" classname=\"inputs\">";
            let error =
                format!("<error message=\"not read: {}; standard error says why\"/>", summary.unreadable);
            let mut suite = Suite { tests: 1, ..Suite::new("inputs") };
            writeln!(suite.cases, "{case}{error}</testcase>")?;
            suite.write(1, out)?;
        }
        out.write_all(b"</testsuites>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Position;
    use crate::read::Frame;

    #[test]
    fn cases_beyond_what_memory_holds_come_out_as_those_within_it() {
        let frame = Frame::bare(b"{}", Position::START);
        let (mut junit, mut out) = (Junit::default(), Vec::new());
        let mut count = 0;
        let is_rolled =
            |junit: &Junit| junit.suite.as_ref().is_some_and(|suite| suite.cases.get_ref().is_rolled());
        while !is_rolled(&junit) {
            count += 1;
            junit.item(&Judged::new("a.json", count, frame, &[]), &mut out).unwrap();
            assert!(out.len() < 100, "only the document has begun");
        }
        junit.finish(&Summary::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.len() > HELD_IN_MEMORY);
        assert_eq!(text.matches("<testcase ").count() as u64, count);
        assert!(text.contains(&format!("tests=\"{count}\"")));
        assert!(text.ends_with("</testsuite>\n</testsuites>\n"));
    }
}
