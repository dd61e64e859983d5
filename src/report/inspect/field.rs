//! Bare values, for scripts: one per line, in the order of the options.
//!
//! Invariants: a string is written decoded and without its quotes, except that unsafe characters are escapes wherever
//! the output goes, and so is a `:` that would begin a CI runner's command; any other value is written as in the
//! payload, on one line. So a value always takes exactly one line.

use super::{Remarks, Shown, Views};
use crate::count::amount;
use crate::escape::{at_line_start, visible};
use crate::payload::{Document, Node, Pointer};
use crate::report::Report;
use crate::report::layout::Page;
use crate::report::pretty::compact_whole;
use std::io::{self, Write};

/// The fields to show: each the name of a member or a JSON Pointer.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The names requested.
    names: Vec<String>,
    page: Page,
    /// The number of missing values.
    missing: u64,
    remarks: Remarks,
}

/// The number of missing fields that are named.
const REPORTED_AT_MOST: u64 = 20;

impl Fields {
    /// Shows the fields of these names.
    pub fn new(names: Vec<String>, page: Page) -> Self {
        Self { names, page, missing: 0, remarks: Remarks::new(page) }
    }
}

impl Report<Views> for Fields {
    fn item(&mut self, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some((document, _)) = shown.read else {
            return self.remarks.add(&shown.judged);
        };
        for name in &self.names {
            if let Some(node) = find(document, name) {
                writeln!(out, "{}", at_line_start(&bare(node)))?;
            } else {
                self.missing += 1;
                if self.missing > REPORTED_AT_MOST {
                    continue;
                }
                let there = names(document, &self.page);
                self.remarks.lines.push(format!(
                    "error: {} has no `{}`; {there}",
                    shown.place(),
                    visible(name)
                ));
            }
        }
        Ok(())
    }

    fn remarks(&mut self) -> Vec<String> {
        self.remarks.take()
    }

    fn finish(&mut self, _: &(), _: &mut dyn Write) -> io::Result<()> {
        if let more @ 1.. = self.missing.saturating_sub(REPORTED_AT_MOST) {
            let more = amount(more, "more time");
            self.remarks
                .lines
                .push(format!("error: a field is missing {more}; --format table shows those that exist"));
        }
        Ok(())
    }
}

/// The member with that name, or the value at that pointer.
pub(super) fn find<'a>(document: &'a Document<'_>, name: &str) -> Option<Node<'a>> {
    let root = document.root();
    let pointer = || name.starts_with('/').then(|| Pointer::from(name.to_owned()));
    root.member(name).or_else(|| root.at(&pointer()?))
}

fn bare(node: Node<'_>) -> String {
    match node.as_str() {
        Some(text) => visible(&text).into_owned(),
        None => compact_whole(node.text()),
    }
}

/// The names in the document instead.
fn names(document: &Document<'_>, page: &Page) -> String {
    const SHOWN: usize = 20;
    let Some(members) = document.root().members() else { return "it is not an object".to_owned() };
    let mut names: Vec<String> = members
        .iter()
        .filter(|member| !member.is_shadowed())
        .take(SHOWN)
        .map(|member| page.fit(&member.name(), 40))
        .collect();
    match members.len() {
        0 => return "it is empty".to_owned(),
        length if length > SHOWN => names.push(format!("and {} more", length - SHOWN)),
        _ => {}
    }
    format!("it has {}", names.join(", "))
}
