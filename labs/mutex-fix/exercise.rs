//! Exercise: a lock of your own, and a decision that must not be overtaken.
//!
//! The lock waits by trying again, and uses no other lock. What one thread wrote before it unlocked, the next one must see after it
//! has locked: choose the orderings for that, and no stronger ones than you need. While you wait, say so with `hint::spin_loop()`.
//!
//! The account must never pay out more than it holds. Between looking at the balance and changing it, nobody may come in between.
//!
//! Grade it: `cargo grade mutex`

use common::exercise::atomic::{AtomicBool, Ordering};
use common::exercise::*;

/// A lock that waits by trying again.
pub struct SpinLock {
    taken: AtomicBool,
}

impl SpinLock {
    /// A free one.
    pub fn new() -> Self {
        Self { taken: AtomicBool::new(false) }
    }

    /// Waits until it is free, and takes it.
    pub fn lock(&self) {
        todo!("take it, if it is free, in one step")
    }

    /// Gives it back.
    pub fn unlock(&self) {
        todo!("free it, and hand on what was written")
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
