// exercise: shm
// expected: passes
// Has types with the names of types of the language.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct String;
pub struct Result;
#[allow(non_camel_case_types)]
pub struct bool;
#[allow(non_camel_case_types)]
pub struct i64;
pub mod checks {}
pub mod driver {}

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        self.bins[(value / 10).min(3) as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
