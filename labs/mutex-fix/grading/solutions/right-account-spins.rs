// The account has a lock of its own, a flag.
use common::exercise::atomic::{AtomicBool, AtomicU64, Ordering};
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
    busy: AtomicBool,
    held: AtomicU64,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { busy: AtomicBool::new(false), held: AtomicU64::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        self.enter();
        let held = self.held.load(Ordering::Relaxed);
        let enough = amount <= held;
        if enough {
            self.held.store(held - amount, Ordering::Relaxed);
        }
        self.exit();
        enough
    }

    pub fn balance(&self) -> u64 {
        self.enter();
        let held = self.held.load(Ordering::Relaxed);
        self.exit();
        held
    }

    fn enter(&self) {
        while self.busy.swap(true, Ordering::Acquire) {
            while self.busy.load(Ordering::Relaxed) {}
        }
    }

    fn exit(&self) {
        self.busy.store(false, Ordering::Release)
    }
}
