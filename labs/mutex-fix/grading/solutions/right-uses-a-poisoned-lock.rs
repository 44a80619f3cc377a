// The account goes on if a thread has panicked.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

#[derive(Debug)]
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

#[derive(Debug)]
pub struct Account {
    balance: Mutex<u64>,
}

impl Account {
    pub fn new(balance: u64) -> Self {
        Self { balance: Mutex::new(balance) }
    }

    pub fn withdraw(&self, amount: u64) -> bool {
        let mut guard: MutexGuard<'_, u64> = self.balance.lock().unwrap_or_else(|poison| poison.into_inner());
        let result = match *guard {
            held if held >= amount => {
                *guard = held - amount;
                true
            }
            _ => false,
        };
        drop(guard);
        result
    }

    pub fn balance(&self) -> u64 {
        match self.balance.lock() {
            Ok(guard) => *guard,
            Err(poison) => *poison.into_inner(),
        }
    }
}
