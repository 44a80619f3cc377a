// exercise: shm
// expected: fails counts, model
// Tells where the grader lies.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    #[track_caller]
    pub fn add(&self, value: u64) {
        panic!("{value} {} {} {}", core::panic::Location::caller(), file!(), module_path!());
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
