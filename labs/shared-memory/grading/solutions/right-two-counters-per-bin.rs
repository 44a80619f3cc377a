// Counts even and odd values apart. Neither counter ever falls, so their sum is a count that was right at some time.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: [[AtomicU64; BINS]; 2],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [[0; BINS], [0; BINS]].map(|bins| bins.map(AtomicU64::new)) }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1) as usize;
        self.bins[(value % 2) as usize][bin].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins.iter().map(|bins| bins[bin].load(Ordering::Relaxed)).sum()
    }
}
