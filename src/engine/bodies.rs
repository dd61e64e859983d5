//! The bodies in an input, each with its headers.
//!
//! In: an input's bytes. Out: its parts: the bodies in captures, and what is not a capture.
//! Invariants: a body is as it was delivered, so the forms made of a delivery's own JSON (the nested form, a list) are
//! left as they are; a missing body is an error, and so is a part that is not a capture among captures.

use crate::capture::{Leaf, Unwrap, Why};
use crate::escape::visible;
use crate::headers::{Fidelity, Headers};
use crate::payload::{Cursor, MAX_BYTES};
use crate::read::{Blocks, Frame, InputFormat, Source};
use crate::signature::Body;
use anyhow::{anyhow, bail};
use std::io::Read;

/// The number of bodies that are verified. Each may have four signatures, and each of those is tried in three forms.
const BODIES_AT_MOST: usize = 10_000;

/// A part of an input.
pub(crate) enum InputPart<'a> {
    /// A body in a capture, and its place, which is safe to print.
    Captured(&'a Leaf<'a>, String),
    /// A payload that is not a capture.
    Bare(Frame<'a>),
}

impl Leaf<'_> {
    /// The body as it was delivered, empty if nothing was; `None` if it is not a delivery.
    ///
    /// # Errors
    /// There are no bytes that could have been delivered. The message begins with `cannot VERB PLACE`.
    pub(crate) fn body(&self, verb: &str, place: &str) -> anyhow::Result<Option<Body<'_>>> {
        let bytes = match &self.unavailable {
            Some(unavailable) if unavailable.skippable.is_some() => return Ok(None),
            Some(unavailable) if unavailable.why == Why::Empty => b"",
            Some(unavailable) if !matches!(unavailable.why, Why::Cut | Why::NotJson | Why::Compressed) => {
                bail!("cannot {verb} {place}: {}; {}", unavailable.message, unavailable.help)
            }
            _ => self.bytes,
        };
        Ok(Some(Body { bytes, headers: &self.origin.headers, fidelity: self.origin.fidelity }))
    }
}

/// Shows each part of an input to `look`. Returns the number of captures.
///
/// # Errors
/// A payload in it has no end, or an error of `look`.
pub(crate) fn each_part(
    source: &Source,
    reader: impl Read,
    unwrap: &Unwrap,
    look: &mut dyn FnMut(InputPart<'_>) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let (name, mut captures) = (source.name(), 0);
    let mut blocks = Blocks::new(source, reader, InputFormat::Auto, MAX_BYTES);
    while let Some(block) = blocks.next_block()? {
        for frame in block.frames() {
            let (mut cursor, mut looked) = (Cursor::new(frame.bytes, frame.start), Ok(()));
            let is_capture = unwrap.open_bodies(frame.bytes, block.shape(), MAX_BYTES, &mut |leaf| {
                let at = cursor.go_to(leaf.start());
                let place = format!("{name}:{} in {}", at.line, visible(&leaf.origin.to_string()));
                if looked.is_ok() {
                    looked = look(InputPart::Captured(&leaf, place));
                }
            });
            looked?;
            match is_capture {
                true => captures += 1,
                false => look(InputPart::Bare(frame))?,
            }
        }
    }
    Ok(captures)
}

/// Shows each body in `bytes`, with its place, to `look`, and the reason for each unavailable one to `fail`. Without a
/// capture, all of it is one body.
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
    let (name, mut bodies, mut captures, mut bare) = (source.name(), 0, 0, None);
    let mut part = |part: InputPart<'_>| {
        match part {
            InputPart::Bare(frame) => bare = bare.or(Some(frame.start.line)),
            InputPart::Captured(leaf, place) => {
                let body = leaf.body("verify", &place);
                bodies += usize::from(!matches!(body, Ok(None)));
                match body {
                    _ if bodies > BODIES_AT_MOST => {}
                    Ok(Some(body)) => look(place, &body),
                    Ok(None) => {}
                    Err(why) => fail(&why),
                }
            }
        }
        Ok(())
    };
    if *unwrap != Unwrap::Never {
        captures = each_part(source, bytes, unwrap, &mut part)?;
    }
    match bare {
        _ if bodies > BODIES_AT_MOST => {
            bail!("{name} holds {bodies} bodies, and {BODIES_AT_MOST} are verified at once; split it")
        }
        Some(line) if captures > 0 => fail(&anyhow!(
            "cannot verify {name}:{line}: this part is not a capture, but others are; verify it separately"
        )),
        _ if captures > 0 => {}
        _ => look(name, &Body { bytes, headers: &Headers::default(), fidelity: Fidelity::Raw }),
    }
    Ok(())
}
