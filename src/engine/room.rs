//! How much memory what was judged may take until it is reported.
//!
//! In: what each thread has made of its piece of work so far. Out: a wait, where there is too much.
//! Invariants: the piece that is reported next never waits, so that none waits for ever; all others together are no
//! larger than [`ROOM`] and a step for each thread, however many threads there are and whatever a payload is made of.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many bytes all pieces together may take before those wait that are not reported next.
pub(super) const ROOM: usize = 64 << 20;
/// How many bytes a piece takes at once, so that threads seldom meet.
const STEP: usize = 64 << 10;

/// What all pieces share.
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
    /// The most that was ever used.
    #[cfg(test)]
    peak: usize,
}

/// What one piece takes of it.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    room: Option<&'a Room>,
    number: u64,
    taken: usize,
    owed: usize,
}

impl Room {
    /// What the piece of that number takes.
    pub(super) fn claim(&self, number: u64) -> Claim<'_> {
        Claim { room: Some(self), number, taken: 0, owed: 0 }
    }

    /// The next piece is reported after one that took so many bytes.
    pub(super) fn give_back(&self, bytes: usize) {
        let mut state = self.lock();
        state.used -= bytes;
        state.next = state.next.saturating_add(1);
        self.changed.notify_all();
    }

    /// Nothing more is reported: whoever waits can go on, and ends.
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
    /// The claim of one who is alone.
    pub(super) fn unbounded() -> Self {
        Self { room: None, number: 0, taken: 0, owed: 0 }
    }

    /// Takes so many more bytes, and waits until there is room for them.
    pub(super) fn take(&mut self, bytes: usize) {
        self.owed += bytes;
        if let Some(room) = self.room.filter(|_| self.owed >= STEP) {
            let owed = std::mem::take(&mut self.owed);
            room.take(self.number, owed);
            self.taken += owed;
        }
    }

    /// How many bytes there are to give back.
    pub(super) fn taken(&self) -> usize {
        self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_next_piece_wait_where_there_is_too_much() {
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
            // Nothing is given back before some wait, however the threads are scheduled.
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
        // What is reported next may always go on.
        assert!(state.peak <= ROOM + ROOM / 4, "{}", state.peak);
        assert!(state.peak >= ROOM, "{}", state.peak);
    }

    #[test]
    fn who_waits_goes_on_when_nothing_more_is_reported() {
        let room = Room::default();
        std::thread::scope(|scope| {
            scope.spawn(|| room.claim(1).take(ROOM + 1));
            room.close();
        });
    }
}
