// fails: model
// A seller that stops while it holds the lock stops all others.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
    lock: Mutex<()>,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0), lock: Mutex::new(()) }
    }

    pub fn sell(&self) -> Option<u64> {
        let _held = self.lock.lock().unwrap();
        let seen = self.sold.load(Ordering::Relaxed);
        if seen == self.count {
            return None;
        }
        self.sold.store(seen + 1, Ordering::Relaxed);
        Some(seen)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
