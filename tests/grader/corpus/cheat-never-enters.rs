// exercise: mutex
// expected: fails lock, fair
// Lets in only the first thread, so that no two are ever inside.
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
        while number != 0 {
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
