// Two words of 128 bits, behind a lock, hold two counters each.
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    words: Mutex<[u128; 2]>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { words: Mutex::new([0; 2]) }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(3);
        let mut words = self.words.lock().unwrap();
        words[(bin / 2) as usize] += 1_u128 << (bin % 2 * 64);
    }

    pub fn count(&self, bin: usize) -> u64 {
        (self.words.lock().unwrap()[bin / 2] >> (bin % 2 * 64)) as u64
    }
}
