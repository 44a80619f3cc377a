// fails: model
// The flag is a lock: a seller that stops while it holds the flag stops all others.
use common::exercise::atomic::{AtomicBool, AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
    is_busy: AtomicBool,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0), is_busy: AtomicBool::new(false) }
    }

    pub fn sell(&self) -> Option<u64> {
        while self.is_busy.swap(true, Ordering::Acquire) {
            hint::spin_loop();
        }
        let seen = self.sold.load(Ordering::Relaxed);
        let ticket = (seen < self.count).then_some(seen);
        if ticket.is_some() {
            self.sold.store(seen + 1, Ordering::Relaxed);
        }
        self.is_busy.store(false, Ordering::Release);
        ticket
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
