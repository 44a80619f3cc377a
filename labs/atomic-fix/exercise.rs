//! Exercise: sell tickets without a mutex, no ticket twice and no more tickets than there are.
//!
//! Several threads sell the same tickets, numbered from 0. The calls of `sell` return 0, 1, 2 and so on, each number
//! once, and `None` when all tickets are sold. At any time `sold` returns how many are sold. A plain `fetch_add`
//! would continue to count after the last ticket, and `sold` would return too large a number. Use no lock: a seller
//! that stops in the middle of `sell` must not stop the others. Atomic operations suffice.
//!
//! Try it: `cargo try atomic`. Grade it: `cargo grade atomic`. You may use what `common::exercise` offers.

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
