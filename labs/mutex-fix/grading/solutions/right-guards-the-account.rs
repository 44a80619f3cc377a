// The account uses the fair lock.
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
    lock: FairLock,
    balance: AtomicU64,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { lock: FairLock::new(), balance: AtomicU64::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        self.lock.wait(self.lock.arrive());
        let balance = self.balance.load(Ordering::Relaxed);
        let is_enough = balance >= amount;
        if is_enough {
            self.balance.store(balance - amount, Ordering::Relaxed);
        }
        self.lock.leave();
        is_enough
    }

    pub fn balance(&self) -> u64 {
        self.balance.load(Ordering::Relaxed)
    }
}
