//! The `merge-patch` format: RFC 7386, from the first payload to the second.
//!
//! Invariants: applied to the first payload, the patch gives the second, in the compared fields, except where that
//! needs a null, which a merge patch takes for a removal: each such place is named on standard error. An array that
//! differs is given as a whole.

use super::Differences;
use crate::diff::{Change, Difference};
use crate::engine::compare::{Compared, Joined};
use crate::escape::visible;
use crate::payload::{Kind, Node, Pointer, Token, Tokens};
use crate::report::Report;
use crate::report::pretty::compact_whole;
use crate::report::record::write_json;
use std::io::{self, Write};

/// The `merge-patch` format.
#[derive(Clone, Debug, Default)]
pub struct MergePatch {
    remarks: Vec<String>,
}

/// One member of the patch: the place and the value; without a value, it is a removal.
struct PatchMember<'a> {
    tokens: Vec<String>,
    value: Option<Node<'a>>,
    is_whole_object: bool,
}

impl MergePatch {
    fn pair(&mut self, compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut entries: Vec<PatchMember<'_>> = Vec::new();
        for difference in compared.comparison.counted(compared.scope) {
            let entry = entry(difference);
            if entries.last().is_none_or(|last| last.tokens != entry.tokens) {
                entries.push(entry);
            }
        }
        for entry in entries.iter().filter(|entry| entry.is_inexpressible()) {
            let pointer = entry.tokens.iter().fold(Pointer::default(), |pointer, token| pointer.join(token));
            let place = if entry.tokens.is_empty() {
                "the payload".to_owned()
            } else {
                visible(pointer.as_str()).into_owned()
            };
            self.remarks.push(format!(
                "warning: a merge patch cannot express the null in {place}: it would remove the member; use \
                 --format json-patch"
            ));
        }
        let root = compared.after.document.root();
        if entries.is_empty() && root.kind() != Kind::Object {
            // An empty object would replace a value that is not an object.
            return writeln!(out, "{}", compact_whole(root.text()));
        }
        write_entries(&entries, out)
    }
}

impl Report<Differences> for MergePatch {
    fn remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }

    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, .. } => self.pair(compared, out),
            Joined::Single { .. } | Joined::Duplicate { .. } => Ok(()),
        }
    }
}

/// The member that holds a change: for a change in an array, the array.
fn entry<'a>(difference: &Difference<'a>) -> PatchMember<'a> {
    let (pointer, value) = match &difference.array {
        Some((pointer, array)) => (pointer, Some(*array)),
        None => (&difference.pointer, difference.after),
    };
    let is_object = |node: Node<'_>| node.kind() == Kind::Object;
    PatchMember {
        tokens: pointer.tokens().map(std::borrow::Cow::into_owned).collect(),
        value,
        is_whole_object: difference.change == Change::Value && value.is_some_and(is_object),
    }
}

impl PatchMember<'_> {
    /// Whether the value is or holds a null, outside of arrays, that would be taken for a removal.
    fn is_inexpressible(&self) -> bool {
        let Some(value) = self.value else { return false };
        let mut arrays = 0_usize;
        let mut has_null = false;
        for token in Tokens::new(value.text()) {
            match token {
                Token::Open("[") => arrays += 1,
                Token::Close("]") => arrays -= 1,
                Token::Scalar("null") if arrays == 0 => has_null = true,
                _ => {}
            }
        }
        has_null && !(self.tokens.is_empty() && value.kind() == Kind::Null) || self.is_whole_object
    }
}

fn write_entries(entries: &[PatchMember<'_>], out: &mut dyn Write) -> io::Result<()> {
    if let [PatchMember { tokens, value: Some(value), .. }] = entries
        && tokens.is_empty()
    {
        return writeln!(out, "{}", compact_whole(value.text()));
    }
    let mut open: Vec<&str> = Vec::new();
    out.write_all(b"{")?;
    let mut separator: &[u8] = b"\n  ";
    for entry in entries {
        let Some((name, parents)) = entry.tokens.split_last() else { continue };
        let shared = open.iter().zip(parents).take_while(|(one, two)| *one == two).count();
        for _ in shared..open.len() {
            out.write_all(b"}")?;
        }
        open.truncate(shared);
        for parent in &parents[shared..] {
            out.write_all(separator)?;
            write_json(parent, out)?;
            out.write_all(b":{")?;
            separator = b"";
            open.push(parent);
        }
        out.write_all(separator)?;
        write_json(name, out)?;
        write!(
            out,
            ":{}",
            entry.value.map_or_else(|| "null".to_owned(), |value| compact_whole(value.text()))
        )?;
        separator = b",\n  ";
    }
    out.write_all(&b"}".repeat(open.len()))?;
    out.write_all(if entries.is_empty() { b"}\n" } else { b"\n}\n" })
}
