//! The text around payloads in a capture: heads of requests, the starts of log lines, the words of tools.
//!
//! In: a text without a payload in it. Out: as many bytes: words of the notation unchanged, times kept or shifted, and
//! every other word replaced.
//! Invariants: everything that is not on the lists here is replaced; the signs of a capture's shape, and of a body's
//! end, stay.

use super::Redactor;
use super::{BLANKS, time, words};
use crate::event::members::NAMES;
use jiff::civil::DateTime;
use std::ops::Range;
use std::sync::LazyLock;

/// Members that name the value of another one.
pub(super) const NAMING: [&str; 3] = ["name", "Name", "key"];
/// The length of a date with its hour.
const TO_THE_HOUR: usize = "2026-11-27T01".len();

/// Members that hold a value which another one names.
pub(super) const CARRIERS: [&str; 7] =
    ["value", "Value", "stringValue", "StringValue", "name", "Name", "key"];

/// Members, and headers, whose values are words of the notation or are replaced.
static NOTATION: LazyLock<Vec<&str>> = LazyLock::new(|| {
    sorted(
        "\
    accept accept-encoding bodyencoding cache-control connection content-encoding content-type \
    contenttype datacontenttype encoding eventsource httpmethod httpversion isbase64 isbase64encoded \
    is_base64_encoded method mimetype protocol stream transfer-encoding type",
    )
});

/// Names of headers, in small letters.
static HEADERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    sorted(
        "\
    accept accept-encoding accept-language authorization cache-control cf-connecting-ip cf-ray \
    connection content-encoding content-length content-type cookie date etag expect forwarded host \
    idempotency-key keep-alive origin proxy-authorization proxy-connection referer request-id server \
    set-cookie te traceparent tracestate transfer-encoding user-agent vary via www-authenticate \
    x-amzn-trace-id x-api-key x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto \
    x-ghl-signature x-real-ip x-request-id x-wh-signature",
    )
});

/// Words of HTTP, of logs and of capture tools. None of them identifies anyone.
static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    sorted(
        "\
    About Added AssociationCreate AssociationDelete AssociationUpdate Basic Bearer CONNECT Connected Could DEBUG DELETE END ERROR F GET HEAD HTTP Host INFO \
    MANY_TO_MANY MANY_TO_ONE ONE_TO_MANY ONE_TO_ONE INIT_START Info Note Notification OK OPTIONS P PATCH POST PUT REPORT RelationCreate RelationDelete Rebuilt Received Recv RequestId Runtime \
    SSL START SYSTEM_DEFINED Send TRACE Total Trying URL USER_DEFINED Using Uses Version WARN application at aws base64 body br business bytes \
    charset chunked close closed closing connect contact curl custom_objects data debug deflate error event false form \
    form-data gzip header headers html http https id identity info json keep-alive level listening log \
    message method msg multipart no-cache no-store not note null octet-stream opportunity payload ping plain port \
    processing proxy rawBody ready received request requestId response retry sns sqs status stderr \
    stdout stream tag task text time timestamp to true type urlencoded utf-8 warn webhook xml zstd",
    )
});

/// Whether the value of that member or header consists of words that are kept.
pub(super) fn is_notation(name: &str) -> bool {
    name != "type" && name.len() <= 32 && is_among(&NOTATION, &name.to_ascii_lowercase())
}

/// Whether it is the length of a body, which decides where that ends.
pub(super) fn is_length(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("content-length")
        && !value.is_empty()
        && value.len() <= 20
        && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the value of the member `name` is the name of a header: in a pair, or the first of a list of two.
pub(super) fn is_header(value: &str, name: &str, is_first: bool) -> bool {
    let is_pair = matches!(name, "name" | "Name") || (is_first || name == "key") && value.contains('-');
    is_pair && value.len() <= 32 && is_among(&HEADERS, &value.to_ascii_lowercase())
}

/// The header whose value is the string that ends where the text begins, if its name is in the next member.
pub(super) fn header_behind(text: &str) -> Option<String> {
    let text =
        text.strip_prefix('"')?.trim_start_matches(BLANKS).strip_prefix(',')?.trim_start_matches(BLANKS);
    let name =
        NAMING.iter().find_map(|name| text.strip_prefix('"')?.strip_prefix(name)?.strip_prefix('"'))?;
    let value =
        name.trim_start_matches(BLANKS).strip_prefix(':')?.trim_start_matches(BLANKS).strip_prefix('"')?;
    value.split('"').next().map(str::to_owned)
}

/// Whether a member's name looks like a value that a tool put there: an address, a URL, JSON, an id.
pub(super) fn looks_like_value(name: &str) -> bool {
    const ID_AT_LEAST: usize = 16;
    let is_id = name.len() >= ID_AT_LEAST
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && name.bytes().any(|byte| byte.is_ascii_digit());
    is_id || name.contains(['@', '{']) || name.contains("://")
}

/// Whether a word is one of those that stay.
pub(super) fn is_kept(word: &str) -> bool {
    let is_header = || word != "te" && is_among(&HEADERS, &word.to_ascii_lowercase());
    word.len() <= 32 && (is_among(&WORDS, word) || NAMES.contains(&word) || is_header())
}

/// Whether a word is one of a list of them.
fn is_among(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

/// The words of a text, in order.
fn sorted(list: &'static str) -> Vec<&'static str> {
    let mut words: Vec<_> = list.split_ascii_whitespace().collect();
    words.sort_unstable();
    words
}

/// The length of the word at the start of the text: letters and digits of any script, with the signs between them.
fn length(text: &str) -> usize {
    let end =
        text.find(|part: char| !part.is_alphanumeric() && !matches!(part, '-' | '_')).unwrap_or(text.len());
    // A sign at the end is not between two letters.
    text[..end].trim_end_matches(['-', '_']).len().max(text.chars().next().map_or(0, char::len_utf8))
}

/// Whether a word is all of a member's name.
fn is_quoted_name(text: &str, word: Range<usize>) -> bool {
    let behind = text[word.end..].trim_start_matches('\\').strip_prefix('"');
    text[..word.start].ends_with('"') && behind.is_some_and(|text| super::is_before(text, 0, &[':']))
}

/// The length of the time at the start of the text, if it begins as one does; of a broken one, up to its hour.
fn time_length(text: &str) -> Option<usize> {
    if !crate::split::is_time(text.as_bytes()) {
        return None;
    }
    let to_the_second = "2026-11-27T01:06:29".len();
    if text.get(..to_the_second).is_none_or(|time| time.parse::<DateTime>().is_err()) {
        return Some(TO_THE_HOUR);
    }
    let rest = &text[to_the_second..];
    let fraction = rest.strip_prefix(['.', ',']).map_or(0, |fraction| {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 { 1 + digits } else { 0 }
    });
    let zone = match &rest.as_bytes()[fraction..] {
        [b'Z', ..] => 1,
        [b'+' | b'-', one, two, b':', three, four, ..]
            if [one, two, three, four].iter().all(|digit| digit.is_ascii_digit()) =>
        {
            6
        }
        _ => 0,
    };
    Some(to_the_second + fraction + zone)
}

impl Redactor {
    /// A text with no payload in it, in the context `before`.
    pub(super) fn around(&mut self, text: &str, mut before: Before) -> String {
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        while let Some(next) = text[at..].chars().next() {
            if !next.is_alphanumeric() {
                before.sign(next);
                out.push(next);
                at += next.len_utf8();
                continue;
            }
            let end = at + time_length(&text[at..]).unwrap_or_else(|| length(&text[at..]));
            let word = &text[at..end];
            let from = out.len();
            match self.manner.keeps_names() && is_quoted_name(text, at..end) {
                true => out.push_str(word),
                false => self.part(word, &before, &mut out),
            }
            debug_assert_eq!(out.len() - from, word.len());
            before.word(word);
            at = end;
        }
        out
    }

    /// A time, shifted; a broken one gets other digits.
    fn time(&mut self, time: &str) -> String {
        time::shifted(time, self.shift).unwrap_or_else(|| match self.shift {
            0 => time.to_owned(),
            _ => {
                let part = |part: &str| self.number(part).unwrap_or_else(|| "00".to_owned());
                let (date, hour) =
                    (time[..10].split('-').map(part).collect::<Vec<_>>().join("-"), part(&time[11..13]));
                format!("{date}T{hour}{}", &time[TO_THE_HOUR..])
            }
        })
    }

    fn part(&mut self, word: &str, before: &Before, out: &mut String) {
        if time_length(word).is_some()
            || word.len() == TO_THE_HOUR && crate::split::is_time(format!("{word}:00:00").as_bytes())
        {
            self.keep(if self.shift == 0 { "time" } else { "shifted time" });
            return out.push_str(&self.time(word));
        }
        if is_kept(word) || before.keeps(word) {
            self.keep("word of a capture");
            return out.push_str(word);
        }
        if let Some(number) = self.number(word) {
            *self.counts.replaced.entry(AROUND).or_default() += 1;
            return out.push_str(&number);
        }
        // Where a value may begin, a parser stops at the same place as before.
        let front = match () {
            () if before.begins_value => words::sound_length(word),
            () if before.is_fraction => words::fraction_length(word),
            () => 0,
        };
        let (front, rest) = word.split_at(front);
        out.push_str(&self.number(front).unwrap_or_else(|| front.to_owned()));
        let from = out.len();
        out.push_str(&if before.is_bracketed {
            self.bare(rest, AROUND, |own| own.replaced(rest, AROUND))
        } else {
            self.replaced(rest, AROUND)
        });
        if before.begins_value || before.is_fraction {
            words::keep_fault(front, rest, from, out);
        }
    }
}

/// The name of replaced words.
const AROUND: &str = "word around a payload";

/// The context before a word.
#[derive(Default)]
pub(super) struct Before {
    word: String,
    /// The text between the two.
    gap: String,
    /// Whether a value of JSON may begin here: a parser then stops in it at the same place.
    begins_value: bool,
    /// Whether such a value is a number so far, and whether its point comes just before.
    is_number: bool,
    is_fraction: bool,
    /// Whether the text begins with a bracket, so that its letters show where it ends.
    is_bracketed: bool,
    /// Whether it is a version of HTTP, or the status after one.
    is_http: bool,
}

impl Before {
    /// No context, in a text that may begin with a bracket.
    pub(super) fn of(begins_value: bool, is_bracketed: bool) -> Self {
        Self { begins_value, is_bracketed, ..Self::default() }
    }

    fn sign(&mut self, sign: char) {
        self.is_fraction = sign == '.' && self.is_number;
        self.is_number = false;
        let is_behind_name = sign == ':' && self.gap.ends_with('"');
        let goes_on = self.begins_value && " -\t\r\n\u{feff}".contains(sign);
        self.begins_value = matches!(sign, '[' | ',') || is_behind_name || goes_on;
        if self.gap.len() < 8 {
            self.gap.push(sign);
        }
    }

    fn word(&mut self, word: &str) {
        let is_number = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        self.is_http =
            word == "HTTP" || self.is_http && is_number && matches!(self.gap.as_str(), "/" | "." | " ");
        self.is_number = self.begins_value && word.bytes().all(|byte| byte.is_ascii_digit());
        self.is_fraction = false;
        self.begins_value = false;
        self.gap.clear();
        word.clone_into(&mut self.word);
    }

    /// Whether a reader needs the number after a name: the length of a body, a version, a status.
    fn keeps(&self, number: &str) -> bool {
        if number.len() > 20 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let is_length = self.word.eq_ignore_ascii_case("content-length")
            && self.gap.contains([':', '=', ','])
            && self.gap.chars().all(|sign| ":=,'\" >\\[".contains(sign));
        is_length || self.is_http && number.len() <= 3 && matches!(self.gap.as_str(), "/" | "." | " ")
    }
}
