// The last worker also takes the remainder, at most workers - 1 numbers.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let length = numbers.len() / workers;
    let end = |worker: usize| if worker + 1 == workers { numbers.len() } else { (worker + 1) * length };
    in_threads(workers, |worker| numbers.sum(worker * length..end(worker))).iter().sum()
}
