// fails: model
// Counts every value in bin 0 first. Until the count is moved, count(0) is too large.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: [AtomicU64; BINS],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1) as usize;
        self.bins[0].fetch_add(1, Ordering::SeqCst);
        if bin > 0 {
            self.bins[bin].fetch_add(1, Ordering::SeqCst);
            self.bins[0].fetch_sub(1, Ordering::SeqCst);
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::SeqCst)
    }
}
