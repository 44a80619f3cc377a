// fails: model
// Every access holds the lock, but the lock is free between the load and the store.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: [AtomicU64; BINS],
    lock: Mutex<()>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)], lock: Mutex::new(()) }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1) as usize;
        let seen = {
            let _held = self.lock.lock().unwrap();
            self.bins[bin].load(Ordering::Relaxed)
        };
        let _held = self.lock.lock().unwrap();
        self.bins[bin].store(seen + 1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
