// exercise: shm
// expected: rejected
// past: does-not-compile
// escaped: fails counts, model
// Counts in a variable of each thread.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;
std::thread_local! { static COUNTS: [core::cell::Cell<u64>; 4] = const { [const { core::cell::Cell::new(0) }; 4] } }

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        COUNTS.with(|counts| counts[(value / 10).min(3) as usize].set(counts[(value / 10).min(3) as usize].get() + 1));
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed) + COUNTS.with(|counts| counts[bin].get())
    }
}
