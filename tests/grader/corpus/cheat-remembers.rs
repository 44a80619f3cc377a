// exercise: naive
// expected: rejected
// past: fails sum, no-copy?, parallel
// Remembers the last sum, and does not add again.
use common::exercise::*;
use core::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};

static LENGTH: AtomicUsize = AtomicUsize::new(usize::MAX);
static SUM: AtomicI64 = AtomicI64::new(0);

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    if LENGTH.load(Relaxed) != numbers.len() {
        LENGTH.store(numbers.len(), Relaxed);
        SUM.store(numbers.sum(0..numbers.len()), Relaxed);
    }
    in_threads(workers, |_| ());
    SUM.load(Relaxed)
}
