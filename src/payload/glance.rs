//! The ordinary payload, read at a glance: a flat object of known members with plain strings.
//!
//! In: the bytes of one payload, and the names to know. Out: the value of each known name, or `None`, which
//! says nothing about the payload but that the [`Document`](super::Document) must be asked.
//!
//! What always holds: what is understood here is JSON that a document reads the same, each name at most once,
//! every string printable ASCII without an escape. Property tests hold the two together: a glance that sees
//! more than there is would be the worst mistake this program can make.

/// The names that a glance knows, each with its slot.
#[derive(Clone, Debug)]
pub struct Names {
    names: Vec<Box<[u8]>>,
    /// The slots of the names of each length.
    by_length: Vec<Vec<usize>>,
}

/// What a glance saw: the value of each name, by slot, without its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    values: [Option<&'a [u8]>; Names::MOST],
}

impl Names {
    /// How many names there can be.
    pub const MOST: usize = 16;

    /// Knows `names`, whose slots are their order.
    ///
    /// # Panics
    /// There are more than [`Names::MOST`].
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let names: Vec<Box<[u8]>> = names.into_iter().map(|name| name.as_bytes().into()).collect();
        assert!(names.len() <= Self::MOST, "internal error: too many names to know at a glance");
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let mut by_length = vec![Vec::new(); longest + 1];
        names.iter().enumerate().for_each(|(slot, name)| by_length[name.len()].push(slot));
        Self { names, by_length }
    }

    /// The slot of `name`. Members mostly come in one order, so the slot after the last one is tried first.
    fn slot(&self, name: &[u8], expected: usize) -> Option<usize> {
        if self.names.get(expected).is_some_and(|known| **known == *name) {
            return Some(expected);
        }
        self.by_length.get(name.len())?.iter().copied().find(|&slot| *self.names[slot] == *name)
    }

    /// Reads `bytes`, if they are an ordinary payload.
    #[must_use]
    pub fn glance<'a>(&self, bytes: &'a [u8]) -> Option<Glance<'a>> {
        let mut values = [None; Self::MOST];
        let mut at = expect(bytes, blank(bytes, 0), b'{')?;
        let mut expected = 0;
        loop {
            let (name, after_name) = plain_string(bytes, blank(bytes, at))?;
            let slot = self.slot(name, expected)?;
            let colon = expect(bytes, blank(bytes, after_name), b':')?;
            let (value, after_value) = plain_string(bytes, blank(bytes, colon))?;
            if values[slot].replace(value).is_some() {
                return None;
            }
            expected = slot + 1;
            at = blank(bytes, after_value);
            match bytes.get(at)? {
                b',' => at += 1,
                b'}' => return (blank(bytes, at + 1) == bytes.len()).then_some(Glance { values }),
                _ => return None,
            }
        }
    }
}

impl<'a> Glance<'a> {
    /// The value in that slot, if the payload has it.
    #[must_use]
    pub fn value(&self, slot: usize) -> Option<&'a [u8]> {
        self.values[slot]
    }
}

fn expect(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (*bytes.get(at)? == byte).then_some(at + 1)
}

/// The first place from `at` that is no JSON white space.
fn blank(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The string that begins at `at`, and where it has ended, if it is plain.
fn plain_string(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let start = expect(bytes, at, b'"')?;
    let end = plain_end(bytes, start)?;
    Some((&bytes[start..end], end + 1))
}

/// Where the quote stands that ends a plain string.
fn plain_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    // Eight bytes at a time: this is half of the time that a clean stream takes.
    while let Some(eight) = bytes[at..].first_chunk() {
        match special_in(u64::from_le_bytes(*eight)) {
            None => at += 8,
            Some(index) => {
                at += index;
                return (bytes[at] == b'"').then_some(at);
            }
        }
    }
    let rest =
        bytes[at..].iter().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))?;
    (bytes[at + rest] == b'"').then_some(at + rest)
}

/// Which of eight bytes is the first that is a quote, a backslash, or no printable ASCII.
fn special_in(eight: u64) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    // The high bit of each byte that is zero, and perhaps of some above the lowest such byte.
    let zeros = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes & HIGH;
    let below_space = eight.wrapping_sub(ONES * 0x20) & !eight & HIGH;
    let is = |byte: u8| zeros(eight ^ (ONES * u64::from(byte)));
    let special = below_space | (eight & HIGH) | is(b'"') | is(b'\\') | is(0x7f);
    (special != 0).then(|| special.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::{Document, Kind};
    use proptest::prelude::*;

    const KNOWN: [&str; 4] = ["id", "key", "type", "associationType"];

    /// The exact way to what a glance claims to see.
    fn exact(bytes: &[u8]) -> Option<Vec<Option<String>>> {
        let document = Document::parse(bytes).ok().filter(|document| !document.has_byte_order_mark())?;
        let members = document.root().members()?;
        let is_plain =
            |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains('\\');
        let is_ordinary = !members.is_empty()
            && members.duplicates() == 0
            && members.iter().all(|member| {
                KNOWN.contains(&&*member.name())
                    && is_plain(member.name_text())
                    && member.value().kind() == Kind::String
                    && is_plain(member.value().text())
            });
        is_ordinary.then(|| {
            let value =
                |name: &&str| members.get(name).map(|member| member.value().as_str().unwrap().into_owned());
            KNOWN.iter().map(value).collect()
        })
    }

    fn glanced(bytes: &[u8]) -> Option<Vec<Option<String>>> {
        let glance = Names::new(KNOWN).glance(bytes)?;
        let value = |slot| glance.value(slot).map(|value| String::from_utf8(value.to_vec()).unwrap());
        Some((0..KNOWN.len()).map(value).collect())
    }

    fn almost_a_payload() -> impl Strategy<Value = Vec<u8>> {
        let name = prop::sample::select(vec![
            "id",
            "key",
            "type",
            "associationType",
            "Id",
            "",
            "i\\u0064",
            "a name too long to be known",
        ]);
        let value = prop_oneof![
            8 => "\"[ -!#-\\[\\]-~]{0,20}\"",
            1 => "\"[\u{0}-\u{ff}]{0,12}\"",
            1 => Just("1".to_owned()),
            1 => Just("\"\\n\"".to_owned()),
        ];
        let space = prop::sample::select(vec!["", "", "", " ", "\r\n\t", "\u{c}"]);
        let member = (name, value, space.clone())
            .prop_map(|(name, value, space)| format!("{space}\"{name}\"{space}:{space}{value}"));
        let text = (proptest::collection::vec(member, 0..5), space).prop_map(|(members, space)| {
            format!("{space}{{{}{space}}}{space}", members.join(",")).into_bytes()
        });
        (text, proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2)).prop_map(
            |(mut text, changes)| {
                for (index, byte) in changes {
                    let at = index.index(text.len());
                    text[at] = byte;
                }
                text
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_glance_sees_exactly_what_is_ordinary(bytes in almost_a_payload()) {
            prop_assert_eq!(glanced(&bytes), exact(&bytes), "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn every_byte_at_every_place_of_a_string_is_told_apart() {
        for length in 1..20 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'a'; length];
                    text[place] = byte;
                    let payload = [b"{\"id\":\"", &text[..], b"\"}"].concat();
                    assert_eq!(glanced(&payload), exact(&payload), "{byte:#04x} at {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn every_prefix_of_a_payload_is_left_to_the_document() {
        let payload = br#"{ "id" : "698f1a2b3c4d5e6f70819203", "type": "AssociationCreate" }"#;
        assert!(glanced(payload).is_some());
        (0..payload.len()).for_each(|end| assert!(glanced(&payload[..end]).is_none(), "{end}"));
    }
}
