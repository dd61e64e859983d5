//! Bounds the memory of results that wait to be reported.
//!
//! In: the size of each thread's results so far. Out: a wait, if they are too large.
//! Invariants: the piece that is reported next never waits, so there is no deadlock; all others together take at most
//! [`ROOM`] and a step for each thread, however many threads there are and whatever is in the payloads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The bytes that all pieces together may take before all but the next to be reported must wait.
pub(super) const ROOM: usize = 64 << 20;
/// The bytes that a piece claims at once, so that threads seldom contend.
const STEP: usize = 64 << 10;

/// The state that all pieces share.
#[derive(Debug, Default)]
pub(super) struct Room {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    /// The number of the piece that is reported next.
    next: u64,
    /// The highest use so far.
    #[cfg(test)]
    peak: usize,
}

/// The share of one piece.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    room: Option<&'a Room>,
    number: u64,
    taken: usize,
    owed: usize,
}

impl Room {
    /// The claim of the piece with that number.
    pub(super) fn claim(&self, number: u64) -> Claim<'_> {
        Claim { room: Some(self), number, taken: 0, owed: 0 }
    }

    /// Moves on to the next piece after one that took this many bytes.
    pub(super) fn give_back(&self, bytes: usize) {
        let mut state = self.lock();
        state.used -= bytes;
        state.next = state.next.saturating_add(1);
        self.changed.notify_all();
    }

    /// Nothing more is reported: all waiting threads continue, and end.
    pub(super) fn close(&self) {
        self.lock().next = u64::MAX;
        self.changed.notify_all();
    }

    fn take(&self, number: u64, bytes: usize) {
        let must_wait = |state: &mut State| state.used + bytes > ROOM && state.next < number;
        let waited = self.changed.wait_while(self.lock(), must_wait);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        state.used += bytes;
        #[cfg(test)]
        {
            state.peak = state.peak.max(state.used);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim<'_> {
    /// The claim of a single thread.
    pub(super) fn unbounded() -> Self {
        Self { room: None, number: 0, taken: 0, owed: 0 }
    }

    /// Takes this many more bytes, and waits until there is room for them.
    pub(super) fn take(&mut self, bytes: usize) {
        self.owed += bytes;
        if let Some(room) = self.room.filter(|_| self.owed >= STEP) {
            let owed = std::mem::take(&mut self.owed);
            room.take(self.number, owed);
            self.taken += owed;
        }
    }

    /// The number of bytes to give back.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_next_piece_wait_if_there_is_too_much() {
        let room = Room::default();
        const PIECES: u64 = 40;
        std::thread::scope(|scope| {
            let (sender, done) = std::sync::mpsc::channel();
            for number in 0..PIECES {
                let (room, sender) = (&room, sender.clone());
                scope.spawn(move || {
                    let mut claim = room.claim(number);
                    // Each is a quarter of the room.
                    for _ in 0..ROOM / 4 / STEP {
                        claim.take(STEP);
                    }
                    sender.send((number, claim.taken())).unwrap();
                });
            }
            // Nothing is given back before some threads wait, however they are scheduled.
            while room.lock().used + STEP <= ROOM {
                std::thread::yield_now();
            }
            let mut early = std::collections::BTreeMap::new();
            for next in 0..PIECES {
                while !early.contains_key(&next) {
                    let (number, taken) = done.recv().unwrap();
                    early.insert(number, taken);
                }
                room.give_back(early[&next]);
            }
        });
        let state = room.lock();
        assert_eq!(state.used, 0);
        // The piece that is reported next never waits.
        assert!(state.peak <= ROOM + ROOM / 4, "{}", state.peak);
        assert!(state.peak >= ROOM, "{}", state.peak);
    }

    #[test]
    fn waiting_threads_continue_once_nothing_more_is_reported() {
        let room = Room::default();
        std::thread::scope(|scope| {
            scope.spawn(|| room.claim(1).take(ROOM + 1));
            room.close();
        });
    }
}
