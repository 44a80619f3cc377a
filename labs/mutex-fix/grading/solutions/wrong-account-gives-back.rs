// fails: account
// Subtracts first and gives back. In between, another thread finds a wrong balance.
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
        self.next.fetch_add(1, Ordering::Relaxed)
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
        if self.balance.fetch_sub(amount, Ordering::SeqCst) >= amount {
            return true;
        }
        self.balance.fetch_add(amount, Ordering::SeqCst);
        false
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::SeqCst)
    }
}
