//! Plain memory that threads share without protection.

use std::cell::UnsafeCell;

/// Plain memory that threads share without any protection, like `int counter` in C. Safe Rust rejects it.
///
/// If two threads access it, at least one of them writes, and nothing orders the two accesses, that is a *data race*. The
/// result is not merely a wrong value: the behaviour of the whole program is undefined (C11, section 5.1.2.4; the Rust
/// reference, "Behavior considered undefined").
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct RacyCell(UnsafeCell<u64>);

// SAFETY: none, and that is the point. Code that shares a cell must satisfy the safety conditions of its methods, or it
// has a data race.
unsafe impl Sync for RacyCell {}

impl RacyCell {
    /// Creates memory that holds `value`.
    pub const fn new(value: u64) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Reads the memory, without any ordering, and not as one atomic step.
    ///
    /// # Safety
    ///
    /// No other thread may write meanwhile.
    #[inline(always)]
    pub unsafe fn read(&self) -> u64 {
        // SAFETY: the pointer is valid for as long as the cell is borrowed; the caller promises that no thread writes.
        unsafe { *self.0.get() }
    }

    /// Writes the memory, without any ordering.
    ///
    /// # Safety
    ///
    /// No other thread may read or write meanwhile.
    #[inline(always)]
    pub unsafe fn write(&self, value: u64) {
        // SAFETY: the pointer is valid for as long as the cell is borrowed; the caller promises that no other thread
        // reads or writes.
        unsafe { *self.0.get() = value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;
    use std::thread;

    #[test]
    fn a_cell_goes_from_thread_to_thread_with_a_lock() {
        let (cell, lock) = (RacyCell::new(40), Mutex::new(()));
        let add = || {
            let _held = lock.lock().unwrap();
            // SAFETY: a thread that gets here holds the lock.
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
