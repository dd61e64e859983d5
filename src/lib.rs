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
//! assert_eq!(receive(&judge, assoclens::event::ASSOCIATION_CREATE.example.as_bytes()), Verdict::Handle);
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
//! Whether the platform sent it is a question of its own, asked of the same bytes and of the headers beside them:
//!
//! ```
//! use assoclens::headers::{Fidelity, Headers};
//! use assoclens::signature::{Body, Keys, Sent, Verdict};
//!
//! fn is_genuine(body: &[u8], headers: &[(&str, &str)]) -> bool {
//!     let mut sent = Headers::default();
//!     headers.iter().for_each(|(name, value)| sent.push(*name, *value));
//!     let body = Body { bytes: body, headers: &sent, fidelity: Fidelity::Raw };
//!     Verdict::of(&body, Sent::of(&sent, None), &Keys::default()).is_verified()
//! }
//!
//! let forged = [("X-GHL-Signature", "AAAA")];
//! assert!(!is_genuine(assoclens::event::ASSOCIATION_CREATE.example.as_bytes(), &forged));
//! ```
//!
//! A receiver needs nothing of the command line: with `default-features = false` the package is this library alone,
//! without the crates for arguments, colours, files and threads.
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
//! What is inside a HAR file, a Lambda event or a log line is taken out on the way, and its places lead back to the
//! file. [`signature`] stands beside all this: whether a body is as it was signed. The program, with its readers of
//! files and streams, its engine and its reports, is built on top of these, behind the feature `cli`.
//!
//! What always holds: the verdict never depends on the output format; no payload text reaches an output
//! unescaped; output is in input order, then by place, then by code; nothing is fetched; memory does not grow with the
//! length of a stream, but for the report as JUnit and the keys of a stream that is compared.

#![forbid(unsafe_code)]
// What only the program calls is dead where it is left out.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

#[doc(hidden)]
pub mod capture;
pub mod check;
mod count;
pub mod escape;
pub mod event;
pub mod headers;
mod lanes;
pub mod meaning;
pub mod payload;
mod seed;
pub mod signature;
mod split;

// What the program is made of besides, which is no part of the library: it may change with any version.
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod command;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod diff;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod engine;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod expect;
#[cfg(feature = "http")]
#[doc(hidden)]
pub mod http;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod interrupt;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod progress;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod read;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod redact;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod report;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod stdio;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod terminal;
#[cfg(feature = "http")]
#[doc(hidden)]
pub mod trial;
