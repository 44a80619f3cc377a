// exercise: shm
// expected: does-not-compile or limit
// Has a constant whose computation never ends.
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

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
const _: () = loop {};
