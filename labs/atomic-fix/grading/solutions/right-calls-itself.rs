// Calls itself after a lost exchange.
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
        self.sell_after(self.sold.load(Ordering::Relaxed))
    }

    fn sell_after(&self, seen: u64) -> Option<u64> {
        if seen == self.count {
            return None;
        }
        match self.sold.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(ticket) => Some(ticket),
            Err(now) => self.sell_after(now),
        }
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
