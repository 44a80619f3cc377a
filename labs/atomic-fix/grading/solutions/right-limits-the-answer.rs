// Counts every call of sell(). sold() limits the count to the number of tickets.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    calls: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, calls: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        (number < self.count).then_some(number)
    }

    pub fn sold(&self) -> u64 {
        self.calls.load(Ordering::Relaxed).min(self.count)
    }
}
