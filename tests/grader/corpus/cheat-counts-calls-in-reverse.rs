// exercise: atomic
// expected: rejected
// past: fails sequence?, model
// Is right in its first thousand calls, and wrong later.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;
use core::sync::atomic;

static CALLS: atomic::AtomicU64 = atomic::AtomicU64::new(0);

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        if CALLS.fetch_add(1, Ordering::Relaxed) > 1_000 {
            let seen = self.sold.load(Ordering::Relaxed);
            self.sold.store(seen + 1, Ordering::Relaxed);
            return (seen < self.count).then_some(seen);
        }
        let mut seen = self.sold.load(Ordering::Relaxed);
        while seen < self.count {
            match self.sold.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(ticket) => return Some(ticket),
                Err(now) => seen = now,
            }
        }
        None
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
