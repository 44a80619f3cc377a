// fails: model
// Counts first and subtracts again. In between, sold() returns more than there are tickets.
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
        let number = self.sold.fetch_add(1, Ordering::SeqCst);
        if number < self.count {
            return Some(number);
        }
        self.sold.fetch_sub(1, Ordering::SeqCst);
        None
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::SeqCst)
    }
}
