//! All payloads of all sources, judged on several threads and reported in order.
//!
//! In: paths and a [`Judge`]. Out: calls of a [`Sink`], block by block, in input order.
//! Invariants: the output does not depend on the number of threads; the blocks under way are bounded, so memory does
//! not grow with the length of a stream, nor with the content of its payloads; a block is reported as soon as all
//! before it are; an error in one source never stops the next.
//!
//! One small input is judged on the calling thread: threads are started for the second piece of work.

mod bodies;
pub mod compare;
mod judged;
mod payload;
mod receipt;
mod redacted;
mod repeats;
mod room;
mod unwrapped;

pub use bodies::each_body;
#[cfg(feature = "http")]
pub(crate) use bodies::{InputPart, each_part};
pub use judged::JudgedBlock;
pub use payload::Judged;
pub use receipt::{Answered, Forward, Receipt, Unanswered};
pub(crate) use redacted::gap;
pub use redacted::{RedactedBlock, Redaction, Withheld};
pub(crate) use unwrapped::Capture;

use crate::capture::{Skipped, Unwrap};
use crate::check::{Judge, Unshown};
use crate::read::{Block, Blocks, InputFormat, PathItem, Source};
use anyhow::Context as _;
use repeats::Repeats;
use room::{Claim, Room};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};

/// Files of at most this many bytes are read by the judging threads, many at a time.
const SMALL_FILE_BYTES: u64 = 64 << 10;
/// The number of small files, and of their bytes together, in one piece of work.
const FILES_AT_ONCE: usize = 32;
const FILE_BYTES_AT_ONCE: u64 = 256 << 10;

/// The options for reading and judging.
#[derive(Clone, Debug)]
pub struct Options {
    /// The way to split sources into payloads.
    pub format: InputFormat,
    /// The captures to unwrap.
    pub unwrap: Unwrap,
    /// Whether other events in a capture are judged, too.
    pub all_events: bool,
    /// The number of judging threads; with 1, everything is done on the calling thread.
    pub jobs: usize,
}

/// The facts about a source before its payloads.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its name, safe to print.
    pub name: &'a str,
    /// Whether it begins with a byte order mark.
    pub is_marked: bool,
}

/// Takes the results of the engine.
pub trait Sink {
    /// A source begins, and its payloads come next.
    fn begin(&mut self, _input: &Input<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Some payloads have been judged. Flush all output, because the next may take long.
    fn block(&mut self, block: &JudgedBlock) -> io::Result<ControlFlow<()>>;

    /// Something in a capture or a directory was skipped.
    fn skipped(&mut self, skipped: &Skipped);

    /// A source cannot be read, or not to its end. The error names it.
    fn unavailable(&mut self, error: &anyhow::Error);

    /// The findings that it does not show, whatever comes next. A finding that was once among them stays so.
    fn unshown(&self) -> Unshown {
        Unshown::NONE
    }
}

/// A piece of work, in the order of the sources.
enum Work {
    /// Small files, each to be opened and read in full.
    Files(Vec<Source>),
    /// A piece of a source that is read as it comes, or the reason why it cannot be read.
    Piece(anyhow::Result<Piece>),
    /// The entries that a walk skipped, which are only reported.
    Skipped(Skipped),
}

/// Some payloads of one source.
struct Piece {
    source: Arc<str>,
    /// Whether the source begins with this piece.
    begins_source: bool,
    block: Block,
}

/// The result of a piece of work.
enum Done {
    Judged(JudgedBlock),
    Skipped(Skipped),
    Unavailable(anyhow::Error),
}

/// Judges every payload of `sources` and reports them in order.
///
/// Returns early if the sink breaks off. A thread that waits for input is then left behind; it ends with the process or
/// with its input.
pub fn run(
    sources: impl Iterator<Item = anyhow::Result<PathItem>> + Send + 'static,
    options: Options,
    judge: &Arc<Judge>,
    sink: &mut impl Sink,
) -> io::Result<()> {
    let feed = Feed { sources: Box::new(sources), waiting: None, open: None, options, limit: judge.limit() };
    work_off(feed, judge, sink)
}

fn work_off(mut feed: Feed, judge: &Arc<Judge>, sink: &mut impl Sink) -> io::Result<()> {
    let (mut is_first, mut order) = (true, Order::new(sink, judge));
    while let Some(work) = feed.next() {
        if feed.options.jobs > 1 && !is_first {
            return run_on_threads(work, feed, judge, order);
        }
        let done = do_work(work, judge, &feed.options, &mut Claim::unbounded(), order.unshown());
        let ControlFlow::Continue(buffer) = order.report(done)? else {
            return Ok(());
        };
        feed.reuse(buffer);
        is_first = false;
    }
    order.end_source().map(drop)
}

fn run_on_threads(
    first: Work,
    feed: Feed,
    judge: &Arc<Judge>,
    order: Order<'_, impl Sink>,
) -> io::Result<()> {
    let options = feed.options.clone();
    // A thread that takes work takes a ticket, and returns it once the work is reported. So no more pieces are under
    // way than there are tickets, however long the oldest takes. A ticket is a buffer to read into.
    let tickets = 2 * options.jobs + 1;
    let (give_back, ticket) = mpsc::sync_channel::<Vec<u8>>(tickets);
    let empty = |_| give_back.send(Vec::new());
    (0..tickets).try_for_each(empty).expect("internal error: the tickets fit their channel");
    let (done_sender, done) = mpsc::sync_channel::<Piecework>(tickets);
    let room = Arc::new(Room::default());
    let queue = Arc::new(Mutex::new(Queue { first: Some(first), feed, ticket, number: 0 }));
    for _ in 0..options.jobs {
        let (queue, done, judge) = (Arc::clone(&queue), done_sender.clone(), Arc::clone(judge));
        let (options, room, unshown) = (options.clone(), Arc::clone(&room), Arc::clone(&order.unshown));
        std::thread::spawn(move || judge_all(&queue, &done, &judge, &options, &room, &unshown));
    }
    drop(done_sender);
    let result = report_in_order(&done, &give_back, &room, order);
    room.close();
    result
}

/// The remaining work. The judging threads take turns at reading it, so that each finds in its own cache what it has
/// just read, and no thread only reads.
struct Queue {
    first: Option<Work>,
    feed: Feed,
    ticket: Receiver<Vec<u8>>,
    number: u64,
}

impl Iterator for Queue {
    type Item = (u64, Work);

    /// The next piece and its number, once there is a ticket for it. A closed channel means that no more are needed.
    fn next(&mut self) -> Option<(u64, Work)> {
        self.feed.reuse(self.ticket.recv().ok()?);
        let piece = self.first.take().or_else(|| self.feed.next())?;
        self.number += 1;
        Some((self.number - 1, piece))
    }
}

/// The result of a piece of work, the piece's number, and its share of the [`Room`].
type Piecework = (u64, Vec<Done>, usize);

fn judge_all(
    queue: &Mutex<Queue>,
    done: &SyncSender<Piecework>,
    judge: &Judge,
    options: &Options,
    room: &Room,
    unshown: &Mutex<Unshown>,
) {
    loop {
        let next = queue.lock().expect("internal error: no thread panics while it reads").next();
        let Some((number, work)) = next else { return };
        let mut claim = room.claim(number);
        let unshown = *unshown.lock().expect(UNSHOWN);
        let results = do_work(work, judge, options, &mut claim, unshown);
        if done.send((number, results, claim.taken())).is_err() {
            return;
        }
    }
}

fn report_in_order(
    done: &Receiver<Piecework>,
    give_back: &SyncSender<Vec<u8>>,
    room: &Room,
    mut order: Order<'_, impl Sink>,
) -> io::Result<()> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (number, piece, taken) in done {
        early.insert(number, (piece, taken));
        while let Some((piece, taken)) = early.remove(&next) {
            next += 1;
            let ControlFlow::Continue(buffer) = order.report(piece)? else { return Ok(()) };
            room.give_back(taken);
            // The feed may have ended and be gone.
            let _ = give_back.send(buffer);
        }
    }
    order.end_source().map(drop)
}

/// Reports the results in the order of the sources.
struct Order<'t, T> {
    sink: &'t mut T,
    judge: &'t Judge,
    repeats: Repeats,
    /// The number of the next payload, unless a source begins.
    number: u64,
    /// Whether the current source holds a payload.
    has_payload: bool,
    /// The beginning of a text without a payload so far: it is a finding if the whole source has none.
    text: Option<JudgedBlock>,
    /// The findings that the sink no longer shows.
    unshown: Arc<Mutex<Unshown>>,
}

const UNSHOWN: &str = "internal error: no thread panics between two lines";

impl<'t, T: Sink> Order<'t, T> {
    fn new(sink: &'t mut T, judge: &'t Judge) -> Self {
        let unshown = Arc::new(Mutex::new(sink.unshown()));
        Self { sink, judge, repeats: Repeats::default(), number: 1, has_payload: false, text: None, unshown }
    }

    fn unshown(&self) -> Unshown {
        *self.unshown.lock().expect(UNSHOWN)
    }

    /// Reports some pieces; the buffer of the last is then free.
    fn report(&mut self, pieces: Vec<Done>) -> io::Result<ControlFlow<(), Vec<u8>>> {
        let mut buffer = Vec::new();
        for piece in pieces {
            if !matches!(&piece, Done::Judged(judged) if !judged.begins_source())
                && self.end_source()?.is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
            match piece {
                Done::Unavailable(error) => self.sink.unavailable(&error),
                Done::Skipped(skipped) => self.sink.skipped(&skipped),
                Done::Judged(judged) => match self.judged(judged)? {
                    ControlFlow::Continue(free) => buffer = free,
                    ControlFlow::Break(()) => return Ok(ControlFlow::Break(())),
                },
            }
        }
        Ok(ControlFlow::Continue(buffer))
    }

    fn judged(&mut self, judged: JudgedBlock) -> io::Result<ControlFlow<(), Vec<u8>>> {
        if !self.has_payload && self.text.is_none() && judged.is_only_text() {
            self.text = Some(judged);
            return Ok(ControlFlow::Continue(Vec::new()));
        }
        self.has_payload |= judged.holds_payload();
        if self.has_payload
            && let Some(text) = self.text.take()
            && self.block(text)?.is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        self.block(judged)
    }

    fn block(&mut self, mut judged: JudgedBlock) -> io::Result<ControlFlow<(), Vec<u8>>> {
        self.number = judged.number_from(self.number);
        self.repeats.note(&mut judged, self.judge);
        if judged.begins_source() {
            self.sink.begin(&judged.input())?;
        }
        judged.skipped().for_each(|skipped| self.sink.skipped(skipped));
        Ok(match self.sink.block(&judged)? {
            ControlFlow::Break(()) => ControlFlow::Break(()),
            ControlFlow::Continue(()) => {
                *self.unshown.lock().expect(UNSHOWN) = self.sink.unshown();
                ControlFlow::Continue(judged.into_buffer())
            }
        })
    }

    /// A source has ended, or cannot be read further.
    fn end_source(&mut self) -> io::Result<ControlFlow<()>> {
        self.has_payload = false;
        let Some(mut text) = self.text.take() else { return Ok(ControlFlow::Continue(())) };
        text.judge_text();
        Ok(self.block(text)?.map_continue(drop))
    }
}

fn do_work(
    work: Work,
    judge: &Judge,
    options: &Options,
    claim: &mut Claim<'_>,
    unshown: Unshown,
) -> Vec<Done> {
    let unworded = judge.unworded(unshown);
    let mut judged = |piece: anyhow::Result<Piece>| match piece {
        Ok(piece) => Done::Judged(JudgedBlock::new(piece, judge, options, claim, unworded)),
        Err(error) => Done::Unavailable(error),
    };
    match work {
        Work::Skipped(skipped) => vec![Done::Skipped(skipped)],
        Work::Piece(piece) => vec![judged(piece)],
        Work::Files(sources) => {
            let mut done = Vec::with_capacity(sources.len());
            for source in sources {
                match Open::new(&source, options, judge.limit()) {
                    Ok(open) => done.extend(open.map(&mut judged)),
                    Err(error) => done.push(Done::Unavailable(error)),
                }
            }
            done
        }
    }
}

/// The pieces of work in the sources.
struct Feed {
    sources: Box<dyn Iterator<Item = anyhow::Result<PathItem>> + Send>,
    /// The item after the small files that were gathered.
    waiting: Option<anyhow::Result<PathItem>>,
    open: Option<Open>,
    options: Options,
    limit: usize,
}

impl Iterator for Feed {
    type Item = Work;

    fn next(&mut self) -> Option<Work> {
        loop {
            if let Some(open) = &mut self.open {
                match open.next() {
                    Some(piece) => return Some(Work::Piece(piece)),
                    None => self.open = None,
                }
            }
            let files = self.gather();
            if !files.is_empty() {
                return Some(Work::Files(files));
            }
            let opened = match self.waiting.take()? {
                Ok(PathItem::Skipped(skipped)) => return Some(Work::Skipped(skipped)),
                Ok(PathItem::Source(source)) => Open::new(&source, &self.options, self.limit),
                Err(error) => Err(error),
            };
            match opened {
                Ok(open) => self.open = Some(open),
                Err(error) => return Some(Work::Piece(Err(error))),
            }
        }
    }
}

impl Feed {
    fn reuse(&mut self, buffer: Vec<u8>) {
        if let Some(open) = &mut self.open {
            open.blocks.reuse(buffer);
        }
    }

    /// The next small files; the item that ends them waits.
    fn gather(&mut self) -> Vec<Source> {
        let (mut files, mut bytes) = (Vec::new(), 0);
        while self.waiting.is_none() && files.len() < FILES_AT_ONCE && bytes < FILE_BYTES_AT_ONCE {
            match self.sources.next() {
                None => break,
                Some(Ok(PathItem::Source(source))) => match source.file_length() {
                    Some(length @ ..=SMALL_FILE_BYTES) => {
                        files.push(source);
                        bytes += length;
                    }
                    _ => self.waiting = Some(Ok(PathItem::Source(source))),
                },
                other => self.waiting = other,
            }
        }
        files
    }
}

/// The payloads of one source, block by block.
struct Open {
    blocks: Blocks<Box<dyn Read + Send>>,
    is_begun: bool,
    is_done: bool,
}

impl Open {
    fn new(source: &Source, options: &Options, limit: usize) -> anyhow::Result<Self> {
        let reader = source.open().with_context(|| format!("cannot read {}", source.name()))?;
        let blocks = Blocks::new(source, reader, options.format, limit);
        let blocks = blocks.joined(options.unwrap.joins_records());
        Ok(Self { blocks, is_begun: false, is_done: false })
    }
}

impl Iterator for Open {
    type Item = anyhow::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let block = match self.blocks.next_block() {
            Ok(Some(block)) => block,
            // A source without a payload is shown as an empty one, so that it never passes silently.
            Ok(None) if !self.is_begun => Block::of_nothing(),
            Ok(None) => return None,
            Err(error) => {
                self.is_done = true;
                return Some(Err(error));
            }
        };
        let begins_source = !std::mem::replace(&mut self.is_begun, true);
        Some(Ok(Piece { source: self.blocks.name(), begins_source, block }))
    }
}

#[cfg(test)]
mod tests;
