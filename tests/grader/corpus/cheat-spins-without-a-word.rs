// exercise: mutex
// expected: fails lock
// Waits without saying so.
use common::exercise::atomic::{AtomicBool, Ordering};
use common::exercise::*;

pub struct SpinLock {
    taken: AtomicBool,
}

impl SpinLock {
    pub fn new() -> Self {
        Self { taken: AtomicBool::new(false) }
    }

    pub fn lock(&self) {
        while self.taken.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_err() {}
    }

    pub fn unlock(&self) {
        self.taken.store(false, Ordering::Release);
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
