//! The check of one payload.
//!
//! In: the bytes of one payload. Out: every [`Finding`] about it, ordered by place and then by code.
//! Invariants: unless [`Levels`] say otherwise, the verdict is the schema's alone, and advisories are warnings and
//! notes; all violations are found, not only the first; a finding borrows no text, so it outlives the payload; nothing
//! here knows an output format.

mod alike;
mod budget;
#[doc(hidden)]
pub mod catalogue;
mod code;
mod finding;
mod levels;
mod message;
mod place;
mod rules;
mod schema;
mod share;
mod unshown;
mod view;

pub use code::Code;
pub use finding::{Finding, Level};
#[doc(hidden)]
pub use finding::{Remedy, SHOWN_AT_MOST};
pub use levels::Levels;
#[cfg(feature = "http")]
pub(crate) use levels::level_after;
#[doc(hidden)]
pub use levels::{LevelChange, Selector};
#[doc(hidden)]
pub use schema::Schema;
#[doc(hidden)]
pub use share::{Share, shown};
#[doc(hidden)]
pub use unshown::Unshown;
pub(crate) use unshown::Unworded;

use crate::capture::Why;
use crate::event::members::WEBHOOK_ID;
use crate::event::{self, ASSOCIATION_CREATE, Class, Recognised, Wanted};
use crate::payload::{Document, Fault, FaultKind, Pointer, Reader};
use crate::seed;
use ahash::RandomState;

/// Judges payloads, one at a time, against one schema.
///
/// ```
/// use assoclens::check::{Code, Judge};
///
/// let judge = Judge::default();
/// assert!(judge.judge(assoclens::event::ASSOCIATION_CREATE.example.as_bytes()).is_empty());
///
/// let findings = judge.judge(br#"{"id": 67}"#);
/// assert_eq!(findings[0].code, Code::MissingField); // a warning, at the object
/// assert_eq!(findings[1].code, Code::SchemaType); // an error, at the value
/// assert_eq!(findings[1].pointer.as_str(), "/id");
/// assert_eq!(findings[1].span, 7..9);
/// ```
#[derive(Debug)]
pub struct Judge {
    schema: Schema,
    wanted: Wanted,
    levels: Levels,
    limit: usize,
    /// The keys of deliveries' fingerprints.
    keys: RandomState,
    /// The function that adds a program's options to the help of findings.
    hints: Option<fn(&mut Finding)>,
}

/// The results of looking at a payload.
#[derive(Debug)]
pub(crate) struct Look {
    /// All findings, by place.
    pub(crate) findings: Vec<Finding>,
    /// A fingerprint of its `webhookId`, if it has one.
    pub(crate) delivery: Option<u64>,
    /// The event as which it was judged, if it is an object and not another event.
    pub(crate) event: Option<Recognised>,
}

impl Default for Judge {
    fn default() -> Self {
        Self::new(Schema::embedded())
    }
}

impl Judge {
    /// Judges payloads of AssociationCreate against `schema`.
    pub fn new(schema: Schema) -> Self {
        let (levels, limit) = (Levels::default(), crate::payload::MAX_BYTES);
        Self {
            schema,
            wanted: Wanted::Only(&ASSOCIATION_CREATE),
            levels,
            limit,
            keys: seed::ahash(),
            hints: None,
        }
    }

    /// Limits payloads to `bytes` bytes; a longer one is a finding.
    pub fn with_limit(self, bytes: usize) -> Self {
        Self { limit: bytes, ..self }
    }

    /// Judges with these levels instead of the catalogue's.
    pub fn with_levels(self, levels: Levels) -> Self {
        Self { levels, ..self }
    }

    /// Judges payloads as the `wanted` events; a payload of another is `other-event`. Unless a schema is given, each
    /// event has its own; with [`Wanted::Any`], an event that is not in [`EVENTS`](event::EVENTS) has none.
    ///
    /// ```
    /// use assoclens::check::{Code, Judge};
    /// use assoclens::event::{RELATION_CREATE, Wanted};
    ///
    /// let relation = RELATION_CREATE.example.as_bytes();
    /// assert_eq!(Judge::default().judge(relation)[0].code, Code::OtherEvent);
    /// assert!(Judge::default().with_events(Wanted::Any).judge(relation).is_empty());
    /// ```
    pub fn with_events(self, wanted: Wanted) -> Self {
        Self { wanted, ..self }
    }

    /// Lets a program reword the help of findings that have a [`remedy`](Finding::remedy), to name an option of its
    /// own.
    pub fn with_hints(self, hints: fn(&mut Finding)) -> Self {
        Self { hints: Some(hints), ..self }
    }

    /// The events as which payloads are judged.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// The longest payload that is checked, in bytes.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// All findings about one payload, by place. Their spans are in bytes from its start.
    pub fn judge(&self, bytes: &[u8]) -> Vec<Finding> {
        self.judge_next(bytes, &mut event::reader())
    }

    /// The same for one payload after another, each read by [`event::reader`]'s reader.
    pub fn judge_next(&self, bytes: &[u8], reader: &mut Reader) -> Vec<Finding> {
        self.look(bytes, reader, Unworded::NONE).findings
    }

    /// All findings about one payload, and its delivery. Sentences that are not needed may be empty.
    pub(crate) fn look(&self, bytes: &[u8], reader: &mut Reader, unworded: Unworded) -> Look {
        if bytes.len() > self.limit {
            return Look { findings: self.weighed(vec![too_long(self.limit)]), delivery: None, event: None };
        }
        match reader.read(bytes) {
            Ok(document) => {
                let look = self.look_at(&document, unworded);
                reader.reuse(document);
                look
            }
            Err(fault) => self.look_at_fault(bytes, fault),
        }
    }

    /// The same for a payload that was read by [`event::reader`]'s reader and is not too long.
    pub(crate) fn look_at(&self, document: &Document<'_>, unworded: Unworded) -> Look {
        let id = document.members().and_then(|members| members.known(WEBHOOK_ID)?.string());
        let delivery = id.map(|id| self.keys.hash_one(id.as_bytes()));
        let class = document.members().map(|members| event::classify(members, self.wanted));
        let recognised = class.and_then(Class::recognised);
        let event = recognised.map_or(self.wanted.usual(), |recognised| recognised.event);
        let is_foreign = self.wanted == Wanted::Any && class.is_some() && recognised.is_none();
        let mut findings = self.schema.violations(document, Some(event).filter(|_| !is_foreign));
        // If values are in another notation, one finding says so.
        match if findings.is_empty() { None } else { rules::typed(document, event) } {
            Some(finding) => findings = vec![finding],
            None => rules::advise(document, class, self.wanted, unworded, &mut findings),
        }
        let findings = self.weighed(findings);
        if !unworded.suffices(&findings) {
            return self.look_at(document, Unworded::NONE);
        }
        Look { findings, delivery, event: recognised }
    }

    fn look_at_fault(&self, bytes: &[u8], fault: Fault) -> Look {
        let is_syntax = fault.kind == FaultKind::Syntax;
        let capture = if is_syntax { rules::around_text(bytes) } else { None };
        let findings = [Some(fault.into()), capture].into_iter().flatten().collect();
        Look { findings: self.weighed(findings), delivery: None, event: None }
    }

    fn weighed(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        if !findings.is_empty() {
            self.levels.apply(&mut findings);
            self.hints.into_iter().for_each(|hints| findings.iter_mut().for_each(hints));
            findings.sort_by(|one, other| one.order().cmp(&other.order()));
        }
        findings
    }

    /// The codes whose sentences are left out if a report shows none of these findings.
    pub(crate) fn unworded(&self, unshown: Unshown) -> Unworded {
        unshown.codes(&self.levels)
    }

    /// The finding with its final level; `None` if it is not reported.
    pub(crate) fn weigh(&self, finding: Finding) -> Option<Finding> {
        let mut findings = vec![finding];
        self.levels.apply(&mut findings);
        findings.pop()
    }
}

fn too_long(limit: usize) -> Finding {
    Finding {
        code: Code::TooLong,
        level: Level::Error,
        pointer: Pointer::default(),
        span: 0..1,
        message: format!("the payload is longer than {limit} bytes and was not checked"),
        label: None,
        help: Some(
            "a missing line end or bracket makes payloads run together; look where this one begins, or raise the limit \
             if payloads may be that long"
                .into(),
        ),
        remedy: Some(Remedy::LongerPayloads),
    }
}

impl From<Why> for Code {
    fn from(why: Why) -> Self {
        match why {
            Why::NoPayload => Self::CaptureNoPayload,
            Why::Empty => Self::CaptureEmpty,
            Why::Cut => Self::CaptureCut,
            Why::Compressed => Self::CaptureCompressed,
            Why::Encoding => Self::CaptureEncoding,
            Why::NotJson => Self::CaptureNotJson,
            Why::TooDeep => Self::CaptureTooDeep,
            Why::TooLong => Self::CaptureTooLong,
        }
    }
}

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Self {
        let code = match fault.kind {
            FaultKind::Empty => Code::Empty,
            FaultKind::Encoding => Code::Encoding,
            FaultKind::Syntax => Code::Syntax,
        };
        let remedy = fault.may_be_several_lines().then_some(Remedy::OneDocument);
        Self {
            code,
            level: Level::Error,
            pointer: Pointer::default(),
            span: fault.span,
            message: fault.message,
            label: None,
            help: fault.help,
            remedy,
        }
    }
}

#[cfg(test)]
mod tests;
