//! The record: one line for each delivery, in the order of their numbers, written before they are answered.
//!
//! Invariants: a line is written by one call, and complete before its delivery is answered; after a failed write no
//! more deliveries are accepted.

use crate::capture::RECORD_BEGINNING;
use crate::engine::Receipt;
use crate::escape::visible_path;
use crate::headers::Headers;
use anyhow::{Context as _, bail};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

/// A delivery that may be written down.
pub(super) struct Recordable {
    pub(super) receipt: Receipt,
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    pub(super) line: Vec<u8>,
}

/// Passes deliveries to the record, from any thread.
pub(super) struct Recorder {
    done: Sender<(Recordable, SyncSender<()>)>,
    /// One reference for each delivery under way.
    under_way: Arc<()>,
}

/// Writes deliveries down, on a thread of its own.
pub(super) struct Records {
    done: Receiver<(Recordable, SyncSender<()>)>,
    under_way: Arc<()>,
    file: Option<RecordFile>,
    count: Option<u64>,
    timeout: Option<Duration>,
}

impl Recorder {
    /// A recorder that ends after `count` deliveries, or if none has come for this long.
    pub(super) fn new(
        file: Option<RecordFile>,
        count: Option<u64>,
        timeout: Option<Duration>,
    ) -> (Self, Records) {
        let (sender, done) = channel();
        let under_way = Arc::new(());
        let records = Records { done, under_way: Arc::clone(&under_way), file, count, timeout };
        (Self { done: sender, under_way }, records)
    }

    /// A delivery has come, and is under way as long as the returned value exists.
    pub(super) fn begin(&self) -> Arc<()> {
        Arc::clone(&self.under_way)
    }

    /// Waits until the delivery is written down; false if it is no longer accepted.
    pub(super) fn write(&self, done: Recordable) -> bool {
        let (written, is_written) = sync_channel(1);
        self.done.send((done, written)).is_ok() && is_written.recv().is_ok()
    }
}

impl Records {
    /// Writes deliveries down and shows them to the judge. Returns their number.
    pub(super) fn run(mut self, judge: &SyncSender<Recordable>) -> anyhow::Result<u64> {
        let (mut early, mut count) = (BTreeMap::new(), 0);
        while self.count != Some(count) {
            let Some((done, written)) = self.next() else { break };
            early.insert(done.receipt.number, (done, written));
            while let Some((done, written)) = early.remove(&(count + 1)).filter(|_| self.count != Some(count))
            {
                self.file.as_mut().map_or(Ok(()), |file| file.append(&done.line))?;
                count += 1;
                // The sender may have gone away; so may the judge, with all reports.
                let _ = written.send(());
                if judge.send(done).is_err() {
                    return Ok(count);
                }
            }
        }
        Ok(count)
    }

    /// The next delivery; `None` if none has come for this long.
    fn next(&self) -> Option<(Recordable, SyncSender<()>)> {
        let Some(timeout) = self.timeout else { return self.done.recv().ok() };
        loop {
            match self.done.recv_timeout(timeout) {
                Ok(next) => return Some(next),
                // One reference is here, and one in the recorder.
                Err(RecvTimeoutError::Timeout) if Arc::strong_count(&self.under_way) > 2 => {}
                Err(_) => return None,
            }
        }
    }
}

/// The file that deliveries are appended to.
pub(super) struct RecordFile {
    file: File,
    name: String,
}

impl RecordFile {
    /// Opens the file, which may be missing. Only the owner can read a new one.
    ///
    /// # Errors
    /// It cannot be written, or holds something else.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let name = visible_path(path);
        let about = || format!("cannot record to {name}");
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).with_context(about)?;
        let length = file.metadata().with_context(about)?.len();
        if length > 0 {
            let mut beginning = [0; RECORD_BEGINNING.len()];
            let mut last = [0];
            file.read_exact(&mut beginning).ok();
            file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut last)).with_context(about)?;
            if beginning != *RECORD_BEGINNING {
                bail!("cannot record to {name}: it holds something else; name a new file");
            }
            // A line that was cut by a crash of the system stays as it is, on a line of its own.
            if last != *b"\n" {
                file.write_all(b"\n").with_context(about)?;
            }
        }
        Ok(Self { file, name })
    }

    fn append(&mut self, line: &[u8]) -> anyhow::Result<()> {
        let written = self.file.write_all(line).and_then(|()| self.file.flush());
        written.with_context(|| {
            format!("cannot record to {}; deliveries were answered 503 from then on", self.name)
        })
    }
}
