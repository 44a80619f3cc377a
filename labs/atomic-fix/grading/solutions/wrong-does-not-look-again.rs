// fails: model
// Decides only once, and then tries forever.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut seen = self.sold.load(Ordering::Relaxed);
        if seen >= self.count {
            return None;
        }
        while let Err(now) = self.sold.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
            seen = now;
        }
        Some(seen)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
