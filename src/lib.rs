//! assoclens judges payloads of the "Association Created" webhook.
//!
//! In a webhook receiver, one payload is judged from the bytes of the request's body, and the verdict is something to
//! act on:
//!
//! ```
//! use assoclens::check::{Code, Judge, Level};
//! use assoclens::escape::visible;
//!
//! /// What becomes of a delivery. The answer is 2xx each time: after any other, or none, the platform sends the same
//! /// bytes again, up to twelve times, and they would be no better.
//! #[derive(Debug, PartialEq)]
//! enum Verdict {
//!     /// An association was created.
//!     Handle,
//!     /// It is valid, but tells of something else, such as a relation.
//!     Ignore,
//!     /// It breaks the published schema or is no JSON: keep it, with these lines for the log.
//!     SetAside(Vec<String>),
//! }
//!
//! fn receive(judge: &Judge, body: &[u8]) -> Verdict {
//!     let findings = judge.judge(body);
//!     let errors = findings.iter().filter(|finding| finding.level == Level::Error);
//!     // A message may quote the payload, and anyone can post one: no control character reaches the log.
//!     let lines: Vec<String> =
//!         errors.map(|error| format!("{}: {}", error.code, visible(&error.message))).collect();
//!     if !lines.is_empty() {
//!         Verdict::SetAside(lines)
//!     } else if findings.iter().any(|finding| finding.code == Code::OtherEvent) {
//!         Verdict::Ignore
//!     } else {
//!         Verdict::Handle
//!     }
//! }
//!
//! let judge = Judge::default(); // reads the schema once; threads may share it
//! assert_eq!(receive(&judge, assoclens::event::EXAMPLE.as_bytes()), Verdict::Handle);
//!
//! let relation = br#"{"type": "RelationCreate", "firstRecordId": "f3KqWz81LmNp05RtYcVb"}"#;
//! assert_eq!(receive(&judge, relation), Verdict::Ignore);
//!
//! let null = br#"{"id": "67ade73d1119d2ac7ad0c475", "secondObjectLabel": null}"#;
//! let why = "schema/type: `secondObjectLabel` must be a string, not null";
//! assert_eq!(receive(&judge, null), Verdict::SetAside(vec![why.to_owned()]));
//!
//! let cut = br#"{"id": "67ade73d1119"#;
//! let why = "syntax: the text ends inside a string";
//! assert_eq!(receive(&judge, cut), Verdict::SetAside(vec![why.to_owned()]));
//! ```
//!
//! A [`Finding`](check::Finding) also says where in the body the fault is ([`span`](check::Finding::span) in bytes,
//! [`pointer`](check::Finding::pointer) as a JSON Pointer) and what to do about it. [`check::catalogue`] has every code,
//! and [`check::Levels`] changes what counts as an error.
//!
//! Data goes one way:
//!
//! ```text
//! bytes ──► read ──► capture ──► check ──► report ──► bytes
//!           source   what the    schema    one file
//!           blocks   payload     findings  per format
//!                    stands in
//!             └► split  └► payload ◄┴─ event
//! ```
//!
//! What is inside a HAR file, a Lambda event or a log line is taken out on the way ([`capture`]), and its places
//! lead back to the file. [`signature`] stands beside all this: whether a body is as it was signed.
//!
//! Whoever wants a report rather than findings goes on to [`report`]; whoever has files or streams rather than one body
//! begins at [`engine`]. The binary is [`cli`] and [`command`] on top of these.
//!
//! What always holds: the verdict never depends on the output format; no payload text reaches an output
//! unescaped; output is in input order, then by place, then by code; nothing is fetched; memory does not grow with the
//! length of a stream, but for the report as JUnit and the keys of a stream that is compared.

#![forbid(unsafe_code)]

pub mod capture;
pub mod check;
pub mod cli;
pub mod command;
mod count;
pub mod diff;
pub mod engine;
pub mod escape;
pub mod event;
pub mod expect;
pub mod headers;
pub mod interrupt;
mod lanes;
pub mod payload;
pub mod progress;
pub mod read;
pub mod report;
mod seed;
pub mod signature;
mod split;
pub mod stdio;
pub mod terminal;
