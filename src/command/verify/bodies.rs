//! The bodies that an input holds, each with the headers that it came with.
//!
//! In: an input's bytes. Out: the bodies of the captures in it; or all of it as one body, if it holds none.
//! What always holds: a body is as it was delivered, so the forms that are made of a delivery's own JSON (the nested
//! form, a list) are left as they are; where a body should be and is not, that is an error.

use crate::input::capture::{Fidelity, Headers, Leaf, Trace, Unwrap};
use crate::input::{Blocks, Frame, InputFormat, MAX_PAYLOAD_BYTES, Source};
use crate::signature::Body;
use crate::visible::visible;
use anyhow::anyhow;

/// Shows each body in `bytes`, with its place, to `look`; and what keeps one from being had to `trouble`.
///
/// # Errors
/// A payload in it has no end.
pub(super) fn each(
    source: &Source,
    bytes: &[u8],
    unwrap: &Unwrap,
    look: &mut dyn FnMut(String, &Body<'_>),
    trouble: &mut dyn FnMut(&anyhow::Error),
) -> anyhow::Result<()> {
    let (name, mut holds_capture) = (source.name(), false);
    if *unwrap != Unwrap::Never {
        let mut blocks = Blocks::new(source, bytes, InputFormat::Auto, MAX_PAYLOAD_BYTES);
        while let Some(block) = blocks.next_block()? {
            for frame in block.frames() {
                let mut leaf = |leaf: Leaf<'_>| one(&name, frame, &leaf, look, trouble);
                holds_capture |= unwrap.open_bodies(frame.bytes, block.shape(), MAX_PAYLOAD_BYTES, &mut leaf);
            }
        }
    }
    if !holds_capture {
        look(name, &Body { bytes, headers: &Headers::default(), fidelity: Fidelity::Raw });
    }
    Ok(())
}

fn one(
    name: &str,
    frame: Frame<'_>,
    leaf: &Leaf<'_>,
    look: &mut dyn FnMut(String, &Body<'_>),
    trouble: &mut dyn FnMut(&anyhow::Error),
) {
    let at = frame.cursor().advance_to(Trace::new(&leaf.layers).outward(0));
    let place = format!("{name}:{} in {}", at.line, visible(&leaf.origin.to_string()));
    match &leaf.trouble {
        Some(why) if why.aside.is_some() => {}
        // There are no bytes that could have been signed.
        Some(why) if why.code == "capture/empty" => {
            look(place, &Body { bytes: b"", headers: &leaf.origin.headers, fidelity: leaf.origin.fidelity });
        }
        Some(why) if !matches!(why.code, "capture/cut" | "capture/not-json" | "capture/compressed") => {
            trouble(&anyhow!("cannot verify {place}: {}; {}", why.message, why.help));
        }
        _ => {
            let Leaf { bytes, ref origin, .. } = *leaf;
            look(place, &Body { bytes, headers: &origin.headers, fidelity: origin.fidelity });
        }
    }
}
