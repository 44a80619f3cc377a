// fails: model
// The next holder of the lock may still read the old count, because the unlocking store does not publish the new one.
use common::exercise::atomic::{AtomicBool, AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    is_busy: AtomicBool,
    bins: [AtomicU64; BINS],
}

impl Histogram {
    pub fn new() -> Self {
        Self { is_busy: AtomicBool::new(false), bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1) as usize;
        while self.is_busy.swap(true, Ordering::Acquire) {
            hint::spin_loop();
        }
        let seen = self.bins[bin].load(Ordering::Relaxed);
        self.bins[bin].store(seen + 1, Ordering::Relaxed);
        self.is_busy.store(false, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
