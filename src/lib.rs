//! assoclens judges payloads of the "Association Created" webhook.
//!
//! In a webhook receiver, one payload is judged from its bytes:
//!
//! ```
//! use assoclens::check::{Judge, Level};
//!
//! let judge = Judge::default(); // compile the schema once, share it between threads
//! let body = br#"{"id": "67ade73d1119d2ac7ad0c475", "secondObjectLabel": null}"#;
//!
//! let findings = judge.judge(body);
//! let errors: Vec<_> = findings.iter().filter(|finding| finding.level == Level::Error).collect();
//! assert_eq!(errors.len(), 1);
//! assert_eq!(errors[0].pointer.as_str(), "/secondObjectLabel");
//! assert_eq!(errors[0].message, "`secondObjectLabel` must be a string, not null");
//! // The schema requires no field, so what else is missing is a warning.
//! assert_eq!(findings[0].code, "missing-field");
//! ```
//!
//! Data goes one way:
//!
//! ```text
//! bytes ──► input ──► payload ──► check ──► report ──► bytes
//!           source    Document    schema    one file
//!           framing   (lazy view) findings  per format
//!           blocks    spans
//! ```
//!
//! What always holds: the verdict never depends on the output format; no payload text reaches an output
//! unescaped; output is in input order, then by place, then by code; memory does not grow with the length of a
//! stream; nothing is fetched.

#![forbid(unsafe_code)]

pub mod association;
pub mod check;
pub mod cli;
pub mod command;
pub mod diff;
pub mod expect;
pub mod input;
pub mod payload;
pub mod pipeline;
pub mod progress;
pub mod report;
pub mod standard;
pub mod terminal;
pub mod visible;
