// fetch_update is the loop around compare_exchange.
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
        let next = |seen| (seen < self.count).then_some(seen + 1);
        self.sold.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).ok()
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
