use super::*;
use crate::split::{LOOKED_AT, TEXT_AT_MOST};
use proptest::prelude::*;

/// Splits `input` as it arrives in pieces of these lengths, repeated; the ranges are those of the input.
fn split(input: &[u8], framing: Option<Framing>, pieces: &[usize]) -> Vec<Range<usize>> {
    let mut splitter = Splitter::new(framing);
    let (mut ranges, mut done, mut come) = (Vec::new(), 0, 0);
    let mut pieces = pieces.iter().cycle();
    while done < input.len() {
        let is_end = come == input.len();
        come = (come + pieces.next().unwrap()).min(input.len());
        let mut found = Vec::new();
        let step = splitter.split(&input[done..come], is_end, 8, &mut found);
        ranges.extend(found.into_iter().map(|range| done + range.start..done + range.end));
        done += step;
    }
    ranges
}

fn documents(input: &str) -> Vec<&str> {
    split(input.as_bytes(), Some(Framing::Documents), &[3]).into_iter().map(|range| &input[range]).collect()
}

const FRAMINGS: [Option<Framing>; 4] =
    [None, Some(Framing::Lines), Some(Framing::Documents), Some(Framing::Events)];

/// Inputs that cost quadratic time as soon as anything looks twice: beginnings without an end, of every kind, with line
/// ends and without.
fn repeated() -> impl Iterator<Item = String> {
    let pieces = [
        "[",
        "{",
        "{\"a\":",
        "[{",
        "{\"a\":[",
        "[1,",
        "\"",
        "\"a",
        "\\",
        "{\"a\":\"",
        "{}",
        "[]",
        "1",
        "a",
        " ",
        ",",
        "}",
        "]",
        "<",
        "<p>",
        "{ ",
        "[ ",
        "[]{",
        "{}{",
        "\u{feff}",
        "\u{feff}{",
        "id:",
        "retry:1",
        "data:",
        ":",
        "\u{a0}",
        "\0",
        "\u{1e}",
        "{'",
        "> {",
        "{\"a\":1}x",
        "[2026-",
        "{x}",
        "true",
        "\r",
        "{\"\":1,",
        "{\"a\":1},",
        "[\"",
        "{\"a\":{}",
        "POST / HTTP/1.1",
    ];
    let ends = ["", "\n", "\r\n", "\n\n", " \n", "\n "];
    pieces.into_iter().flat_map(move |piece| ends.map(|end| format!("{piece}{end}")))
}

#[test]
fn each_byte_is_looked_at_a_few_times_however_the_bytes_arrive() {
    const LENGTH: usize = 3000;
    for piece in repeated() {
        let one = piece.repeat(LENGTH / piece.len());
        let cut = format!("{{\"a\":\"{one}");
        let behind = format!("{one}{}", "{\"id\":\"b\"}\n".repeat(20));
        for input in [one, cut, behind] {
            for (framing, step) in
                FRAMINGS.into_iter().flat_map(|framing| [(framing, 1), (framing, 7), (framing, LENGTH)])
            {
                LOOKED_AT.set(0);
                split(input.as_bytes(), framing, &[step]);
                let times = LOOKED_AT.get() / input.len();
                // A bracket that starts a line is looked at with the few bytes after it.
                assert!(times <= 70, "{piece:?} by {framing:?} in steps of {step}: {times} times");
            }
        }
    }
}

#[test]
fn a_document_with_a_fault_stays_one() {
    let text = "{\n\"type\": \"AssociationCreate\",\n\"id\": \"67\",\n\"list\": [\n{\n\"a\": {}\n},\n{\n\"b\": [ 1, \"x\" ]\n}\n],\n\"key\": \"k\"\n}\n";
    let layouts = [
        text.to_owned(),
        text.replace('\n', "\r\n"),
        text.replace("\n\"", "\n  \""),
        text.replace("\n\"", "\n\u{a0}\""),
        text.replace("{\n", "> {\n")
            .replace("\n\"", "\n> \"")
            .replace("\n}", "\n> }")
            .replace("\n]", "\n> ]"),
    ];
    for text in layouts {
        assert_eq!(documents(&text).len(), 1, "{text}");
        for (at, byte) in text.bytes().enumerate().filter(|(at, _)| text.is_char_boundary(*at)) {
            // Just before a brace that starts a line, a fault makes it a beginning.
            if at > 0 && text[at..].trim_start_matches([',', '\r', '\n']).starts_with('{') {
                continue;
            }
            // Without a bracket, or with one too many, inside and outside are different.
            let is_bracket = matches!(byte, b'{' | b'}' | b'[' | b']');
            let mut faulty: Vec<String> = [",", "\"", "'", ":", "x", "\n", "\u{201c}", "\\"]
                .map(|added| format!("{}{added}{}", &text[..at], &text[at..]))
                .into();
            if byte.is_ascii() && !is_bracket {
                faulty.push(format!("{}{}", &text[..at], &text[at + 1..]));
            }
            for faulty in faulty {
                assert_eq!(documents(&faulty), [faulty.trim_matches(['\r', '\n', ' '])], "{at}: {faulty}");
            }
        }
    }
}

/// Documents as people and programs lay them out.
const DOCUMENTS: [&str; 6] = [
    "{\"id\":\"a\"}",
    "{\n  \"id\": \"b\",\n  \"list\": [\n    {\n      \"c\": 1\n    }\n  ]\n}",
    "[\n  {\n    \"id\": \"d\"\n  }\n]",
    "{\n\"id\": \"e\",\n\"key\": \"k\"\n}",
    "{\"id\":\"f\",\n\"key\":\"g\"}",
    "{\r\n\t\"id\": \"h\"\r\n}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_document_after_one_that_is_cut_is_found(
        before in prop::collection::vec(0..DOCUMENTS.len(), 0..3), cut in 0..DOCUMENTS.len(), length in 1usize..60,
        after in prop::collection::vec(0..DOCUMENTS.len(), 1..4), end in prop::sample::select(vec!["\n", "\r\n", "\n\n"]),
    ) {
        let cut = &DOCUMENTS[cut][..length.min(DOCUMENTS[cut].len())];
        let whole = |index: &usize| DOCUMENTS[*index].to_owned();
        let all: Vec<String> =
            before.iter().map(whole).chain([cut.to_owned()]).chain(after.iter().map(whole)).collect();
        let stream = all.join(end);
        let found = documents(&stream);
        for index in before.iter().chain(&after) {
            prop_assert!(found.contains(&DOCUMENTS[*index]), "{:?} in {:?}", DOCUMENTS[*index], found);
        }
        prop_assert_eq!(found.len(), all.len(), "{:?}", found);
    }

    #[test]
    fn a_document_after_one_with_a_fault_is_found(
        index in 0..DOCUMENTS.len(), at in 0usize..60, length in 1usize..120, added in prop::sample::select(vec![",", "\"", "'", "x", "}", "{", "]", "\\"]),
        after in prop::collection::vec(0..DOCUMENTS.len(), 1..4),
    ) {
        let mut stream = DOCUMENTS[index].to_owned();
        stream.insert_str(at.min(stream.len()), added);
        stream.truncate(length);
        for index in &after {
            stream = stream + "\n" + DOCUMENTS[*index];
        }
        let found = documents(&stream);
        for index in &after {
            prop_assert!(found.contains(&DOCUMENTS[*index]), "{:?} in {:?}", DOCUMENTS[*index], found);
        }
    }

    #[test]
    fn where_the_bytes_fall_changes_no_range(
        pieces in prop::collection::vec(0usize..270, 0..12), steps in prop::collection::vec(1usize..9, 1..4), framing in 0usize..4,
    ) {
        let all: Vec<String> = repeated().chain(DOCUMENTS.map(str::to_owned)).collect();
        let input: String = pieces.iter().map(|index| all[index % all.len()].as_str()).collect();
        let framing = FRAMINGS[framing];
        prop_assert_eq!(
            split(input.as_bytes(), framing, &steps), split(input.as_bytes(), framing, &[input.len().max(1)])
        );
    }
}

#[test]
fn text_is_one_payload_up_to_the_next_document() {
    assert_eq!(
        documents("Starting\n  at 5\n\nReady\n{\"id\":1}\nDone\n"),
        ["Starting\n  at 5\n\nReady", "{\"id\":1}", "Done"]
    );
    assert_eq!(documents("[2026-11-26] {x}\n{x}\n[2026-11-27]\n"), ["[2026-11-26] {x}\n{x}\n[2026-11-27]"]);
    assert_eq!(documents("12\n\"a\"\nnull x\n"), ["12", "\"a\"", "null x"]);
    assert_eq!(
        documents("{\"a\":1};\n{\"b\":1}}\n}\n{\"c\":1}{\"d\":1}"),
        ["{\"a\":1};", "{\"b\":1}}\n}", "{\"c\":1}", "{\"d\":1}"]
    );
    let long = "text\n".repeat(3 * TEXT_AT_MOST / 10);
    assert_eq!(documents(&long).len(), 2);
}
