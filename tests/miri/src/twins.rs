//! Counters that look right and are not, to see that Miri finds what is wrong with them.

use crate::sync::atomic::{AtomicBool, Ordering::Relaxed};
use crate::sync::{Counter, RacyCell, hint};

/// The labs' spin lock but for its orderings: one thread at a time holds it, and nothing tells the next holder that the last
/// one's write is done.
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
        // SAFETY: none. No other thread is here, but its write may not have arrived yet, and that is the bug to be found.
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
