// exercise: atomic
// expected: fails sequence, model
// Counts while the message of a panic is formatted.
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
        panic!("{}", Printed(self))
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}

struct Printed<'a>(&'a Tickets);

impl core::fmt::Display for Printed<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.sold.fetch_add(1, Ordering::Relaxed);
        formatter.write_str("sold")
    }
}
