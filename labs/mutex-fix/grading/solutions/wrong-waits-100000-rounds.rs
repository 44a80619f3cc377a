// fails: lock
// A thread waits for 100,000 rounds at most, and then it goes in while another thread holds the lock.
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
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Waits until `number` is served. Then the caller holds the lock.
    pub fn wait(&self, number: u64) {
        let mut rounds = 0;
        while self.serving.load(Ordering::Acquire) != number && rounds < 100_000 {
            rounds += 1;
            hint::spin_loop();
        }
    }

    /// Releases the lock and serves the next number.
    pub fn leave(&self) {
        self.serving.fetch_add(1, Ordering::Release);
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
