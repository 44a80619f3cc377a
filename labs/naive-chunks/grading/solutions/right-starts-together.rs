// The workers wait until all have started.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let len = numbers.len();
    let cut = |worker: usize| len * worker / workers;
    let here = AtomicU64::new(0);
    in_threads(workers, |worker| {
        here.fetch_add(1, Ordering::Relaxed);
        while here.load(Ordering::Relaxed) < workers as u64 {
            hint::spin_loop();
        }
        numbers.sum(cut(worker)..cut(worker + 1))
    })
    .into_iter()
    .sum()
}
