// Stores every value, and counts when it is asked.
use common::exercise::*;

pub const BINS: usize = 4;

pub struct Histogram {
    values: Mutex<Vec<u64>>,
}

impl Histogram {
    pub fn new() -> Self {
        Self { values: Mutex::new(Vec::new()) }
    }

    pub fn add(&self, value: u64) {
        self.values.lock().unwrap().push(value);
    }

    pub fn count(&self, bin: usize) -> u64 {
        let is_inside = |value: &&u64| (**value / 10).min(BINS as u64 - 1) == bin as u64;
        self.values.lock().unwrap().iter().filter(is_inside).count() as u64
    }
}
