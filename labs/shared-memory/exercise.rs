//! Exercise: a histogram that several workers fill at the same time.
//!
//! The bins lie in memory that all workers share. Bin 0 counts the values 0 to 9, bin 1 the values 10 to 19, and so on; the last
//! bin also counts everything above. No count may be lost, whatever order the workers' steps come in.
//!
//! Grade it: `cargo grade shm`

use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

/// How many bins there are.
pub const BINS: usize = 4;

/// The bins.
pub struct Histogram {
    bins: [AtomicU64; BINS],
}

impl Histogram {
    /// All empty.
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    /// Counts a value.
    pub fn add(&self, value: u64) {
        todo!("find the bin, and count")
    }

    /// How many values a bin has counted.
    pub fn count(&self, bin: usize) -> u64 {
        todo!("read the bin")
    }
}
