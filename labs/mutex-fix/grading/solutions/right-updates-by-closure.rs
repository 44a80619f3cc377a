// Draws a number and withdraws with fetch_update.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct FairLock {
    next: AtomicU64,
    serving: AtomicU64,
}

impl FairLock {
    pub fn new() -> Self {
        Self { next: AtomicU64::new(0), serving: AtomicU64::new(0) }
    }

    pub fn arrive(&self) -> u64 {
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| next.checked_add(1)).unwrap()
    }

    pub fn wait(&self, number: u64) {
        while self.serving.load(Ordering::Acquire) != number {
            hint::spin_loop();
        }
    }

    pub fn leave(&self) {
        self.serving.fetch_add(1, Ordering::Release);
    }
}

pub struct Account {
    balance: AtomicU64,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { balance: AtomicU64::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let left = |balance: u64| balance.checked_sub(amount);
        self.balance.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).is_ok()
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::Relaxed)
    }
}
