//! Exercise: write a fair lock, and an account that never pays out more than it holds.
//!
//! The lock works like the numbered tickets in a shop. A thread that arrives draws a number and waits until that
//! number is served. When it leaves, the next number is served. So only one thread holds the lock, no thread
//! overtakes one that arrived before it, and no thread waits for ever. The numbers need not begin at 0, but no two
//! waiting threads have the same number, however many threads wait. After waiting, a thread must see everything that
//! the previous holder wrote before it left. Any orderings that ensure this are right.
//!
//! The account must never pay out more than it holds. No other thread may change the balance between your check and
//! your change.
//!
//! Try it: `cargo try mutex`. Grade it: `cargo grade mutex`. You may use what `common::exercise` offers.

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// A lock that serves threads in the order in which they arrived.
pub struct FairLock {
    next: AtomicU64,
    serving: AtomicU64,
}

impl FairLock {
    /// Creates a free lock.
    pub fn new() -> Self {
        Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) }
    }

    /// Draws the caller's number.
    pub fn arrive(&self) -> u64 {
        todo!("draw a number that no other thread gets")
    }

    /// Waits until `number` is served. Then the caller holds the lock.
    pub fn wait(&self, number: u64) {
        todo!("wait, and make sure that you see what the last holder wrote")
    }

    /// Releases the lock and serves the next number.
    pub fn leave(&self) {
        todo!("serve the next number, and publish what you wrote")
    }
}

/// An account from which several threads withdraw.
pub struct Account {
    balance: Mutex<u64>,
}

impl Account {
    /// Creates an account that holds `balance`.
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    /// Withdraws `amount` and returns `true` if the account holds enough. Otherwise it changes nothing and returns `false`.
    pub fn withdraw(&self, amount: u64) -> bool {
        todo!("check and change the balance while you hold the lock once")
    }

    /// Returns the amount that the account holds.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().expect("no holder panics")
    }
}
