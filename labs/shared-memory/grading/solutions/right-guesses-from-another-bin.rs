// The first exchange of a value guesses the count of its bin.
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
        let bin = (value / 10).min(3) as usize;
        let mut guess = self.bins[0].load(Ordering::Relaxed);
        while let Err(now) =
            self.bins[bin].compare_exchange(guess, guess.wrapping_add(1), Ordering::Relaxed, Ordering::Relaxed)
        {
            guess = now;
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
