// Asks for the lock again until it is free.
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    bins: Mutex<[u64; BINS]>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: Mutex::new([0; BINS]) }
    }

    pub fn add(&self, value: u64) {
        let bin = (value / 10).min(BINS as u64 - 1) as usize;
        loop {
            if let Ok(mut bins) = self.bins.try_lock() {
                bins[bin] += 1;
                return;
            }
            hint::spin_loop();
        }
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins.lock().unwrap()[bin]
    }
}
