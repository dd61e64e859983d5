//! Bytes that are not UTF-8 text: their encoding, or their kind of file.
//!
//! In: the bytes. Out: a description, and a command to type.
//! Invariants: an encoding is named only if converting from it would not fail; a file named by its first bytes is one
//! payload, however long.

use super::{Fault, FaultKind, show};
use std::borrow::Cow;
use std::str::Utf8Error;

/// Files that are not text, by their first bytes, each with a description and the advice.
const MAGIC: [(&[u8], &str, &str); 19] = [
    (b"PK\x03\x04", "a ZIP archive", "unpack it: unzip -p FILE | assoclens validate"),
    (b"PK\x05\x06", "an empty ZIP archive", "pack it again, with the payloads in it"),
    (b"BZh", "compressed with bzip2", "unpack it: bzip2 -dc FILE | assoclens validate"),
    (b"\xfd7zXZ\0", "compressed with xz", "unpack it: xz -dc FILE | assoclens validate"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it: 7z x -so FILE | assoclens validate"),
    (b"\x04\x22\x4d\x18", "compressed with LZ4", "unpack it: lz4 -dc FILE | assoclens validate"),
    (b"x\x01", "compressed with zlib", ZLIB),
    (b"x\x9c", "compressed with zlib", ZLIB),
    (b"x\xda", "compressed with zlib", ZLIB),
    (b"%PDF", "a PDF document", NO_PAYLOAD),
    (b"\x89PNG", "a PNG image", PICTURE),
    (b"\xff\xd8\xff", "a JPEG image", PICTURE),
    (b"GIF8", "a GIF image", PICTURE),
    (b"RIFF", "a sound or an image (RIFF)", NO_PAYLOAD),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "print the column that holds the payloads: sqlite3 -readonly FILE",
    ),
    (
        b"bplist00",
        "a binary property list",
        "convert it: plutil -convert json -o - FILE | assoclens validate",
    ),
    (b"\x0a\x0d\x0d\x0a", "a packet capture (pcapng)", PACKETS),
    (b"\xd4\xc3\xb2\xa1", "a packet capture (pcap)", PACKETS),
    (b"\x7fELF", "a program (ELF)", NO_PAYLOAD),
];
const ZLIB: &str =
    "unpack it: perl -MCompress::Zlib -0777 -ne 'print uncompress $_' FILE | assoclens validate";
const PICTURE: &str = "a picture holds no text: copy the payload from where it is shown";
const NO_PAYLOAD: &str = "there is no payload in it: name the file that holds the body";
const PACKETS: &str = "print the requests in it: tshark -r FILE -Y http.request -T fields -e http.file_data";

/// Whether the bytes begin a file that is not split at line ends: a text of two or four bytes per character, or not a
/// text. `None` if there are too few to know.
pub(crate) fn is_binary(bytes: &[u8]) -> Option<bool> {
    let is_known = magic(bytes).is_some() || wide_text(bytes).is_some();
    let may_be = |(magic, ..): &(&[u8], &str, &str)| magic.starts_with(bytes);
    match bytes {
        _ if is_known => Some(true),
        _ if MAGIC.iter().any(may_be) => None,
        [1..=0x7f, 1..=0x7f, ..] | [_, _, _, _, ..] => Some(false),
        _ => None,
    }
}

/// The description and advice for bytes that are not text.
fn magic(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let known = MAGIC.iter().find(|(magic, ..)| bytes.starts_with(magic))?;
    Some((known.1, known.2))
}

/// The fault of bytes that do not begin as a text of single bytes does.
pub(super) fn binary(bytes: &[u8]) -> Option<Fault> {
    let (message, help) = if let Some((name, has_mark)) = wide_text(bytes) {
        wide(name, has_mark)
    } else {
        let (what, help) = magic(bytes)?;
        (format!("this is {what}, not JSON"), help.to_owned())
    };
    Some(Fault { kind: FaultKind::Encoding, span: 0..1, message, help: Some(help.into()) })
}

fn wide(name: &str, has_mark: bool) -> (String, String) {
    let mark = if has_mark { " (it begins with its byte order mark)" } else { "" };
    // The encoding's general name removes the mark.
    let from = if has_mark { &name[..name.len() - 2] } else { name };
    (
        format!("this is {name} text{mark}, and JSON must be UTF-8"),
        format!("convert it: iconv -f {from} -t UTF-8 FILE | assoclens validate"),
    )
}

/// The encoding of two or four bytes per character that the first bytes reveal.
fn wide_text(bytes: &[u8]) -> Option<(&'static str, bool)> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] => Some(("UTF-32LE", true)),
        [0, 0, 0xfe, 0xff, ..] => Some(("UTF-32BE", true)),
        [0xff, 0xfe, ..] => Some(("UTF-16LE", true)),
        [0xfe, 0xff, ..] => Some(("UTF-16BE", true)),
        [0, 0, 0, b'\t' | b'\n' | b'\r' | b' '..=b'~', ..] => Some(("UTF-32BE", false)),
        [b'\t' | b'\n' | b'\r' | b' '..=b'~', 0, 0, 0, ..] => Some(("UTF-32LE", false)),
        [0, b'\t' | b'\n' | b'\r' | b' '..=b'~', 0, _, ..] => Some(("UTF-16BE", false)),
        [b'\t' | b'\n' | b'\r' | b' '..=b'~', 0, _, 0, ..] => Some(("UTF-16LE", false)),
        _ => None,
    }
}

/// The number of bytes per unit in a text of two or four bytes per unit, and whether the highest comes first.
pub(crate) fn unit_bytes(bytes: &[u8]) -> Option<(usize, bool)> {
    let (name, _) = wide_text(bytes)?;
    Some((if name.starts_with("UTF-32") { 4 } else { 2 }, name.ends_with("BE")))
}

/// The fault of bytes that are not UTF-8 from some place on.
pub(super) fn not_utf8(bytes: &[u8], error: Utf8Error) -> Fault {
    let at = error.valid_up_to();
    let span = at..at + error.error_len().unwrap_or(bytes.len() - at);
    let (message, help) = if error.error_len().is_none() {
        let help = "the capture is cut in the middle of a character; get the whole body".to_owned();
        (format!("the text ends inside a UTF-8 character (byte {at})"), Some(help))
    } else {
        narrow_guess(bytes, at)
    };
    Fault { kind: FaultKind::Encoding, span, message, help: help.map(Cow::Owned) }
}

fn narrow_guess(bytes: &[u8], at: usize) -> (String, Option<String>) {
    let byte = bytes[at];
    let Some(encoding) = narrow(bytes) else {
        return (format!("byte 0x{byte:02x} is not UTF-8 here (byte {at})"), None);
    };
    let (name, from, character) = match encoding {
        Narrow::Latin1 => ("Latin-1", "ISO-8859-1", char::from(byte)),
        Narrow::Windows => ("Windows-1252", "WINDOWS-1252", windows_character(byte)),
    };
    let message = format!(
        "byte 0x{byte:02x} is not UTF-8 (byte {at}); it looks like {name}, where it is {}",
        show(character)
    );
    (message, Some(format!("convert it: iconv -f {from} -t UTF-8 FILE | assoclens validate")))
}

enum Narrow {
    Latin1,
    Windows,
}

/// The encoding of one byte per character that the bytes beyond ASCII may be in: they occur alone or in pairs, as
/// accents and quotes do, and none of them is part of a UTF-8 character, which converting would break.
fn narrow(bytes: &[u8]) -> Option<Narrow> {
    let (mut run, mut is_windows) = (0, false);
    for chunk in bytes.utf8_chunks() {
        run = if chunk.valid().is_empty() { run } else { 0 };
        run += chunk.invalid().len();
        if !chunk.valid().is_ascii() || run > 2 {
            return None;
        }
        for byte in chunk.invalid() {
            is_windows |= matches!(byte, 0x80..=0x9f);
            if matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d) {
                return None;
            }
        }
    }
    Some(if is_windows { Narrow::Windows } else { Narrow::Latin1 })
}

/// The character of a byte in Windows-1252.
fn windows_character(byte: u8) -> char {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_0X80[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
