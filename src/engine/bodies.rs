//! The bodies in an input, each with its headers.
//!
//! In: an input's bytes. Out: the bodies of the captures in it; or all of it as one body, if it has no captures.
//! Invariants: a body is as it was delivered, so the forms made of a delivery's own JSON (the nested form, a list) are
//! left as they are; a missing body is an error, and so is a part that is not a capture among captures.

use crate::capture::{Leaf, Trace, Unwrap, Why};
use crate::escape::visible;
use crate::headers::{Fidelity, Headers};
use crate::payload::Cursor;
use crate::payload::MAX_BYTES;
use crate::read::{Blocks, InputFormat, Source};
use crate::signature::Body;
use anyhow::{anyhow, bail};

/// The number of bodies that are verified. Each may have four signatures, and each of those is tried in three forms.
const BODIES_AT_MOST: usize = 10_000;

/// Shows each body in `bytes`, with its place, to `look`, and the reason for each unavailable one to `fail`.
///
/// # Errors
/// A payload in it has no end, or there are too many bodies.
pub fn each_body(
    source: &Source,
    bytes: &[u8],
    unwrap: &Unwrap,
    look: &mut dyn FnMut(String, &Body<'_>),
    fail: &mut dyn FnMut(&anyhow::Error),
) -> anyhow::Result<()> {
    let (name, mut bodies, mut holds_capture, mut bare) = (source.name(), 0, false, None);
    if *unwrap != Unwrap::Never {
        let mut blocks = Blocks::new(source, bytes, InputFormat::Auto, MAX_BYTES);
        while let Some(block) = blocks.next_block()? {
            for frame in block.frames() {
                let mut cursor = Cursor::new(frame.bytes, frame.start);
                let mut leaf = |leaf: Leaf<'_>| {
                    bodies +=
                        usize::from(leaf.unavailable.as_ref().is_none_or(|why| why.skippable.is_none()));
                    if bodies <= BODIES_AT_MOST {
                        one(&name, &mut cursor, &leaf, look, fail);
                    }
                };
                if unwrap.open_bodies(frame.bytes, block.shape(), MAX_BYTES, &mut leaf) {
                    holds_capture = true;
                } else {
                    bare = bare.or(Some(frame.start.line));
                }
            }
        }
    }
    match bare {
        _ if bodies > BODIES_AT_MOST => {
            bail!("{name} holds {bodies} bodies, and {BODIES_AT_MOST} are verified at once; split it")
        }
        Some(line) if holds_capture => fail(&anyhow!(
            "cannot verify {name}:{line}: this part is not a capture, but others are; verify it separately"
        )),
        _ if holds_capture => {}
        _ => look(name, &Body { bytes, headers: &Headers::default(), fidelity: Fidelity::Raw }),
    }
    Ok(())
}

fn one(
    name: &str,
    cursor: &mut Cursor<'_>,
    leaf: &Leaf<'_>,
    look: &mut dyn FnMut(String, &Body<'_>),
    fail: &mut dyn FnMut(&anyhow::Error),
) {
    let at = cursor.go_to(Trace::new(&leaf.layers).outward(0));
    let place = format!("{name}:{} in {}", at.line, visible(&leaf.origin.to_string()));
    match &leaf.unavailable {
        Some(unavailable) if unavailable.skippable.is_some() => {}
        // No bytes that could have been signed.
        Some(unavailable) if unavailable.why == Why::Empty => {
            look(place, &Body { bytes: b"", headers: &leaf.origin.headers, fidelity: leaf.origin.fidelity });
        }
        Some(unavailable) if !matches!(unavailable.why, Why::Cut | Why::NotJson | Why::Compressed) => {
            fail(&anyhow!("cannot verify {place}: {}; {}", unavailable.message, unavailable.help));
        }
        _ => {
            let Leaf { bytes, ref origin, .. } = *leaf;
            look(place, &Body { bytes, headers: &origin.headers, fidelity: origin.fidelity });
        }
    }
}
