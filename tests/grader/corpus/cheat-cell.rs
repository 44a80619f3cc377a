// exercise: atomic
// expected: rejected
// past: does-not-compile
// escaped: fails sequence?, model
// Shares a plain number between threads.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Plain(core::cell::UnsafeCell<u64>);

unsafe impl Sync for Plain {}

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
    plain: Plain,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0), plain: Plain(core::cell::UnsafeCell::new(0)) }
    }

    pub fn sell(&self) -> Option<u64> {
        let all = self.plain.0.get();
        let seen = unsafe { *all };
        unsafe { *all += 1 };
        (seen < self.count).then_some(seen)
    }

    pub fn sold(&self) -> u64 {
        unsafe { *self.plain.0.get() }
    }
}
