// A trait gives atomics a method that takes a step.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

trait Step {
    fn step<F: Fn(u64) -> Option<u64>>(&self, next: F) -> Option<u64>;
}

impl Step for AtomicU64 {
    fn step<F: Fn(u64) -> Option<u64>>(&self, next: F) -> Option<u64> {
        let mut old = self.load(Ordering::SeqCst);
        loop {
            match self.compare_exchange_weak(old, next(old)?, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return Some(old),
                Err(now) => old = now,
            }
        }
    }
}

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        self.sold.step(|number| if number < self.count { Some(number + 1) } else { None })
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
