//! The inputs of payloads, and their division into payloads.
//!
//! In: the paths of the command line. Out: [`Source`]s, each of which opens into [`Blocks`] of framed bytes.
//! Invariants: bytes pass through unchanged; each payload keeps its place in its input; memory is bounded by one block
//! or one payload, whichever is larger; an unreadable input is an error that names the path, and reading goes on with
//! the next source.

mod blocks;
mod decompress;
mod detect;
mod source;
mod splitter;

pub use blocks::{Block, Blocks, Frame};
pub(crate) use decompress::{ByteReader, decoded};
pub use source::{PathItem, Source, sources};
pub(crate) use source::{UNFINISHED, is_walked, no_name, read_whole};
pub use splitter::InputFormat;
