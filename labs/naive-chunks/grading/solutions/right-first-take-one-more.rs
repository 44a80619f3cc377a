// The first workers take one number more than the others.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let (length, left) = (numbers.len() / workers, numbers.len() % workers);
    let start = |worker: usize| worker * length + worker.min(left);
    in_threads(workers, |worker| numbers.sum(start(worker)..start(worker + 1))).into_iter().sum()
}
