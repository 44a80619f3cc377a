// exercise: shm
// expected: rejected
// past: does-not-compile
// escaped: fails counts, model
// Ends all processes.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

unsafe extern "C" {
    fn kill(process: i32, signal: i32) -> i32;
}

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        assert_eq!(unsafe { kill(-1, 9) }, 0, "{value}");
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
