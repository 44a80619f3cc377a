//! Plain memory, in which loom looks for data races.

/// Plain memory that threads share without any protection.
#[derive(Debug)]
pub struct RacyCell(loom::cell::UnsafeCell<u64>);

// SAFETY: the threads of a model are coroutines on one thread of the system, so no two of them are ever inside an access; and
// loom stops an execution in which they could be on hardware.
unsafe impl Sync for RacyCell {}

impl RacyCell {
    /// Creates memory that holds `value`.
    #[track_caller]
    pub fn new(value: u64) -> Self {
        Self(loom::cell::UnsafeCell::new(value))
    }

    /// Reads the memory.
    ///
    /// # Safety
    ///
    /// No other thread may write meanwhile; loom checks it.
    #[track_caller]
    pub unsafe fn read(&self) -> u64 {
        // SAFETY: the pointer is valid for as long as the closure runs, and loom has checked that no thread writes.
        self.0.with(|pointer| unsafe { *pointer })
    }

    /// Writes the memory.
    ///
    /// # Safety
    ///
    /// No other thread may read or write meanwhile; loom checks it.
    #[track_caller]
    pub unsafe fn write(&self, value: u64) {
        // SAFETY: the pointer is valid for as long as the closure runs, and loom has checked that no thread reads or
        // writes.
        self.0.with_mut(|pointer| unsafe { *pointer = value });
    }
}

impl Default for RacyCell {
    #[track_caller]
    fn default() -> Self {
        Self::new(0)
    }
}
