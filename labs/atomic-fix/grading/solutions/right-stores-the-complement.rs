// Stores the complement of the number of sold tickets.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    word: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, word: AtomicU64::new(!0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut word = self.word.load(Ordering::Relaxed);
        while !word < self.count {
            match self.word.compare_exchange_weak(word, word - 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some(!word),
                Err(now) => word = now,
            }
        }
        None
    }

    pub fn sold(&self) -> u64 {
        !self.word.load(Ordering::Relaxed)
    }
}
