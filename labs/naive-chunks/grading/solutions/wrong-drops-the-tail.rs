// fails: sum, no-copy, parallel
// Cuts the numbers as the lecture does, and drops the remainder.
use common::exercise::*;

pub fn parallel_sum(numbers: &Numbers, workers: usize) -> i64 {
    let length = numbers.len() / workers;
    in_threads(workers, |worker| numbers.sum(worker * length..(worker + 1) * length)).iter().sum()
}
