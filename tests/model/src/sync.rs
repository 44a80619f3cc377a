//! The explorer's door, under the names of `common::sync` and of the labs' own `sync.rs`.
//!
//! A lab's `counters.rs` is compiled a second time behind this door, and so the explorer runs the lines that run on
//! hardware.

use crate::size::Size;
pub use common::counter::Outcome;
use explorer::Program;
pub use explorer::sync::{Mutex, RacyCell, atomic, hint, thread};
use explorer::sync::{MutexGuard, PoisonError, checkpoint};
use std::ops::Deref;

/// A counter that some threads increment, as `common::counter::Counter` is.
pub trait Counter: 'static {
    /// Creates a counter for this many threads.
    fn for_threads(_threads: usize) -> Self
    where
        Self: Sized + Default,
    {
        Self::default()
    }

    /// Adds 1, as the thread with this number. Threads are counted from 0.
    fn increment(&self, thread: usize);

    /// Adds 1 a number of times.
    fn add_many(&self, thread: usize, increments: u64) {
        for number in 0..increments {
            // Nothing is kept from one increment to the next but what the counter holds.
            checkpoint(number);
            self.increment(thread);
        }
    }

    /// Returns the value when all threads have ended.
    fn value(&self) -> u64;
}

/// A program whose threads share a counter.
pub type Counting = Program<Box<dyn Counter>>;

/// Builds the program of a counter. Each thread increments it, and the outcome is the counter's final value.
pub fn program(new: impl Fn() -> Box<dyn Counter> + 'static, size: Size) -> Counting {
    Program::new(new)
        .threads(size.threads, move |counter, thread| counter.add_many(thread, size.increments))
        .end(|counter| counter.value())
}

/// One line of a lab's table of counters.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name in the lab's report.
    pub name: &'static str,
    /// The outcome that the lab declares.
    pub outcome: Outcome,
    /// The program at a size; `None` for a counter in processes, which is that of another line.
    pub program: Option<fn(Size) -> Counting>,
}

/// Declares a counter that threads share.
pub const fn declare<C: Counter + Default>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    let program: fn(Size) -> Counting = |size| program(move || Box::new(C::for_threads(size.threads)), size);
    Declaration { name, outcome, program: Some(program) }
}

/// Declares the same counter on a page that processes share. The explorer has no processes.
pub const fn declare_shared<C: Shareable>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    Declaration { name, outcome, program: None }
}

/// A counter that may lie in shared memory.
///
/// # Safety
///
/// As `common::shared_memory::Shareable` says; nothing here relies on it.
pub unsafe trait Shareable {}

/// A value on a cache line of its own. Where a value lies makes no difference to what is explored.
#[derive(Debug, Default)]
pub struct CachePadded<T>(T);

impl<T> CachePadded<T> {
    /// Wraps a value, and leaves it where it is.
    pub fn new(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for CachePadded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The mutex of the crate `parking_lot`, which is never poisoned.
#[derive(Debug, Default)]
pub struct ParkingLotMutex<T: 'static>(Mutex<T>);

impl<T> ParkingLotMutex<T> {
    /// Creates an unlocked mutex that holds `value`.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Waits until the mutex is free, and locks it.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
