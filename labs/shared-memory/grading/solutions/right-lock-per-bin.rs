// Has one lock per bin. The counters are plain numbers.
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: Vec<Mutex<u64>>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: (0..BINS).map(|_| Mutex::new(0)).collect() }
    }

    pub fn add(&self, value: u64) {
        let bin = [9, 19, 29, u64::MAX].iter().position(|&last| value <= last).unwrap();
        *self.bins[bin].lock().unwrap() += 1;
    }

    pub fn count(&self, bin: usize) -> u64 {
        *self.bins[bin].lock().unwrap()
    }
}
