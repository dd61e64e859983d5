//! Texts of records that cannot be read a second time: from a pipe, compressed data, or a capture.
//!
//! In: texts, in order. Out: each of them again, by its place.
//! Invariants: memory holds a few megabytes of them at most, and an unnamed temporary file the rest; all are added
//! before any is read again.

use anyhow::Context as _;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use tempfile::SpooledTempFile;

/// The bytes that are kept in memory.
const KEPT_BYTES: usize = 4 << 20;

/// The message if the temporary file cannot be used.
const NO_ROOM: &str = "cannot keep records in a temporary file; is there room in its directory (TMPDIR)?";

pub(super) struct Spool {
    file: BufWriter<SpooledTempFile>,
    length: u64,
}

impl Default for Spool {
    fn default() -> Self {
        Self { file: BufWriter::with_capacity(64 << 10, SpooledTempFile::new(KEPT_BYTES)), length: 0 }
    }
}

impl Spool {
    /// Adds a text. Returns its place.
    pub(super) fn add(&mut self, text: &[u8]) -> anyhow::Result<u64> {
        let place = self.length;
        self.file.write_all(text).context(NO_ROOM)?;
        self.length += text.len() as u64;
        Ok(place)
    }

    /// The text of that length at a place.
    pub(super) fn text(&mut self, place: u64, length: usize) -> anyhow::Result<Vec<u8>> {
        let mut text = vec![0; length];
        self.file.flush().context(NO_ROOM)?;
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(place)).and_then(|_| file.read_exact(&mut text)).context(NO_ROOM)?;
        Ok(text)
    }
}
