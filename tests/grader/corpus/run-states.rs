// exercise: atomic
// expected: fails sequence, model
// Changes the memory in each step, so that no state comes again.
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
        (0..u64::MAX).find(|&ticket| self.sold.swap(ticket, Ordering::Relaxed) == self.count)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
