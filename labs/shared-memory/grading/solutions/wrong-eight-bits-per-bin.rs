// fails: counts, model?
// Keeps all bins in one number. The 256th value of a bin is counted in the next bin.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: AtomicU64,
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: AtomicU64::new(0) }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1);
        self.bins.fetch_add(1 << (8 * bin), Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        (self.bins.load(Ordering::Relaxed) >> (8 * bin)) % 256
    }
}
