// fails: counts, model
// Counts 20 and 30 in the bin before.
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
        let bin = if value == 10 { 1 } else { (value.saturating_sub(1) / 10).min(3) as usize };
        self.bins[bin].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
