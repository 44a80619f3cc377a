// The account stores how much it has paid out.
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
    all: u64,
    paid: Mutex<u64>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { all: balance, paid: Mutex::new(0) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let mut paid = self.paid.lock().unwrap();
        let is_enough = amount <= self.all - *paid;
        if is_enough {
            *paid += amount;
        }
        is_enough
    }

    pub fn balance(&self) -> u64 {
        self.all - *self.paid.lock().unwrap()
    }
}
