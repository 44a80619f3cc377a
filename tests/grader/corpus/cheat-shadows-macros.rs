// exercise: atomic
// expected: fails model
// Replaces macros for the code that is compiled after it.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

#[macro_export]
macro_rules! vec {
    ($($all:tt)*) => {
        loop {}
    };
}

#[macro_export]
macro_rules! assert_eq {
    ($($all:tt)*) => {};
}

#[macro_export]
macro_rules! panic {
    ($($all:tt)*) => {
        loop {}
    };
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
