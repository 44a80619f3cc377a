//! What counters are made of: the one door through which a file of counters reaches threads and shared memory.
//!
//! A lab's `counters.rs` imports its primitives from `crate::sync` and from nowhere else. In the lab's binary that is this
//! module: the standard library, as thin as can be. A model checker compiles the *same file* a second time behind another
//! door with the same names, and so explores the very lines that run on hardware.

pub use std::hint;
pub use std::sync::Mutex;
pub use std::thread;

/// Integers that threads may share, and the orderings of their accesses.
pub mod atomic {
    pub use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}

use std::cell::UnsafeCell;

/// A counter that threads share.
pub trait Counter: Sync {
    /// Adds one on behalf of thread `thread`, counted from 0. Most counters do not care who adds.
    fn increment(&self, thread: usize);

    /// Adds one, so many times. A counter that can do that in fewer steps than one by one may.
    fn add_many(&self, thread: usize, increments: u64) {
        for _ in 0..increments {
            self.increment(thread);
        }
    }

    /// The value, once all threads have ended.
    fn value(&self) -> u64;
}

/// Plain memory that threads share without any protection: what C's `int counter` is, and what safe Rust refuses.
///
/// Two threads that access it at the same time, one of them to write, have a *data race*, and the program has no meaning:
/// not a wrong value, but undefined behaviour (C11, section 5.1.2.4; the Rust reference, "Behavior considered undefined").
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct RacyCell(UnsafeCell<u64>);

// SAFETY: none, and that is the point. Whoever shares one must keep the promise that its methods ask for, or have a data race.
unsafe impl Sync for RacyCell {}

impl RacyCell {
    /// Memory that holds `value`.
    pub const fn new(value: u64) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Reads the memory, without any ordering and without being one step.
    ///
    /// # Safety
    ///
    /// No other thread may write meanwhile.
    #[inline(always)]
    pub unsafe fn read(&self) -> u64 {
        // SAFETY: the pointer is valid for as long as the cell is borrowed; that nobody writes is the caller's promise.
        unsafe { *self.0.get() }
    }

    /// Writes the memory, without any ordering.
    ///
    /// # Safety
    ///
    /// No other thread may read or write meanwhile.
    #[inline(always)]
    pub unsafe fn write(&self, value: u64) {
        // SAFETY: the pointer is valid for as long as the cell is borrowed; that nobody looks is the caller's promise.
        unsafe { *self.0.get() = value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_goes_from_thread_to_thread_with_a_lock() {
        let (cell, lock) = (RacyCell::new(40), Mutex::new(()));
        let add = || {
            let _held = lock.lock().unwrap();
            // SAFETY: whoever is here holds the lock.
            unsafe { cell.write(cell.read() + 1) };
        };
        thread::scope(|scope| {
            scope.spawn(add);
            scope.spawn(add);
        });
        // SAFETY: both threads have ended.
        assert_eq!(unsafe { cell.read() }, 42);
    }
}
