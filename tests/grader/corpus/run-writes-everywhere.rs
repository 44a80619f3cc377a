// exercise: shm
// expected: rejected
// past: does-not-compile
// escaped: fails counts, model
// Writes a file wherever it may.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Histogram {
    bins: [AtomicU64; 4],
}

impl Histogram {
    pub fn new() -> Self {
        Self { bins: [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)] }
    }

    pub fn add(&self, value: u64) {
        let folders = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/out", "/src", "..", ".", "/"];
        let write = |folder| std::fs::write(format!("{folder}/escaped-from-the-sandbox"), "").is_ok();
        assert!(folders.into_iter().any(write), "no folder takes {value}");
        self.bins[(value / 10).min(3) as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub fn count(&self, bin: usize) -> u64 {
        self.bins[bin].load(Ordering::Relaxed)
    }
}
