// fails: counts, model
// Values beyond the last bin are dropped.
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
        if let Some(bin) = self.bins.get((value / 10) as usize) {
            bin.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
