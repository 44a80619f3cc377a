//! Programs: what every thread does to shared memory, step by step.

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// The counter that all threads share.
    Counter,
    /// A cell that each thread has for itself. What a program ends at is the sum of the counter and of all these.
    Own,
}

/// What a thread does whose compare-exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OnFailure {
    /// Goes back to the load right before it.
    LoadAgain,
    /// Tries again at once, with what the failed attempt saw.
    TryAgain,
    /// Goes on as if nothing had happened, and has lost an update.
    Ignore,
}

/// One step: at most one access to shared memory, which nothing can split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Reads the cell; the thread now holds what it saw.
    Load(Cell),
    /// Writes what the thread saw, plus one.
    Store(Cell),
    /// Reads the cell and writes the sum of both.
    FetchAdd(Cell, u64),
    /// Adds at once as many as the thread has repeats left, this one included, and leaves those out.
    FetchAddRest(Cell),
    /// Writes what the thread saw, plus one, if the cell still holds what it saw. It never fails without a reason.
    CompareExchange(Cell, OnFailure),
    /// Takes the lock. While another thread holds it, this step is not possible: the thread waits, and does not spin.
    Lock,
    /// Lets go of the lock, whichever thread holds it.
    Unlock,
}

use Cell::{Counter, Own};
use Instruction::{CompareExchange, FetchAdd, FetchAddRest, Load, Lock, Store, Unlock};

impl Instruction {
    /// The cell that it reads or writes; none for a lock.
    #[inline]
    pub fn cell(self) -> Option<Cell> {
        match self {
            Load(cell) | Store(cell) | FetchAdd(cell, _) | FetchAddRest(cell) | CompareExchange(cell, _) => Some(cell),
            Lock | Unlock => None,
        }
    }
}

/// A load, and a store of what it saw plus one: the lost update.
pub const LOAD_STORE: &[Instruction] = &[Load(Counter), Store(Counter)];
/// One indivisible step.
pub const FETCH_ADD: &[Instruction] = &[FetchAdd(Counter, 1)];
/// A load, then attempts to exchange, each with what the last one saw, until one succeeds.
pub const COMPARE_EXCHANGE: &[Instruction] = &[Load(Counter), CompareExchange(Counter, OnFailure::TryAgain)];
/// The same, but it does not look whether the attempt succeeded.
pub const COMPARE_EXCHANGE_IGNORED: &[Instruction] = &[Load(Counter), CompareExchange(Counter, OnFailure::Ignore)];
/// Load and store with the lock held around both.
pub const LOCKED: &[Instruction] = &[Lock, Load(Counter), Store(Counter), Unlock];
/// Load and store with the lock held around each, and free in between.
pub const LOCKED_TWICE: &[Instruction] = &[Lock, Load(Counter), Unlock, Lock, Store(Counter), Unlock];
/// A cell for each thread, summed in the end. Whether the cells share a cache line makes no difference to the values.
pub const OWN: &[Instruction] = &[FetchAdd(Own, 1)];
/// Counts in a local variable, which takes no step, and adds once.
pub const LOCAL_THEN_ADD: &[Instruction] = &[FetchAddRest(Counter)];

/// Threads that all run the same body, each so many times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    pub(super) threads: usize,
    pub(super) repeats: u64,
    pub(super) body: &'static [Instruction],
    pub(super) most: u64,
}

impl Program {
    /// `threads` threads, each of which runs `body` `repeats` times.
    ///
    /// # Panics
    ///
    /// If nothing would run; if a step writes what the thread saw and it has seen nothing; if [`OnFailure::LoadAgain`] does
    /// not follow a load of the same cell; if a cell could be brought to more than [`u32::MAX`].
    pub fn new(threads: usize, repeats: u64, body: &'static [Instruction]) -> Self {
        assert!(threads > 0 && repeats > 0 && !body.is_empty(), "a program runs something");
        let (mut has_seen, mut added) = (false, 0_u64);
        for (at, instruction) in body.iter().enumerate() {
            match *instruction {
                Load(_) => has_seen = true,
                Store(_) | CompareExchange(..) => {
                    assert!(has_seen, "step {at} writes what the thread saw, but it has seen nothing");
                    has_seen = false;
                }
                FetchAdd(..) | FetchAddRest(_) | Lock | Unlock => {}
            }
            if let CompareExchange(cell, OnFailure::LoadAgain) = *instruction {
                assert!(body[at - 1] == Load(cell), "step {at} goes back to a load of its cell, but follows none");
            }
            added = added.saturating_add(match *instruction {
                Store(_) | CompareExchange(..) | FetchAddRest(_) => 1,
                FetchAdd(_, amount) => amount,
                Load(_) | Lock | Unlock => 0,
            });
        }
        // No step raises the largest value that a cell or a thread holds by more than it adds.
        let most = added.max(1).saturating_mul(threads as u64).saturating_mul(repeats);
        assert!(most <= u32::MAX.into(), "{threads} x {repeats} could bring a cell to {most}");
        Self { threads, repeats, body, most }
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How often each runs the body.
    pub fn repeats(&self) -> u64 {
        self.repeats
    }

    /// What each runs.
    pub fn body(&self) -> &'static [Instruction] {
        self.body
    }

    /// What a correct counter ends at: every thread's repeats, none lost.
    pub fn expected(&self) -> u64 {
        self.threads as u64 * self.repeats
    }
}
