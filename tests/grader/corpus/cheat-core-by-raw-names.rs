// exercise: shm
// expected: rejected
// past: fails model
// Names the atomics of core by raw identifiers.
use ::r#core::r#sync::r#atomic::{AtomicU64, Ordering};

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
