//! Every payload of every source, in order.
//!
//! In: paths. Out: calls of a [`Visitor`], payload by payload.
//! What always holds: trouble with one source never stops the next; a source without a payload is shown as an
//! empty one, so that nothing passes in silence; only a failure to write what was found ends the visit.

use super::{Block, Blocks, Frame, InputFormat, Source, sources};
use crate::payload::Position;
use anyhow::Context as _;
use std::io;
use std::path::PathBuf;

/// Who is shown the payloads.
pub trait Visitor {
    /// One payload, the `number`th of the source of that name.
    ///
    /// # Errors
    /// The output cannot be written: the visit ends.
    fn payload(&mut self, source: &str, number: u64, frame: Frame<'_>) -> io::Result<()>;

    /// Everything that could be read so far has been shown: the moment to hand it on to a waiting reader.
    ///
    /// # Errors
    /// The output cannot be written: the visit ends.
    fn pause(&mut self) -> io::Result<()>;

    /// A source cannot be read, or not to its end. The error names it.
    fn trouble(&mut self, error: &anyhow::Error);
}

/// Shows `visitor` every payload that `paths` lead to.
///
/// # Errors
/// The visitor's.
pub fn visit(
    paths: &[PathBuf],
    format: InputFormat,
    limit: usize,
    visitor: &mut impl Visitor,
) -> io::Result<()> {
    for source in sources(paths.to_vec()) {
        match source.and_then(|source| Opened::new(&source, format, limit)) {
            Ok(mut opened) => opened.visit(visitor)?,
            Err(error) => visitor.trouble(&error),
        }
    }
    Ok(())
}

struct Opened {
    name: String,
    blocks: Blocks<Box<dyn io::Read + Send>>,
    number: u64,
}

impl Opened {
    fn new(source: &Source, format: InputFormat, limit: usize) -> anyhow::Result<Self> {
        let name = source.name();
        let reader = source.open().with_context(|| format!("cannot read {name}"))?;
        Ok(Self { blocks: Blocks::new(source, reader, format, limit), name, number: 0 })
    }

    fn visit(&mut self, visitor: &mut impl Visitor) -> io::Result<()> {
        loop {
            match self.blocks.next_block() {
                Ok(Some(block)) => self.show(&block, visitor)?,
                Ok(None) if self.number == 0 => {
                    return visitor.payload(&self.name, 1, Frame { bytes: b"", start: Position::START });
                }
                Ok(None) => return Ok(()),
                Err(error) => {
                    visitor.trouble(&error);
                    return Ok(());
                }
            }
        }
    }

    fn show(&mut self, block: &Block, visitor: &mut impl Visitor) -> io::Result<()> {
        for frame in block.frames() {
            self.number += 1;
            visitor.payload(&self.name, self.number, frame)?;
        }
        visitor.pause()
    }
}
