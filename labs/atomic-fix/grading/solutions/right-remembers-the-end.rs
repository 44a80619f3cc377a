// A flag says that all tickets are sold. The seller of the last ticket sets it.
use common::exercise::atomic::{AtomicBool, AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
    is_full: AtomicBool,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0), is_full: AtomicBool::new(false) }
    }

    pub fn sell(&self) -> Option<u64> {
        if self.is_full.load(Ordering::Acquire) {
            return None;
        }
        let mut seen = self.sold.load(Ordering::Relaxed);
        while seen < self.count {
            match self.sold.compare_exchange(seen, seen + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(ticket) => {
                    if ticket + 1 == self.count {
                        self.is_full.store(true, Ordering::Release);
                    }
                    return Some(ticket);
                }
                Err(now) => seen = now,
            }
        }
        None
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
