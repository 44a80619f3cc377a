// Stores how many tickets are left.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    left: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, left: AtomicU64::new(count) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut left = self.left.load(Ordering::Relaxed);
        loop {
            let rest = left.checked_sub(1)?;
            match self.left.compare_exchange_weak(left, rest, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(self.count - left),
                Err(now) => left = now,
            }
        }
    }

    pub fn sold(&self) -> u64 {
        self.count - self.left.load(Ordering::Relaxed)
    }
}
