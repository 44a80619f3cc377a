//! Plain memory, in which loom looks for data races.

use super::step;
use crate::trace::{self, Operation};

/// Plain memory that threads share without any protection. Under weak memory an access is not a step at which loom lets another
/// thread go on; it checks that whatever was accessed before happened before.
#[derive(Debug)]
pub struct RacyCell {
    inner: loom::cell::UnsafeCell<u64>,
    object: usize,
}

// SAFETY: the threads of a model are coroutines on one thread of the system, so no two of them are ever inside an access; and
// loom stops an execution in which they could be on hardware.
unsafe impl Sync for RacyCell {}

impl RacyCell {
    /// Memory that holds `value`.
    #[track_caller]
    pub fn new(value: u64) -> Self {
        let inner = loom::cell::UnsafeCell::new(value);
        Self { inner, object: trace::create(Some(value)) }
    }

    /// Reads the memory.
    ///
    /// # Safety
    ///
    /// No other thread may write meanwhile: here loom sees to it.
    #[track_caller]
    pub unsafe fn read(&self) -> u64 {
        let _step = step::begin();
        trace::record(self.object, Operation::Read, None, None); // before: loom stops inside an access that races
        // SAFETY: the pointer is valid for as long as the closure runs, and loom has checked that no thread writes.
        let seen = self.inner.with(|pointer| unsafe { *pointer });
        trace::amend(seen);
        seen
    }

    /// Writes the memory.
    ///
    /// # Safety
    ///
    /// No other thread may read or write meanwhile: here loom sees to it.
    #[track_caller]
    pub unsafe fn write(&self, value: u64) {
        let _step = step::begin();
        trace::record(self.object, Operation::Write, None, Some(value));
        // SAFETY: the pointer is valid for as long as the closure runs, and loom has checked that no thread reads or
        // writes.
        self.inner.with_mut(|pointer| unsafe { *pointer = value });
    }
}

impl Default for RacyCell {
    #[track_caller]
    fn default() -> Self {
        Self::new(0)
    }
}
