// Has a counter with a name for each bin, and changes it with fetch_update.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    ones: AtomicU64,
    tens: AtomicU64,
    twenties: AtomicU64,
    others: AtomicU64,
}

impl Histogram {
    pub fn new() -> Self {
        let [ones, tens, twenties, others] = [0; BINS].map(AtomicU64::new);
        Self { ones, tens, twenties, others }
    }

    pub fn add(&self, value: u64) {
        let counter = match value {
            0..=9 => &self.ones,
            10..=19 => &self.tens,
            20..=29 => &self.twenties,
            _ => &self.others,
        };
        counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |seen| seen.checked_add(1)).unwrap();
    }

    pub fn count(&self, bin: usize) -> u64 {
        [&self.ones, &self.tens, &self.twenties, &self.others][bin].load(Ordering::Relaxed)
    }
}
