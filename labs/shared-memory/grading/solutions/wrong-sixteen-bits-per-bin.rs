// fails: counts
// All bins share a word, with 16 bits each. After 65,536 values a bin overflows into the next one.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// The number of bins.
pub const BINS: usize = 4;

/// One counter per bin.
pub struct Histogram {
    word: AtomicU64,
}

impl Histogram {
    /// Creates a histogram with empty bins.
    pub fn new() -> Self {
        Self { word: AtomicU64::new(0) }
    }

    /// Counts `value` in its bin.
    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(3);
        self.word.fetch_add(1 << (16 * bin), Ordering::Relaxed);
    }

    /// Returns how many values the bin with index `bin` has counted.
    pub fn count(&self, bin: usize) -> u64 {
        (self.word.load(Ordering::Relaxed) >> (16 * bin)) & ((1 << 16) - 1)
    }
}
