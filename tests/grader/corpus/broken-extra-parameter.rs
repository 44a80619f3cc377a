// exercise: mutex
// expected: passes
// Has a lock with a parameter that has a default.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct FairLock<const N: usize = 1> {
    next: AtomicU64,
    serving: AtomicU64,
}

impl FairLock<1> {
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
