//! Made-up deliveries for benchmarks: the same for the same seed, with made-up ids.

use std::fmt::Write as _;

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

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
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

/// This many lines, one in `spoil_one_in` of them spoiled (none if 0).
pub(crate) fn lines(count: u64, spoil_one_in: usize, seed: u64) -> impl Iterator<Item = String> {
    let mut random = Random(seed);
    (0..count).map(move |_| {
        let is_spoiled = spoil_one_in > 0 && random.below(spoil_one_in) == 0;
        delivery(&mut random, is_spoiled)
    })
}

/// A class of deliveries, which differ from ordinary ones in one respect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// Changes an ordinary delivery, or wraps it.
    shape: fn(&mut Random, Members) -> String,
}

/// The members of a delivery, each value as JSON.
type Members = Vec<(&'static str, String)>;

/// Every class, ordinary ones first.
pub(crate) const CLASSES: &[Class] = &[
    class("eight", |_, members| text(&members[3..11])),
    class("envelope", |_, members| text(&members)),
    class("spaced", |_, members| text(&members).replace("\":", "\": ").replace(",\"", ", \"")),
    class("shuffled", |random, mut members| {
        (1..members.len()).rev().for_each(|index| members.swap(index, random.below(index + 1)));
        text(&members)
    }),
    class("accents", |random, members| {
        let is_accented = random.below(3) == 0;
        labelled(random, members, if is_accented { &ACCENTS } else { &PLAIN }, quoted)
    }),
    class("scripts", |random, members| labelled(random, members, &SCRIPTS, quoted)),
    class("escapes", |random, members| labelled(random, members, &QUOTES, quoted)),
    class("line-ends", |random, members| labelled(random, members, &LINES, quoted)),
    class("python", |random, members| labelled(random, members, &ACCENTS, ascii)),
    class("surrogates", |random, members| labelled(random, members, &EMOJI, ascii)),
    class("pairs", |random, members| {
        let kinds = [["contact", "opportunity"], ["business", "contact"], ["opportunity", "business"]];
        let [first, second] = random.one_of(&kinds).map(quoted);
        text(&with(with(members, "firstObjectKey", &first), "secondObjectKey", &second))
    }),
    class("undocumented", |random, members| more(members, "source", quoted(&random.text(HEX, 8)))),
    class("nested", |random, members| {
        let (id, count) = (random.text(HEX, 24), random.below(1000));
        more(members, "meta", format!(r#"{{"ids":["{id}",{count}],"by":{{"user":true,"app":null}}}}"#))
    }),
    class("numbers", |random, members| {
        more(members, "sequence", format!("{}.{}e+{}", random.next(), random.next(), random.below(300)))
    }),
    class("siblings", |random, members| {
        if random.below(2) == 0 {
            return text(&members);
        }
        let (first, second) = (quoted(&random.text(HEX, 24)), quoted(&random.text(HEX, 24)));
        let mut members = members;
        members.retain(|(name, _)| !name.ends_with("Label"));
        members[0].1 = quoted("RelationCreate");
        members.extend([("firstRecordId", first), ("secondRecordId", second)]);
        text(&members)
    }),
    class("tenth-null", |random, members| match random.below(10) {
        0 => with_label(members, "null"),
        _ => text(&members),
    }),
    class("null", |_, members| with_label(members, "null")),
    class("duplicates", |random, members| more(members, "key", quoted(&random.text(HEX, 8)))),
    class("long", |random, members| labelled(random, members, &PLAIN, |label| quoted(&label.repeat(60)))),
    class("long-accents", |random, members| {
        labelled(random, members, &ACCENTS, |label| quoted(&label.repeat(60)))
    }),
    class("long-scripts", |random, members| {
        labelled(random, members, &SCRIPTS, |label| quoted(&label.repeat(60)))
    }),
    class("docker", |_, members| {
        let log = ascii(&(text(&members) + "\n"));
        format!(r#"{{"log":{log},"stream":"stdout","time":"2026-03-11T22:43:58.035000001Z"}}"#)
    }),
    class("har", |_, members| {
        let body = quoted(&text(&members));
        let headers =
            r#"[{"name":"content-type","value":"application/json"},{"name":"host","value":"a.example"}]"#;
        format!(
            "{{\"request\":{{\"method\":\"POST\",\"url\":\"https://a.example/\",\"headers\":{headers},\
             \"postData\":{{\"mimeType\":\"application/json\",\"text\":{body}}}}}}}"
        )
    }),
];

const fn class(name: &'static str, shape: fn(&mut Random, Members) -> String) -> Class {
    Class { name, shape }
}

impl Class {
    /// The text of a file of that class: lines, or for a HAR one JSON text.
    pub(crate) fn text(self, count: u64, seed: u64) -> impl Iterator<Item = String> {
        let mut random = Random(seed);
        let is_har = self.name == "har";
        let (begin, end) = if is_har { (r#"{"log":{"entries":["#, "]}}\n") } else { ("", "") };
        let line = move |index| {
            let members = members(&mut random);
            let line = (self.shape)(&mut random, members);
            let end = if is_har && index + 1 < count { "," } else { "" };
            line + end + "\n"
        };
        std::iter::once(begin.to_owned()).chain((0..count).map(line)).chain([end.to_owned()])
    }
}

const PLAIN: [&str; 4] = ["Interested Buyer", "Tenant", "Property of the Seller", "Landlord"];
const ACCENTS: [&str; 4] = ["Käufer", "Propriétaire intéressé", "Año del señor", "Übergabe in Köln"];
const SCRIPTS: [&str; 6] = [
    "Käufer für Müller",
    "Покупатель квартиры",
    "买方与卖方的关系",
    "المشتري المهتم",
    "Buyer 🏠 Owner",
    "구매자 아파트",
];
const QUOTES: [&str; 4] = ["The \"Owner\"", "Buyer \"A\" or \"B\"", "C:\\Tenants", "\"Landlord\""];
const LINES: [&str; 2] = ["Owner\nof the flat", "Buyer\n"];
const EMOJI: [&str; 4] = ["Buyer 🏠", "🔑 Owner of 🏢", "Tenant 👍🏽", "😀"];

/// An ordinary delivery in its envelope, of about 460 bytes.
fn members(random: &mut Random) -> Members {
    let objects = ["real_estate_buyer", "property", "apartments", "vehicles"];
    let (first, second) = (random.one_of(&objects), random.one_of(&objects));
    let time = format!("2026-02-{:02}T12:{:02}:13.412Z", 1 + random.below(28), random.below(60));
    let webhook = [8, 4, 4, 4, 12].map(|length| random.text(HEX, length)).join("-");
    vec![
        ("type", quoted("AssociationCreate")),
        ("timestamp", quoted(&time)),
        ("webhookId", quoted(&webhook)),
        ("id", quoted(&random.text(HEX, 24))),
        ("associationType", quoted("USER_DEFINED")),
        ("firstObjectKey", format!("\"custom_objects.{first}\"")),
        ("firstObjectLabel", quoted(random.one_of(&PLAIN))),
        ("secondObjectKey", format!("\"custom_objects.{second}\"")),
        ("secondObjectLabel", quoted(random.one_of(&PLAIN))),
        ("key", format!("\"{first}_{second}\"")),
        ("locationId", quoted(&random.text(ALPHANUMERIC, 20))),
        ("companyId", quoted(&random.text(ALPHANUMERIC, 20))),
        ("appId", quoted(&random.text(HEX, 24))),
        ("versionId", quoted(&random.text(HEX, 24))),
    ]
}

fn text(members: &[(&'static str, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn more(mut members: Members, name: &'static str, value: String) -> String {
    members.push((name, value));
    text(&members)
}

fn with(mut members: Members, name: &str, value: &str) -> Members {
    members.iter_mut().filter(|(known, _)| *known == name).for_each(|(_, known)| value.clone_into(known));
    members
}

fn with_label(members: Members, label: &str) -> String {
    text(&with(members, "secondObjectLabel", label))
}

/// The delivery with these labels, in this spelling.
fn labelled(random: &mut Random, members: Members, labels: &[&str], write: fn(&str) -> String) -> String {
    let (first, second) = (write(random.one_of(labels)), write(random.one_of(labels)));
    text(&with(with(members, "firstObjectLabel", &first), "secondObjectLabel", &second))
}

/// The text as JSON, with no more escapes than necessary.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

/// The text as JSON in ASCII, as Python writes it.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for character in quoted(text).chars() {
        if character.is_ascii() {
            out.push(character);
        } else {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            units.iter().for_each(|unit| write!(out, "\\u{unit:04x}").expect("a String takes it"));
        }
    }
    out
}
