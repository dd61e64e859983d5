//! assoclens validates payloads of HighLevel's "Association Created" webhook and of its four siblings.
//!
//! In a webhook receiver: verify the body with its headers, judge it, then use its fields.
//!
//! ```
//! use assoclens::check::{Judge, Level};
//! use assoclens::escape::visible;
//! use assoclens::event::Association;
//! use assoclens::headers::Headers;
//! use assoclens::payload::Document;
//! use assoclens::signature::verify;
//!
//! /// What to do with a delivery.
//! #[derive(Debug, PartialEq)]
//! enum Verdict {
//!     /// Nobody with the vendor's key signed it: answer 401.
//!     Forged,
//!     /// Keep it, with these lines for the log. Answer 2xx all the same: after any other answer, the platform sends the
//!     /// same bytes up to twelve times more.
//!     SetAside(Vec<String>),
//!     /// Handle it.
//!     Created(Box<Association>),
//! }
//!
//! fn receive(judge: &Judge, headers: &Headers, body: &[u8]) -> Verdict {
//!     if !verify(body, headers).is_verified() {
//!         return Verdict::Forged;
//!     }
//!     judged(judge, body)
//! }
//!
//! fn judged(judge: &Judge, body: &[u8]) -> Verdict {
//!     let findings = judge.judge(body);
//!     // A message may quote the payload, and anyone can post one: `visible` lets no control character reach the log.
//!     let lines = findings.iter().filter(|finding| finding.level == Level::Error);
//!     let lines = lines.map(|error| format!("{}: {}", error.code, visible(&error.message)));
//!     match (lines.collect::<Vec<_>>(), Document::parse(body)) {
//!         (lines, Ok(document)) if lines.is_empty() => Verdict::Created(Box::new(Association::from(&document))),
//!         (lines, _) => Verdict::SetAside(lines),
//!     }
//! }
//!
//! let judge = Judge::default(); // threads may share it
//! let example = assoclens::event::ASSOCIATION_CREATE.example.as_bytes();
//! let forged = Headers::from_iter([("X-GHL-Signature", "AAAA")]);
//! assert_eq!(receive(&judge, &forged, example), Verdict::Forged);
//!
//! let Verdict::Created(association) = judged(&judge, example) else { panic!("the example is valid") };
//! assert_eq!(association.first_object_key.unwrap(), "custom_objects.real_estate_buyer");
//!
//! let why = "schema/type: `secondObjectLabel` must be a string, not null";
//! let null = br#"{"id": "67ade73d1119d2ac7ad0c475", "secondObjectLabel": null}"#;
//! assert_eq!(judged(&judge, null), Verdict::SetAside(vec![why.to_owned()]));
//!
//! let why = "syntax: the text ends inside a string";
//! assert_eq!(judged(&judge, br#"{"id": "67ade73d1119"#), Verdict::SetAside(vec![why.to_owned()]));
//! ```
//!
//! One URL may receive every event of an app. [`Judge`](check::Judge) takes another event for valid with the finding
//! [`OtherEvent`](check::Code::OtherEvent), or judges each by its own schema with
//! [`with_events`](check::Judge::with_events):
//!
//! ```
//! use assoclens::check::{Code, Judge};
//! use assoclens::event::Wanted;
//!
//! let relation = br#"{"type": "RelationCreate", "firstRecordId": 3}"#;
//! assert_eq!(Judge::default().judge(relation)[0].code, Code::OtherEvent);
//! let findings = Judge::default().with_events(Wanted::Any).judge(relation);
//! assert!(findings.iter().any(|finding| finding.message == "`firstRecordId` must be a string, not the number 3"));
//! ```
//!
//! A receiver needs no command line: with `default-features = false` the package is this library alone, without the
//! crates for arguments, colours, files and threads.
//!
//! A [`Finding`](check::Finding) also has the place of the fault in the body ([`span`](check::Finding::span) in bytes,
//! [`pointer`](check::Finding::pointer) as a JSON Pointer) and advice. [`check::Levels`] changes which findings are
//! errors.
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
//! Payloads in a HAR file, a Lambda event or a log line are unwrapped on the way, and their places lead back to the
//! file. [`signature`] is independent of all this: it verifies that a body is as it was signed. The program, with its
//! readers of files and streams, its engine and its reports, is built on top, behind the feature `cli`.
//!
//! Invariants: the verdict never depends on the output format; no payload text reaches an output unescaped; output is
//! in input order, then by place, then by code; nothing is fetched; memory does not grow with the length of a stream,
//! except for the JUnit report and the keys of a compared stream.

#![forbid(unsafe_code)]
// Functions for the program only are dead code if it is left out.
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

// Further parts of the program, which are not part of the library: they may change with any version.
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
