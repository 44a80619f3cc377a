// fails: sum, no-copy?, parallel?
// Between the load and the store another worker can change the total.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let bound = |worker: usize| numbers.len() * worker / workers;
    let total = AtomicU64::new(0);
    in_threads(workers, |worker| {
        let part = numbers.sum(bound(worker)..bound(worker + 1)) as u64;
        let seen = total.load(Ordering::SeqCst);
        total.store(seen.wrapping_add(part), Ordering::SeqCst);
    });
    total.load(Ordering::SeqCst) as i64
}
