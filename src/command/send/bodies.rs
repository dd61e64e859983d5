//! The bodies in the inputs, as they were delivered, each with its headers.
//!
//! In: paths. Out: bodies in input order; anything in a capture that is not a delivery is skipped and counted.
//! Invariants: a body is byte for byte as in the input; a form made of a delivery's own JSON is left as it is; an
//! unavailable body is an error, and then nothing is sent.

use crate::capture::{Leaf, Skipped, Unwrap};
use crate::escape::visible;
use crate::event::{self, Role, Wanted, standing};
use crate::headers::Headers;
use crate::payload::{Cursor, MAX_BYTES};
use crate::read::{Blocks, InputFormat, PathItem, Source, sources};
use anyhow::{Context as _, anyhow, bail};
use std::path::PathBuf;

/// One body.
pub(super) struct SourceBody {
    /// Its source, safe to print.
    pub(super) source: String,
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The headers in the capture; none for a bare body.
    pub(super) headers: Headers,
    /// The file that it comes from.
    pub(super) path: Option<PathBuf>,
}

/// All bodies of `paths`, and the parts that were skipped.
///
/// # Errors
/// A body cannot be read or is unavailable, or there are more than `most`.
pub(super) fn all(paths: Vec<PathBuf>, most: usize) -> anyhow::Result<(Vec<SourceBody>, Skipped)> {
    let (mut bodies, mut skipped) = (Vec::new(), Skipped::default());
    for found in sources(paths) {
        match found? {
            PathItem::Skipped(others) => skipped.merge(&others),
            PathItem::Source(source) => of_source(&source, most, &mut bodies, &mut skipped)?,
        }
    }
    Ok((bodies, skipped))
}

fn of_source(
    source: &Source,
    most: usize,
    bodies: &mut Vec<SourceBody>,
    skipped: &mut Skipped,
) -> anyhow::Result<()> {
    let name = source.name();
    let reader = source.open().with_context(|| format!("cannot read {name}"))?;
    let mut blocks = Blocks::new(source, reader, InputFormat::Auto, MAX_BYTES);
    let before = bodies.len();
    while let Some(block) = blocks.next_block()? {
        for frame in block.frames() {
            let mut cursor = Cursor::new(frame.bytes, frame.start);
            let mut failure = None;
            let is_capture = Unwrap::Auto.open_bodies(frame.bytes, block.shape(), MAX_BYTES, &mut |leaf| {
                let at = cursor.go_to(leaf.start());
                let place = format!("{name}:{} in {}", at.line, visible(&leaf.origin.to_string()));
                match body(&leaf, place) {
                    Ok(Some(body)) => bodies.push(SourceBody { path: None, ..body }),
                    Ok(None) => skipped.add("not deliveries"),
                    Err(why) => failure = failure.take().or(Some(why)),
                }
            });
            if !is_capture {
                let (path, source) =
                    (source.path().map(PathBuf::from), format!("{name}:{}", frame.start.line));
                bodies.push(SourceBody {
                    source,
                    bytes: frame.bytes.to_vec(),
                    headers: Headers::default(),
                    path,
                });
            }
            failure.map_or(Ok(()), Err)?;
            if bodies.len() > most {
                bail!("there are more than {most} deliveries, so none was sent; to send more, add: --max N");
            }
        }
    }
    if bodies.len() == before && skipped.list().is_none() {
        bail!("{name} is empty, so there is nothing to send");
    }
    Ok(())
}

/// The body in a capture, if its members or headers do not rule out a delivery.
fn body(leaf: &Leaf<'_>, source: String) -> anyhow::Result<Option<SourceBody>> {
    let Some(bytes) =
        leaf.body().map_err(|why| anyhow!("cannot send {source}: {}; {}", why.message, why.help))?
    else {
        return Ok(None);
    };
    let is_event = event::reader()
        .read(bytes)
        .is_ok_and(|document| !matches!(standing(&document, Wanted::default()), Role::Foreign));
    let headers = leaf.origin.headers.clone();
    let is_delivery = is_event || headers.are_signed();
    Ok(is_delivery.then(|| SourceBody { source, bytes: bytes.to_vec(), headers, path: None }))
}
