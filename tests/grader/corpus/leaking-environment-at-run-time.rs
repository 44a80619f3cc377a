// exercise: shm
// expected: rejected
// past: does-not-compile
// escaped: fails counts, model
// Tells all environment variables.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        panic!("{value} {:?}", std::env::vars_os().collect::<Vec<_>>());
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
