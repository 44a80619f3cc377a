//! shuttle's door: the names of `common::sync` and of the labs' own `sync.rs`, over shuttle. Every ordering is
//! sequentially consistent there.

use crate::random::{Execute, execute};
pub use common::sync::{Counter, Outcome};
pub use shuttle::sync::{Mutex, MutexGuard, atomic};
pub use shuttle::thread;
use std::ops::Deref;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;

/// Hints of a thread that waits.
pub mod hint {
    pub use shuttle::hint::spin_loop;
    pub use std::hint::black_box;
}

/// Plain memory. shuttle does not look for data races, so this is an atomic: threads can alternate at each access.
#[derive(Debug, Default)]
pub struct RacyCell(atomic::AtomicU64);

impl RacyCell {
    /// Creates memory that holds `value`.
    pub fn new(value: u64) -> Self {
        Self(atomic::AtomicU64::new(value))
    }

    /// Reads the memory.
    ///
    /// # Safety
    ///
    /// As in the labs: no other thread may write meanwhile. Nothing here relies on it.
    pub unsafe fn read(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Writes the memory.
    ///
    /// # Safety
    ///
    /// As in the labs: no other thread may read or write meanwhile. Nothing here relies on it.
    pub unsafe fn write(&self, value: u64) {
        self.0.store(value, Relaxed);
    }
}

/// One line of a table of counters.
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The name in the lab's report.
    pub name: &'static str,
    /// The outcome that is declared.
    pub outcome: Outcome,
    /// Runs one schedule; `None` for a counter in processes, which is that of another line.
    pub execute: Option<Execute>,
}

/// Declares a counter that threads share.
pub const fn declare<C: Counter + Default + Send + 'static>(
    name: &'static str,
    outcome: Outcome,
    _label: &'static str,
) -> Declaration {
    let run: Execute = |threads, increments| execute(C::for_threads, threads, increments);
    Declaration { name, outcome, execute: Some(run) }
}

/// Declares the same counter on a page that processes share. shuttle has no processes.
pub const fn declare_shared<C: Shareable>(name: &'static str, outcome: Outcome, _label: &'static str) -> Declaration {
    Declaration { name, outcome, execute: None }
}

/// A counter that may lie in shared memory.
///
/// # Safety
///
/// As `common::shared_memory::Shareable` says; nothing here relies on it.
pub unsafe trait Shareable {}

/// A value on a cache line of its own. Where a value lies makes no difference to schedules.
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

/// The mutex of the crate `parking_lot`, which is never poisoned. shuttle's mutex stands for it.
#[derive(Debug, Default)]
pub struct ParkingLotMutex<T>(Mutex<T>);

impl<T> ParkingLotMutex<T> {
    /// Creates an unlocked mutex that holds `value`.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Waits until the mutex is free, and locks it.
    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
