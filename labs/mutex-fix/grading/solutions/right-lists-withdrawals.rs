// The account keeps a list of all that was withdrawn.
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
    deposit: u64,
    log: Mutex<Vec<u64>>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { deposit: balance, log: Mutex::new(Vec::new()) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let mut log = self.log.lock().expect("no holder panics");
        if amount > self.deposit - log.iter().sum::<u64>() {
            return false;
        }
        log.push(amount);
        true
    }

    pub fn balance(&self) -> u64 {
        self.deposit - self.log.lock().expect("no holder panics").iter().sum::<u64>()
    }
}
