// exercise: atomic
// expected: fails sequence?, model or passes
// Leaks a megabyte in each call.
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
        Vec::leak(vec![1_u8; 1 << 20]);
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
