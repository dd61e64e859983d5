//! The identity of a finding from one run to the next, even if lines move.
//!
//! In: a source and a finding. Out: 32 hexadecimal digits.
//! Invariants: a fingerprint depends on the source's name, the code, the pointer, and the number of earlier findings
//! with the same code and pointer in the same source; not on lines, offsets, levels, or words. Within one source all
//! differ. Memory is bounded, whatever the names in a payload.

use crate::check::{Code, Finding};
use crate::payload::Pointer;
use ring::digest::{Context, SHA256};
use std::collections::HashMap;

/// Beyond this many different pairs of code and pointer in one source, all further ones are counted as one.
const PLACES_AT_MOST: usize = 1 << 16;

type Hash = [u8; 16];

/// Makes the fingerprints of one source.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprints {
    seen: HashMap<Hash, u64>,
    beyond: u64,
    /// The code and pointer of the last finding, and their hash: a stream often has the same one in each payload.
    last: Option<(Code, Pointer, Hash)>,
}

impl Fingerprints {
    pub(super) fn next(&mut self, source: &str, finding: &Finding) -> String {
        let place = self.place(finding);
        let is_counted = self.seen.len() < PLACES_AT_MOST || self.seen.contains_key(&place);
        let (kind, occurrence) = if is_counted {
            (b"\0", self.seen.entry(place).or_default())
        } else {
            (b"\x01", &mut self.beyond)
        };
        *occurrence += 1;
        let fingerprint = hash(&[source.as_bytes(), kind, &occurrence.to_be_bytes(), &place]);
        let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
        let mut digits = String::with_capacity(2 * fingerprint.len());
        fingerprint.iter().for_each(|byte| digits.extend([digit(byte >> 4), digit(byte & 15)]));
        digits
    }

    /// The hash of a finding's code and pointer.
    fn place(&mut self, finding: &Finding) -> Hash {
        // On some processors, comparing two empty texts byte by byte takes longer than hashing them.
        let is_same = |last: &Pointer| match finding.pointer.as_str() {
            "" => last.as_str().is_empty(),
            pointer => last.as_str() == pointer,
        };
        match &self.last {
            Some((code, pointer, place)) if *code == finding.code && is_same(pointer) => *place,
            _ => {
                let (code, pointer) = (finding.code.as_str(), finding.pointer.as_str());
                let place = hash(&[code.as_bytes(), b"\0", pointer.as_bytes()]);
                self.last = Some((finding.code, finding.pointer.clone(), place));
                place
            }
        }
    }
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    let whole = context.finish();
    std::array::from_fn(|index| whole.as_ref()[index])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Code;
    use crate::check::Judge;
    use std::collections::BTreeSet;

    fn fingerprints(payloads: &[&str]) -> Vec<String> {
        let (judge, mut fingerprints) = (Judge::default(), Fingerprints::default());
        let findings = payloads.iter().flat_map(|payload| judge.judge(payload.as_bytes()));
        findings
            .filter(|finding| finding.code == Code::SchemaType)
            .map(|finding| fingerprints.next("a.ndjson", &finding))
            .collect()
    }

    #[test]
    fn moving_a_line_changes_nothing_and_no_two_are_the_same() {
        let before = fingerprints(&[r#"{"id":1}"#, r#"{"id":2,"key":3}"#]);
        let after = fingerprints(&["{}", "\n\n{\"id\": \"x\"}", r#"{"id":1}"#, r#"{"key":3, "id":2}"#]);
        let sorted = |list: &[String]| list.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(sorted(&before), sorted(&after));
        assert_eq!(sorted(&before).len(), 3);
    }

    #[test]
    fn a_fingerprint_stays_what_it_is_from_release_to_release() {
        // sha256("a.ndjson" 0 1 sha256("schema/type" 0 "/id")), the 1 in eight bytes, each hash cut to sixteen.
        assert_eq!(fingerprints(&[r#"{"id":1}"#]), ["f3548b789c1d04ba61ad7ef56281f5cf"]);
    }

    #[test]
    fn more_places_than_are_counted_still_differ() {
        let mut fingerprints = Fingerprints::default();
        let mut finding = Judge::default().judge(b"[]").remove(0);
        let all: BTreeSet<String> = (0..PLACES_AT_MOST + 9)
            .map(|number| {
                finding.pointer = format!("/{number}").into();
                fingerprints.next("a.json", &finding)
            })
            .collect();
        assert_eq!((all.len(), fingerprints.seen.len()), (PLACES_AT_MOST + 9, PLACES_AT_MOST));
    }
}
