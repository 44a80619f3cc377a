// fails: model
// Between the load and the fetch_add another thread can sell the last ticket.
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
        if self.sold.load(Ordering::Relaxed) >= self.count {
            return None;
        }
        Some(self.sold.fetch_add(1, Ordering::Relaxed))
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
