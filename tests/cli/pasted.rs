//! A pasted text that is not JSON is one finding that names it, and the suggested command leads to a payload.

use crate::skipped::is_installed;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const PAYLOAD: &str = r#"{"id":"698f1a2b3c4d5e6f70819203","associationType":"USER_DEFINED","firstObjectKey":"contact","firstObjectLabel":"Tenant \"x\"","secondObjectKey":"custom_objects.apartments","secondObjectLabel":"Café","key":"tenant_apartment","locationId":"Zx81QpLm04RtVbNc77Ha"}"#;

/// The payload on several lines, one for each member.
fn pretty() -> String {
    PAYLOAD.replace("\",\"", "\",\n  \"").replacen('{', "{\n  ", 1).replace('}', "\n}\n")
}

/// A payload of plain values, so that replacing its quotes changes nothing else.
fn plain() -> String {
    PAYLOAD.replace(" \\\"x\\\"", "").replace("Café", "Cafe")
}

fn sh(line: &str, folder: &Path) -> (String, String) {
    let programs = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// The findings of each payload in `FILE`, as the command reports them.
fn records(command: &str, folder: &Path) -> Vec<Vec<Value>> {
    let (stdout, stderr) = sh(&format!("{command} --format ndjson"), folder);
    assert_eq!(stderr, "", "{command}");
    let findings = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["findings"].as_array().unwrap().clone()
    };
    stdout.lines().map(findings).collect()
}

/// Asserts that `pasted` is read as it is, or is one finding with these words, whose command yields `payloads` payloads
/// that are JSON.
fn leads_to(pasted: &[u8], words: &str, payloads: usize) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("FILE"), pasted).unwrap();
    let shown = String::from_utf8_lossy(&pasted[..pasted.len().min(60)]).into_owned();
    let findings = records("assoclens validate FILE", folder.path());
    if findings.len() == payloads && findings.iter().all(Vec::is_empty) {
        return;
    }
    assert_eq!(findings.len(), 1, "{shown}: {findings:?}");
    assert_eq!(findings[0].len(), 1, "{shown}: {findings:?}");
    let finding = &findings[0][0];
    assert!(finding["message"].as_str().unwrap().contains(words), "{shown}: {finding}");
    let help = finding["help"].as_str().unwrap();
    let Some((_, command)) = help.rsplit_once(": ").filter(|(_, command)| command.contains("FILE")) else {
        assert_eq!(payloads, 0, "{shown}: {help}");
        return;
    };
    let steps = command.split(" | ").map(|step| step.split(' ').next().unwrap());
    if let Some(missing) = steps.clone().find(|program| *program != "assoclens" && !is_installed(program)) {
        assert!(
            ["jq", "xxd", "unzip", "xz", "bzip2", "python3", "iconv", "lz4", "7z", "tshark"]
                .contains(&missing),
            "{help}"
        );
        return;
    }
    if payloads > 0 {
        let after = records(command, folder.path());
        assert_eq!(after.len(), payloads, "{shown}: {command}: {after:?}");
        let mut codes = after.iter().flatten().map(|finding| finding["code"].as_str().unwrap());
        let is_read = |code: &str| !["syntax", "encoding", "empty"].contains(&code);
        assert!(codes.all(is_read), "{shown}: {command}: {after:?}");
    }
}

#[test]
fn quotes_and_blanks_of_editors() {
    let quoted = |open: &str, close: &str| {
        let mut is_open = false;
        let quote = |character: char| {
            is_open ^= character == '"';
            let quote = if is_open { open } else { close };
            if character == '"' { quote.to_owned() } else { character.to_string() }
        };
        plain().chars().map(quote).collect::<String>()
    };
    for (open, close) in [("“", "”"), ("„", "“"), ("”", "”"), ("‘", "’"), ("«", "»"), ("″", "″")]
    {
        leads_to(quoted(open, close).as_bytes(), "typographic quote", 1);
    }
    leads_to(quoted("＂", "＂").as_bytes(), "full-width", 1);
    leads_to(PAYLOAD.replace("\":\"", "\"：\"").as_bytes(), "full-width", 1);
    for blank in
        ["\u{a0}", "\u{2003}", "\u{202f}", "\u{3000}", "\u{200b}", "\u{feff}", "\u{c}", "\u{85}", "\u{2028}"]
    {
        let number = format!("U+{:04X} (", u32::from(blank.chars().next().unwrap()));
        leads_to(pretty().replace("\n  ", &format!("\n{blank}{blank} ")).as_bytes(), &number, 1);
    }
}

#[test]
fn escaped_and_encoded_text() {
    let escaped = PAYLOAD.replace('\\', "\\\\").replace('"', "\\\"");
    leads_to(escaped.as_bytes(), "quotes are escaped (`\\\"`)", 1);
    leads_to(
        format!("{escaped}\n{escaped}\n").replace('é', "\\u00e9").as_bytes(),
        "quotes are escaped (`\\\"`)",
        2,
    );
    leads_to(
        pretty().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").as_bytes(),
        "quotes are escaped",
        1,
    );
    leads_to(plain().replace('"', "\\u0022").as_bytes(), "\\u0022", 1);
    leads_to(
        PAYLOAD.replace('\\', "\\x5C").replace('"', "\\x22").replace('é', "\\xC3\\xA9").as_bytes(),
        "nginx",
        1,
    );
    leads_to(plain().replace('"', "&quot;").as_bytes(), "HTML", 1);
    leads_to(plain().replace('"', "&#34;").as_bytes(), "HTML", 1);
    leads_to(plain().replace('"', "%22").as_bytes(), "(`%22`)", 1);
    leads_to(plain().replace('"', "%22").replace('{', "%7B").replace('}', "%7D").as_bytes(), "(`%22`)", 1);
    leads_to(plain().replace('"', "\"\"").as_bytes(), "doubled", 1);
    leads_to(format!("\"{}\"\n", plain().replace('"', "\"\"")).as_bytes(), "doubled", 1);
    let in_text = [
        (PAYLOAD.replace('\\', "\\x5C").replace('"', "\\x22"), "(`\\x22`)"),
        (PAYLOAD.replace('\\', "\\\\").replace('"', "\\\""), "(`\\\"`)"),
        (plain().replace('"', "\"\""), "doubled"),
        (plain().replace('"', "&quot;"), "(`&quot;`)"),
        (plain().replace('{', "%7B").replace('"', "%22").replace('}', "%7D"), "(`%22`)"),
    ];
    for (payload, words) in in_text {
        leads_to(format!("203.0.113.9 - - \"POST /crm\" 500 \"{payload}\"\n").as_bytes(), words, 1);
        leads_to(format!("id,body\n1,\"{payload}\"\n2,\"{payload}\"\n").as_bytes(), words, 2);
    }
    leads_to(
        format!("payload={}", plain().replace('{', "%7B").replace('"', "%22").replace('}', "%7D")).as_bytes(),
        "%22",
        1,
    );
    let encoded = "eyJpZCI6IjY5OGYxYTJiM2M0ZDVlNmY3MDgxOTIwMyJ9";
    leads_to(encoded.as_bytes(), "base64", 1);
    let hex: String = plain().bytes().map(|byte| format!("{byte:02x}")).collect();
    leads_to(hex.as_bytes(), "hex digits", 1);
    leads_to(b"00000000: 7b22 7479 7065 223a 2241 7373 6f63 6961  {\"type\":\"Associa\n", "hex dump", 0);
    leads_to(b"00000000  7b 22 74 79 70 65 22 3a  22 41 73 73   |{\"type\":\"Ass|\n", "hex dump", 0);
    leads_to(format!("{}\n{}\n", &encoded[..20], &encoded[20..]).as_bytes(), "base64", 1);
}

#[test]
fn encodings_and_binaries() {
    let wide = |bytes: fn(u16) -> [u8; 2], mark: &[u8], text: &str| -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    for text in [format!("{PAYLOAD}\r\n{PAYLOAD}\r\n"), format!("{PAYLOAD}\n{PAYLOAD}")] {
        leads_to(&wide(u16::to_le_bytes, b"\xff\xfe", &text), "UTF-16LE", 2);
        leads_to(&wide(u16::to_be_bytes, b"\xfe\xff", &text), "UTF-16BE", 2);
        leads_to(&wide(u16::to_le_bytes, b"", &text), "UTF-16LE", 2);
    }
    leads_to(&wide(u16::to_be_bytes, b"", &pretty()), "UTF-16BE", 1);
    let narrow = |byte: u8| -> Vec<u8> {
        PAYLOAD.replace('é', "\u{1}").bytes().map(|each| if each == 1 { byte } else { each }).collect()
    };
    leads_to(&narrow(0xe9), "Latin-1", 1);
    leads_to(&narrow(0x92), "Windows-1252", 1);
    leads_to(&[narrow(0xe9), b"\n".to_vec(), narrow(0x93)].concat()[..PAYLOAD.len() - 1], "Latin-1", 1);
    leads_to(b"PK\x03\x04\x14\0\0\0\x08\0\n{\"id\":1}\n", "ZIP", 0);
    leads_to(b"%PDF-1.7\n{\n}\n", "PDF", 0);
    leads_to(b"\x89PNG\r\n\x1a\n\0\0", "PNG", 0);
    leads_to(format!("{PAYLOAD}{}", "\0".repeat(40)).as_bytes(), "40 NUL bytes", 1);
    leads_to(format!("\u{1e}{PAYLOAD}\n\u{1e}{PAYLOAD}\n").as_bytes(), "RFC 7464", 2);
}

#[test]
fn other_languages() {
    let single = plain().replace('"', "'");
    leads_to(single.as_bytes(), "Python", 1);
    leads_to(single.replace("'Cafe'", "None").as_bytes(), "Python", 1);
    leads_to(plain().replace("\"Cafe\"", "True").as_bytes(), "Python", 1);
    leads_to(format!("b'{}'", plain()).as_bytes(), "Python's notation of bytes", 1);
    leads_to(single.replace("','", "',\n '").as_bytes(), "Python", 1);
    leads_to(plain().replace(':', "=>").as_bytes(), "Ruby", 1);
    leads_to(plain().replace("\":", "\" => ").as_bytes(), "Ruby", 1);
    leads_to(b"{:id=>\"a\", :key=>nil}", "Ruby", 1);
    leads_to(b"{\n  id: 'a',\n  key: [Object]\n}\n", "console.log", 0);
    leads_to(b"{ id: \"a\", key: null }", "console.log", 0);
    leads_to(b"Webhook received: {\n  id: 'a',\n  firstObjectKey: 'contact'\n}\n", "console.log", 0);
    leads_to(b"{\"id\": [Object]}", "console.log", 0);
    leads_to(b"[object Object]\n", "JavaScript", 0);
    leads_to(b"{id=67, key=a}", "Java", 0);
    leads_to(b"[\n  'firstObjectKey' => 'contact',\n]\n", "PHP", 0);
    leads_to(format!("payload = {single}\n").as_bytes(), "Python", 0);
    leads_to(b"type: AssociationCreate\nfirstObjectKey: contact\nkey: a\n", "YAML", 0);
    leads_to(b"---\ntype: AssociationCreate\nfirstObjectKey: contact\n", "YAML", 0);
    leads_to(b"type = \"AssociationCreate\"\nfirstObjectKey = \"contact\"\n", "settings files", 0);
    leads_to(plain().trim_start_matches('{').replace("\",\"", "\",\n\"").as_bytes(), "braces", 0);
    leads_to(b"{\"id\": ObjectId(\"698f\")}", "database shell", 0);
    leads_to(b"{\"id\": ISODate(\"2026\")}", "database shell", 0);
    leads_to(b"{\"key\": buyer, \"id\": 1}", "without quotes", 0);
    for text in ["{\"id\": <id>}", "{\"id\": ${id}}", "{\"id\": <%= id %>}", "{\"id\": %s}"] {
        leads_to(text.as_bytes(), "placeholder", 0);
    }
    leads_to(b"map[id:67 key:a]", "Go", 0);
    leads_to(b"Array\n(\n    [id] => 67\n)\n", "PHP", 0);
    leads_to(b"{\"id\": {{id}}}", "placeholder", 0);
    leads_to(b"{\"id\": +5}", "a plus", 0);
    leads_to(b"{\"id\": \"a\", \xe2\x80\xa6}", "left out", 0);
    leads_to(b"{\"id\": \"a\", ...}", "left out", 0);
}

#[test]
fn lines_of_mails_editors_and_terminals() {
    let prefixed = |prefix: &dyn Fn(usize) -> String| -> String {
        pretty().lines().enumerate().map(|(index, line)| prefix(index + 1) + line + "\n").collect()
    };
    leads_to(prefixed(&|_| "> ".to_owned()).as_bytes(), "quoted mail", 1);
    leads_to(prefixed(&|_| ">".to_owned()).as_bytes(), "quoted mail", 1);
    for prefix in ["app_1  | ", "[pod/web-7f9c/app] ", "Nov 27 10:00:00 host app[312]: ", "\u{1f433} | "] {
        leads_to(prefixed(&|_| prefix.to_owned()).as_bytes(), "as log viewers write it", 1);
    }
    let timed = |line: usize| format!("2026-11-27T10:00:{:02}.{:03}Z app[1]: ", line / 7, line * 13);
    leads_to(prefixed(&timed).as_bytes(), "as log viewers write it", 1);
    leads_to(prefixed(&|_| "+".to_owned()).as_bytes(), "diff", 1);
    leads_to(prefixed(&|number| format!("{number:6}\t")).as_bytes(), "line number", 1);
    leads_to(prefixed(&|number| format!("{number}: ")).as_bytes(), "line number", 1);
    leads_to(prefixed(&|number| format!("{number} ")).as_bytes(), "line number", 1);
    let wrapped: Vec<String> =
        plain().as_bytes().chunks(72).map(|line| String::from_utf8(line.to_vec()).unwrap()).collect();
    leads_to(wrapped.join("\n").as_bytes(), "line break", 1);
    leads_to(format!("\x1b[32m{PAYLOAD}\x1b[0m\n").as_bytes(), "terminal", 1);
    leads_to(b"{\"id\":\"a\tb\"}", "a tab (U+0009)", 0);
    leads_to(prefixed(&|_| ">> ".to_owned()).as_bytes(), "quoted mail", 1);
    leads_to(prefixed(&|number| format!("{number:2} | ")).as_bytes(), "line number", 1);
    leads_to(prefixed(&|number| format!("{number:4}   │ ")).as_bytes(), "line number", 1);
    leads_to(prefixed(&|number| format!("p.json:{number}:")).as_bytes(), "grep", 1);
    leads_to(pretty().replace("  \"", "^[[34m\"").replace("\":", "\"^[[0m:").as_bytes(), "`^[[`", 1);
    leads_to(pretty().replace("  ", "&nbsp;&nbsp;").as_bytes(), "&nbsp;", 1);
    leads_to(pretty().replace('\n', "<br/>\n").as_bytes(), "<br>", 1);
    let mixed: String = pretty()
        .lines()
        .enumerate()
        .map(|(index, line)| format!("{}{line}\n", if index == 0 { ' ' } else { '+' }))
        .collect();
    leads_to(mixed.as_bytes(), "a diff", 1);
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(5000));
    leads_to(&long.as_bytes()[..4095], "ends inside a string", 0);
    leads_to(format!("{}\n", &long[..4095]).as_bytes(), "ends inside a string", 0);
}

#[test]
fn a_cut_text_is_reported_as_cut_whatever_line_end_follows() {
    let folder = tempfile::tempdir().unwrap();
    for length in (1..PAYLOAD.len()).filter(|length| PAYLOAD.is_char_boundary(*length)) {
        let reported = |end: &str| {
            fs::write(folder.path().join("FILE"), format!("{}{end}", &PAYLOAD[..length])).unwrap();
            let mut records = records("assoclens validate FILE", folder.path());
            assert_eq!(records.len(), 1, "{length}");
            records.remove(0)
        };
        let cut = reported("");
        for end in ["\n", "\r\n", "\n\n"] {
            assert_eq!(reported(end), cut, "{length} {end:?}");
        }
    }
}
