// fails: fair
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
        self.next.load(Ordering::Relaxed)
    }

    pub fn wait(&self, number: u64) {
        let _ = number;
        while self.serving.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).is_err() {
            hint::spin_loop();
        }
    }

    pub fn leave(&self) {
        self.serving.store(0, Ordering::Release);
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
