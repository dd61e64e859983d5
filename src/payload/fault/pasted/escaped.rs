//! JSON in which every quote is escaped, or doubled: the inside of a string, a log's line, a form, a web page, a table.

use super::{FaultPlace, FaultWords, known};

/// The part of a text that is searched for an escaped payload, in bytes.
const SEARCHED: usize = 16 << 10;

/// One way to escape quotes.
struct Escape {
    /// The forms of an escaped quote.
    quotes: &'static [&'static str],
    /// The beginnings of an escaped object.
    objects: &'static [&'static str],
    what: &'static str,
    /// The command that undoes it, line by line.
    undo: &'static str,
    /// Whether the object must first be cut out of its line.
    is_line: bool,
}

const STRING: &str = "sed 's/.*/\"&\"/' | jq -r .";
const PERCENT: &str = "perl -pe 's/\\+/ /g; s/%([0-9A-Fa-f]{2})/chr hex $1/ge'";

const ESCAPES: [Escape; 6] = [
    Escape {
        quotes: &["\\\"", "\\\\\""],
        objects: &["{\\\"", "{\\\\\"", "{\\n", "{\\r"],
        what: "the quotes are escaped (`\\\"`), as inside of a JSON string",
        undo: STRING,
        is_line: true,
    },
    Escape {
        quotes: &["\\u0022"],
        objects: &["{\\u0022"],
        what: "the quotes are escaped (`\\u0022`), as inside of a JSON string",
        undo: STRING,
        is_line: true,
    },
    Escape {
        quotes: &["\\x22"],
        objects: &["{\\x22"],
        what: "the quotes are escaped (`\\x22`), as nginx logs them without `escape=json`",
        undo: "perl -pe 's/\\\\x([0-9A-Fa-f]{2})/chr hex $1/ge'",
        is_line: false,
    },
    Escape {
        quotes: &["&quot;", "&#34;", "&#x22;"],
        objects: &["{&quot;", "{&#34;", "{&#x22;"],
        what: "the quotes are escaped (`&quot;`), as in HTML",
        undo: "sed 's/&quot;/\"/g; s/&#34;/\"/g; s/&#x22;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\\&/g'",
        is_line: false,
    },
    Escape {
        quotes: &["%22"],
        objects: &["%7B%22", "%7b%22", "{%22", "%7B%0A", "%7B+%22", "%7B%20"],
        what: "the quotes are escaped (`%22`): this is URL-encoded",
        undo: PERCENT,
        is_line: false,
    },
    Escape {
        quotes: &[],
        objects: &["{\"\""],
        what: "each quote is doubled, as in CSV",
        undo: "sed 's/\"\"/\"/g'",
        is_line: true,
    },
];

pub(super) fn words(place: FaultPlace<'_>) -> Option<FaultWords> {
    let is = |starts: &[&str]| starts.iter().any(|start| place.rest.starts_with(start));
    let is_object = |escape: &&Escape| place.is_first() && is(escape.objects);
    let at_fault = ESCAPES.iter().find(|escape| is(escape.quotes) || is_object(escape));
    if let Some(escape) = at_fault.or_else(|| outside_of_string(place)) {
        return known(escape.what, format!("undo it: {} | assoclens validate", reading_file(escape.undo)));
    }
    doubled(place).or_else(|| within_text(place))
}

/// `\n` outside of a string.
fn outside_of_string(place: FaultPlace<'_>) -> Option<&'static Escape> {
    ["\\n", "\\r", "\\t"].iter().any(|escape| place.rest.starts_with(escape)).then_some(&ESCAPES[0])
}

/// A name or a value in doubled quotes, with or without the quotes of a table's cell.
fn doubled(place: FaultPlace<'_>) -> Option<FaultWords> {
    let whole = place.whole.trim_ascii();
    let is_cell = whole.starts_with("\"{\"\"");
    let around = place.before.trim_end_matches('"').trim_ascii_end();
    let is_doubled = is_cell || place.before.ends_with("\"\"") && around.ends_with(['{', ',', ':', '[']);
    let ends = if is_cell { "s/^\"//; s/\"$//; " } else { "" };
    is_doubled.then(|| {
        let undo = format!("undo it: sed '{ends}s/\"\"/\"/g' FILE | assoclens validate");
        known(ESCAPES[5].what, undo)
    })?
}

/// A text with such an object in one of its lines.
fn within_text(place: FaultPlace<'_>) -> Option<FaultWords> {
    let text = &place.whole[..place.whole.floor_char_boundary(SEARCHED)];
    if text.trim_ascii_start().starts_with(['{', '[', '"']) {
        return None;
    }
    let escape = memchr::memchr2_iter(b'{', b'%', text.as_bytes()).find_map(|at| {
        ESCAPES.iter().find(|escape| escape.objects.iter().any(|start| text[at..].starts_with(start)))
    })?;
    let undo = if escape.is_line {
        format!("grep -o '{{.*}}' FILE | {}", escape.undo)
    } else {
        format!("{} FILE | grep -o '{{.*}}'", escape.undo)
    };
    known(
        &format!("this is text, with JSON in it: {}", escape.what),
        format!("take it out: {undo} | assoclens validate"),
    )
}

/// The command with `FILE` as the input of its first step.
fn reading_file(command: &str) -> String {
    match command.split_once(" | ") {
        Some((first, rest)) => format!("{first} FILE | {rest}"),
        None => format!("{command} FILE"),
    }
}
