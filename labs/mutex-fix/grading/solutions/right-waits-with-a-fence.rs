// Orders the accesses with fences instead of with the orderings of the operations.
use common::exercise::atomic::{AtomicU64, Ordering, fence};
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
        while self.serving.load(Ordering::Relaxed) != number {
            hint::spin_loop();
        }
        fence(Ordering::Acquire);
    }

    pub fn leave(&self) {
        let served = self.serving.load(Ordering::Relaxed);
        fence(Ordering::Release);
        self.serving.store(served + 1, Ordering::Relaxed);
    }
}

pub struct Account {
    balance: Mutex<u64>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let mut balance = self.balance.lock().unwrap();
        if *balance < amount {
            return false;
        }
        *balance -= amount;
        true
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}
