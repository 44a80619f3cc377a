//! Exercise: tickets that are never sold twice, and never oversold, without a lock.
//!
//! Several counters sell the same tickets, numbered from 0. Each `sell` hands out one number that nobody else gets, or `None` when
//! all are sold. Do it with `compare_exchange`: a `fetch_add` would go on counting after the last ticket, and `sold` would tell.
//!
//! Grade it: `cargo grade atomic`

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// So many tickets.
pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    /// None is sold.
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    /// The next ticket, or `None` if there is none left.
    pub fn sell(&self) -> Option<u64> {
        todo!("try, and begin again if somebody else was faster")
    }

    /// How many are sold, never more than there are.
    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
