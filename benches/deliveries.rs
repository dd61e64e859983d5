//! Made-up deliveries for benchmarks: the same for the same seed, with ids of no account.

/// A small generator of numbers (`SplitMix64`): good enough to vary ids, and the same everywhere.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).expect("31 bits fit") % bound
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}

const HEX: &[u8] = b"0123456789abcdef";
const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// One delivery of about 280 bytes on one line; `spoiled` ones have a field of a wrong type or are cut.
pub(crate) fn delivery(random: &mut Random, is_spoiled: bool) -> String {
    let id = random.text(HEX, 24);
    let location = random.text(ALPHANUMERIC, 20);
    let objects = ["real_estate_buyer", "property", "apartments", "vehicles"];
    let (first, second) = (objects[random.below(4)], objects[random.below(4)]);
    let key = format!("{first}_{second}");
    let label = match (is_spoiled, random.below(3)) {
        (true, 0) => "null".to_owned(),
        (true, 1) => random.below(1000).to_string(),
        _ => "\"Property\"".to_owned(),
    };
    let line = format!(
        "{{\"id\":\"{id}\",\"associationType\":\"USER_DEFINED\",\"firstObjectKey\":\"custom_objects.{first}\",\
         \"firstObjectLabel\":\"Interested Buyer\",\"secondObjectKey\":\"custom_objects.{second}\",\
         \"secondObjectLabel\":{label},\"key\":\"{key}\",\"locationId\":\"{location}\"}}"
    );
    let is_cut = is_spoiled && label.starts_with('"');
    if is_cut { line[..line.len() - 5].to_owned() } else { line }
}

/// So many lines, one in `spoil_one_in` of them spoiled (none if 0).
pub(crate) fn lines(count: u64, spoil_one_in: usize, seed: u64) -> impl Iterator<Item = String> {
    let mut random = Random(seed);
    (0..count).map(move |_| {
        let is_spoiled = spoil_one_in > 0 && random.below(spoil_one_in) == 0;
        delivery(&mut random, is_spoiled)
    })
}
