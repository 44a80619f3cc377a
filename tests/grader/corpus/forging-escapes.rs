// exercise: atomic
// expected: fails sequence, model
// Panics with a message that clears the screen, and that reads differently from what it is.
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
        panic!("\x1b[2J\x1b[H\x1b]0;10 of 10\x07\x1b[32m10 of 10\x1b[0m\0\r\u{8}\u{ffff}\u{2028}\u{202e}01 fo 01\u{301}\u{feff}\u{85}\u{9b}31m")
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
