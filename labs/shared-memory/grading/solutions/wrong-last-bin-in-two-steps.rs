// fails: model
// Only the last bin is counted with a load and a store.
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
        if bin == BINS - 1 {
            let seen = self.bins[bin].load(Ordering::Relaxed);
            self.bins[bin].store(seen + 1, Ordering::Relaxed);
        } else {
            self.bins[bin].fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
