//! Wrong counters that look right, to check that Miri finds their mistakes.

use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::sync::{Counter, RacyCell, hint};

/// The labs' spin lock with weaker orderings. Only one thread at a time holds it, but the write of the last holder does not happen
/// before the read of the next.
#[derive(Default)]
pub struct RelaxedSpin {
    taken: AtomicBool,
    count: RacyCell,
}

impl Counter for RelaxedSpin {
    fn increment(&self, _thread: usize) {
        while self.taken.compare_exchange(false, true, Relaxed, Relaxed).is_err() {
            hint::spin_loop();
        }
        // SAFETY: none. Nothing orders the last holder's write before this access, and that is the bug to be found.
        unsafe {
            let seen = self.count.read();
            self.count.write(seen + 1);
        }
        self.taken.store(false, Relaxed);
    }

    fn value(&self) -> u64 {
        // SAFETY: called when all threads have ended, so no thread writes.
        unsafe { self.count.read() }
    }
}
