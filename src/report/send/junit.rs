//! The `junit` format: one suite, a test case for each delivery or case.
//!
//! Counts come before the cases, so those are held back; there are no more than were sent.

use super::{Answers, Delivered, Exchange, Receiver, Sum, time};
use crate::check::Level;
use crate::escape::{visible, without_attachments};
use crate::report::Report;
use crate::trial::{CaseOutcome, Tried};
use quick_xml::Writer;
use quick_xml::events::BytesText;
use std::io::{self, Write};

/// The `junit` format.
#[derive(Clone, Debug, Default)]
pub struct JunitAnswers {
    suite: String,
    cases: Vec<TestCase>,
}

#[derive(Clone, Debug)]
struct TestCase {
    name: String,
    seconds: f64,
    result: Result<Option<String>, Failed>,
}

/// The failure of a test case.
#[derive(Clone, Debug)]
struct Failed {
    code: String,
    message: String,
    help: String,
}

impl TestCase {
    fn write(&self, suite: &str, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = Writer::new(&mut *out);
        let case = writer.create_element("testcase").with_attributes([
            ("name", self.name.as_str()),
            ("classname", suite),
            ("time", &format!("{:.3}", self.seconds)),
        ]);
        match &self.result {
            Ok(None) => case.write_empty()?,
            Ok(Some(skipped)) => case.write_inner_content(|writer| {
                writer
                    .create_element("skipped")
                    .with_attribute(("message", skipped.as_str()))
                    .write_empty()?;
                Ok(())
            })?,
            Err(Failed { code, message, help }) => case.write_inner_content(|writer| {
                let attributes = [("message", &*without_attachments(message)), ("type", code.as_str())];
                let failure = writer.create_element("failure").with_attributes(attributes);
                failure.write_text_content(BytesText::new(&without_attachments(help)))?;
                Ok(())
            })?,
        };
        out.write_all(b"\n")
    }
}

impl JunitAnswers {
    fn delivered(&mut self, delivered: &Delivered) {
        let failed = |message: String| Failed {
            code: "delivery".to_owned(),
            message: visible(&message).into_owned(),
            help: delivered.hint().unwrap_or_default().to_owned(),
        };
        let (seconds, result) = match &delivered.answered {
            Ok(answer) if answer.is_success() => (answer.elapsed.as_secs_f64(), Ok(None)),
            Ok(answer) => {
                let message =
                    format!("answered {} in {}{}", answer.status, time(answer.elapsed), answer.quoted());
                (answer.elapsed.as_secs_f64(), Err(failed(message)))
            }
            Err(failure) => (0.0, Err(failed(failure.to_string()))),
        };
        let name = format!("delivery {} {}", delivered.number, delivered.source);
        self.cases.push(TestCase { name, seconds, result });
    }

    fn tried(&mut self, tried: &Tried) {
        let answers = tried.sent.iter().filter_map(|sent| sent.answered.as_ref().ok());
        let seconds = answers.map(|answer| answer.elapsed.as_secs_f64()).sum();
        let result = match &tried.outcome {
            CaseOutcome::Skipped(why) => Ok(Some((*why).to_owned())),
            CaseOutcome::Fails(Some(finding)) if finding.level == Level::Error => Err(Failed {
                code: finding.code.to_owned(),
                message: visible(&finding.message).into_owned(),
                help: finding.help.clone(),
            }),
            CaseOutcome::Holds | CaseOutcome::Fails(_) => Ok(None),
        };
        self.cases.push(TestCase { name: tried.case.name.to_owned(), seconds, result });
    }
}

impl Report<Answers> for JunitAnswers {
    fn begin(&mut self, receiver: &Receiver, _: &mut dyn Write) -> io::Result<()> {
        self.suite.clone_from(&receiver.url);
        Ok(())
    }

    fn item(&mut self, exchange: &Exchange<'_>, _: &mut dyn Write) -> io::Result<()> {
        match exchange {
            Exchange::Delivery(delivered) => self.delivered(delivered),
            Exchange::Case(tried) => self.tried(tried),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Sum, out: &mut dyn Write) -> io::Result<()> {
        let count = |is: fn(&TestCase) -> bool| self.cases.iter().filter(|case| is(case)).count().to_string();
        let (failures, skipped) =
            (count(|case| case.result.is_err()), count(|case| matches!(case.result, Ok(Some(_)))));
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"assoclens\">\n")?;
        let mut writer = Writer::new(&mut *out);
        let suite = writer.create_element("testsuite").with_attributes([
            ("name", self.suite.as_str()),
            ("tests", &self.cases.len().to_string()),
            ("failures", &failures),
            ("errors", "0"),
            ("skipped", &skipped),
        ]);
        suite.write_inner_content(|writer| {
            writer.get_mut().write_all(b"\n")?;
            self.cases.iter().try_for_each(|case| case.write(&self.suite, writer.get_mut()))
        })?;
        out.write_all(b"\n</testsuites>\n")
    }
}
