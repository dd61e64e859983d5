//! Other languages' notation of values.

use super::{FaultPlace, FaultWords, known};

const JAVASCRIPT: &str = "log it as JSON: console.log(JSON.stringify(body))";
const PHP: &str = "log it as JSON: error_log(json_encode($body))";
const JAVA: &str = "log it as JSON: new ObjectMapper().writeValueAsString(body)";
const GO: &str = "log it as JSON: json.NewEncoder(os.Stderr).Encode(body)";

pub(super) fn words(place: FaultPlace<'_>) -> Option<FaultWords> {
    let text = place.rest;
    if place.is_first() {
        return program(text);
    }
    javascript(place)
        .or_else(|| ruby(place))
        .or_else(|| python(place))
        .or_else(|| name(place))
        .or_else(|| value(place))
}

/// Beginnings that only one language prints.
fn program(text: &str) -> Option<FaultWords> {
    const LANGUAGES: [(&[&str], &str, &str); 7] = [
        (&["array (", "array(", "Array\n(", "Array\r\n("], "this is PHP's own notation, not JSON", PHP),
        (&["map[", "&{", "&map["], "this is Go's own notation, not JSON", GO),
        (
            &["%{"],
            "this is Elixir's own notation, not JSON",
            "log it as JSON: Logger.info(Jason.encode!(body))",
        ),
        (
            &["@{"],
            "this is PowerShell's own notation, not JSON",
            "print it as JSON: $body | ConvertTo-Json -Compress",
        ),
        (
            &["Object {", "Some("],
            "this is Rust's own notation, not JSON",
            "log it as JSON: serde_json::to_string(&body)",
        ),
        (
            &["OrderedDict(", "dict("],
            "this is Python's own notation, not JSON",
            "log it as JSON: print(json.dumps(body))",
        ),
        (&["#<"], "this is Ruby's own notation, not JSON", "log it as JSON: puts body.to_json"),
    ];
    if text.starts_with("b'") || text.starts_with("b\"") {
        return known(
            "this is Python's notation of bytes, not JSON",
            "take them out: python3 -c 'import ast,sys; \
             sys.stdout.buffer.write(ast.literal_eval(sys.stdin.read()))' <FILE | \
             assoclens validate",
        );
    }
    let (_, message, help) =
        LANGUAGES.iter().find(|(beginnings, ..)| beginnings.iter().any(|start| text.starts_with(start)))?;
    known(message, *help)
}

/// Placeholders that JavaScript prints.
fn javascript(place: FaultPlace<'_>) -> Option<FaultWords> {
    let text = place.rest;
    if place.before.ends_with('[') && text.starts_with("object ") {
        return known(
            "`[object Object]` is all that JavaScript makes of an object joined to a string: the payload is \
             not in it",
            JAVASCRIPT,
        );
    }
    let is_left_out =
        ["Object]", "Array]", "Object: null prototype]", "Function", "Circular", "Getter", "class "]
            .iter()
            .any(|what| text.starts_with(what));
    if place.before.ends_with('[') && is_left_out {
        return known("console.log left out what is nested deeper", JAVASCRIPT);
    }
    if place.last() == Some('{') && place.found() == '{' {
        return known("`{{` begins a template's placeholder, which was not filled in", FILL_IN);
    }
    placeholder(place)
}

const FILL_IN: &str = "fill it in, or put a value in its place";

/// A placeholder of a template, where a value should be.
fn placeholder(place: FaultPlace<'_>) -> Option<FaultWords> {
    const NOT_FILLED: [&str; 4] = ["<nil>", "<null>", "<Buffer", "<ref"];
    let text = place.rest;
    let is_placeholder = text.starts_with("${")
        || text.starts_with("%s")
        || text.starts_with('<') && !NOT_FILLED.iter().any(|other| text.starts_with(other));
    (place.last() == Some(':') && is_placeholder).then(|| {
        let shown = place.found();
        known(&format!("`{shown}` begins a template's placeholder, which was not filled in"), FILL_IN)
    })?
}

fn ruby(place: FaultPlace<'_>) -> Option<FaultWords> {
    let is_symbol = place.found() == ':' && place.rest.get(..200).unwrap_or(place.rest).contains("=>");
    (place.rest.starts_with("=>") || is_symbol || place.rest.starts_with("nil")).then(|| known(
        "this is Ruby's own notation of a hash, not JSON",
        "convert it: sed -E 's/=> *nil/=>null/g; s/:([A-Za-z_]+) *=>/\"\\1\":/g; s/=>/:/g' FILE | assoclens \
         validate",
    ))?
}

/// Python's quotes and constants. JavaScript has the same quotes, but other constants.
fn python(place: FaultPlace<'_>) -> Option<FaultWords> {
    let is_constant = |word: &&str| place.rest.starts_with(*word);
    let is_python = ["True", "False", "None"].iter().any(is_constant);
    let is_quote = place.found() == '\'';
    if is_quote && place.rest.get(..200).unwrap_or(place.rest).contains("' =>") {
        return known("this is PHP's own notation, not JSON", PHP);
    }
    let has = |words: &[&str]| words.iter().any(|word| place.whole.contains(word));
    if is_quote
        && has(&[
            ": null",
            ": true",
            ": false",
            ":null",
            ":true",
            ":false",
            "undefined",
            "[Object]",
            "[Array]",
        ])
    {
        return known(
            "a single quote, as JavaScript prints strings; JSON has double quotes only",
            JAVASCRIPT,
        );
    }
    if !is_python && !is_quote {
        return None;
    }
    let loads = if place.whole.trim_ascii().contains('\n') {
        "print(json.dumps(ast.literal_eval(sys.stdin.read())))"
    } else {
        "[print(json.dumps(ast.literal_eval(line))) for line in sys.stdin]"
    };
    let what = if is_quote {
        "expected a value or a name, found a single quote: this may be Python's own notation, as `print` \
         writes it"
    } else {
        "`True`, `False` and `None` are Python's; JSON has true, false and null"
    };
    known(what, format!("convert it: python3 -c 'import ast,json,sys; {loads}' <FILE | assoclens validate"))
}

/// A name without quotes.
fn name(place: FaultPlace<'_>) -> Option<FaultWords> {
    let is_letter =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '$' | '.' | '-');
    if !matches!(place.last(), Some('{' | ','))
        || !place.found().is_alphabetic() && !matches!(place.found(), '_' | '$')
    {
        return None;
    }
    let behind = place.rest.trim_start_matches(is_letter).trim_ascii_start();
    match behind.chars().next() {
        Some(':') => known("a name without quotes, as console.log prints it", JAVASCRIPT),
        Some('=') => known("`=` between names and values, as Java prints a map; JSON has `:`", JAVA),
        _ => None,
    }
}

/// A value that is a word: a string without quotes, or a call.
fn word(place: FaultPlace<'_>) -> Option<FaultWords> {
    const LITERALS: [&str; 9] =
        ["undefined", "NaN", "Infinity", "None", "Null", "NULL", "TRUE", "FALSE", "True"];
    let text = place.rest;
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let (word, behind) = text.split_at(length);
    if place.last() != Some(':') || !word.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    if behind.starts_with('(') {
        return known(
            "a value in another program's notation, such as a database shell's",
            "export it as JSON, or put the value alone in quotes",
        );
    }
    let is_string = behind.trim_ascii_start().starts_with([',', '}']) && !LITERALS.contains(&word);
    is_string.then(|| known("a value without quotes", "put it in quotes if it is a string"))?
}

/// A value of other notations.
fn value(place: FaultPlace<'_>) -> Option<FaultWords> {
    let text = place.rest;
    if let Some(words) = word(place) {
        return Some(words);
    }
    if place.found() == '+' && text[1..].starts_with(|next: char| next.is_ascii_digit()) {
        return known("a plus before a number, which JSON does not have", "remove the `+`");
    }
    if text.starts_with("<nil>") {
        return known("`<nil>` is Go's; JSON has null", GO);
    }
    if text.starts_with("NULL") || text.starts_with("TRUE") || text.starts_with("FALSE") {
        return known("JSON writes null, true and false in lower case", "write it in lower case");
    }
    None
}
