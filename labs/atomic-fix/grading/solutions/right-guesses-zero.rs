// Guesses that no ticket is sold. If the guess is wrong, the failed exchange returns the number.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut guess = 0;
        while guess < self.count {
            match self.sold.compare_exchange(guess, guess + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(ticket) => return Some(ticket),
                Err(now) => guess = now,
            }
        }
        None
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
