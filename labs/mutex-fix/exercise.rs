//! Exercise: a lock that is fair, and a decision that must not be overtaken.
//!
//! The lock works as in a shop: who comes draws a number, waits until that number is called, and calls the next one when leaving. It uses
//! no other lock. Nobody overtakes, and nobody draws a number that another has. What one thread wrote before it left, the next one must
//! see after its waiting: choose the orderings for that, and no stronger ones than you need. While you wait, say so with
//! `hint::spin_loop()`.
//!
//! The account must never pay out more than it holds. Between looking at the balance and changing it, nobody may come in between.
//!
//! Grade it: `cargo grade mutex`

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// A lock that serves in the order in which threads came.
pub struct FairLock {
    next: AtomicU64,
    serving: AtomicU64,
}

impl FairLock {
    /// A free one.
    pub fn new() -> Self {
        Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) }
    }

    /// Draws a number.
    pub fn arrive(&self) -> u64 {
        todo!("nobody else may get the same number")
    }

    /// Waits until that number is served: then the caller holds the lock.
    pub fn wait(&self, number: u64) {
        todo!("wait, and see what the last holder wrote")
    }

    /// Gives the lock to the next number.
    pub fn leave(&self) {
        todo!("serve the next, and hand on what was written")
    }
}

/// Money that several threads take from.
pub struct Account {
    balance: Mutex<u64>,
}

impl Account {
    /// One that holds so much.
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    /// Pays out, if it holds enough; otherwise it changes nothing and says `false`.
    pub fn withdraw(&self, amount: u64) -> bool {
        todo!("look and change under one hold of the lock")
    }

    /// What it holds.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().expect("no holder panics")
    }
}
