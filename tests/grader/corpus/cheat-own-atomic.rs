// exercise: shm
// expected: fails model
// Defines an atomic itself, whose `fetch_add` locks twice.
use common::exercise::*;

pub enum Ordering {
    Relaxed,
}

pub struct AtomicU64(Mutex<u64>);

impl AtomicU64 {
    pub fn new(value: u64) -> Self {
        Self(Mutex::new(value))
    }

    pub fn load(&self, _: Ordering) -> u64 {
        *self.0.lock().unwrap()
    }

    pub fn fetch_add(&self, value: u64, _: Ordering) -> u64 {
        let before = *self.0.lock().unwrap();
        *self.0.lock().unwrap() = before + value;
        before
    }
}

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
