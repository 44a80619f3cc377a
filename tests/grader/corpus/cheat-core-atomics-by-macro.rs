// exercise: shm
// expected: rejected
// past: fails model
// Does the same through a macro: no thread uses the model's atomics.
use common::exercise::*;

macro_rules! atomics {
    ($sync:ident) => {
        use core::$sync::atomic::{AtomicU64, Ordering};
    };
}
atomics!(sync);

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        let bin = &self.bins[(value / 10).min(3) as usize];
        let seen = bin.load(Ordering::Relaxed);
        bin.store(seen + 1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
