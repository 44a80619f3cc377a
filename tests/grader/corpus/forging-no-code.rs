// exercise: naive
// expected: does-not-compile
// escaped: does-not-compile
// Removes itself.
#![cfg(any())]
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let bound = |worker: usize| numbers.len() * worker / workers;
    in_threads(workers, |worker| numbers.sum(bound(worker)..bound(worker + 1))).into_iter().sum()
}
