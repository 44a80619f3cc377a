// fetch_max returns the number before. It is the number that was seen only if this thread raised it.
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
        while seen < self.count {
            let before = self.sold.fetch_max(seen + 1, Ordering::Relaxed);
            if before == seen {
                return Some(seen);
            }
            seen = before;
        }
        None
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
