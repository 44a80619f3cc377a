//! Exercise: sell tickets without a lock, no ticket twice and no more tickets than there are.
//!
//! Several threads sell the same tickets, numbered from 0. Each call of `sell` returns a number that no other call
//! returns, or `None` if all tickets are sold. Use `compare_exchange`: a `fetch_add` would continue to count after
//! the last ticket, and `sold` would return too large a number.
//!
//! Grade it: `cargo grade atomic`

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// A fixed number of tickets, and how many of them are sold.
pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    /// Creates `count` tickets, none of them sold.
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    /// Sells the next ticket and returns its number, or returns `None` if no ticket is left.
    pub fn sell(&self) -> Option<u64> {
        todo!("try to sell the next ticket, and try again if another thread was faster")
    }

    /// Returns how many tickets are sold, never more than there are.
    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
