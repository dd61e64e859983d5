//! Bodies of deliveries, made at run time from the documented example.
//!
//! In: the documented fields, and unused ids. Out: compact JSON, as the platform sends it.
//! Invariants: the same seed and time make the same bytes.

use crate::event::{ASSOCIATION_CREATE, Event};
use crate::payload::{Document, Kind};
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::fmt::Write as _;
use std::ops::Range;

/// Unused ids.
#[derive(Clone, Debug)]
pub struct Ids {
    seed: [u8; 32],
    count: u64,
    now: Timestamp,
}

impl Ids {
    /// Ids for this run.
    ///
    /// # Panics
    /// Only if the system has no random numbers.
    pub fn random(now: Timestamp) -> Self {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).expect("internal error: the system gives random numbers");
        Self { seed, count: 0, now }
    }

    /// The same ids each time, for files that are kept.
    pub fn fixed() -> Self {
        Self { seed: [0; 32], count: 0, now: Timestamp::constant(1_770_986_173, 412_000_000) }
    }

    /// The time at which deliveries are sent.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    fn next(&mut self) -> [u8; 32] {
        self.count += 1;
        let mut context = Context::new(&SHA256);
        context.update(&self.seed);
        context.update(&self.count.to_be_bytes());
        context.finish().as_ref().try_into().expect("internal error: such a digest has 32 bytes")
    }

    /// A UUID, version 4.
    pub fn uuid(&mut self) -> String {
        let mut bytes = self.next();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::new();
        for (index, byte) in bytes[..16].iter().enumerate() {
            let dash = if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(text, "{dash}{byte:02x}").expect("internal error: writing to a String cannot fail");
        }
        text
    }

    /// A MongoDB ObjectId of now.
    pub fn object_id(&mut self) -> String {
        let rest: String = self.next()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{:08x}{rest}", self.now.as_second())
    }
}

/// A time in the notation of deliveries.
fn written(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// The members of a delivery: names, and values as JSON text.
#[derive(Clone, Debug)]
pub(super) struct Draft(Vec<(String, String)>);

impl Draft {
    /// Only the fields of an event's documented example.
    fn example(event: &Event) -> Self {
        Self(event.fields().iter().map(|field| (field.name.clone(), quoted(&field.example))).collect())
    }

    /// The eight documented fields, with a new id.
    pub(super) fn bare(ids: &mut Ids) -> Self {
        Self::example(&ASSOCIATION_CREATE).string("id", &ids.object_id())
    }

    /// The same in the flat form of deliveries.
    pub(super) fn flat(ids: &mut Ids) -> Self {
        let bare = Self::bare(ids);
        Self::in_envelope(ASSOCIATION_CREATE.name, bare, ids)
    }

    /// A sibling's documented example in that form.
    pub(super) fn sibling(event: &Event, ids: &mut Ids) -> Self {
        Self::in_envelope(event.name, Self::example(event), ids)
    }

    fn in_envelope(name: &str, fields: Self, ids: &mut Ids) -> Self {
        let app = "698f00112233445566778899";
        let before =
            [("type", name.to_owned()), ("timestamp", written(ids.now())), ("webhookId", ids.uuid())];
        let after = [("companyId", "Kq93LmZt20XcVbNs45Ty"), ("appId", app), ("versionId", app)];
        let before = before.into_iter().map(|(name, value)| (name.to_owned(), quoted(&value)));
        let after = after.into_iter().map(|(name, value)| (name.to_owned(), quoted(value)));
        Self(before.chain(fields.0).chain(after).collect())
    }

    /// The same with this string; a new name comes last.
    pub(super) fn string(self, name: &str, value: &str) -> Self {
        self.json(name, quoted(value))
    }

    /// The same with this value, which is JSON text.
    pub(super) fn json(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
        self
    }

    /// The same with one more member at its end, even if there is one with that name.
    pub(super) fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), quoted(value)));
        self
    }

    /// The same, sent at this time.
    pub(super) fn sent_at(self, time: Timestamp) -> Self {
        self.string("timestamp", &written(time))
    }

    /// The same without the member of that name.
    pub(super) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// Without white space between values, as deliveries are sent.
    pub(super) fn compact(&self) -> Vec<u8> {
        self.laid_out("{", ",", ":", "}")
    }

    /// Spread over several lines.
    pub(super) fn pretty(&self) -> Vec<u8> {
        self.laid_out("{\n  ", ",\n  ", ": ", "\n}")
    }

    fn laid_out(&self, open: &str, comma: &str, colon: &str, close: &str) -> Vec<u8> {
        let members: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{}{colon}{value}", quoted(name))).collect();
        format!("{open}{}{close}", members.join(comma)).into_bytes()
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The documented example in the flat form of deliveries.
pub fn example(ids: &mut Ids) -> Vec<u8> {
    Draft::flat(ids).compact()
}

/// The body with a new `webhookId` and the current `timestamp`; all other bytes stay as they are.
///
/// # Errors
/// It is not a JSON object.
pub fn fresh(body: &[u8], ids: &mut Ids) -> Result<Vec<u8>, String> {
    let document = Document::parse(body).map_err(|fault| format!("it is not JSON: {}", fault.message))?;
    let root = document.root();
    if root.kind() != Kind::Object {
        return Err("it is not a JSON object, so it has no `webhookId`".to_owned());
    }
    let end = document.span(root.text()).end - 1;
    let is_empty = root.members().is_none_or(|members| members.is_empty());
    let mut changes: Vec<(Range<usize>, String)> = Vec::new();
    let mut comma = if is_empty { "" } else { "," };
    for (name, value) in [("webhookId", ids.uuid()), ("timestamp", written(ids.now()))] {
        match root.member(name) {
            Some(node) => changes.push((document.span(node.text()), quoted(&value))),
            None => {
                changes.push((end..end, format!("{comma}{}:{}", quoted(name), quoted(&value))));
                comma = ",";
            }
        }
    }
    changes.sort_by_key(|(place, _)| place.start);
    let (mut out, mut done) = (Vec::with_capacity(body.len() + 128), 0);
    for (place, text) in changes {
        out.extend_from_slice(&body[done..place.start]);
        out.extend_from_slice(text.as_bytes());
        done = place.end;
    }
    out.extend_from_slice(&body[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Judge;

    #[test]
    fn a_made_delivery_has_no_finding() {
        let mut ids = Ids::random(Timestamp::now());
        for body in [Draft::flat(&mut ids).compact(), Draft::flat(&mut ids).pretty()] {
            assert_eq!(Judge::default().judge(&body), [], "{}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn ids_differ_and_those_that_are_fixed_come_again() {
        let mut ids = Ids::fixed();
        let two = [ids.uuid(), ids.uuid()];
        assert_eq!(two[0], Ids::fixed().uuid());
        assert_ne!(two[0], two[1]);
        assert_ne!(two[0], Ids::random(Timestamp::now()).uuid());
        assert_eq!((two[0].len(), two[0].as_bytes()[14]), (36, b'4'));
    }

    #[test]
    fn a_fresh_body_keeps_every_other_byte() {
        let mut ids = Ids::fixed();
        let (id, time) = (Ids::fixed().uuid(), "2026-02-13T12:36:13.412Z");
        for (body, expected) in [
            (
                "\u{feff}{ \"timestamp\" : null,\"a\":1.0, \"webhookId\": [\"x\"] }\n",
                format!("\u{feff}{{ \"timestamp\" : \"{time}\",\"a\":1.0, \"webhookId\": \"{id}\" }}\n"),
            ),
            ("{}", format!("{{\"webhookId\":\"{id}\",\"timestamp\":\"{time}\"}}")),
            (
                "{\"timestamp\":1,\"timestamp\":2}",
                format!("{{\"timestamp\":1,\"timestamp\":\"{time}\",\"webhookId\":\"{id}\"}}"),
            ),
        ] {
            ids.count = 0;
            assert_eq!(String::from_utf8(fresh(body.as_bytes(), &mut ids).unwrap()).unwrap(), expected);
        }
        assert!(fresh(b"[]", &mut ids).unwrap_err().contains("not a JSON object"));
        assert!(fresh(b"{", &mut ids).unwrap_err().contains("not JSON"));
    }
}
