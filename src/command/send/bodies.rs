//! The bodies in the inputs, as they were delivered, each with its headers.
//!
//! In: paths. Out: bodies in input order; anything in a capture that is not a delivery is skipped and counted.
//! Invariants: a body is byte for byte as in the input; a form made of a delivery's own JSON is left as it is; an
//! unavailable body is an error, and then nothing is sent.

use crate::capture::{Skipped, Unwrap};
use crate::engine::{InputPart, each_part};
use crate::event::{self, Role, Wanted, standing};
use crate::headers::Headers;
use crate::read::{PathItem, Source, sources};
use crate::signature::Body;
use anyhow::{Context as _, bail};
use std::path::PathBuf;

pub(super) struct SourceBody {
    /// Its source, safe to print.
    pub(super) source: String,
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
    let before = bodies.len();
    each_part(source, reader, &Unwrap::Auto, &mut |part| {
        match part {
            InputPart::Captured(leaf, place) => match leaf.body("send", &place)? {
                Some(body) if may_be_delivery(&body) => bodies.push(SourceBody {
                    source: place,
                    bytes: body.bytes.to_vec(),
                    headers: body.headers.clone(),
                    path: None,
                }),
                _ => skipped.add("not deliveries"),
            },
            InputPart::Bare(frame) => bodies.push(SourceBody {
                source: format!("{name}:{}", frame.start.line),
                bytes: frame.bytes.to_vec(),
                headers: Headers::default(),
                path: source.path().map(PathBuf::from),
            }),
        }
        if bodies.len() > most {
            bail!("there are more than {most} deliveries, so none was sent; to send more, add: --max N");
        }
        Ok(())
    })?;
    if bodies.len() == before && skipped.list().is_none() {
        bail!("{name} is empty, so there is nothing to send");
    }
    Ok(())
}

/// Whether its members or headers do not rule out a delivery.
fn may_be_delivery(body: &Body<'_>) -> bool {
    let is_event = event::reader()
        .read(body.bytes)
        .is_ok_and(|document| !matches!(standing(&document, Wanted::default()), Role::Foreign));
    is_event || body.headers.are_signed()
}
