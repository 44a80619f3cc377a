// exercise: mutex
// expected: fails withdraw, account
// Panics in threads that it starts while it panics.
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
    balance: Mutex<u64>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let _last = Last;
        panic!("{amount}");
    }

    pub fn balance(&self) -> u64 {
        *self.balance.lock().unwrap()
    }
}

struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        in_threads(3, |thread| panic!("{thread}"));
    }
}
