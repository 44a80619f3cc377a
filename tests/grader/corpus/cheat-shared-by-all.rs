// exercise: atomic
// expected: rejected
// past: fails sequence, model
// Counts all tickets of the process in one static.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;
use core::sync::atomic;

static ALL: atomic::AtomicU64 = atomic::AtomicU64::new(0);

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let ticket = ALL.fetch_add(1, Ordering::Relaxed);
        self.sold.fetch_add(1, Ordering::Relaxed);
        (ticket < self.count).then_some(ticket)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
