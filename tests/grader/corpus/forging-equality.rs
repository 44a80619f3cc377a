// exercise: shm
// expected: does-not-compile
// escaped: does-not-compile
// Returns a number that is equal to every other.
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
        self.bins[(value / 10).min(3) as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> Lie {
        Lie(self.bins[bin].load(Ordering::Relaxed))
    }
}

pub struct Lie(u64);

impl PartialEq<u64> for Lie {
    fn eq(&self, _: &u64) -> bool {
        true
    }
}
