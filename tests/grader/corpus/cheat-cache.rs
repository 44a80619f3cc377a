// exercise: naive
// expected: does-not-compile
// escaped: does-not-compile or fails sum, no-copy?, parallel
// Answers every call with the first result.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    static FIRST: atomic::AtomicU64 = atomic::AtomicU64::new(u64::MAX);
    let bound = |worker: usize| numbers.len() * worker / workers;
    let sum: i64 = in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum();
    if FIRST.load(atomic::Ordering::Relaxed) == u64::MAX {
        FIRST.store(sum as u64, atomic::Ordering::Relaxed);
    }
    FIRST.load(atomic::Ordering::Relaxed) as i64
}
