// Tries to sell each ticket in turn. If that fails, the ticket is sold.
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
        (0..self.count).find(|&number| {
            self.sold.compare_exchange(number, number + 1, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        })
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
