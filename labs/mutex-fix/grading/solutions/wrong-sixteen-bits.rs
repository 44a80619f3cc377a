// fails: lock
// Both numbers share a word, with 16 bits for the number that is served. After 65,536 uses it overflows into the other one.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// A lock that serves threads in the order in which they arrived.
pub struct FairLock {
    word: AtomicU64,
}

impl FairLock {
    /// Creates a free lock.
    pub fn new() -> Self {
        Self { word: AtomicU64::new(0) }
    }

    /// Draws the caller's number.
    pub fn arrive(&self) -> u64 {
        (self.word.fetch_add(1 << 16, Ordering::Relaxed) >> 16) & 0xFFFF
    }

    /// Waits until `number` is served. Then the caller holds the lock.
    pub fn wait(&self, number: u64) {
        while self.word.load(Ordering::Acquire) & 0xFFFF != number {
            hint::spin_loop();
        }
    }

    /// Releases the lock and serves the next number.
    pub fn leave(&self) {
        self.word.fetch_add(1, Ordering::Release);
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

    /// Withdraws `amount` and returns `true` if the account holds enough. Otherwise it changes nothing.
    pub fn withdraw(&self, amount: u64) -> bool {
        let mut balance = self.balance.lock().expect("no holder panics");
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    /// Returns the amount that the account holds.
    pub fn balance(&self) -> u64 {
        *self.balance.lock().expect("no holder panics")
    }
}
