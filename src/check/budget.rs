//! The work that one payload may cause, for schemas that branch: counted whenever jsonschema looks at the payload.
//!
//! In: the budget of a run. Out: its result, and whether the budget was spent.
//! Invariants: counting depends on the payload and the schema alone, never on a clock, so a run ends at the same place
//! everywhere, unless the stack was nearly used up before; once the budget is spent, the [`View`](super::view::View)
//! shows nothing, so that anything that reads it comes to an end; outside of [`within`], nothing is counted.

use std::cell::Cell;

/// The limits for looking at one payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Looks at a value, each worth some ten nanoseconds.
    pub(super) work: u64,
    /// Errors, those within branches included.
    pub(super) errors: u64,
    /// The stack that may be used, in bytes.
    pub(super) stack: usize,
    /// The cost of a step to a member or an element, in addition to the look at it.
    pub(super) step: u64,
    /// The cost of each byte of a string that is matched.
    pub(super) string_byte: u64,
    /// The cost of each byte of a member's name.
    pub(super) name_byte: u64,
}

/// The reason why a run ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spent {
    Work,
    Errors,
}

/// An open budget.
struct Account {
    budget: Cell<Budget>,
    /// The rest of the work; zero once the budget is spent in any way.
    work: Cell<u64>,
    errors: Cell<u64>,
    /// The place of the stack when the run began.
    begun_at: Cell<usize>,
    spent: Cell<Option<Spent>>,
}

impl Budget {
    const NONE: Self =
        Self { work: u64::MAX, errors: u64::MAX, stack: usize::MAX, step: 1, string_byte: 0, name_byte: 0 };
}

thread_local! {
    static ACCOUNT: Account = const {
        Account {
            budget: Cell::new(Budget::NONE),
            work: Cell::new(u64::MAX),
            errors: Cell::new(u64::MAX),
            begun_at: Cell::new(0),
            spent: Cell::new(None),
        }
    };
}

impl Account {
    fn open(&self, budget: Budget) {
        self.budget.set(budget);
        self.work.set(budget.work);
        self.errors.set(budget.errors);
        self.begun_at.set(stack_address());
        self.spent.set(None);
    }

    fn close(&self, why: Spent) {
        self.work.set(0);
        self.spent.set(self.spent.get().or(Some(why)));
    }
}

/// Runs `work` on this budget.
pub(super) fn within<T>(budget: Budget, work: impl FnOnce() -> T) -> (T, Option<Spent>) {
    ACCOUNT.with(|account| account.open(budget));
    let result = work();
    let spent = ACCOUNT.with(|account| account.spent.get());
    ACCOUNT.with(|account| account.open(Budget::NONE));
    (result, spent)
}

/// Pays for a look at `bytes` of text; false if the budget is spent.
pub(super) fn look(bytes: usize) -> bool {
    pay(|_| 1 + bytes as u64 / 64)
}

/// Pays for a look at the text of a string.
pub(super) fn read(bytes: usize) -> bool {
    pay(|budget| 1 + bytes as u64 / 64 + bytes as u64 * budget.string_byte)
}

/// Pays for a step to an element, or to a member with a name of that many bytes.
pub(super) fn step(name_bytes: usize) -> bool {
    pay(|budget| budget.step + name_bytes as u64 * budget.name_byte)
}

/// Spends the rest: the next step would take too much memory.
pub(super) fn refuse() {
    ACCOUNT.with(|account| account.close(Spent::Work));
}

/// Pays for opening a container of that many bytes, which also needs room on the stack.
pub(super) fn descend(bytes: usize) -> bool {
    ACCOUNT.with(|account| {
        if account.begun_at.get().abs_diff(stack_address()) > account.budget.get().stack {
            account.close(Spent::Work);
        }
    });
    pay(|_| 8 + bytes as u64 / 64)
}

/// The reliability of an error, given the budget on which it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reliability {
    /// It is one of the errors looked for.
    Sound,
    /// It is the last of them.
    Last,
    /// It may exist only because the budget was spent.
    Doubtful,
}

/// Pays for an error.
pub(super) fn error() -> Reliability {
    ACCOUNT.with(|account| match account.errors.get() {
        _ if account.spent.get().is_some() => Reliability::Doubtful,
        0 | 1 => {
            account.close(Spent::Errors);
            Reliability::Last
        }
        left => {
            account.errors.set(left - 1);
            Reliability::Sound
        }
    })
}

fn pay(price: impl FnOnce(&Budget) -> u64) -> bool {
    ACCOUNT.with(|account| {
        let left = account.work.get().checked_sub(price(&account.budget.get()));
        match left {
            Some(left) => account.work.set(left),
            None => account.close(Spent::Work),
        }
        left.is_some()
    })
}

/// The approximate place of the stack: it grows away from where it was when the run began.
#[inline(never)]
fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)) as usize
}
