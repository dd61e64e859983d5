//! The `json-patch` format: RFC 6902, from the first payload to the second.
//!
//! Invariants: applied to the first payload, the patch gives the second, in the compared fields; each operation is on
//! one line; removals come last and in reverse order, so that no index shifts before it is used.

use super::Differences;
use crate::diff::{Change, Difference};
use crate::engine::compare::{Compared, Joined};
use crate::report::Report;
use crate::report::pretty::compact_whole;
use crate::report::record::write_json;
use std::io::{self, Write};

/// The `json-patch` format.
#[derive(Clone, Copy, Debug)]
pub struct JsonPatch;

impl JsonPatch {
    fn pair(&mut self, compared: &Compared<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (removed, kept): (Vec<_>, Vec<_>) = compared
            .comparison
            .counted(compared.scope)
            .partition(|difference| difference.change == Change::Removed);
        let mut separator: &[u8] = b"[";
        for difference in kept.into_iter().chain(removed.into_iter().rev()) {
            out.write_all(separator)?;
            separator = b",\n ";
            operation(difference, out)?;
        }
        out.write_all(if separator == b"[" { b"[]\n" } else { b"]\n" })
    }
}

impl Report<Differences> for JsonPatch {
    fn item(&mut self, joined: &Joined<'_>, out: &mut dyn Write) -> io::Result<()> {
        match joined {
            Joined::Pair { compared, .. } => self.pair(compared, out),
            Joined::Single { .. } | Joined::Duplicate { .. } => Ok(()),
        }
    }
}

fn operation(difference: &Difference<'_>, out: &mut dyn Write) -> io::Result<()> {
    let name = match difference.change {
        Change::Added => "add",
        Change::Removed => "remove",
        _ => "replace",
    };
    write!(out, "{{\"op\":\"{name}\",\"path\":")?;
    write_json(&difference.pointer.as_str(), out)?;
    if let Some(after) = difference.after {
        write!(out, ",\"value\":{}", compact_whole(after.text()))?;
    }
    out.write_all(b"}")
}
