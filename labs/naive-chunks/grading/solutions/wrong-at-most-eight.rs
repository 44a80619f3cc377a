// fails: parallel
// More than eight workers are not started.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let workers = workers.min(8);
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
