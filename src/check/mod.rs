//! Judging one payload.
//!
//! In: the bytes of one payload. Out: every [`Finding`] about it, ordered by place and then by code.
//! What always holds: unless [`Levels`] say otherwise, the verdict is the schema's alone, and advisories are
//! warnings and notes; all violations are found, not the first; a finding holds no borrowed text, so it outlives
//! the payload; nothing here knows an output format.

mod budget;
pub mod catalogue;
mod finding;
mod levels;
mod message;
mod place;
mod rules;
mod schema;
mod share;
mod view;

pub use finding::{Finding, Level, SHOWN_AT_MOST};
pub use levels::{Change, Levels, Selector};
pub(crate) use rules::{Standing, standing};
pub use schema::{EMBEDDED_SCHEMA, Schema};
pub use share::Share;

use crate::association;
use crate::association::event::Known;
use crate::keyed;
use crate::payload::{Document, Fault, FaultKind, Names, Node, Pointer};
use ahash::RandomState;

/// Judges payloads, one at a time, against one schema.
///
/// ```
/// let judge = assoclens::check::Judge::default();
/// assert!(judge.judge(assoclens::association::EXAMPLE.as_bytes()).is_empty());
///
/// let findings = judge.judge(br#"{"id": 67}"#);
/// assert_eq!(findings[0].code, "missing-field"); // a warning, at the object
/// assert_eq!(findings[1].code, "schema/type"); // an error, at the value
/// assert_eq!(findings[1].pointer.as_str(), "/id");
/// assert_eq!(findings[1].span, 7..9);
/// ```
#[derive(Debug)]
pub struct Judge {
    schema: Schema,
    names: Names,
    levels: Levels,
    limit: usize,
    /// What fingerprints of deliveries are keyed by.
    keys: RandomState,
}

/// What is seen of a payload.
#[derive(Debug)]
pub(crate) struct Look {
    /// All findings, by place.
    pub(crate) findings: Vec<Finding>,
    /// A fingerprint of its `webhookId`, if it has one.
    pub(crate) delivery: Option<u64>,
}

const WEBHOOK_ID: usize = Known::Envelope(2).slot();

impl Default for Judge {
    fn default() -> Self {
        Self::new(Schema::embedded())
    }
}

impl Judge {
    /// Judges against `schema`.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        let names = Names::new(association::known_names());
        let (levels, limit) = (Levels::default(), crate::input::MAX_PAYLOAD_BYTES);
        Self { schema, names, levels, limit, keys: keyed::ahash() }
    }

    /// Judges payloads of at most `bytes` bytes; a longer one is a finding.
    #[must_use]
    pub fn with_limit(self, bytes: usize) -> Self {
        Self { limit: bytes, ..self }
    }

    /// Judges with these levels instead of the catalogue's.
    #[must_use]
    pub fn with_levels(self, levels: Levels) -> Self {
        Self { levels, ..self }
    }

    /// The longest payload that is judged, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// All findings about one payload, by place. Their spans are in bytes from its start.
    #[must_use]
    pub fn judge(&self, bytes: &[u8]) -> Vec<Finding> {
        self.look(bytes).findings
    }

    /// All findings about one payload, and which delivery it is.
    pub(crate) fn look(&self, bytes: &[u8]) -> Look {
        if bytes.len() > self.limit {
            return Look { findings: vec![too_long(self.limit)], delivery: None };
        }
        self.glance(bytes).unwrap_or_else(|| self.look_closely(bytes, &Document::parse(bytes)))
    }

    /// The same, if a glance is enough, or if the payload is an ordinary JSON text that is `so`.
    pub(crate) fn look_if(&self, bytes: &[u8], so: impl Fn(Node<'_>) -> bool) -> Option<Look> {
        self.glance(bytes).or_else(|| {
            let read = Document::parse(bytes).ok().filter(|_| bytes.len() <= self.limit).map(Ok)?;
            let is_so = read.as_ref().is_ok_and(|document| so(document.root()));
            is_so.then(|| self.look_closely(bytes, &read))
        })
    }

    /// The same, if a glance is enough to see that nothing is to be said about the payload.
    pub(crate) fn glance(&self, bytes: &[u8]) -> Option<Look> {
        if bytes.len() > self.limit || !self.schema.is_embedded() {
            return None;
        }
        let glance = self.names.glance(bytes).filter(rules::is_silent)?;
        let delivery = glance.value(WEBHOOK_ID).map(|id| self.keys.hash_one(id));
        Some(Look { findings: Vec::new(), delivery })
    }

    /// The finding with the level that it is to have; `None` if it is not to be reported.
    pub(crate) fn weigh(&self, finding: Finding) -> Option<Finding> {
        let mut findings = vec![finding];
        self.levels.apply(&mut findings);
        findings.pop()
    }

    /// The same as [`Judge::judge`], always by way of a [`Document`]: what a glance is held to.
    #[must_use]
    pub fn judge_closely(&self, bytes: &[u8]) -> Vec<Finding> {
        self.look_closely(bytes, &Document::parse(bytes)).findings
    }

    fn look_closely(&self, bytes: &[u8], read: &Result<Document<'_>, Fault>) -> Look {
        let mut delivery = None;
        let mut findings = match read {
            Ok(document) => {
                let id = document.root().member("webhookId").and_then(|id| id.as_str());
                delivery = id.map(|id| self.keys.hash_one(id.as_bytes()));
                let mut findings = self.schema.violations(document);
                rules::advise(document, &mut findings);
                findings
            }
            Err(fault) if fault.kind == FaultKind::Syntax => {
                [Some(fault.clone().into()), rules::around_text(bytes)].into_iter().flatten().collect()
            }
            Err(fault) => vec![fault.clone().into()],
        };
        self.levels.apply(&mut findings);
        findings.sort_by(|one, other| one.order().cmp(&other.order()));
        Look { findings, delivery }
    }
}

fn too_long(limit: usize) -> Finding {
    Finding {
        code: "too-long",
        level: Level::Error,
        pointer: Pointer::default(),
        span: 0..1,
        message: format!("the payload is longer than {limit} bytes and was not judged"),
        label: None,
        help: Some(
            "a missing line end or bracket makes payloads run together; look where this one begins, or raise \
             --max-payload-bytes if payloads may be that long"
                .into(),
        ),
    }
}

impl From<Fault> for Finding {
    fn from(fault: Fault) -> Self {
        let code = match fault.kind {
            FaultKind::Empty => "empty",
            FaultKind::Encoding => "encoding",
            FaultKind::Syntax => "syntax",
        };
        Self {
            code,
            level: Level::Error,
            pointer: Pointer::default(),
            span: fault.span,
            message: fault.message,
            label: None,
            help: fault.help,
        }
    }
}

#[cfg(test)]
mod tests;
