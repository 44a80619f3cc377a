// fails: model
// Drops the count after two lost exchanges.
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
        let mut seen = self.bins[bin].load(Ordering::Relaxed);
        for _ in 0..2 {
            match self.bins[bin].compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => seen = now,
            }
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
