// exercise: atomic
// expected: fails model
// Has a trait whose methods have the same names.
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
        let seen = self.sold.load(Ordering::Relaxed);
        if seen >= self.count {
            return None;
        }
        self.sold.store(seen + 1, Ordering::Relaxed);
        Some(seen)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}

pub trait Sell {
    fn sell(&self) -> Option<u64>;
}

impl Sell for &Tickets {
    fn sell(&self) -> Option<u64> {
        Some(self.count)
    }
}

impl core::ops::Deref for Tickets {
    type Target = u64;

    fn deref(&self) -> &u64 {
        &self.count
    }
}
