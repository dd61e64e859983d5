//! Judges the lines of the record as they are written.

use super::recording::Recordable;
use crate::capture::Skipped;
use crate::command::{Streams, complain};
use crate::engine::{Input, Judged, JudgedBlock, Sink};
use crate::headers::Fidelity;
use crate::report::{Report, Summary, Verdicts};
use crate::signature::{Body, Keys, Sent, Verdict};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

/// The number of deliveries that may wait for their verdict; with more, new ones have to wait for their answers.
const WAITING_AT_MOST: usize = 64;

/// The deliveries that the lines were made of, in order.
pub(super) type Infos = Arc<Mutex<VecDeque<Recordable>>>;

/// The lines of the record, read as they are written.
pub(super) struct LiveLines {
    done: Receiver<Recordable>,
    infos: Infos,
    line: Vec<u8>,
    at: usize,
}

impl LiveLines {
    /// A stream of lines, and the sender that feeds it.
    pub(super) fn new() -> (SyncSender<Recordable>, Self) {
        let (sender, done) = sync_channel(WAITING_AT_MOST);
        (sender, Self { done, infos: Infos::default(), line: Vec::new(), at: 0 })
    }

    /// The deliveries that the lines already read were made of.
    pub(super) fn infos(&self) -> Infos {
        Arc::clone(&self.infos)
    }
}

impl Read for LiveLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() {
            let Ok(mut done) = self.done.recv() else { return Ok(0) };
            (self.line, self.at) = (std::mem::take(&mut done.line), 0);
            self.infos.lock().expect("internal error: no thread panics while it holds it").push_back(done);
        }
        let read = (&self.line[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// Shows each delivery to the reports, with its circumstances.
pub(super) struct LiveSink<'a, 's> {
    report: Box<dyn Report<Verdicts>>,
    keys: Option<Keys>,
    infos: Infos,
    summary: Summary,
    streams: &'a mut Streams<'s>,
}

impl<'a, 's> LiveSink<'a, 's> {
    pub(super) fn new(
        report: Box<dyn Report<Verdicts>>,
        keys: Option<Keys>,
        infos: Infos,
        streams: &'a mut Streams<'s>,
    ) -> Self {
        Self { report, keys, infos, summary: Summary::default(), streams }
    }

    pub(super) fn has_errors(&self) -> bool {
        self.summary.errors > 0 || self.summary.unreadable > 0
    }

    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.report.finish(&self.summary, self.streams.out).and_then(|()| self.streams.out.flush())
    }
}

impl Sink for LiveSink<'_, '_> {
    fn begin(&mut self, input: &Input<'_>) -> io::Result<()> {
        self.report.begin(input, self.streams.out)
    }

    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>> {
        for payload in block.all() {
            let next =
                self.infos.lock().expect("internal error: no thread panics while it holds it").pop_front();
            // If nothing came, the engine shows an empty payload.
            let Some(Recordable { mut receipt, headers, body, .. }) = next else { continue };
            receipt.signature = self.keys.as_ref().map(|keys| {
                let body = Body { bytes: &body, headers: &headers, fidelity: Fidelity::Raw };
                Verdict::of(&body, Sent::of(&headers, None), keys)
            });
            let judged = Judged { receipt: Some(&receipt), ..payload.within_room() };
            self.summary.add(&judged);
            self.report.item(&judged, self.streams.out)?;
        }
        self.streams.out.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    fn skipped(&mut self, skipped: &Skipped) {
        self.summary.skipped.merge(skipped);
    }

    fn unavailable(&mut self, error: &anyhow::Error) {
        self.summary.unreadable += 1;
        complain(self.streams.err, error);
    }
}
