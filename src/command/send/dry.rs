//! `assoclens send --dry-run`: the requests as text.

use crate::cli::SendFormat;
use crate::command::{Exit, Streams, written};
use crate::escape::{is_unsafe, visible_bytes};
use crate::http::{Method, Request, Target};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Prints the requests, each with the file that may hold its body.
pub(super) fn run(
    all: &[(Request<'static>, Option<PathBuf>)],
    target: &Target,
    format: SendFormat,
    streams: &mut Streams<'_>,
) -> anyhow::Result<Exit> {
    let is_raw = !streams.is_out_terminal;
    written(streams.out, |out| {
        all.iter().try_for_each(|(request, path)| match format {
            SendFormat::Curl => out.write_all(curl(request, target, path.as_ref()).as_bytes()),
            _ => http(request, target, is_raw, out),
        })
    })
}

/// The request in its form on the wire; on a terminal, unsafe characters are shown as escapes.
fn http(request: &Request<'_>, target: &Target, is_raw: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method.as_str(), target.path());
    for (name, value) in request.headers_to(target).iter() {
        head += &format!("{name}: {value}\r\n");
    }
    out.write_all(format!("{head}\r\n").as_bytes())?;
    if is_raw {
        out.write_all(&request.body)?;
    } else {
        for line in request.body.split_inclusive(|byte| *byte == b'\n') {
            let end = if line.ends_with(b"\n") { "\n" } else { "" };
            write!(out, "{}{end}", visible_bytes(line.strip_suffix(b"\n").unwrap_or(line)))?;
        }
    }
    out.write_all(b"\r\n\r\n")
}

/// A command that makes the request. A body in a file is named, any other is printed to it.
fn curl(request: &Request<'_>, target: &Target, path: Option<&PathBuf>) -> String {
    let file = path.filter(|path| fs::read(path).is_ok_and(|bytes| bytes == *request.body));
    let mut command = match (request.method, file) {
        (Method::Post, None) => format!("printf {} | curl", format_of(&request.body)),
        _ => "curl".to_owned(),
    };
    for (name, value) in request.headers.iter() {
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        command += &format!(" --header {}", quoted(&header));
    }
    if request.method == Method::Post {
        let body = file.map_or_else(|| "-".to_owned(), |path| path.to_string_lossy().into_owned());
        command += &format!(" --data-binary {}", quoted(&format!("@{body}")));
    }
    format!("{command} {}\n", quoted(&target.url()))
}

/// A word, quoted for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The bytes as a format of `printf`: everything that it or a terminal would interpret is an octal escape.
fn format_of(bytes: &[u8]) -> String {
    let mut out = String::from("'");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '%' => out.push_str("%%"),
                '\\' => out.push_str("\\\\"),
                '\'' | '-' if character == '\'' || out.len() == 1 => push_octal(&mut out, character),
                _ if is_unsafe(character) => push_octal(&mut out, character),
                _ => out.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_byte(&mut out, *byte));
    }
    out + "'"
}

fn push_octal(out: &mut String, character: char) {
    character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push_byte(out, byte));
}

fn push_byte(out: &mut String, byte: u8) {
    write!(out, "\\{byte:03o}").expect("internal error: writing to a String cannot fail");
}
