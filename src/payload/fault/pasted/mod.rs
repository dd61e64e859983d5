//! Texts that people paste as JSON: other languages' notation, escaped or encoded text, and text changed by editors,
//! terminals and mail programs.
//!
//! In: a text and the place where it stops being JSON. Out: a description, and a command to type.
//! Invariants: a description is based on that place, and on no more than a few lines around it; a command changes the
//! whole file in the way that this place needs.

mod characters;
mod escaped;
mod notation;

use super::FaultWords;

/// The place where a text stops being JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaultPlace<'a> {
    /// The payload, with any text around it.
    pub(super) whole: &'a str,
    /// The text up to the place.
    pub(super) before: &'a str,
    /// The text from the place on; never empty.
    pub(super) rest: &'a str,
}

impl<'a> FaultPlace<'a> {
    pub(super) fn new(whole: &'a str, at: usize) -> Self {
        let (before, rest) = whole.split_at(at);
        Self { whole, before, rest }
    }

    fn found(&self) -> char {
        self.rest.chars().next().expect("internal error: something stands at the fault")
    }

    /// Whether only blanks and a byte order mark precede it.
    fn is_first(&self) -> bool {
        self.before.trim_start_matches('\u{feff}').trim_ascii().is_empty()
    }

    /// The last character before it that is not blank.
    fn last(&self) -> Option<char> {
        self.before.trim_ascii_end().chars().next_back()
    }
}

/// The words for the text at the place, if it is known.
pub(super) fn words(place: FaultPlace<'_>) -> Option<FaultWords> {
    if place.is_first()
        && let Some(words) = beginning(place)
    {
        return Some(words);
    }
    let before = place.before.trim_ascii();
    if !before.is_empty()
        && before.bytes().all(|byte| byte.is_ascii_digit())
        && let Some(words) = numbered_lines(place.whole).or_else(|| hex(place.whole))
    {
        return Some(words);
    }
    let prefixed = if place.before.contains('\n') { None } else { prefixed_lines(place.whole) };
    prefixed
        .or_else(|| escaped::words(place))
        .or_else(|| characters::words(place))
        .or_else(|| notation::words(place))
        .or_else(|| named_lines(place))
        .or_else(|| behind_words(place))
}

/// Another notation behind some words on the first line, as programs log it.
fn behind_words(place: FaultPlace<'_>) -> Option<FaultWords> {
    let line = place.whole.lines().next().filter(|_| place.is_first())?;
    let inside = &place.whole[line.find('{')? + 1..];
    let first = place.whole.len() - inside.trim_ascii_start().len();
    if place.whole[first..].starts_with(['"', '}']) || first == place.whole.len() {
        return None;
    }
    let (message, help) = notation::words(FaultPlace::new(place.whole, first))?;
    // A command would read the words, too.
    let is_advice = help.as_ref().is_some_and(|help| !help.contains("FILE"));
    is_advice.then(|| (format!("words, and behind them what is not JSON: {message}"), help))
}

fn known(message: &str, help: impl Into<String>) -> Option<FaultWords> {
    Some((message.to_owned(), Some(help.into().into())))
}

/// Texts that are recognised by a beginning that no value has.
fn beginning(place: FaultPlace<'_>) -> Option<FaultWords> {
    let text = place.rest;
    if text.starts_with('\u{1e}') {
        return known(
            "a record separator (U+001E) before each text, as JSON text sequences have (RFC 7464)",
            "remove them: tr -d '\\036' <FILE | assoclens validate",
        );
    }
    base64(text).or_else(|| quoted_lines(text))
}

/// Hex digits of an object, in one row or in rows with their offsets.
fn hex(text: &str) -> Option<FaultWords> {
    const BRACE: &str = "7b";
    let digits = text.trim_ascii();
    if digits.starts_with(BRACE) && digits.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'\n') {
        return known("these are hex digits, not JSON", "decode them: xxd -r -p FILE | assoclens validate");
    }
    let (offset, row) = text.lines().next()?.split_once([':', ' '])?;
    let is_offset = offset.len() >= 7 && offset.bytes().all(|byte| byte == b'0');
    let words: Vec<&str> = row.split_ascii_whitespace().take(4).collect();
    let is_hex =
        |word: &&str| word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_dump = is_offset && words.len() == 4 && words.iter().all(is_hex);
    let help = match words.first() {
        Some(word) if word.len() == 4 && text.starts_with("00000000:") => {
            "turn it back: xxd -r FILE | assoclens validate"
        }
        _ => "capture the bytes themselves: a dump shows them in rows",
    };
    is_dump.then(|| known("this is a hex dump, not JSON", help))?
}

/// Lines of a name and a value each: YAML, settings, a program's list of properties.
fn named_lines(place: FaultPlace<'_>) -> Option<FaultWords> {
    const NEAR: usize = 3;
    if place.before.contains('\n') || place.whole.trim_ascii_start().starts_with(['{', '[', '<']) {
        return None;
    }
    let lines = place.whole.lines().map(str::trim_ascii).filter(|line| !line.is_empty() && *line != "---");
    let near: Vec<&str> = lines.take(NEAR).collect();
    let sign = |line: &&str| {
        let name =
            line.trim_start_matches(|letter: char| letter.is_alphanumeric() || "_.-\"".contains(letter));
        (name.len() < line.len()).then(|| name.trim_ascii_start().chars().next())?
    };
    let first = sign(near.first()?).filter(|sign| matches!(sign, ':' | '='))?;
    if near.len() < 2 || near.iter().any(|line| sign(line) != Some(first)) {
        return None;
    }
    if near[0].starts_with('"') && near[0].ends_with(',') {
        return known(
            "these are members without the object's braces",
            "put `{` before them, and `}` after them",
        );
    }
    let what = if first == ':' { "YAML and consoles" } else { "settings files" };
    known(
        &format!("these are lines of names and values, as {what} have them, not JSON"),
        "print the payload as JSON where it comes from",
    )
}

/// Base64 of an object, of an array, or of gzip.
fn base64(text: &str) -> Option<FaultWords> {
    const BEGINNINGS: [&str; 6] = ["eyJ", "ewo", "ewk", "eyA", "W3s", "H4sI"];
    let start = text.trim_ascii();
    if !BEGINNINGS.iter().any(|beginning| start.starts_with(beginning)) {
        return None;
    }
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(&byte);
    if !start.bytes().all(is_digit) {
        return None;
    }
    let is_url = start.contains(['-', '_']);
    let file = if is_url { "tr '_-' '/+' <FILE | base64 -d" } else { "base64 -d FILE" };
    known("this is base64, not JSON", format!("decode it: {file} | assoclens validate"))
}

/// Lines with a common prefix of a mail program, an editor or a diff.
fn quoted_lines(text: &str) -> Option<FaultWords> {
    let all = |is_so: &dyn Fn(&str) -> bool| text.lines().take(3).all(is_so) && text.lines().nth(1).is_some();
    if all(&|line| line.starts_with('>')) {
        return known(
            "`>` begins each line, as in quoted mail",
            "remove it: sed 's/^[> ]*//' FILE | assoclens validate",
        );
    }
    if all(&|line| line.starts_with('+')) {
        return known(
            "`+` begins each line, as in a diff",
            "remove it: sed 's/^+//' FILE | assoclens validate",
        );
    }
    None
}

/// Lines that all begin with a line number.
fn numbered_lines(whole: &str) -> Option<FaultWords> {
    let number = |line: &str| {
        let line = line.trim_ascii_start();
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        line[..digits].parse::<u64>().ok()
    };
    let mut numbers = whole.lines().take(3).map(number);
    let (first, second) = (numbers.next()??, numbers.next()??);
    let is_numbered = second == first + 1 && numbers.all(|third| third == Some(second + 1));
    is_numbered.then(|| {
        known(
            "a line number begins each line",
            "remove them: sed -E 's/^ *[0-9]+ *([:|]|│)?//' FILE | assoclens validate",
        )
    })?
}

/// The longest prefix that is looked for, in bytes.
const PREFIX_AT_MOST: usize = 200;

/// Lines with a common prefix of a log viewer: the same bytes, except for digits.
fn prefixed_lines(whole: &str) -> Option<FaultWords> {
    let mut lines = whole.lines();
    let first = lines.next()?;
    // The bracket that opens the payload ends its first line; an earlier one belongs to the prefix: `app[1]: {`.
    let length = first.trim_ascii_end().rfind(['{', '['])?;
    if !(1..=PREFIX_AT_MOST).contains(&length) {
        return None;
    }
    let is_alike = |line: &str| {
        let (Some(prefix), Some(rest)) = (line.get(..length), line.get(length..)) else { return false };
        let same = |(one, other): (u8, u8)| one == other || one.is_ascii_digit() && other.is_ascii_digit();
        prefix.bytes().zip(first.bytes()).all(same)
            && rest.trim_ascii_start().starts_with(['"', '{', '}', '[', ']'])
    };
    let mut following = lines.take(2).map(is_alike);
    let is_prefixed = following.next()? && following.all(|is_alike| is_alike);
    let name = first[..length].trim_end_matches(':').trim_end_matches(|digit: char| digit.is_ascii_digit());
    if is_prefixed
        && first[..length].ends_with(':')
        && name.ends_with(':')
        && !name.trim_end_matches(':').contains(':')
    {
        return known(
            "a file's name and a line number begin each line, as grep writes them",
            "remove them: sed -E 's/^[^:]*:[0-9]+://' FILE | assoclens validate",
        );
    }
    is_prefixed.then(|| {
        known(
            "text that is not JSON begins each line, as log viewers write it",
            format!("remove it: cut -b{}- FILE | assoclens validate", length + 1),
        )
    })?
}
